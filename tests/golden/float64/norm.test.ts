import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { norm } from '../../../golden/float64/norm.ts';

describe('norm', () => {
  test.each([1, 1e-175, 1e-300, 1e300])('of (3, -4) · %d is 5 times that', (unit) => {
    expect(norm(Float64Array.of(3 * unit, -4 * unit)) / (5 * unit)).toBeCloseTo(1, 14);
  });

  test('of zeros and of nothing is 0, of an infinity infinite', () => {
    expect([norm(new Float64Array(3)), norm(new Float64Array())]).toEqual([0, 0]);
    expect(norm(Float64Array.of(1, -Infinity))).toBe(Infinity);
    expect(norm(Float64Array.of(1, Number.NaN))).toBeNaN();
  });

  test('is Math.hypot', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300 }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, (x) => {
        const expected = Math.hypot(...x);
        if (!Number.isFinite(expected)) return;
        expect(Math.abs(norm(Float64Array.from(x)) - expected)).toBeLessThanOrEqual(
          1e-14 * expected + 1e-320,
        );
      }),
    );
  });
});
