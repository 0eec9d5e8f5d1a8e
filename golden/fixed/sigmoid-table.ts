/**
 * The one generator of the σ table: chords of t = σ(-|z|) over `segments` equal parts of [0, 32).
 * `tools/generate.ts` commits it as rtl/core/ds_sigmoid_table.vh.
 */
import { FORMATS, SIGMOID_TABLE } from '../../contract/formats.ts';

export interface Segment {
  /** Mantissa at the left end, in [2^15, 2^16): value base · 2^(-16-exponent). */
  readonly base: number;
  /** How much the mantissa falls over the segment, halved. */
  readonly drop: number;
  /** E of t over the whole segment. */
  readonly exponent: number;
}

const MANTISSA = 2 ** FORMATS.tail.width;
const WIDTH = 2 ** (SIGMOID_TABLE.segmentBits - FORMATS.z.fraction);

const tail = (z: number) => Math.exp(-z) / (1 + Math.exp(-z));

/** Where the chord of a segment lies furthest above t: halfway is within 1 % of it for h = 1/16. */
function chordGap(left: number): number {
  return (tail(left) + tail(left + WIDTH)) / 2 - tail(left + WIDTH / 2);
}

function segment(index: number): Segment {
  const left = index * WIDTH;
  const exponent = Math.ceil(-Math.log2(tail(left))) - 1;
  const mantissa = (x: number) => x * MANTISSA * 2 ** exponent;
  // The chord is lowered by half its gap, so that the error is ± half of it.
  const base = Math.round(mantissa(tail(left) - chordGap(left) / 2));
  const drop = Math.round(mantissa(tail(left) - tail(left + WIDTH)) / 2);
  return { base: Math.min(Math.max(base, MANTISSA / 2), MANTISSA - 1), drop, exponent };
}

/** All segments, index |z| >> segmentBits. */
export const SEGMENTS: readonly Segment[] = Array.from(
  { length: SIGMOID_TABLE.segments },
  (_, index) => segment(index),
);

/** A segment as the word in the ROM: exponent, base without its leading one, drop. */
export function segmentWord({ base, drop, exponent }: Segment): number {
  const { baseBits, dropBits } = SIGMOID_TABLE;
  return (exponent * 2 ** baseBits + (base - MANTISSA / 2)) * 2 ** dropBits + drop;
}
