/** The result record of an image, as the device's record memory holds it. */
import {
  RECORD_HEADER,
  RECORD_HEADER_WORDS,
  RECORD_LAYER,
  RECORD_WORDS,
} from '../../contract/protocol.ts';
import { type Field, getField, getSignedField } from './fields.ts';

type Header = { readonly [Name in keyof typeof RECORD_HEADER]: number };
type RawLayer = { readonly [Name in keyof typeof RECORD_LAYER]: number };

/** The counts of contract/protocol.ts `RECORD_LAYER`, and: */
export interface LayerRecord extends Omit<RawLayer, 'sumSquaresLow' | 'sumSquaresHigh'> {
  /** Σ_j m_j² of δ's mantissas, exact, below 2^40; the value is · 2^(2·deltaExponent). */
  readonly sumSquares: number;
  /** X: δ = m · 2^X; `NO_EXPONENT` when every δ of the layer is zero. */
  readonly deltaExponent: number;
}

/** The counters of contract/protocol.ts `RECORD_HEADER`, and layers 1 … L. */
export interface ImageRecord extends Header {
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
  return {
    ...(decodeFields(RECORD_HEADER, words, base) as Header),
    layers: Array.from({ length: layers }, (_, index) =>
      decodeLayer(words, base + RECORD_HEADER_WORDS + RECORD_WORDS * index),
    ),
  };
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
