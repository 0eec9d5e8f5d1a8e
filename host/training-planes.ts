/** Training state ↔ the planes of a device's weights' memory (`TRAINING_PLANES`). Pure. */
import { TRAINING_PLANES } from '../contract/protocol.ts';
import type { TrainingState } from '../contract/training.ts';
import { joinCode, splitCode } from './data/masters.ts';
import type { LayerPlace } from './layout.ts';

export type PlaneName = keyof typeof TRAINING_PLANES;
export const PLANE_NAMES = Object.keys(TRAINING_PLANES) as PlaneName[];

/** rows × LANES each; lane i of group g belongs to neuron g · LANES + i, 0 beyond the last one. */
export type Planes = Readonly<Record<PlaneName, Int16Array>>;

type Place = Pick<LayerPlace, 'nIn' | 'nOut' | 'weightBase' | 'groups'>;

/** @param size rows: those of all layers, their biases included. */
export function encodePlanes(
  states: readonly TrainingState[],
  places: readonly Place[],
  { rows, lanes }: { rows: number; lanes: number },
): Planes {
  const plane = () => new Int16Array(rows * lanes);
  const planes = {
    ...{ weightHigh: plane(), weightLow: plane() },
    ...{ gradientHigh: plane(), gradientLow: plane() },
  };
  const put = (at: number, weight: number, gradient: number) => {
    const [w, v] = [splitCode(weight), splitCode(gradient)];
    planes.weightHigh[at] = w.high;
    planes.weightLow[at] = w.low;
    planes.gradientHigh[at] = v.high;
    planes.gradientLow[at] = v.low;
  };
  for (const [index, place] of places.entries()) {
    const { weights, biases, weightSums, biasSums } = states[index] as TrainingState;
    const at = addresses(place, lanes);
    for (const [i, w] of weights.entries())
      put(at.weights[i] as number, w, weightSums[i] as number);
    for (const [j, b] of biases.entries()) put(at.biases[j] as number, b, biasSums[j] as number);
  }
  return planes;
}

export function decodePlanes(
  planes: Planes,
  places: readonly Place[],
  lanes: number,
): TrainingState[] {
  const { weightHigh, weightLow, gradientHigh, gradientLow } = planes;
  const take = (high: Int16Array, low: Int16Array) => (at: number) =>
    joinCode(high[at] as number, low[at] as number);
  return places.map((place) => {
    const { weights, biases } = addresses(place, lanes);
    return {
      weights: weights.map(take(weightHigh, weightLow)),
      biases: biases.map(take(weightHigh, weightLow)),
      weightSums: weights.map(take(gradientHigh, gradientLow)),
      biasSums: biases.map(take(gradientHigh, gradientLow)),
    };
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
