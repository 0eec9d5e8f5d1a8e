/** The same gradient descent in float64 and on the device, from the same start. */
import { median } from 'simple-statistics';
import { batchesOf } from '../bench/train-job.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { COST_FUNCTIONS } from '../golden/float64/cost.ts';
import { createPass, feedForward, type Pass } from '../golden/float64/network.ts';
import { norm } from '../golden/float64/norm.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import {
  type DescentSettings,
  descend,
  startDescent,
  type TrainingExample,
} from '../golden/float64/training.ts';
import type { Context, Parameters } from './experiment.ts';
import type { Train, TrainRequest } from './instrument.ts';
import { networksOf } from './statistics.ts';

/** Cross-entropy, as on the device; examples in another order each epoch, of seed `shuffle`. */
export interface DescentPlan {
  readonly network: FloatNetwork;
  readonly examples: readonly TrainingExample[];
  readonly learningRate: number;
  /** μ of each epoch. Default 0. */
  readonly momentumOf?: ((epoch: number) => number) | undefined;
  readonly batch: number;
  readonly epochs: number;
  readonly shuffle: number;
  /** Default: the gradient is taken as it is. */
  readonly clip?: Clip | undefined;
}

/** Of each batch, by value, by norm or both. */
export type Clip = Pick<DescentSettings, 'clipValue' | 'clipNorm'>;

/** @returns the network after the last epoch; `onEpoch` sees it after each. */
export async function trainInFloat64(
  plan: DescentPlan,
  onEpoch: (network: FloatNetwork, epoch: number) => Promise<void> | void = () => {},
): Promise<FloatNetwork> {
  const { network, examples, batch, epochs, shuffle: seed } = plan;
  const { learningRate, momentumOf = () => 0, clip } = plan;
  const images = examples.length;
  const settings = { cost: 'cross-entropy', learningRate, decay: 0, images, ...clip } as const;
  const descent = startDescent(network);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const one of batchesOf(examples, { batch, shuffle: true, seed, epoch })) {
      descend(descent, one, { ...settings, momentum: momentumOf(epoch) });
    }
    await onEpoch(descent.network, epoch);
  }
  return descent.network;
}

export function asTrainRequest(plan: DescentPlan): TrainRequest {
  const { learningRate, batch, clip, ...others } = plan;
  return { ...others, descent: { learningRate, momentum: 0, batch, decay: 0, ...clip } };
}

/** z, a and h′(z) of every example; the pass is overwritten by the next. */
export function forEachPass(
  network: FloatNetwork,
  examples: readonly TrainingExample[],
  onPass: (pass: Pass, example: TrainingExample) => void,
): void {
  const pass = createPass(network);
  const input = new Float64Array(network.layers[0]?.nIn ?? 0);
  for (const example of examples) {
    pixelInputs(example.pixels, input);
    onPass(feedForward(network, input, pass), example);
  }
}

/** Mean C of the examples, cross-entropy, and the share of them that is taken for what it is. */
export function judgeNetwork(
  network: FloatNetwork,
  examples: readonly TrainingExample[],
): { readonly cost: number; readonly correct: number } {
  const { value } = COST_FUNCTIONS['cross-entropy'];
  let [cost, correct] = [0, 0];
  forEachPass(network, examples, ({ z }, { label }) => {
    const outputs = z.at(-1) as Float64Array;
    for (const [j, zj] of outputs.entries()) cost += value(zj, j === label ? 1 : 0);
    if (outputs.indexOf(Math.max(...outputs)) === label) correct += 1;
  });
  return { cost: cost / examples.length, correct: correct / examples.length };
}

/**
 * ‖w - w*‖ / ‖w* - w₀‖ over all weights and biases: how far a trained network is from another one,
 * in units of the way from the start.
 */
export function distanceTrained(
  { layers }: FloatNetwork,
  { start, reference }: { start: FloatNetwork; reference: FloatNetwork },
): number {
  const gap = (from: FloatNetwork['layers'], to: FloatNetwork['layers']) =>
    norm(
      from.flatMap(({ weights, biases }, index) => [
        ...weights.map((w, at) => w - (to[index]?.weights[at] as number)),
        ...biases.map((b, at) => b - (to[index]?.biases[at] as number)),
      ]),
    );
  return gap(layers, reference.layers) / gap(reference.layers, start.layers);
}

/** `distanceTrained` of the device from float64, both trained by the plan. */
export async function distanceOnDevice(plan: DescentPlan, train: Train): Promise<number> {
  const reference = await trainInFloat64(plan);
  const { readNetwork } = await train(asTrainRequest(plan));
  return distanceTrained(await readNetwork(), { start: plan.network, reference });
}

/** Networks whose median `distanceOfEpoch` takes. */
const COMPARED = 5;

/**
 * `distanceOnDevice` after the first epoch: later, rounding leads elsewhere. The
 * median of a few networks: in a third of those with ReLUs it puts a unit beyond its kink for one image,
 * which alone is up to a tenth of the way and says nothing about the device.
 * @param planOf the plan of a seed
 */
export async function distanceOfEpoch(
  planOf: (seed: number) => DescentPlan,
  { parameters, train, onProgress }: Context<Parameters>,
): Promise<number> {
  const distances: number[] = [];
  for (const { seed, number } of networksOf({ ...parameters, seeds: COMPARED })) {
    await onProgress(`against float64: network ${number} of ${COMPARED}`);
    distances.push(await distanceOnDevice({ ...planOf(seed), epochs: 1 }, train));
  }
  return median(distances);
}
