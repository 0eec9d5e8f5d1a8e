/**
 * A curve that falls towards 0, as mantissa · 2^exponent, so that what is left of it far out keeps
 * its relative error (design: number formats). RTL: `ds_sigmoid_unit`.
 */
import { FORMATS, TAIL_TABLE } from '../../contract/formats.ts';
import { maxCode, roundShift } from './arithmetic.ts';
import type { Segment } from './tail-table.ts';

export interface Tail {
  /** t = tail · 2^(-16-tailExponent). */
  readonly tail: number;
  readonly tailExponent: number;
  /** 1 - t, code · 2^-16, at most 2^16. */
  readonly complement: number;
}

/** 1 as a code of `FORMATS.tail`. */
export const TAIL_ONE = 2 ** FORMATS.tail.width;

const OFFSET_SPAN = 2 ** TAIL_TABLE.segmentBits;

/** v: code of `FORMATS.z`, not negative. */
export function tailOf(v: number, segments: readonly Segment[]): Tail {
  const { base, drop, exponent } = segments[Math.floor(v / OFFSET_SPAN)] as Segment;
  const tail = base - roundShift(drop * (v % OFFSET_SPAN), TAIL_TABLE.segmentBits - 1);
  return { tail, tailExponent: exponent, complement: TAIL_ONE - roundShift(tail, exponent) };
}

/** 2|z|, clamped to the range of z. */
export function doubled(z: number): number {
  return Math.min(2 * Math.abs(z), maxCode(FORMATS.z));
}
