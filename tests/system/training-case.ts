/** A network, its images and its descent, trained on two devices that must end with the same words. */
import { isDeepStrictEqual } from 'node:util';
import { firstDifference } from '../../bench/train-fixed.ts';
import { batchesOf } from '../../bench/train-job.ts';
import type { CostName } from '../../contract/network.ts';
import type { TrainingCodes } from '../../contract/training.ts';
import type { TrainingExample } from '../../golden/float64/training.ts';
import { type ClipPlan, planClip } from '../../host/clip.ts';
import { activate } from '../../host/data/activations.ts';
import { initialise } from '../../host/data/initialisers.ts';
import { startTraining } from '../../host/data/masters.ts';
import { type DescentOptions, planDescent } from '../../host/descent.ts';
import type { Device } from '../../host/device.ts';
import type { Image } from '../../host/protocol/image.ts';
import { trainEpoch } from '../../host/train.ts';
import { createDraw, type Draw } from './random-network.ts';

export interface TrainingCase {
  readonly widths: readonly number[];
  readonly activation: string;
  readonly cost: CostName;
  readonly descent: DescentOptions;
  /** In place of what the descent would take. */
  readonly codes?: Partial<TrainingCodes>;
}

export interface LoadedCase {
  readonly images: readonly Image[];
  readonly batches: readonly (readonly Image[])[];
  readonly clip: ClipPlan | undefined;
}

export const TRAINING_IMAGES = 20;

/** One group and two, e of 0 and more, with and without decay and momentum, online to full batch. */
export const TRAINING_CASES: readonly TrainingCase[] = [
  {
    ...{ widths: [40, 30, 7, 10], activation: 'sigmoid', cost: 'cross-entropy' },
    descent: { images: TRAINING_IMAGES, learningRate: 0.1, decay: 5, batch: 20, momentum: 0 },
  },
  {
    ...{ widths: [33, 40, 65, 10], activation: 'relu,tanh', cost: 'quadratic' },
    descent: { images: TRAINING_IMAGES, learningRate: 3, decay: 0, batch: 1, momentum: 0.75 },
  },
  {
    ...{ widths: [20, 31, 33, 5], activation: 'leaky:0.01,elu:1', cost: 'cross-entropy' },
    descent: {
      ...{ images: TRAINING_IMAGES, learningRate: 0.5, decay: 0.5, batch: 10, momentum: 0.5 },
      ...{ clipValue: 0.1, clipNorm: 0.5 },
    },
  },
  {
    // Everything is clamped: shifts, V and W.
    ...{ widths: [9, 33, 5], activation: 'identity', cost: 'cross-entropy' },
    descent: { images: TRAINING_IMAGES, learningRate: 0.5, decay: 0, batch: 10, momentum: 0.5 },
    codes: { gradientShift: -8, stepShift: 0, decay: 32767, decayShift: 0, momentum: 32767 },
  },
  {
    // Next to nothing is left of a contribution.
    ...{ widths: [9, 5, 5], activation: 'sigmoid', cost: 'quadratic' },
    descent: { images: TRAINING_IMAGES, learningRate: 0.5, decay: 0, batch: 4, momentum: 0 },
    codes: { gradientShift: 24, stepShift: 15, decay: 1, decayShift: 17 },
  },
];

/** Into each of the devices; weights and images are drawn. */
export async function loadCase(
  { widths, activation, cost, descent, codes }: TrainingCase,
  { devices, seed }: { devices: readonly Device[]; seed: number },
): Promise<LoadedCase> {
  const network = activate(initialise([...widths], { initialiser: 'nielsen', seed }), {
    ...{ activation, seed },
  });
  const start = startTraining(network, { cost, headroom: 1 });
  const { layers } = start.network;
  const plan = { ...planDescent(descent, layers), ...codes };
  for (const device of devices) {
    await device.loadTraining(start);
    await device.setDescent(plan);
  }
  const images = drawImages(createDraw(seed), { widths, count: descent.images });
  const batches = batchesOf(images, { ...descent, shuffle: false, seed, epoch: 1 });
  return { images, batches, clip: planClip(descent, plan, layers) };
}

/** Half of the pixels are zero. */
function drawImages(
  draw: Draw,
  { widths, count }: { widths: readonly number[]; count: number },
): TrainingExample[] {
  return Array.from({ length: count }, () => ({
    pixels: Uint8Array.from({ length: widths[0] ?? 0 }, () => (draw(2) === 0 ? 0 : draw(256))),
    label: draw(widths.at(-1) ?? 1),
  }));
}

/**
 * One epoch on both. @returns what differs, in words; and the cycles of the last step on the first.
 */
export async function compareEpoch(
  [first, second]: readonly [Device, Device],
  loaded: LoadedCase,
): Promise<{ difference: string | undefined; cycles: number }> {
  const [one, other] = await Promise.all([readEpoch(first, loaded), readEpoch(second, loaded)]);
  const word = firstDifference(one.states, other.states);
  const difference =
    word !== undefined
      ? JSON.stringify(word)
      : isDeepStrictEqual(one.figures, other.figures)
        ? undefined
        : `${JSON.stringify(one.figures)} and ${JSON.stringify(other.figures)}`;
  return { difference, cycles: one.cycles };
}

/** The model knows no cycles. */
async function readEpoch(device: Device, { batches, clip }: LoadedCase) {
  const { first, counts, clipped } = await trainEpoch(device, batches, { clip });
  const { cycles, ...others } = counts;
  const states = await device.readTraining();
  return { states, cycles, figures: { counts: others, clipped, sums: first.layers } };
}

const ACTIVATIONS = ['sigmoid', 'tanh', 'relu', 'leaky:0.01', 'prelu:0.25', 'elu:1', 'identity'];
const LANES = 32;
const MOST_ROWS = 1000;

/** Of weights and biases. */
export function rowsOf(widths: readonly number[], lanes: number): number {
  return widths.slice(1).reduce((sum, nOut, index) => {
    return sum + Math.ceil(nOut / lanes) * ((widths[index] ?? 0) + 1);
  }, 0);
}

/** Of a step: five operations a row, each bias copied, and what a layer and a row of biases cost. */
export function cyclesOfStep(
  widths: readonly number[],
  lanes: number,
): { readonly least: number; readonly most: number } {
  const least = 5 * rowsOf(widths, lanes);
  const copied = widths.slice(1).map((nOut) => nOut + 4 * Math.ceil(nOut / lanes) + 40);
  return { least, most: copied.reduce((sum, cycles) => sum + cycles, least) };
}

/** A setting that a device of 32 lanes and 1024 rows can train. */
export function drawTrainingCase(draw: Draw, images: number): TrainingCase {
  const depth = 1 + draw(6);
  const widths = Array.from({ length: depth + 1 }, () => 1 + draw(draw(3) === 0 ? 70 : 35));
  widths[0] = 1 + draw(draw(2) === 0 ? 300 : 20);
  if (rowsOf(widths, LANES) > MOST_ROWS) return drawTrainingCase(draw, images);
  const pick = <T>(items: readonly T[]) => items[draw(items.length)] as T;
  const hidden = Array.from({ length: depth - 1 }, () => pick(ACTIVATIONS));
  return {
    widths,
    activation: hidden.join() || 'sigmoid',
    cost: pick(['cross-entropy', 'quadratic']),
    descent: {
      learningRate: 2 ** (draw(12) - 9),
      decay: pick([0, 0.5, 5]),
      images,
      batch: pick([1, 2, 5, 10, 25, images].filter((size) => images % size === 0)),
      momentum: pick([0, 0, 0.5, 0.9]),
    },
  };
}
