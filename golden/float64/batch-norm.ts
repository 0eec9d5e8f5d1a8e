/**
 * Batch normalisation in float64: Ioffe & Szegedy, Batch Normalization (2015), algorithm 1 and the
 * gradients of §3, of the hidden layers, before the activation, with γ = 1. The device has none.
 */
import type { CostName, FloatLayer, FloatNetwork } from '../../contract/network.ts';
import { ACTIVATION_FUNCTIONS } from './activations.ts';
import { COST_FUNCTIONS } from './cost.ts';

/** Images × units. */
type Rows = readonly Float64Array[];

export interface NormalisedBatch {
  /** One a image, of n_in values. */
  readonly inputs: readonly Float64Array[];
  readonly labels: ArrayLike<number>;
  readonly cost: CostName;
}

export interface NormalisedPass {
  /** Mean of C over the images. */
  readonly cost: number;
  /**
   * Layers 1 … L × images: δ in front of the activation. Its mean over the images is ∂C/∂b, where b
   * is β, added after normalising.
   */
  readonly delta: readonly Rows[];
}

/** Added to the variance, as algorithm 1 has it. */
const EPSILON = 1e-8;

interface Normalised {
  /** (z - mean) / √(variance + ε). */
  readonly values: Rows;
  /** 1/√(variance + ε), of each unit. */
  readonly scale: Float64Array;
}

/** Forward and backward through one batch; the output layer is not normalised, and is sigmoid. */
export function passNormalised(
  { layers }: FloatNetwork,
  { inputs, labels, cost }: NormalisedBatch,
): NormalisedPass {
  const last = layers.length - 1;
  const normalised: Normalised[] = [];
  const slopes: Rows[] = [];
  let a: Rows = inputs;
  let z: Rows = [];
  layers.forEach((layer, index) => {
    z = a.map((row) => weigh(layer, row));
    if (index < last) {
      const own = normalise(z);
      normalised.push(own);
      z = own.values;
    }
    z = z.map((row) => row.map((x, j) => x + (layer.biases[j] as number)));
    const { value, derivative } = ACTIVATION_FUNCTIONS[layer.activation ?? 'sigmoid'];
    const alpha = (j: number) => layer.alphas?.[j] ?? 0;
    slopes.push(z.map((row) => row.map((x, j) => derivative(x, alpha(j)))));
    a = z.map((row) => row.map((x, j) => value(x, alpha(j))));
  });

  const { value, outputError } = COST_FUNCTIONS[cost];
  const y = (image: number, j: number) => (j === labels[image] ? 1 : 0);
  const total = z.reduce(
    (sum, row, image) => row.reduce((of, x, j) => of + value(x, y(image, j)), sum),
    0,
  );
  const top: Rows = z.map((row, image) => row.map((x, j) => outputError(x, y(image, j))));
  const delta = [top];
  for (let index = last - 1; index >= 0; index--) {
    const above = layers[index + 1] as FloatLayer;
    const from = delta[0] as Rows;
    const through = index + 1 === last ? from : denormalise(from, normalised[index + 1]);
    const below = through.map((row, image) => {
      const slope = slopes[index]?.[image] as Float64Array;
      return carry(above, row).map((x, k) => x * (slope[k] as number));
    });
    delta.unshift(below);
  }
  return { cost: total / inputs.length, delta };
}

function weigh({ nIn, nOut, weights }: FloatLayer, a: Float64Array): Float64Array {
  return Float64Array.from({ length: nOut }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < nIn; k++) sum += (weights[j * nIn + k] as number) * (a[k] as number);
    return sum;
  });
}

function carry({ nIn, weights }: FloatLayer, delta: Float64Array): Float64Array {
  return Float64Array.from({ length: nIn }, (_, k) =>
    delta.reduce((sum, dj, j) => sum + dj * (weights[j * nIn + k] as number), 0),
  );
}

/** Of each unit over the images. */
export function meanOfImages(rows: Rows): Float64Array {
  const sums = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) {
    for (const [j, x] of row.entries()) sums[j] = (sums[j] as number) + x;
  }
  return sums.map((x) => x / rows.length);
}

function normalise(z: Rows): Normalised {
  const mean = meanOfImages(z);
  const centred = z.map((row) => row.map((x, j) => x - (mean[j] as number)));
  const scale = meanOfImages(centred.map((row) => row.map((x) => x * x))).map(
    (variance) => 1 / Math.sqrt(variance + EPSILON),
  );
  return { values: centred.map((row) => row.map((x, j) => x * (scale[j] as number))), scale };
}

/** ∂C/∂z from ∂C/∂ẑ: mean and variance depend on z as well. */
function denormalise(delta: Rows, normalised: Normalised | undefined): Rows {
  if (normalised === undefined) throw new RangeError('a hidden layer is normalised');
  const { values, scale } = normalised;
  const mean = meanOfImages(delta);
  const along = meanOfImages(
    delta.map((row, image) => row.map((d, j) => d * (values[image]?.[j] as number))),
  );
  return delta.map((row, image) =>
    row.map(
      (d, j) =>
        (scale[j] as number) *
        (d - (mean[j] as number) - (values[image]?.[j] as number) * (along[j] as number)),
    ),
  );
}
