/** The result record of an image, as the device's record memory holds it. */
import {
  RECORD_HEADER,
  RECORD_HEADER_WORDS,
  RECORD_LAYER,
  RECORD_WORDS,
} from '../../contract/protocol.ts';
import { type Field, getField, getSignedField } from './fields.ts';

type RawHeader = { readonly [Name in keyof typeof RECORD_HEADER]: number };
type RawLayer = { readonly [Name in keyof typeof RECORD_LAYER]: number };

/** The counts of contract/protocol.ts `RECORD_LAYER`, and: */
export interface LayerRecord extends Omit<RawLayer, 'sumSquaresLow' | 'sumSquaresHigh'> {
  /** Σ_j m_j² of δ's mantissas, exact, below 2^40; the value is · 2^(2·deltaExponent). */
  readonly sumSquares: number;
  /** X: δ = m · 2^X; `NO_EXPONENT` when every δ of the layer is zero. */
  readonly deltaExponent: number;
}

/** Of contract/protocol.ts `RECORD_HEADER`, with times made lengths; and layers 1 … L. */
export interface ImageRecord extends Omit<RawHeader, 'forwardTime'> {
  /** From start to end: forward, backward and align are parts of it. */
  readonly cycles: number;
  readonly forwardCycles: number;
  /** Waiting for elements of δ, and writing the record. */
  readonly backwardCycles: number;
  readonly layers: readonly LayerRecord[];
}

/** Words of one record of a network of `layers` layers. */
export function recordWords(layers: number): number {
  return RECORD_HEADER_WORDS + RECORD_WORDS * layers;
}

/** The record that starts at word `base`. */
export function decodeRecord(
  words: ArrayLike<number>,
  { base, layers }: { base: number; layers: number },
): ImageRecord {
  const { forwardTime, ...header } = decodeFields(RECORD_HEADER, words, base) as RawHeader;
  const cycles = cyclesBetween(header.startTime, header.endTime);
  const forwardCycles = cyclesBetween(header.startTime, forwardTime);
  return {
    ...header,
    cycles,
    forwardCycles,
    backwardCycles: cycles - forwardCycles - header.alignCycles,
    layers: Array.from({ length: layers }, (_, index) =>
      decodeLayer(words, base + RECORD_HEADER_WORDS + RECORD_WORDS * index),
    ),
  };
}

/** Of two readings of the device's counter, less than 2^32 apart. */
export function cyclesBetween(from: number, to: number): number {
  return (to - from) >>> 0;
}

function decodeLayer(words: ArrayLike<number>, base: number): LayerRecord {
  const fields = decodeFields(RECORD_LAYER, words, base) as RawLayer;
  const { sumSquaresLow, sumSquaresHigh, ...counts } = fields;
  return {
    ...counts,
    sumSquares: sumSquaresHigh * 2 ** RECORD_LAYER.sumSquaresLow.width + sumSquaresLow,
    deltaExponent: getSignedField(words, base, RECORD_LAYER.deltaExponent),
  };
}

function decodeFields(
  fields: Readonly<Record<string, Field>>,
  words: ArrayLike<number>,
  base: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, getField(words, base, field)]),
  );
}
