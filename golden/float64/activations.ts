/** The activations of the lectures with their derivatives, each with full relative precision. */
import type { ActivationName } from '../../contract/network.ts';
import { sigmoid, sigmoidPrime } from './sigmoid.ts';

export interface ActivationFunction {
  /** a = h(z). */
  readonly value: (z: number, alpha: number) => number;
  /** h′(z). */
  readonly derivative: (z: number, alpha: number) => number;
  /** ∂a/∂α; absent where there is no α. */
  readonly alphaDerivative?: (z: number) => number;
}

/** α is that of the neuron; those without one ignore it. */
export const ACTIVATION_FUNCTIONS: Readonly<Record<ActivationName, ActivationFunction>> = {
  /** NN&DL eq. 3. */
  sigmoid: { value: sigmoid, derivative: sigmoidPrime },
  identity: { value: (z) => z, derivative: () => 1 },
  /** NN&DL eq. 111: tanh z = 2 σ(2z) - 1; so its derivative is 4 σ′(2z), and not 1 - a². */
  tanh: { value: Math.tanh, derivative: (z) => 4 * sigmoidPrime(2 * z) },
  /** Leaky and parametric: He et al., Delving Deep into Rectifiers (2015), eq. 1 and 8. */
  relu: {
    value: (z, alpha) => (z > 0 ? z : alpha * z),
    derivative: (z, alpha) => (z > 0 ? 1 : alpha),
    alphaDerivative: (z) => Math.min(0, z),
  },
  /** Clevert et al., Fast and Accurate Deep Network Learning by ELUs (2016), eq. 15. */
  elu: {
    value: (z, alpha) => (z >= 0 ? z : alpha * Math.expm1(z)),
    derivative: (z, alpha) => (z >= 0 ? 1 : alpha * Math.exp(z)),
    alphaDerivative: (z) => Math.expm1(Math.min(0, z)),
  },
};
