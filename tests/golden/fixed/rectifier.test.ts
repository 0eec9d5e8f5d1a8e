/** Bounds that golden/fixed/rectifier.ts promises, over all 2^20 - 1 codes of z. */
import { describe, expect, test } from 'vitest';
import { ACTIVATION_SCALE, FORMATS } from '../../../contract/formats.ts';
import type { ActivationName } from '../../../contract/network.ts';
import { activate, type UnitResult } from '../../../golden/fixed/unit.ts';
import { ACTIVATION_FUNCTIONS } from '../../../golden/float64/activations.ts';
import { activationValue, alphaValue, slopeValue } from '../../../host/values.ts';

const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;
const Z_UNIT = 2 ** -FORMATS.z.fraction;
const ALPHA_SPAN = 2 ** FORMATS.alpha.width;
const ONE = 2 ** FORMATS.alpha.fraction;
const EXPONENTIAL_RANGE = 16;
const ELU_BOUND = 1e-4;
const SLOPE_BOUND = 1e-3;

/** Words of α: 0, 0.01, one third, 1. */
const ALPHAS = [0, 0xa3d7 + 7 * ALPHA_SPAN, 0xaaab + 2 * ALPHA_SPAN, ONE];
const SCALES = [ACTIVATION_SCALE.min, 3, ACTIVATION_SCALE.max, ACTIVATION_SCALE.min];
const CASES = ALPHAS.map((word, index) => ({ word, scale: SCALES[index] as number }));

const slopeOf = ({ slope, slopeExponent }: UnitResult) => slopeValue(slope, slopeExponent);

interface Worst {
  /** Largest |a - h(z)| where a is not clamped. */
  value: number;
  /** Largest relative error of the derivative. */
  slope: number;
}

/** Over every z; the slope out to `reach`. */
function worstOf(
  activation: ActivationName,
  {
    word,
    scale,
    reach = Number.POSITIVE_INFINITY,
  }: { word: number; scale: number; reach?: number },
): Worst {
  const { value, derivative } = ACTIVATION_FUNCTIONS[activation];
  const alpha = alphaValue(word);
  const worst = { value: 0, slope: 0 };
  for (let code = -Z_MAX; code <= Z_MAX; code++) {
    const unit = activate(code, { activation, activationScale: scale }, word);
    const z = code * Z_UNIT;
    if (!unit.clamped) {
      const a = activationValue(unit.activation, { activationScale: scale });
      worst.value = Math.max(worst.value, Math.abs(a - value(z, alpha)));
    }
    const exact = derivative(z, alpha);
    if (Math.abs(z) > reach || (exact === 0 && unit.slope === 0)) continue;
    worst.slope = Math.max(worst.slope, Math.abs(slopeOf(unit) / exact - 1));
  }
  return worst;
}

describe.each(CASES)('α = $word, scale $scale', ({ word, scale }) => {
  const lsb = 2 ** (scale - FORMATS.activation.fraction);

  test('relu is within an LSB wherever it is not clamped, its slope exact', () => {
    const { value, slope } = worstOf('relu', { word, scale });
    expect(value).toBeLessThanOrEqual(lsb);
    expect(slope).toBe(0);
  });

  test('elu is within 1e-4 and half an LSB, its slope within 0.1 % over ±16', () => {
    const { value, slope } = worstOf('elu', { word, scale, reach: EXPONENTIAL_RANGE });
    expect(value).toBeLessThanOrEqual(ELU_BOUND + lsb / 2);
    expect(slope).toBeLessThanOrEqual(SLOPE_BOUND);
  });
});

describe('flags', () => {
  const relu = { activation: 'relu', activationScale: 0 } as const;
  const elu = { activation: 'elu', activationScale: 0 } as const;

  test('a relu without α is saturated and dead at and below zero, not above', () => {
    expect([-1, 0, 1].map((z) => activate(z, relu))).toMatchObject([
      { activation: 0, slope: 0, saturated: true },
      { activation: 0, slope: 0, saturated: true },
      { activation: 2, slope: ONE, saturated: false },
    ]);
    expect(activate(-1, relu, ONE)).toMatchObject({ slope: ONE, saturated: false });
  });

  test('an elu is saturated where e^z is below 1/32, or α is 0', () => {
    const at = (z: number, alpha: number) => activate(z / Z_UNIT, elu, alpha).saturated;
    expect([at(-3.4, ONE), at(-3.5, ONE), at(-1, 0), at(1, 0)]).toEqual([false, true, true, false]);
  });

  test('what is clamped counts only where it is used', () => {
    const at = (unit: typeof relu | typeof elu, z: number, alpha: number) =>
      activate(z / Z_UNIT, unit, alpha).clamped;
    expect([at(relu, 2, 0), at(relu, -2, 0), at(relu, -2, ONE)]).toEqual([true, false, true]);
    expect([at(elu, 2, ONE), at(elu, -2, ONE)]).toEqual([true, false]);
  });
});
