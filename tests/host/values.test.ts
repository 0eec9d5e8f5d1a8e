import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_EXPONENT } from '../../contract/formats.ts';
import * as values from '../../host/values.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('scaleByPowerOfTwo', () => {
  it('equals the rounded decimal of the exact product, subnormals included', () => {
    const mantissa = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
    fc.assert(
      fc.property(mantissa, fc.integer({ min: -1130, max: 980 }), (m, n) => {
        // m·2^n as an exact decimal: for n < 0, m·5^-n / 10^-n.
        const exact =
          n >= 0 ? String(BigInt(m) * 2n ** BigInt(n)) : `${BigInt(m) * 5n ** BigInt(-n)}e${n}`;
        expect(values.scaleByPowerOfTwo(m, n)).toBe(Number(exact) || (m < 0 ? -0 : 0));
      }),
      { numRuns: 300 },
    );
  });

  it('rounds once into the subnormals, also from below 1', () => {
    const odd = fc.integer({ min: 2 ** 51, max: 2 ** 52 - 1 }).map((m) => 2 * m + 1);
    fc.assert(
      fc.property(odd, fc.integer({ min: -1070, max: -1000 }), (m, n) => {
        const exact = Number(`${BigInt(m) * 5n ** BigInt(60 - n)}e${n - 60}`);
        expect(values.scaleByPowerOfTwo(m * 2 ** -60, n)).toBe(exact);
      }),
      { numRuns: 2000 },
    );
  });

  it('goes there and back exactly while both ends are normal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 48 }),
        fc.integer({ min: -1000, max: 900 }),
        (m, n) => {
          expect(values.scaleByPowerOfTwo(values.scaleByPowerOfTwo(m, n), -n)).toBe(m);
        },
      ),
    );
  });

  it('ends at 0 or infinity, never at NaN', () => {
    fc.assert(
      fc.property(finite, fc.integer({ min: -70_000, max: 70_000 }), (x, n) => {
        expect(values.scaleByPowerOfTwo(x, n)).not.toBeNaN();
      }),
    );
    expect(values.scaleByPowerOfTwo(1, -32_767)).toBe(0);
    expect(values.scaleByPowerOfTwo(1, 32_767)).toBe(Infinity);
    expect(values.scaleByPowerOfTwo(0, 32_767)).toBe(0);
    expect(values.scaleByPowerOfTwo(2 ** -1000, 2000)).toBe(2 ** 1000);
  });
});

describe('values', () => {
  it('follow the formats of the contract', () => {
    expect(values.weightValue(-32768, 3)).toBe(-8);
    expect(values.biasValue(2 ** 22, { scale: -1, inputScale: 0 })).toBe(0.5);
    expect(values.biasValue(2 ** 22, { scale: -1, inputScale: 5 })).toBe(16);
    expect(values.zValue(-3 * 2 ** 14)).toBe(-3);
    expect(values.activationValue(2 ** 14, { activationScale: 0 })).toBe(0.5);
    expect(values.activationValue(-(2 ** 14), { activationScale: 5 })).toBe(-16);
    expect(values.slopeValue(2 ** 15, 2)).toBe(0.25);
    expect(values.deltaValue(-5, -581)).toBe(-5 * 2 ** -581);
    expect(values.deltaValue(0, NO_EXPONENT)).toBe(0);
  });

  it('normOfDelta survives exponents at which the sum of squares does not', () => {
    expect(values.normOfDelta({ sumSquares: 25, deltaExponent: -800 })).toBe(5 * 2 ** -800);
    expect(values.normOfDelta({ sumSquares: 25, deltaExponent: 800 })).toBe(5 * 2 ** 800);
    expect(values.normOfDelta({ sumSquares: 0, deltaExponent: NO_EXPONENT })).toBe(0);
  });

  it('normOfMean divides by the images and by the fraction of Σδ', () => {
    const sums = Float64Array.of(3 * 2 * 10, -4 * 2 * 10);
    expect(values.normOfMean({ exponent: -600, sums }, 10)).toBe(5 * 2 ** -600);
    expect(values.normOfMean({ exponent: NO_EXPONENT, sums: Float64Array.of(0) }, 10)).toBe(0);
    const largest = Float64Array.of(-(2 ** 47), 2 ** 47 - 1);
    const norm = values.normOfMean({ exponent: 0, sums: largest }, 1);
    expect(norm / (Math.SQRT2 * 2 ** 46)).toBeCloseTo(1, 12);
  });

  it('meanOfNorms is the mean of normOfDelta, also far below the range of its squares', () => {
    const at = (exponent: number) => [
      { sumSquares: 9, deltaExponent: exponent },
      { sumSquares: 16, deltaExponent: exponent - 2 },
      { sumSquares: 0, deltaExponent: NO_EXPONENT },
    ];
    expect(values.meanOfNorms(at(0))).toBeCloseTo(4 / 3, 15);
    expect(values.meanOfNorms(at(-900)) * 2 ** 900).toBeCloseTo(4 / 3, 15);
    expect(values.meanOfNorms(at(-1070))).toBeGreaterThan(0);
    expect(values.meanOfNorms([])).toBe(0);
  });
});
