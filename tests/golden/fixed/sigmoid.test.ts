/** Bounds that the file's header and contract/formats.ts promise, over all 2^20 - 1 codes of z. */
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../../contract/formats.ts';
import { sigmoid, tanh } from '../../../golden/fixed/sigmoid.ts';

const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;
const Z_UNIT = 2 ** -FORMATS.z.fraction;
const ACTIVATION_ONE = 2 ** FORMATS.activation.fraction;
const SLOPE_RANGE = 16 / Z_UNIT;
const ACTIVATION_BOUND = 6.1e-5;
const SLOPE_BOUND = 1e-3;
const TANH_BOUND = 1e-4;

/** σ(-|z|) without cancellation. */
function tail(z: number): number {
  return 1 / (1 + Math.exp(Math.abs(z)));
}

function slopeValue({ slope, slopeExponent }: ReturnType<typeof sigmoid>): number {
  return slope * 2 ** (-FORMATS.slope.fraction - slopeExponent);
}

test('sigmoid is within 6.1e-5 of σ everywhere', () => {
  let worst = 0;
  for (let code = -Z_MAX; code <= Z_MAX; code++) {
    const t = tail(code * Z_UNIT);
    const exact = code < 0 ? t : 1 - t;
    worst = Math.max(worst, Math.abs(sigmoid(code).activation / ACTIVATION_ONE - exact));
  }
  expect(worst).toBeLessThanOrEqual(ACTIVATION_BOUND);
});

test('the slope is within 0.1 % of σ′ for |z| <= 16', () => {
  let worst = 0;
  for (let code = 0; code <= SLOPE_RANGE; code++) {
    const t = tail(code * Z_UNIT);
    worst = Math.max(worst, Math.abs(slopeValue(sigmoid(code)) / (t * (1 - t)) - 1));
  }
  expect(worst).toBeLessThanOrEqual(SLOPE_BOUND);
});

test('the tail keeps its relative error out to |z| = 32', () => {
  let worst = 0;
  for (let code = 0; code <= Z_MAX; code++) {
    const s = sigmoid(code);
    const value = s.tail * 2 ** (-FORMATS.tail.width - s.tailExponent);
    worst = Math.max(worst, Math.abs(value / tail(code * Z_UNIT) - 1));
  }
  expect(worst).toBeLessThanOrEqual(SLOPE_BOUND);
});

test('every field fits its format and 1 - t lies in [1/2, 1]', () => {
  for (let code = -Z_MAX; code <= Z_MAX; code += 7) {
    const s = sigmoid(code);
    const fields = [s.activation, s.tail, s.tailExponent, s.slope, s.slopeExponent];
    const limits = [2 ** 15, 2 ** 16, 2 ** 6, 2 ** 16, 2 ** 6];
    const fit = fields.every((field, i) => field >= 0 && field < (limits[i] as number));
    const between = s.complement >= 2 ** 15 && s.complement <= 2 ** 16;
    if (!fit || !between) expect.fail(`z = ${code}: ${JSON.stringify(s)}`);
  }
});

test('sigmoid is symmetric: same slope, and activations that sum to 1 or one LSB less', () => {
  for (let code = 1; code <= Z_MAX; code++) {
    const above = sigmoid(code);
    const below = sigmoid(-code);
    const sum = above.activation + below.activation;
    // Only where σ(-z) is rounded to 0: σ(z) stays one LSB below 1.
    const wanted = below.activation === 0 ? ACTIVATION_ONE - 1 : ACTIVATION_ONE;
    if (sum !== wanted) expect.fail(`z = ${code}: the activations sum to ${sum}`);
    if (above.slope !== below.slope || above.slopeExponent !== below.slopeExponent) {
      expect.fail(`z = ${code}: the slopes differ`);
    }
  }
});

test('sigmoid(0) is exactly 1/2 and its slope exactly 1/4', () => {
  const s = sigmoid(0);
  expect(s.activation / ACTIVATION_ONE).toBe(1 / 2);
  expect(slopeValue(s)).toBe(1 / 4);
  expect(s.tail * 2 ** (-FORMATS.tail.width - s.tailExponent)).toBe(1 / 2);
  expect(s.complement * 2 ** -FORMATS.tail.width).toBe(1 / 2);
});

describe('tanh', () => {
  test('is within 1e-4 of tanh everywhere, and odd', () => {
    let worst = 0;
    for (let code = 0; code <= Z_MAX; code++) {
      const { activation } = tanh(code);
      worst = Math.max(worst, Math.abs(activation / ACTIVATION_ONE - Math.tanh(code * Z_UNIT)));
      if (tanh(-code).activation + activation !== 0) expect.fail(`z = ${code} is not odd`);
    }
    expect(worst).toBeLessThanOrEqual(TANH_BOUND);
  });

  test('has a slope within 0.1 % of 1/cosh² for |z| < 16, its mantissa within its format', () => {
    let worst = 0;
    for (let code = 0; code < SLOPE_RANGE; code++) {
      const result = tanh(code);
      const exact = 1 / Math.cosh(code * Z_UNIT) ** 2;
      worst = Math.max(worst, Math.abs(slopeValue(result) / exact - 1));
      const { slope, slopeExponent } = result;
      const fits = slope < 2 ** FORMATS.slope.width && slopeExponent >= 0;
      if (!fits) expect.fail(`z = ${code}: ${slope}, ${slopeExponent}`);
    }
    expect(worst).toBeLessThanOrEqual(SLOPE_BOUND);
  });

  test('is exactly 0 at 0 with slope 1, and stays as at 16 beyond', () => {
    expect(tanh(0).activation).toBe(0);
    expect(slopeValue(tanh(0))).toBe(1);
    expect(tanh(Z_MAX)).toEqual(tanh(SLOPE_RANGE));
  });
});
