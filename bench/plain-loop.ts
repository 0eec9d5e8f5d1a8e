/**
 * What one would write without a library: forward, every δ and the norms of a sigmoid network with
 * cross-entropy, in float64 arrays. Weights lie input by input, as in the device's memory.
 */
import type { FloatNetwork } from '../contract/network.ts';
import type { Batch, LayerNorms } from '../golden/float64/batch.ts';

interface Layer {
  readonly nIn: number;
  readonly nOut: number;
  /** n_in × n_out, row-major. */
  readonly weights: Float64Array;
  readonly biases: Float64Array;
  readonly a: Float64Array;
  readonly delta: Float64Array;
  readonly sum: Float64Array;
}

export interface PlainLoopOptions {
  /** Leave inputs out that are zero, as the device does. */
  readonly skipZeros: boolean;
}

/** A function for batches of this network. */
export function plainLoop(
  network: FloatNetwork,
  { skipZeros }: PlainLoopOptions,
): (batch: Pick<Batch, 'images' | 'labels'>) => LayerNorms[] {
  const layers = network.layers.map(prepare);
  const input = new Float64Array(layers[0]?.nIn ?? 0);
  return ({ images, labels }) => {
    const normSums = new Float64Array(layers.length);
    for (const { sum } of layers) sum.fill(0);
    labels.forEach((label, image) => {
      const from = image * input.length;
      for (let k = 0; k < input.length; k++) input[k] = (images[from + k] as number) / 256;
      forward(layers, input, skipZeros);
      backward(layers, label);
      layers.forEach(({ delta, sum }, index) => {
        for (let j = 0; j < sum.length; j++) sum[j] = (sum[j] as number) + (delta[j] as number);
        normSums[index] = (normSums[index] as number) + length(delta);
      });
    });
    return layers.map(({ sum }, index) => ({
      normOfMean: length(sum) / labels.length,
      meanOfNorms: (normSums[index] as number) / labels.length,
    }));
  };
}

function prepare({ nIn, nOut, weights, biases }: FloatNetwork['layers'][number]): Layer {
  const turned = new Float64Array(nIn * nOut);
  for (let j = 0; j < nOut; j++) {
    for (let k = 0; k < nIn; k++) turned[k * nOut + j] = weights[j * nIn + k] as number;
  }
  const vector = () => new Float64Array(nOut);
  return { nIn, nOut, weights: turned, biases, a: vector(), delta: vector(), sum: vector() };
}

function forward(layers: readonly Layer[], input: Float64Array, skipZeros: boolean): void {
  let previous = input;
  for (const { nIn, nOut, weights, biases, a } of layers) {
    a.set(biases);
    for (let k = 0; k < nIn; k++) {
      const x = previous[k] as number;
      if (skipZeros && x === 0) continue;
      const row = k * nOut;
      for (let j = 0; j < nOut; j++) a[j] = (a[j] as number) + x * (weights[row + j] as number);
    }
    for (let j = 0; j < nOut; j++) a[j] = 1 / (1 + Math.exp(-(a[j] as number)));
    previous = a;
  }
}

/** δ^L = a - y, then δ^ℓ = (wᵀ δ) ⊙ a (1 - a). */
function backward(layers: readonly Layer[], label: number): void {
  for (let index = layers.length - 1; index >= 0; index--) {
    const { a, delta } = layers[index] as Layer;
    const above = layers[index + 1];
    if (above === undefined) {
      for (let j = 0; j < a.length; j++) delta[j] = (a[j] as number) - (j === label ? 1 : 0);
      continue;
    }
    for (let k = 0; k < a.length; k++) {
      const row = k * above.nOut;
      let sum = 0;
      for (let j = 0; j < above.nOut; j++) {
        sum += (above.weights[row + j] as number) * (above.delta[j] as number);
      }
      const ak = a[k] as number;
      delta[k] = sum * ak * (1 - ak);
    }
  }
}

function length(x: Float64Array): number {
  let squares = 0;
  for (let j = 0; j < x.length; j++) squares += (x[j] as number) ** 2;
  return Math.sqrt(squares);
}
