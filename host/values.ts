/**
 * Codes of the device as numbers (contract/formats.ts), pure. Powers of two are exact; where a
 * value is out of the range of a double it becomes 0 or infinite only at the very end.
 */
import { FORMATS, NO_EXPONENT } from '../contract/formats.ts';

/** Limits of one exact step: 2^1023 is finite, and 2^-969 leaves a normal number to round once. */
const STEP_UP = 1023;
const STEP_DOWN = -969;
const LEAST_POWER = -1022;

/** x · 2^n, correctly rounded once (musl's scalbn). n is an integer. */
export function scaleByPowerOfTwo(x: number, n: number): number {
  let value = x;
  let left = n;
  while (left > STEP_UP && Number.isFinite(value) && value !== 0) {
    value *= 2 ** STEP_UP;
    left -= STEP_UP;
  }
  while (left < LEAST_POWER && value !== 0) {
    value *= 2 ** STEP_DOWN;
    left -= STEP_DOWN;
  }
  return value === 0 ? value : value * 2 ** left;
}

/** @param scale s of the layer. */
export function weightValue(code: number, scale: number): number {
  return code * 2 ** (scale - FORMATS.weight.fraction);
}

/** `scale`: s of the layer; `inputScale`: e of its inputs, 0 for layer 1. */
export function biasValue(
  code: number,
  { scale, inputScale }: { scale: number; inputScale: number },
): number {
  return code * 2 ** (scale + inputScale - FORMATS.bias.fraction);
}

export function zValue(code: number): number {
  return code * 2 ** -FORMATS.z.fraction;
}

/** `activationScale`: e of the layer, as in its observation. */
export function activationValue(
  code: number,
  { activationScale }: { activationScale: number },
): number {
  return code * 2 ** (activationScale - FORMATS.activation.fraction);
}

/** α of a neuron from its word, D + F · 2^16. */
export function alphaValue(word: number): number {
  const mantissa = word % 2 ** FORMATS.alpha.width;
  const exponent = (word - mantissa) / 2 ** FORMATS.alpha.width;
  return mantissa * 2 ** (-FORMATS.alpha.fraction - exponent);
}

/** ∂a/∂z = D · 2^(-15 - E′). */
export function slopeValue(mantissa: number, exponent: number): number {
  return mantissa * 2 ** (-FORMATS.slope.fraction - exponent);
}

/** δ = m · 2^X. */
export function deltaValue(mantissa: number, exponent: number): number {
  return exponent === NO_EXPONENT ? 0 : scaleByPowerOfTwo(mantissa, exponent);
}

/** Element of the mean δ: Σδ code · 2^(R-1) / images. */
export function meanDeltaValue(
  sum: number,
  { exponent, images }: { exponent: number; images: number },
): number {
  if (exponent === NO_EXPONENT || images === 0) {
    return 0;
  }
  return scaleByPowerOfTwo(sum / images, exponent - FORMATS.deltaSum.fraction);
}

/** ‖δ‖ of one layer and image: √(Σm²) · 2^X. */
export function normOfDelta(record: { sumSquares: number; deltaExponent: number }): number {
  return deltaValue(Math.sqrt(record.sumSquares), record.deltaExponent);
}

/** A number of any size: value · 2^exponent. */
export interface ScaledNumber {
  readonly value: number;
  readonly exponent: number;
}

/** As a float64: infinite, or 0, where it is out of its range. */
export function toNumber({ value, exponent }: ScaledNumber): number {
  return scaleByPowerOfTwo(value, exponent);
}

/** log₁₀ of any size; null of 0. */
export function log10Of({ value, exponent }: ScaledNumber): number | null {
  return value === 0 ? null : Math.log10(value) + exponent * Math.log10(2);
}

/**
 * ‖mean of δ‖ of one layer, what Nielsen plots: √(Σ_j s_j²) · 2^(R-1) / images.
 * The codes have 48 bits, so that their squares are far from any limit.
 */
export function scaledNormOfMean(
  { exponent, sums }: { exponent: number; sums: Float64Array },
  images: number,
): ScaledNumber {
  if (exponent === NO_EXPONENT || images === 0) return { value: 0, exponent: 0 };
  const squares = sums.reduce((total, sum) => total + sum * sum, 0);
  return { value: Math.sqrt(squares) / images, exponent: exponent - FORMATS.deltaSum.fraction };
}

export function normOfMean(sums: { exponent: number; sums: Float64Array }, images: number): number {
  return toNumber(scaledNormOfMean(sums, images));
}

/** Mean over the images of ‖δ‖ of one layer, added up relative to the largest exponent. */
export function scaledMeanOfNorms(
  records: readonly { sumSquares: number; deltaExponent: number }[],
): ScaledNumber {
  let largest = NO_EXPONENT;
  for (const { deltaExponent } of records) {
    largest = Math.max(largest, deltaExponent);
  }
  if (largest === NO_EXPONENT) {
    return { value: 0, exponent: 0 };
  }
  let total = 0;
  for (const { sumSquares, deltaExponent } of records) {
    total += deltaValue(
      Math.sqrt(sumSquares),
      deltaExponent === NO_EXPONENT ? NO_EXPONENT : deltaExponent - largest,
    );
  }
  return { value: total / records.length, exponent: largest };
}

export function meanOfNorms(
  records: readonly { sumSquares: number; deltaExponent: number }[],
): number {
  return toNumber(scaledMeanOfNorms(records));
}
