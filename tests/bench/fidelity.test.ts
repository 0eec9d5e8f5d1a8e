import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosineOf, FidelityGauge, type HeldDelta } from '../../bench/fidelity.ts';
import { FORMATS, NO_EXPONENT } from '../../contract/formats.ts';

const ONE = 2 ** FORMATS.slope.fraction;

/** A layer whose σ′ are whole powers of two below 1. */
function held(deltas: number[], exponent: number, slopeExponents = deltas.map(() => 2)): HeldDelta {
  return { deltas, exponent, slopes: deltas.map(() => ONE), slopeExponents };
}

function measure(device: HeldDelta, delta: number[], slope = delta.map(() => 0.25)) {
  const gauge = new FidelityGauge(delta.length);
  gauge.add(device, { delta: Float64Array.from(delta), slope });
  return gauge.result(Float64Array.from(device.deltas));
}

describe('FidelityGauge', () => {
  test('a δ that is float64 rounded into the format is 0 LSB off', () => {
    const property = fc.property(
      fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 9 }),
      fc.integer({ min: -900, max: 900 }),
      fc.double({ min: -0.49, max: 0.49, noNaN: true }),
      (deltas, exponent, rest) => {
        const exact = deltas.map((m) => (m + rest) * 2 ** exponent);
        expect(measure(held(deltas, exponent), exact)).toMatchObject({
          largestUlps: 0,
          signFlips: 0,
          otherBranch: 0,
        });
      },
    );
    fc.assert(property);
  });

  test('counts LSB, signs and branches of each element', () => {
    const device = { ...held([20000, -100, 7, 0], -10), slopeExponents: [0, 0, 2, 0] };
    const reference = [20003, 100, 7, -0.4].map((m) => m * 2 ** -10);
    // Right of the kink on both sides, only on the device, only in float64, and both again.
    const result = measure(device, reference, [1, 0.01, 1, 1]);
    expect(result).toMatchObject({ largestUlps: 200, signFlips: 1, otherBranch: 0.5 });
    expect(result.cosinePerImage?.min).toBeCloseTo(1, 3);
    expect(result.cosineOfMean).toBeLessThan(1);
  });

  test('a smooth σ′ that is 1 by rounding is no other branch', () => {
    const device = held([1], 0, [0]);
    expect(measure(device, [1], [1 - 2 ** -12]).otherBranch).toBe(0);
    // Nor one that is off by a lot.
    expect(measure(held([1], 0, [2]), [1], [0.2]).otherBranch).toBe(0);
  });

  test('a device that holds zero is as far off as the format could have been near', () => {
    const result = measure(held([0, 0], NO_EXPONENT), [3 * 2 ** -40, 0]);
    expect(result.largestUlps).toBe(3 * 2 ** 13);
    expect(result).toMatchObject({ cosineOfMean: null, cosinePerImage: null, signFlips: 0 });
  });

  test('what needs δ of each image is null without, or where float64 overflows', () => {
    const gauge = new FidelityGauge(2);
    gauge.add(undefined, { delta: Float64Array.of(1, 2), slope: [1, 1] });
    const none = { cosinePerImage: null, largestUlps: null, signFlips: null, otherBranch: null };
    expect(gauge.result(Float64Array.of(2, 4))).toMatchObject({ ...none });
    expect(gauge.result(Float64Array.of(2, 4)).cosineOfMean).toBeCloseTo(1, 15);
    expect(gauge.result(undefined).cosineOfMean).toBeNull();
    expect(measure(held([1, 1], 0), [Number.POSITIVE_INFINITY, 1])).toMatchObject(none);
  });
});

test('cosineOf neither under- nor overflows', () => {
  expect(cosineOf([1e-300, 1e-300], [1e300, 0])).toBeCloseTo(Math.SQRT1_2, 15);
  expect(cosineOf([3, 4], [-3, -4])).toBeCloseTo(-1, 15);
  expect(cosineOf([0, 0], [1, 1])).toBeNull();
});
