/**
 * σ and σ′ bit for bit as `ds_sigmoid_unit` computes them.
 *
 * t = σ(-|z|) is held as mantissa · 2^exponent, so that σ′ = t(1 - t) keeps its relative error in
 * the tails (design: number formats). |σ error| < 6.1e-5, relative σ′ error < 0.1 % over ±16.
 */
import { FORMATS, SIGMOID_TABLE } from '../../contract/formats.ts';
import { maxCode, roundShift } from './arithmetic.ts';
import { SEGMENTS, type Segment } from './sigmoid-table.ts';

export interface SigmoidResult {
  /** σ(z), code of `FORMATS.activation`. */
  readonly activation: number;
  /** t = tail · 2^(-16-tailExponent). */
  readonly tail: number;
  readonly tailExponent: number;
  /** 1 - t, code · 2^-16, in [2^15, 2^16]. */
  readonly complement: number;
  /** σ′(z) = slope · 2^(-15-slopeExponent). */
  readonly slope: number;
  readonly slopeExponent: number;
}

const ONE = 2 ** FORMATS.tail.width;
const OFFSET_SPAN = 2 ** SIGMOID_TABLE.segmentBits;

/** z: code of `FORMATS.z`. */
export function sigmoid(z: number): SigmoidResult {
  const magnitude = Math.abs(z);
  const { base, drop, exponent } = SEGMENTS[Math.floor(magnitude / OFFSET_SPAN)] as Segment;
  const offset = magnitude % OFFSET_SPAN;
  const tail = base - roundShift(drop * offset, SIGMOID_TABLE.segmentBits - 1);
  const complement = ONE - roundShift(tail, exponent);
  const small = roundShift(tail, exponent + FORMATS.tail.fraction - FORMATS.activation.fraction);
  const large = Math.min(ONE / 2 - small, maxCode(FORMATS.activation));
  return {
    activation: z < 0 ? small : large,
    tail,
    tailExponent: exponent,
    complement,
    slope: roundShift(tail * complement, FORMATS.tail.width),
    slopeExponent: exponent + 1,
  };
}
