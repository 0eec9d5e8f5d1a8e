/**
 * Gradient descent in float64 as the textbook writes it: Nielsen, Neural Networks and Deep Learning,
 * ch. 1 (mini-batches), ch. 3 (weight decay, eq. 93; momentum, eq. 107 and 108).
 */
import type { FloatLayer, FloatNetwork, RunCostName } from '../../contract/network.ts';
import type { LayerNorms } from './batch.ts';
import { backpropagate, createPass } from './network.ts';
import { norm } from './norm.ts';
import { pixelInputs } from './pixels.ts';

export interface DescentSettings {
  readonly cost: RunCostName;
  /** η. */
  readonly learningRate: number;
  /** λ; a bias has no decay. */
  readonly decay: number;
  /** n, of the whole training set: each step takes ηλ/n of a weight. */
  readonly images: number;
  /** μ: v → μv + ∇C, w → w - ηv. */
  readonly momentum: number;
  /** Each element of ∇C, the mean of the batch, is clamped to ±this. */
  readonly clipValue?: number | undefined;
  /** Then ∇C is scaled down to this norm over all layers, if it is longer. */
  readonly clipNorm?: number | undefined;
}

export interface TrainingExample {
  /** n_in bytes; the input is pixel/256. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

/** A network that is trained, with its velocities v; both change in place. */
export interface Descent {
  readonly network: FloatNetwork;
  /** As the layers: of weights and biases. */
  readonly velocities: readonly Pick<FloatLayer, 'weights' | 'biases'>[];
}

/** At rest, with weights of its own. */
export function startDescent({ layers }: FloatNetwork): Descent {
  return {
    network: {
      layers: layers.map((layer) => ({
        ...layer,
        weights: layer.weights.slice(),
        biases: layer.biases.slice(),
      })),
    },
    velocities: layers.map(zerosLike),
  };
}

/**
 * One step by the mean gradient of a batch.
 * @returns norms of δ of layers 1 … L before the step.
 * @throws RangeError without an example, or as `backpropagate`.
 */
export function descend(
  { network, velocities }: Descent,
  batch: Iterable<TrainingExample>,
  settings: DescentSettings,
): LayerNorms[] {
  const { layers } = network;
  const pass = createPass(network);
  const input = new Float64Array(layers[0]?.nIn ?? 0);
  const sums = layers.map(zerosLike);
  const normSums = new Float64Array(layers.length);
  let count = 0;
  for (const { pixels, label } of batch) {
    pixelInputs(pixels, input);
    backpropagate(network, { input, label, cost: settings.cost }, pass);
    sums.forEach((sum, index) => {
      const delta = pass.delta[index] as Float64Array;
      addGradient(sum, delta, pass.a[index - 1] ?? input);
      normSums[index] = (normSums[index] as number) + norm(delta);
    });
    count++;
  }
  if (count === 0) throw new RangeError('a batch has at least one example');
  const norms = sums.map(({ biases }, index) => ({
    normOfMean: norm(biases) / count,
    meanOfNorms: (normSums[index] as number) / count,
  }));
  clip(sums, { ...settings, count });
  const { learningRate, decay, images, momentum } = settings;
  const shrink = (learningRate * decay) / images;
  layers.forEach(({ weights, biases }, index) => {
    const velocity = velocities[index] as (typeof velocities)[number];
    const sum = sums[index] as (typeof sums)[number];
    const rates = { learningRate, momentum, count };
    step(weights, velocity.weights, sum.weights, { ...rates, shrink });
    step(biases, velocity.biases, sum.biases, { ...rates, shrink: 0 });
  });
  return norms;
}

type Parameters = Pick<FloatLayer, 'weights' | 'biases'>;

function zerosLike({ weights, biases }: FloatLayer): Parameters {
  return { weights: new Float64Array(weights.length), biases: new Float64Array(biases.length) };
}

/** BP3 and BP4: ∂C/∂b_j = δ_j, ∂C/∂w_jk = a_k δ_j. */
function addGradient({ weights, biases }: Parameters, delta: Float64Array, a: Float64Array): void {
  const active: number[] = [];
  for (let k = 0; k < a.length; k++) if (a[k] !== 0) active.push(k);
  for (let j = 0; j < delta.length; j++) {
    const dj = delta[j] as number;
    const row = j * a.length;
    for (const k of active) weights[row + k] = (weights[row + k] as number) + (a[k] as number) * dj;
    biases[j] = (biases[j] as number) + dj;
  }
}

/** Sums of `count` gradients, in place; before decay and momentum. */
function clip(
  sums: readonly Parameters[],
  {
    clipValue,
    clipNorm,
    count,
  }: Pick<DescentSettings, 'clipValue' | 'clipNorm'> & { count: number },
): void {
  const vectors = sums.flatMap(({ weights, biases }) => [weights, biases]);
  const replace = (change: (sum: number) => number) => {
    for (const vector of vectors) vector.set(vector.map(change));
  };
  if (clipValue !== undefined) {
    const most = clipValue * count;
    replace((sum) => Math.min(most, Math.max(-most, sum)));
  }
  if (clipNorm !== undefined) {
    const length = norm(vectors.map(norm)) / count;
    if (length > clipNorm) replace((sum) => (sum * clipNorm) / length);
  }
}

function step(
  values: Float64Array,
  velocities: Float64Array,
  sums: Float64Array,
  rates: { learningRate: number; momentum: number; count: number; shrink: number },
): void {
  const { learningRate, momentum, count, shrink } = rates;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    const velocity = momentum * (velocities[at] as number) + (sums[at] as number) / count;
    velocities[at] = velocity;
    values[at] = value - shrink * value - learningRate * velocity;
  }
}
