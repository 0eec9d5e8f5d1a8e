/** The record of an image, as rtl/core/ds_recorder.v writes it; of cycles the model knows nothing. */
import {
  RECORD_HEADER,
  RECORD_HEADER_WORDS,
  RECORD_LAYER,
  RECORD_WORDS,
} from '../contract/protocol.ts';
import type { FixedLayer } from '../golden/fixed/network.ts';
import { type Field, setField } from '../host/protocol/fields.ts';
import type { HeldLayer } from './network.ts';

const ROWS_SPAN = 2 ** RECORD_HEADER.rows.width;

/** What the words of a record are made from. */
export interface RecordedImage {
  readonly network: readonly HeldLayer[];
  readonly layers: readonly FixedLayer[];
  readonly nonZeroInputs: number;
  /** ℓ whose δ was given, from 1; 0: from the cost. */
  readonly injectLayer: number;
}

/** Counts that the record has under the same name, whole, in one field each. */
const { sumSquaresLow, sumSquaresHigh, ...OTHER_FIELDS } = RECORD_LAYER;
const FIELDS = Object.entries(OTHER_FIELDS) as [keyof typeof OTHER_FIELDS, Field][];
const LOW_SPAN = 2 ** sumSquaresLow.width;

/** `recordWords` words; all times and counts of cycles are 0. */
export function encodeRecord(image: RecordedImage): Uint32Array {
  const { layers, nonZeroInputs } = image;
  const words = new Uint32Array(RECORD_HEADER_WORDS + RECORD_WORDS * layers.length);
  setField(words, 0, RECORD_HEADER.nonZeroInputs, nonZeroInputs);
  setField(words, 0, RECORD_HEADER.rows, countRows(image) % ROWS_SPAN);
  for (const [index, layer] of layers.entries()) {
    const base = RECORD_HEADER_WORDS + RECORD_WORDS * index;
    setField(words, base, sumSquaresLow, layer.sumSquares % LOW_SPAN);
    setField(words, base, sumSquaresHigh, Math.floor(layer.sumSquares / LOW_SPAN));
    for (const [name, field] of FIELDS) setField(words, base, field, layer[name]);
  }
  return words;
}

/**
 * Weight rows read. Forward each group reads a row for every input that is not zero, and one when
 * all are; backward all rows, down from the layer above which δ comes out of the weights.
 */
function countRows({ network, layers, nonZeroInputs, injectLayer }: RecordedImage): number {
  let inputs = nonZeroInputs;
  let rows = 0;
  for (const [index, { groups, nIn }] of network.entries()) {
    rows += groups * Math.max(1, inputs);
    const goesDown = index > 0 && (injectLayer === 0 || index < injectLayer);
    if (goesDown) rows += groups * nIn;
    inputs = countNonZero(layers[index]?.activation ?? []);
  }
  return rows;
}

/** How many of them are not zero. */
export function countNonZero(values: ArrayLike<number>): number {
  let count = 0;
  for (let index = 0; index < values.length; index++) if (values[index] !== 0) count++;
  return count;
}
