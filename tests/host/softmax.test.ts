import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { softmaxError } from '../../golden/float64/softmax.ts';
import { softmaxInjection } from '../../host/softmax.ts';
import { zValue } from '../../host/values.ts';

const ONE = 2 ** FORMATS.z.fraction;
const LIMIT = 2 ** (FORMATS.z.width - 1) - 1;
const MANTISSA = 2 ** (FORMATS.delta.width - 1);

describe('softmaxInjection', () => {
  test('is softmax(z) - y by hand: ten equal outputs', () => {
    const { layer, delta, exponent } = softmaxInjection(3, new Int32Array(10).fill(5 * ONE), 2);
    expect([layer, exponent]).toEqual([3, -15]);
    const [hit, miss] = [-29491, 3277]; // -0.9 · 2^15 and 0.1 · 2^15, rounded
    expect([...Array.from(delta)]).toEqual(
      Array.from({ length: 10 }, (_, j) => (j === 2 ? hit : miss)),
    );
  });

  test('is within half an LSB of float64 over the whole range of z, its largest of full length', () => {
    const codes = fc.array(fc.integer({ min: -LIMIT, max: LIMIT }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(codes, fc.nat({ max: 11 }), (z, n) => {
        const label = n % z.length;
        const expected = new Float64Array(z.length);
        softmaxError(Float64Array.from(z, zValue), label, expected);
        const { delta, exponent } = softmaxInjection(1, Int32Array.from(z), label);
        const mantissas = Array.from(delta);
        mantissas.forEach((m, j) => {
          const exact = (expected[j] as number) * 2 ** -exponent;
          expect(Math.abs(m - exact)).toBeLessThan(0.5 + 1e-6);
        });
        const largest = Math.max(...mantissas.map(Math.abs));
        expect(largest).toBeLessThan(MANTISSA);
        expect(largest).toBeGreaterThanOrEqual(MANTISSA / 2);
      }),
    );
  });

  test('does not lose a well-classified image: z 64 apart', () => {
    const { delta, exponent } = softmaxInjection(1, Int32Array.of(LIMIT, -LIMIT), 0);
    const expected = Math.exp(-2 * zValue(LIMIT));
    expect(((delta[1] ?? 0) * 2 ** exponent) / expected).toBeCloseTo(1, 4);
    expect(delta[0]).toBe(-(delta[1] ?? 0));
  });

  test('is zero of a single output', () => {
    expect(softmaxInjection(1, Int32Array.of(ONE), 0)).toMatchObject({ exponent: 0 });
    expect(softmaxInjection(1, Int32Array.of(ONE), 0).delta[0]).toBeCloseTo(0);
  });
});
