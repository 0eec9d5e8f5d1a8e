/**
 * The ReLU family and ELU, bit for bit as `ds_rectifier_unit` computes them: z above zero, and below
 * it α z or α (e^z - 1). |ELU error| < 1e-4 and one rounding to the layer's scale.
 */
import { FORMATS } from '../../contract/formats.ts';
import type { Alpha } from './alpha.ts';
import { maxCode, roundShift, saturate } from './arithmetic.ts';
import { doubled, tailOf } from './tail.ts';
import { EXPONENTIAL_SEGMENTS } from './tail-table.ts';

export interface LinearResult {
  /** Code of `FORMATS.activation`, at the scale of its layer. */
  readonly activation: number;
  readonly clamped: boolean;
}

export interface RectifierResult extends LinearResult {
  /** Derivative slope · 2^(-15-slopeExponent). */
  readonly slope: number;
  readonly slopeExponent: number;
  /** E of e^z = tail · 2^(-16-E) where that is used; 0 elsewhere. */
  readonly tailExponent: number;
}

/** Slope 1. */
export const UNIT_SLOPE = 2 ** FORMATS.slope.fraction;

/** z: code of `FORMATS.z`; a = z at scale e. */
export function identity(z: number, scale: number): LinearResult {
  const widened = z * 2 ** (FORMATS.activation.fraction - FORMATS.z.fraction);
  const rounded = roundShift(widened, scale);
  const activation = saturate(rounded, FORMATS.activation);
  return { activation, clamped: activation !== rounded };
}

interface Parameters {
  readonly alpha: Alpha;
  /** e of the layer. */
  readonly scale: number;
}

/**
 * z > 0 ? z : α z. Below zero α multiplies z as it was rounded, and clamped, to the layer's scale.
 */
export function relu(z: number, { alpha, scale }: Parameters): RectifierResult {
  const { activation, clamped } = identity(z, scale);
  if (z > 0) return above(activation, clamped);
  return {
    activation: roundShift(activation * alpha.mantissa, FORMATS.alpha.fraction + alpha.exponent),
    clamped: clamped && alpha.mantissa !== 0,
    slope: alpha.mantissa,
    slopeExponent: alpha.exponent,
    tailExponent: 0,
  };
}

/** z >= 0 ? z : α (e^z - 1); below z = -16 as at -16. */
export function elu(z: number, { alpha, scale }: Parameters): RectifierResult {
  if (z >= 0) {
    const { activation, clamped } = identity(z, scale);
    return above(activation, clamped);
  }
  const { tail, tailExponent, complement } = tailOf(doubled(z), EXPONENTIAL_SEGMENTS);
  const fall = Math.min(complement, maxCode(FORMATS.tail));
  const shift = FORMATS.tail.width + alpha.exponent + scale;
  return {
    activation: roundShift(-fall * alpha.mantissa, shift),
    clamped: false,
    slope: roundShift(tail * alpha.mantissa, FORMATS.tail.width),
    slopeExponent: tailExponent + alpha.exponent,
    tailExponent,
  };
}

function above(activation: number, clamped: boolean): RectifierResult {
  return { activation, clamped, slope: UNIT_SLOPE, slopeExponent: 0, tailExponent: 0 };
}
