/** The result record of an image, as the device's record memory holds it. */
import { RECORD_HEADER, RECORD_LAYER, RECORD_WORDS } from '../../contract/protocol.ts';
import { getField, getSignedField } from './fields.ts';

export interface LayerRecord {
  /** Σ_j m_j² of δ's mantissas, exact, below 2^40; the value is · 2^(2·deltaExponent). */
  readonly sumSquares: number;
  /** X: δ = m · 2^X; `NO_EXPONENT` when every δ of the layer is zero. */
  readonly deltaExponent: number;
  /** Elements of δ that were not zero and became zero. */
  readonly roundedToZero: number;
  readonly deltaSaturated: number;
  readonly zSaturated: number;
}

export interface ImageRecord {
  /** Clock cycles from the first row to the last δ. */
  readonly cycles: number;
  readonly forwardCycles: number;
  /** Rows of the weight memory that were read. */
  readonly rows: number;
  readonly nonZeroInputs: number;
  /** Layers 1 … L. */
  readonly layers: readonly LayerRecord[];
}

/** Words of one record of a network of `layers` layers. */
export function recordWords(layers: number): number {
  return RECORD_WORDS * (layers + 1);
}

/** The record that starts at word `base`. */
export function decodeRecord(
  words: ArrayLike<number>,
  { base, layers }: { base: number; layers: number },
): ImageRecord {
  return {
    cycles: getField(words, base, RECORD_HEADER.cycles),
    forwardCycles: getField(words, base, RECORD_HEADER.forwardCycles),
    rows: getField(words, base, RECORD_HEADER.rows),
    nonZeroInputs: getField(words, base, RECORD_HEADER.nonZeroInputs),
    layers: Array.from({ length: layers }, (_, index) =>
      decodeLayer(words, base + RECORD_WORDS * (index + 1)),
    ),
  };
}

function decodeLayer(words: ArrayLike<number>, base: number): LayerRecord {
  const low = getField(words, base, RECORD_LAYER.sumSquaresLow);
  const high = getField(words, base, RECORD_LAYER.sumSquaresHigh);
  return {
    sumSquares: high * 2 ** RECORD_LAYER.sumSquaresLow.width + low,
    deltaExponent: getSignedField(words, base, RECORD_LAYER.deltaExponent),
    roundedToZero: getField(words, base, RECORD_LAYER.roundedToZero),
    deltaSaturated: getField(words, base, RECORD_LAYER.deltaSaturated),
    zSaturated: getField(words, base, RECORD_LAYER.zSaturated),
  };
}
