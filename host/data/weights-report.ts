/** What a network's weights are, what 16 bits of them cost, and which boards have room for them. */
import { mean, rootMeanSquare, sampleStandardDeviation } from 'simple-statistics';
import { activationMask, BOARDS, type Board, type BoardName } from '../../contract/boards.ts';
import { FORMATS } from '../../contract/formats.ts';
import type {
  FloatLayer,
  FloatNetwork,
  IntegerLayer,
  IntegerNetwork,
} from '../../contract/network.ts';
import { DeltascopeError } from '../error.ts';
import { type Capacity, layOut } from '../layout.ts';
import { weightValue } from '../values.ts';
import { quantise } from './quantise.ts';

export interface WeightsReport {
  readonly layers: readonly LayerReport[];
  /** Weights and biases of all layers. */
  readonly parameters: number;
  /** Why no device can hold these weights; null when one can. */
  readonly refused: DeltascopeError | null;
  /** Empty when `refused`. */
  readonly boards: readonly BoardFit[];
}

export interface LayerReport {
  /** ℓ, from 1. */
  readonly layer: number;
  readonly nIn: number;
  readonly nOut: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample; 0 for a single weight. */
  readonly standardDeviation: number;
  /** Largest |b|. */
  readonly largestBias: number;
  /** null when no device can hold these weights. */
  readonly rounding: Rounding | null;
}

/** Of the weights of one layer, as the device holds them. */
export interface Rounding {
  /** s: weights are W · 2^(s-15). */
  readonly scale: number;
  readonly lsb: number;
  /** Largest |error|. */
  readonly maxError: number;
  /** Over the largest |w|; 0 where all are 0. */
  readonly maxErrorToLargest: number;
  readonly rmsError: number;
  /** Over the root mean square of the weights; 0 where all are 0. */
  readonly rmsErrorToRms: number;
  /** Share of the weights that are 0 only because they were rounded. */
  readonly roundedToZero: number;
  /** Share of the weights, zeros apart, that are one LSB or less. */
  readonly withinOneLsb: number;
}

export interface BoardFit {
  readonly board: BoardName;
  /** Of its weight memory; above 1 when it does not fit. */
  readonly weightMemory: number;
  /** Why it does not fit; null when it does. */
  readonly reason: string | null;
}

/** Layer by layer, board by board, for sigmoid layers. Never throws. */
export function reportWeights(network: FloatNetwork): WeightsReport {
  const parameters = network.layers.reduce((sum, { nIn, nOut }) => sum + (nIn + 1) * nOut, 0);
  const { integers, refused } = tryToQuantise(network);
  return {
    layers: network.layers.map((layer, index) => reportLayer(layer, index, integers)),
    parameters,
    refused,
    boards: integers === undefined ? [] : fitBoards(integers),
  };
}

function tryToQuantise(network: FloatNetwork): {
  integers: IntegerNetwork | undefined;
  refused: DeltascopeError | null;
} {
  try {
    return { integers: quantise(network, { cost: 'cross-entropy' }), refused: null };
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    return { integers: undefined, refused: error };
  }
}

function reportLayer(
  layer: FloatLayer,
  index: number,
  integers: IntegerNetwork | undefined,
): LayerReport {
  const { nIn, nOut, weights, biases } = layer;
  const integer = integers?.layers[index];
  const { min, max } = rangeOf(weights);
  const { min: least, max: most } = rangeOf(biases);
  return {
    layer: index + 1,
    nIn,
    nOut,
    min,
    max,
    mean: mean([...weights]),
    standardDeviation: weights.length > 1 ? sampleStandardDeviation([...weights]) : 0,
    largestBias: Math.max(-least, most),
    rounding: integer === undefined ? null : roundingOf(weights, integer),
  };
}

function rangeOf(values: Float64Array): { min: number; max: number } {
  let min = values[0] ?? 0;
  let max = min;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

function roundingOf(exact: Float64Array, { scale, weights: codes }: IntegerLayer): Rounding {
  const lsb = 2 ** (scale - FORMATS.weight.fraction);
  const errors = exact.map((w, index) => weightValue(codes[index] ?? 0, scale) - w);
  const largestOf = (values: Float64Array) =>
    values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const share = (holds: (w: number, code: number) => boolean) =>
    exact.filter((w, index) => w !== 0 && holds(w, codes[index] ?? 0)).length / exact.length;
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  const maxError = largestOf(errors);
  // Scaled: the squares of 1e-162 are 0 in float64.
  const rmsOf = (values: Float64Array) => {
    const largest = largestOf(values);
    return largest === 0 ? 0 : largest * rootMeanSquare(Array.from(values, (x) => x / largest));
  };
  const rmsError = rmsOf(errors);
  return {
    scale,
    lsb,
    maxError,
    maxErrorToLargest: ratio(maxError, largestOf(exact)),
    rmsError,
    rmsErrorToRms: ratio(rmsError, rmsOf(exact)),
    roundedToZero: share((_, code) => code === 0),
    withinOneLsb: share((w) => Math.abs(w) <= lsb),
  };
}

function fitBoards(network: IntegerNetwork): BoardFit[] {
  return (Object.keys(BOARDS) as BoardName[]).map((board) => {
    const capacity = capacityOf(BOARDS[board]);
    const { lanes, weightRows } = capacity;
    const rows = network.layers.reduce(
      (sum, { nIn, nOut }) => sum + Math.ceil(nOut / lanes) * nIn,
      0,
    );
    return { board, weightMemory: rows / weightRows, reason: misfit(network, capacity) };
  });
}

/** What the device of a board will say in its identity. */
function capacityOf({ maxWidth, ...board }: Board): Capacity {
  return { ...board, width: maxWidth, activations: activationMask(board) };
}

function misfit(network: IntegerNetwork, capacity: Capacity): string | null {
  try {
    layOut(network, capacity);
    return null;
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    return error.message;
  }
}
