/**
 * The rounding rules of contract/formats.ts (`RULES`), on integers held exactly in a double.
 * Every argument and result stays within 53 bits; a shift is an exact multiplication.
 */
import { FORMATS, LEAST_SHIFT } from '../../contract/formats.ts';

type Format = (typeof FORMATS)[keyof typeof FORMATS];

const POWERS = Float64Array.from({ length: 128 }, (_, n) => 2 ** n);

/** 2^n for 0 ≤ n < 128. */
function power(n: number): number {
  return POWERS[n] as number;
}

/**
 * x / 2^n to the nearest integer, ties towards +∞; a negative n shifts left.
 * n may be larger than any width here: the result is then 0.
 */
export function roundShift(x: number, n: number): number {
  if (n < 0) return x * power(-n);
  return n > 100 ? 0 : Math.floor(x / power(n) + 0.5);
}

/** Largest code of a format. */
export function maxCode({ width, signed }: Format): number {
  return power(signed ? width - 1 : width) - 1;
}

/** x clamped to the range of a format; symmetrically where `symmetric`. */
export function saturate(x: number, format: Format, { symmetric = false } = {}): number {
  const high = maxCode(format);
  const low = format.signed ? (symmetric ? -high : -high - 1) : 0;
  return x > high ? high : x < low ? low : x;
}

/** Bits of a signed integer without its sign: the smallest L ≥ 0 with -2^L ≤ x < 2^L. */
export function bitLength(x: number): number {
  const magnitude = x < 0 ? -x - 1 : x;
  const high = Math.floor(magnitude / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(magnitude);
}

const DELTA_BITS = FORMATS.delta.width - 1;

/**
 * x as a 16 bit signed mantissa: x ≈ mantissa · 2^shift with the smallest shift ≥ `LEAST_SHIFT` that
 * fits after rounding. RTL: `ds_normalise`.
 */
export function normalise(x: number): { mantissa: number; shift: number } {
  const shift = Math.max(LEAST_SHIFT, bitLength(x) - DELTA_BITS);
  const mantissa = roundShift(x, shift);
  return mantissa > maxCode(FORMATS.delta)
    ? { mantissa: mantissa / 2, shift: shift + 1 }
    : { mantissa, shift };
}
