/** Training state ↔ the planes of a device's weights' memory (`TRAINING_PLANES`). Pure. */
import { TRAINING_PLANES } from '../contract/protocol.ts';
import type { Gradient, TrainingState } from '../contract/training.ts';
import { joinCode, splitCode } from './data/masters.ts';
import type { LayerPlace } from './layout.ts';

export type PlaneName = keyof typeof TRAINING_PLANES;
export const PLANE_NAMES = Object.keys(TRAINING_PLANES) as PlaneName[];

/** rows × LANES each; lane i of group g belongs to neuron g · LANES + i, 0 beyond the last one. */
export type Planes = Readonly<Record<PlaneName, Int16Array>>;

type Place = Pick<LayerPlace, 'nIn' | 'nOut' | 'weightBase' | 'groups'>;

/** rows: those of all layers, their biases included. */
interface Size {
  readonly rows: number;
  readonly lanes: number;
}

/** Of each weight and each bias of a layer. */
type Codes = Pick<TrainingState, 'weights' | 'biases'>;
type GradientPlanes = Pick<Planes, 'gradientHigh' | 'gradientLow'>;

export function encodePlanes(
  states: readonly TrainingState[],
  places: readonly Place[],
  size: Size,
): Planes {
  const [weightHigh, weightLow] = encodePair(states, places, size);
  return { weightHigh, weightLow, ...encodeGradient(states, places, size) };
}

export function encodeGradient(
  gradients: readonly Gradient[],
  places: readonly Place[],
  size: Size,
): GradientPlanes {
  const codes = gradients.map(({ weightSums, biasSums }) => ({
    ...{ weights: weightSums, biases: biasSums },
  }));
  const [gradientHigh, gradientLow] = encodePair(codes, places, size);
  return { gradientHigh, gradientLow };
}

export function decodePlanes(
  planes: Planes,
  places: readonly Place[],
  lanes: number,
): TrainingState[] {
  const weights = decodePair([planes.weightHigh, planes.weightLow], places, lanes);
  const gradients = decodeGradient(planes, places, lanes);
  return weights.map((codes, index) => ({ ...codes, ...(gradients[index] as Gradient) }));
}

export function decodeGradient(
  { gradientHigh, gradientLow }: GradientPlanes,
  places: readonly Place[],
  lanes: number,
): Gradient[] {
  return decodePair([gradientHigh, gradientLow], places, lanes).map(({ weights, biases }) => ({
    ...{ weightSums: weights, biasSums: biases },
  }));
}

function encodePair(
  layers: readonly Codes[],
  places: readonly Place[],
  { rows, lanes }: Size,
): [high: Int16Array, low: Int16Array] {
  const planes = [new Int16Array(rows * lanes), new Int16Array(rows * lanes)] as const;
  for (const [index, place] of places.entries()) {
    const at = addresses(place, lanes);
    const { weights, biases } = layers[index] as Codes;
    putPair(planes, at.weights, weights);
    putPair(planes, at.biases, biases);
  }
  return [...planes];
}

function putPair(
  [upper, lower]: readonly [Int16Array, Int16Array],
  addresses: Int32Array,
  codes: Int32Array,
): void {
  for (let i = 0; i < codes.length; i++) {
    const { high, low } = splitCode(codes[i] as number);
    upper[addresses[i] as number] = high;
    lower[addresses[i] as number] = low;
  }
}

function decodePair(
  [high, low]: readonly [Int16Array, Int16Array],
  places: readonly Place[],
  lanes: number,
): Codes[] {
  const take = (at: number) => joinCode(high[at] as number, low[at] as number);
  return places.map((place) => {
    const { weights, biases } = addresses(place, lanes);
    return { weights: weights.map(take), biases: biases.map(take) };
  });
}

/** row · LANES + lane of each weight, row-major as the network has them, and of each bias. */
function addresses({ nIn, nOut, weightBase, groups }: Place, lanes: number) {
  const address = (neuron: number, rows: number, row: number) =>
    (weightBase + Math.floor(neuron / lanes) * rows + row) * lanes + (neuron % lanes);
  return {
    weights: Int32Array.from({ length: nIn * nOut }, (_, at) =>
      address(Math.floor(at / nIn), nIn, at % nIn),
    ),
    biases: Int32Array.from({ length: nOut }, (_, j) => address(j, 1, groups * nIn)),
  };
}
