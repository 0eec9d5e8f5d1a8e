/** A multi-layer perceptron, as floats (before quantisation) and as the integers a device holds. */
import type { ACTIVATIONS, COSTS } from './protocol.ts';

export type CostName = keyof typeof COSTS;
/** Also the cost of softmax outputs, whose δ^L the host forms (docs/decisions/0017-softmax.md). */
export type RunCostName = CostName | 'log-likelihood';
export type ActivationName = keyof typeof ACTIVATIONS;

export interface FloatLayer {
  readonly nIn: number;
  readonly nOut: number;
  /** n_out × n_in, row-major: row j holds the weights into neuron j. */
  readonly weights: Float64Array;
  /** n_out. */
  readonly biases: Float64Array;
  /** Default `sigmoid`. */
  readonly activation?: ActivationName | undefined;
  /** α of each neuron in [0, 1], of `relu` and `elu`; absent: 0. */
  readonly alphas?: Float64Array | undefined;
}

/** Layers 1 … L. */
export interface FloatNetwork {
  readonly layers: readonly FloatLayer[];
}

export interface IntegerLayer {
  readonly nIn: number;
  readonly nOut: number;
  /** s: weights are W · 2^(s-15) (contract/formats.ts). */
  readonly scale: number;
  readonly activation: ActivationName;
  /** α of each neuron, of `relu` and `elu`: D + F · 2^16 (`FORMATS.alpha`); absent: 0. */
  readonly alphas?: Int32Array | undefined;
  /** e: activations are A · 2^(e-15). 0 for sigmoid and tanh. */
  readonly activationScale: number;
  /** n_out × n_in, row-major, codes of `FORMATS.weight`. */
  readonly weights: Int16Array;
  /** n_out, codes of `FORMATS.bias`: B · 2^(s+e-22) with e of the layer before (0 for layer 1). */
  readonly biases: Int32Array;
}

export interface IntegerNetwork {
  readonly layers: readonly IntegerLayer[];
  readonly cost: CostName;
}

/** δ given for one layer instead of coming from the cost; above it every δ is zero. */
export interface Injection {
  /** ℓ, from 1. */
  readonly layer: number;
  /** Mantissas of 16 bits, n_ℓ. */
  readonly delta: ArrayLike<number>;
  /** X: δ = delta · 2^X. */
  readonly exponent: number;
}
