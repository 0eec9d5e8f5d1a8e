/**
 * The one generator of the tables of σ(-v) and e^(-v/2): chords over `segments` equal parts of v in
 * [0, 32). `tools/generate.ts` commits them as rtl/core/ds_sigmoid_table.vh and
 * ds_exponential_table.vh.
 */
import { FORMATS, TAIL_TABLE } from '../../contract/formats.ts';

export interface Segment {
  /** Mantissa at the left end, in [2^15, 2^16): value base · 2^(-16-exponent). */
  readonly base: number;
  /** How much the mantissa falls over the segment, halved. */
  readonly drop: number;
  /** E of the curve over the whole segment. */
  readonly exponent: number;
}

/** Falls, convex, from at most 1 towards 0. */
type Curve = (v: number) => number;

const MANTISSA = 2 ** FORMATS.tail.width;
const WIDTH = 2 ** (TAIL_TABLE.segmentBits - FORMATS.z.fraction);

/** Where the chord of a segment lies furthest above t: halfway is within 1 % of it for h = 1/16. */
function chordGap(curve: Curve, left: number): number {
  return (curve(left) + curve(left + WIDTH)) / 2 - curve(left + WIDTH / 2);
}

function segment(curve: Curve, index: number): Segment {
  const left = index * WIDTH;
  const exponent = Math.max(0, Math.ceil(-Math.log2(curve(left))) - 1);
  const mantissa = (x: number) => x * MANTISSA * 2 ** exponent;
  // The chord is lowered by half its gap, so that the error is ± half of it.
  const base = Math.round(mantissa(curve(left) - chordGap(curve, left) / 2));
  const drop = Math.round(mantissa(curve(left) - curve(left + WIDTH)) / 2);
  return { base: Math.min(Math.max(base, MANTISSA / 2), MANTISSA - 1), drop, exponent };
}

/** All segments of a curve, index v >> segmentBits. */
function chordsOf(curve: Curve): readonly Segment[] {
  return Array.from({ length: TAIL_TABLE.segments }, (_, index) => segment(curve, index));
}

/** σ(-v). */
export const SIGMOID_SEGMENTS = chordsOf((v) => Math.exp(-v) / (1 + Math.exp(-v)));

/** e^(-v/2): with v = 2|z| its chords are half as long in z, and their error a quarter. */
export const EXPONENTIAL_SEGMENTS = chordsOf((v) => Math.exp(-v / 2));

/** A segment as the word in the ROM: exponent, base without its leading one, drop. */
export function segmentWord({ base, drop, exponent }: Segment): number {
  const { baseBits, dropBits } = TAIL_TABLE;
  return (exponent * 2 ** baseBits + (base - MANTISSA / 2)) * 2 ** dropBits + drop;
}
