import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FORMATS, LEAST_SHIFT } from '../../../contract/formats.ts';
import {
  bitLength,
  maxCode,
  normalise,
  roundShift,
  saturate,
} from '../../../golden/fixed/arithmetic.ts';

/** Integers of every size up to 52 bits with the sign, so that sums in a double stay exact. */
const integers = fc
  .tuple(fc.integer({ min: 0, max: 51 }), fc.maxSafeInteger())
  .map(([bits, x]) => (x % 2 ** bits) + 0); // never -0
const formats = fc.constantFrom(...Object.values(FORMATS));

/** floor(x / 2^n + 1/2). */
function exactRoundShift(x: bigint, n: bigint): bigint {
  return n <= 0n ? x << -n : ((x >> (n - 1n)) + 1n) >> 1n;
}

test('roundShift equals floor(x / 2^n + 1/2) in BigInt', () => {
  fc.assert(
    fc.property(integers, fc.integer({ min: 0, max: 200 }), (x, n) => {
      expect(BigInt(roundShift(x, n))).toBe(exactRoundShift(BigInt(x), BigInt(n)));
    }),
  );
});

test('roundShift sends ties towards +infinity', () => {
  expect([-3, -1, 1, 3].map((x) => roundShift(x, 1))).toEqual([-1, 0, 1, 2]);
  expect(roundShift(-32768, 16)).toBe(0);
  expect(roundShift(-32769, 16)).toBe(-1);
});

test('bitLength is the smallest L with -2^L <= x < 2^L', () => {
  fc.assert(
    fc.property(integers, (x) => {
      const length = BigInt(bitLength(x));
      expect(BigInt.asIntN(Number(length) + 1, BigInt(x))).toBe(BigInt(x));
      if (length > 0n) expect(BigInt.asIntN(Number(length), BigInt(x))).not.toBe(BigInt(x));
    }),
  );
  expect([-2, -1, 0, 1, 2].map(bitLength)).toEqual([1, 0, 0, 1, 2]);
});

test('bitLength holds around every power of two', () => {
  for (let n = 0; n <= 50; n++) {
    expect([2 ** n - 1, 2 ** n, -(2 ** n), -(2 ** n) - 1].map(bitLength)).toEqual([
      n,
      n + 1,
      n,
      n + 1,
    ]);
  }
});

test('maxCode and saturate keep to the range of the format', () => {
  fc.assert(
    fc.property(integers, formats, (x, format) => {
      const bits = format.width;
      const fits = format.signed
        ? BigInt.asIntN(bits, BigInt(x)) === BigInt(x)
        : BigInt.asUintN(bits, BigInt(x)) === BigInt(x);
      const high = maxCode(format);
      const low = format.signed ? -high - 1 : 0;
      expect(saturate(x, format)).toBe(fits ? x : x > 0 ? high : low);
    }),
  );
});

test('saturate is odd where symmetric', () => {
  const high = maxCode(FORMATS.z);
  expect(saturate(-high - 1, FORMATS.z, { symmetric: true })).toBe(-high);
  expect(saturate(-high, FORMATS.z, { symmetric: true })).toBe(-high);
  expect(saturate(high + 1, FORMATS.z, { symmetric: true })).toBe(high);
  expect(saturate(-high - 1, FORMATS.z)).toBe(-high - 1);
});

test('roundShift by less than 0 is exact', () => {
  expect([-3, 0, 5].map((x) => roundShift(x, -7))).toEqual([-384, 0, 640]);
});

test('normalise gives the smallest shift whose rounded mantissa fits', () => {
  const fits = (x: bigint) => BigInt.asIntN(FORMATS.delta.width, x) === x;
  fc.assert(
    fc.property(integers, (x) => {
      let shift = BigInt(LEAST_SHIFT);
      while (!fits(exactRoundShift(BigInt(x), shift))) shift++;
      const mantissa = exactRoundShift(BigInt(x), shift);
      expect(normalise(x)).toEqual({ mantissa: Number(mantissa), shift: Number(shift) });
    }),
  );
});

test('normalise carries into the next shift', () => {
  const ones = 2 ** 15 - 1;
  expect(normalise(ones)).toEqual({ mantissa: ones, shift: 0 });
  expect(normalise(3)).toEqual({ mantissa: 3 * 2 ** 7, shift: -7 });
  expect(normalise(-(2 ** 9))).toEqual({ mantissa: -(2 ** 15), shift: -6 });
  expect(normalise(2 * ones)).toEqual({ mantissa: ones, shift: 1 });
  expect(normalise(2 * ones + 1)).toEqual({ mantissa: 2 ** 14, shift: 2 });
  expect(normalise(-(2 ** 15))).toEqual({ mantissa: -(2 ** 15), shift: 0 });
  expect(normalise(0)).toEqual({ mantissa: 0, shift: LEAST_SHIFT });
});
