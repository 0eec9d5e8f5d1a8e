/** Training state as a device's memory holds it: the planes of `TRAINING_PLANES`. Pure. */
import { TRAINING_PLANES } from '../contract/protocol.ts';
import type { TrainingCodes, TrainingState } from '../contract/training.ts';
import { highHalf, lowHalf } from '../golden/fixed/training.ts';
import type { HeldLayer } from './network.ts';

export interface Planes {
  /** rows × LANES of the whole weights' memory. */
  readonly memory: Int16Array;
  readonly lanes: number;
  /** Rows of a plane. */
  readonly trainRows: number;
}

type PlaneName = keyof typeof TRAINING_PLANES;
type Pair = readonly [high: PlaneName, low: PlaneName];
const WEIGHT: Pair = ['weightHigh', 'weightLow'];
const GRADIENT: Pair = ['gradientHigh', 'gradientLow'];
const HALF = 2 ** 16;

export function decodeTraining(planes: Planes, layer: HeldLayer): TrainingState {
  const { weights, biases } = placesOf(layer, planes.lanes);
  return {
    weights: weights.map((place) => getPair(planes, WEIGHT, place)),
    biases: biases.map((place) => getPair(planes, WEIGHT, place)),
    weightSums: weights.map((place) => getPair(planes, GRADIENT, place)),
    biasSums: biases.map((place) => getPair(planes, GRADIENT, place)),
  };
}

export function encodeTraining(planes: Planes, layer: HeldLayer, state: TrainingState): void {
  const { weights, biases } = placesOf(layer, planes.lanes);
  for (const [at, place] of weights.entries()) {
    setPair(planes, WEIGHT, { place, code: state.weights[at] as number });
    setPair(planes, GRADIENT, { place, code: state.weightSums[at] as number });
  }
  for (const [at, place] of biases.entries()) {
    setPair(planes, WEIGHT, { place, code: state.biases[at] as number });
    setPair(planes, GRADIENT, { place, code: state.biasSums[at] as number });
  }
}

/** Where each weight and bias is in a plane, as row · LANES + lane: the biases behind the weights. */
function placesOf({ nIn, nOut, weightBase, groups }: HeldLayer, lanes: number) {
  const place = (neuron: number, row: number) => row * lanes + (neuron % lanes);
  const group = (neuron: number) => Math.floor(neuron / lanes);
  const weights = Int32Array.from({ length: nIn * nOut }, (_, at) => {
    const neuron = Math.floor(at / nIn);
    return place(neuron, weightBase + group(neuron) * nIn + (at % nIn));
  });
  const firstBias = weightBase + groups * nIn;
  const biases = Int32Array.from({ length: nOut }, (_, j) => place(j, firstBias + group(j)));
  return { weights, biases };
}

function wordIn({ trainRows, lanes }: Planes, plane: PlaneName, place: number): number {
  return TRAINING_PLANES[plane] * trainRows * lanes + place;
}

function getPair(planes: Planes, [high, low]: Pair, place: number): number {
  const { memory } = planes;
  const upper = memory[wordIn(planes, high, place)] ?? 0;
  return upper * HALF + (memory[wordIn(planes, low, place)] ?? 0);
}

function setPair(
  planes: Planes,
  [high, low]: Pair,
  { place, code }: { place: number; code: number },
): void {
  planes.memory[wordIn(planes, high, place)] = highHalf(code);
  planes.memory[wordIn(planes, low, place)] = lowHalf(code);
}

/** The registers of the region `training`, as they were written. */
export interface TrainingWords {
  readonly gradientShift: number;
  readonly step: number;
  readonly decay: number;
  readonly momentum: number;
}

export function decodeCodes({
  gradientShift,
  step,
  decay,
  momentum,
}: TrainingWords): TrainingCodes {
  return {
    gradientShift: (gradientShift << 16) >> 16,
    step: step & 0x7fff,
    stepShift: (step >> 16) & 0xf,
    decay: decay & 0x7fff,
    decayShift: (decay >> 16) & 0x3f,
    momentum: momentum & 0x7fff,
  };
}
