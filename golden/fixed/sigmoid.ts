/**
 * σ and tanh with their derivatives, bit for bit as `ds_sigmoid_unit` computes them.
 *
 * t = σ(-|z|) is held as mantissa · 2^exponent, so that σ′ = t(1 - t) keeps its relative error in
 * the tails (design: number formats). |σ error| < 6.1e-5, |tanh error| < 1e-4, relative error of
 * both derivatives < 0.1 % over ±16.
 */
import { FORMATS } from '../../contract/formats.ts';
import { maxCode, roundShift } from './arithmetic.ts';
import { doubled, TAIL_ONE, type Tail, tailOf } from './tail.ts';
import { SIGMOID_SEGMENTS } from './tail-table.ts';

export interface SigmoidResult extends Tail {
  /** Code of `FORMATS.activation`. */
  readonly activation: number;
  /** Derivative slope · 2^(-15-slopeExponent). */
  readonly slope: number;
  readonly slopeExponent: number;
}

/**
 * z: code of `FORMATS.z`. 1 - t is in [2^15, 2^16]. The fields are named one by one, here and in
 * `tanh`: spreading the tail makes the whole model four times slower.
 */
export function sigmoid(z: number): SigmoidResult {
  const { tail, tailExponent, complement } = tailOf(Math.abs(z), SIGMOID_SEGMENTS);
  const small = roundShift(
    tail,
    tailExponent + FORMATS.tail.fraction - FORMATS.activation.fraction,
  );
  const large = Math.min(TAIL_ONE / 2 - small, maxCode(FORMATS.activation));
  return {
    tail,
    tailExponent,
    complement,
    activation: z < 0 ? small : large,
    slope: roundShift(tail * complement, FORMATS.tail.width),
    slopeExponent: tailExponent + 1,
  };
}

/**
 * tanh z = 2 σ(2z) - 1 with the derivative 4 σ′(2z); beyond |z| = 16 both are those at 16.
 * z: code of `FORMATS.z`; the tail is that of 2z.
 */
export function tanh(z: number): SigmoidResult {
  const { tail, tailExponent, complement } = tailOf(doubled(z), SIGMOID_SEGMENTS);
  const magnitude = Math.min(complement, maxCode(FORMATS.tail)) - TAIL_ONE / 2;
  // An exponent below 0 is not coded: there the mantissa is twice as large.
  const first = tailExponent === 0 ? 1 : 0;
  return {
    tail,
    tailExponent,
    complement,
    activation: z < 0 ? -magnitude : magnitude,
    slope: roundShift(tail * complement, FORMATS.tail.width - first),
    slopeExponent: tailExponent - 1 + first,
  };
}
