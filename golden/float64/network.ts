/**
 * Backpropagation in float64 as the textbook writes it: Nielsen, Neural Networks and Deep Learning,
 * ch. 2, equations BP1 to BP4. Knows nothing of the hardware; to compare with a device, give it the
 * dequantised weights.
 */
import type { FloatLayer, FloatNetwork, RunCostName } from '../../contract/network.ts';
import { ACTIVATION_FUNCTIONS, type ActivationFunction } from './activations.ts';
import { COST_FUNCTIONS } from './cost.ts';
import { logLikelihood, softmaxError } from './softmax.ts';

/** One image's journey; element ℓ-1 of each list belongs to layer ℓ = 1 … L and has n_out values. */
export interface Pass {
  readonly z: readonly Float64Array[];
  readonly a: readonly Float64Array[];
  readonly delta: readonly Float64Array[];
  /** h′(z). */
  readonly slope: readonly Float64Array[];
  /** ∂C/∂a of the hidden layers: δ before it is multiplied by h′(z). */
  readonly carried: readonly Float64Array[];
}

export interface Example {
  /** n_in values; for MNIST pixels x/256. */
  readonly input: Float64Array;
  /** Index of the one in y; with an index beyond the output layer, y is all zeros. */
  readonly label: number;
  /** `log-likelihood` takes the softmax of z^L, of identity outputs. */
  readonly cost: RunCostName;
}

/** Gradients of C for one image, element ℓ-1 for layer ℓ. */
export interface Gradient {
  /** n_out × n_in, row-major. */
  readonly weights: readonly Float64Array[];
  readonly biases: readonly Float64Array[];
}

/** An unfilled pass; give the same one to `backpropagate` again and again to spare allocations. */
export function createPass({ layers }: FloatNetwork): Pass {
  const vectors = () => layers.map(({ nOut }) => new Float64Array(nOut));
  const forward = { z: vectors(), a: vectors(), slope: vectors() };
  return { ...forward, delta: vectors(), carried: vectors() };
}

/**
 * z, a and δ of every layer for one image. Fills and returns `pass`.
 * @throws RangeError when the input does not have the width of the network, or the output layer is
 *   not that of the cost.
 */
export function backpropagate(
  network: FloatNetwork,
  example: Example,
  pass: Pass = createPass(network),
): Pass {
  const { layers } = network;
  feedForward(network, example.input, pass);

  // BP1: the error of the output layer.
  const last = layers.length - 1;
  fillOutputError(network, example, pass);

  // BP2: δ^ℓ = ((w^(ℓ+1))ᵀ δ^(ℓ+1)) ⊙ h′(z^ℓ).
  for (let index = last - 1; index >= 0; index -= 1) {
    const below = pass.delta[index] as Float64Array;
    const above = pass.delta[index + 1] as Float64Array;
    const carried = pass.carried[index] as Float64Array;
    transposedProduct(layers[index + 1] as FloatLayer, above, carried);
    const slope = pass.slope[index] as Float64Array;
    for (let k = 0; k < below.length; k += 1) {
      below[k] = (carried[k] as number) * (slope[k] as number);
    }
  }
  return pass;
}

/**
 * C of one image.
 * @throws RangeError as `backpropagate`.
 */
export function costOf(network: FloatNetwork, example: Example): number {
  const { z } = feedForward(network, example.input, createPass(network));
  const { cost, label } = example;
  checkOutput(network, cost);
  const outputs = z.at(-1) as Float64Array;
  if (cost === 'log-likelihood') return logLikelihood(outputs, label);
  const { value } = COST_FUNCTIONS[cost];
  return outputs.reduce((sum, zj, j) => sum + value(zj, j === label ? 1 : 0), 0);
}

/** BP3, ∂C/∂b^ℓ_j = δ^ℓ_j, and BP4, ∂C/∂w^ℓ_jk = a^(ℓ-1)_k δ^ℓ_j. */
export function gradientOf(pass: Pass, input: Float64Array): Gradient {
  const weights = pass.delta.map((delta, index) => {
    const previous = pass.a[index - 1] ?? input;
    const nIn = previous.length;
    const outer = new Float64Array(delta.length * nIn);
    delta.forEach((dj, j) => {
      for (let k = 0; k < nIn; k += 1) outer[j * nIn + k] = dj * (previous[k] as number);
    });
    return outer;
  });
  return { weights, biases: pass.delta.map((delta) => delta.slice()) };
}

/**
 * ∂C/∂α_j = ∂C/∂a_j · ∂a_j/∂α_j of each hidden layer whose activation has an α (He et al. 2015, eq.
 * 9): for PReLU min(0, z_j) times the sum that is not yet multiplied by h′.
 */
export function alphaGradientOf(
  { layers }: FloatNetwork,
  pass: Pass,
): (Float64Array | undefined)[] {
  return layers.slice(0, -1).map((layer, index) => {
    const { alphaDerivative } = functionOf(layer);
    if (alphaDerivative === undefined) return undefined;
    const z = pass.z[index] as Float64Array;
    return pass.carried[index]?.map((sum, j) => sum * alphaDerivative(z[j] as number));
  });
}

function functionOf({ activation = 'sigmoid' }: FloatLayer): ActivationFunction {
  return ACTIVATION_FUNCTIONS[activation];
}

function fillOutputError(network: FloatNetwork, { cost, label }: Example, pass: Pass): void {
  checkOutput(network, cost);
  const z = pass.z.at(-1) as Float64Array;
  const delta = pass.delta.at(-1) as Float64Array;
  if (cost === 'log-likelihood') {
    softmaxError(z, label, delta);
    return;
  }
  const { outputError } = COST_FUNCTIONS[cost];
  for (let j = 0; j < z.length; j += 1) {
    delta[j] = outputError(z[j] as number, j === label ? 1 : 0);
  }
}

/** Softmax takes z itself; the other costs are those of sigmoid outputs. */
function checkOutput({ layers }: FloatNetwork, cost: RunCostName): void {
  const { activation = 'sigmoid' } = layers.at(-1) ?? {};
  const needed = cost === 'log-likelihood' ? 'identity' : 'sigmoid';
  if (activation !== needed) throw new RangeError(`the ${cost} cost needs a ${needed} output`);
}

/** z^ℓ = w^ℓ a^(ℓ-1) + b^ℓ and a^ℓ = h(z^ℓ), NN&DL eq. 25. Fills and returns `pass`. */
export function feedForward({ layers }: FloatNetwork, input: Float64Array, pass: Pass): Pass {
  let previous = input;
  layers.forEach((layer, index) => {
    if (previous.length !== layer.nIn) {
      throw new RangeError(`layer ${index + 1} has ${layer.nIn} inputs, not ${previous.length}`);
    }
    const z = pass.z[index] as Float64Array;
    const a = pass.a[index] as Float64Array;
    product(layer, previous, z);
    const slope = pass.slope[index] as Float64Array;
    const { value, derivative } = functionOf(layer);
    for (let j = 0; j < z.length; j += 1) {
      const alpha = layer.alphas?.[j] ?? 0;
      a[j] = value(z[j] as number, alpha);
      slope[j] = derivative(z[j] as number, alpha);
    }
    previous = a;
  });
  return pass;
}

/** z = w·a + b. Four partial sums, because one would wait for each addition. */
function product({ nIn, nOut, weights, biases }: FloatLayer, a: Float64Array, z: Float64Array) {
  const whole = nIn - (nIn % 4);
  for (let j = 0; j < nOut; j += 1) {
    const row = j * nIn;
    let s0 = biases[j] as number;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = 0; k < whole; k += 4) {
      s0 += (weights[row + k] as number) * (a[k] as number);
      s1 += (weights[row + k + 1] as number) * (a[k + 1] as number);
      s2 += (weights[row + k + 2] as number) * (a[k + 2] as number);
      s3 += (weights[row + k + 3] as number) * (a[k + 3] as number);
    }
    for (let k = whole; k < nIn; k += 1) s0 += (weights[row + k] as number) * (a[k] as number);
    z[j] = s0 + s1 + (s2 + s3);
  }
}

/** out = wᵀ·δ. */
function transposedProduct(layer: FloatLayer, delta: Float64Array, out: Float64Array) {
  const { nIn, nOut, weights } = layer;
  out.fill(0);
  for (let j = 0; j < nOut; j += 1) {
    const dj = delta[j] as number;
    const row = j * nIn;
    for (let k = 0; k < nIn; k += 1) {
      out[k] = (out[k] as number) + (weights[row + k] as number) * dj;
    }
  }
}
