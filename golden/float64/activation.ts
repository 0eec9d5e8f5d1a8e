/** Activations h and their derivatives h′, with full relative precision where they are tiny. */
import type { Activation } from '../../contract/network.ts';
import { sigmoid, sigmoidPrime } from './sigmoid.ts';

export interface ActivationFunction {
  /** h(z) of neuron j. */
  readonly value: (z: number, j: number) => number;
  /** h′(z) of neuron j; at a kink, the derivative from the left. */
  readonly slope: (z: number, j: number) => number;
}

/** The formulas as the lectures write them, by kind; α is the slope or the floor on the left. */
export function activationFunction(activation: Activation): ActivationFunction {
  switch (activation.name) {
    case 'sigmoid':
      return { value: sigmoid, slope: sigmoidPrime };
    case 'tanh':
      // 1 - tanh² would be 0 from |z| = 19 on; tanh z = 2σ(2z) - 1, so tanh′ z = 4σ′(2z).
      return { value: Math.tanh, slope: (z) => 4 * sigmoidPrime(2 * z) };
    case 'identity':
      return { value: (z) => z, slope: () => 1 };
    case 'relu': {
      // ReLU (α = 0), leaky ReLU (Maas et al. 2013), PReLU (He et al. 2015, eq. 1).
      const { alpha } = activation;
      const of = typeof alpha === 'number' ? () => alpha : (j: number) => alpha[j] as number;
      return { value: (z, j) => (z > 0 ? z : of(j) * z), slope: (z, j) => (z > 0 ? 1 : of(j)) };
    }
    case 'elu': {
      // Clevert, Unterthiner, Hochreiter 2016, eq. 15.
      const { alpha } = activation;
      return {
        value: (z) => (z > 0 ? z : alpha * Math.expm1(z)),
        slope: (z) => (z > 0 ? 1 : alpha * Math.exp(z)),
      };
    }
  }
}
