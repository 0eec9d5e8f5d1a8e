/** The two costs of the lectures, for a sigmoid output layer and a y of zeros and ones. */
import type { CostName } from '../../contract/network.ts';
import { sigmoid, sigmoidError, sigmoidPrime } from './sigmoid.ts';

export interface Cost {
  /** Contribution of one output neuron to C of one image. */
  readonly value: (z: number, y: number) => number;
  /** BP1: δ^L_j = ∂C/∂z^L_j. */
  readonly outputError: (z: number, y: number) => number;
}

export const COST_FUNCTIONS: Readonly<Record<CostName, Cost>> = {
  /**
   * NN&DL eq. 63, C = -Σ [y ln a + (1-y) ln(1-a)], with ln σ(z) = -softplus(-z) and
   * ln(1-σ(z)) = -softplus(z), so that no logarithm of 1 - a is taken. BP1, eq. 66: δ^L = a - y.
   */
  'cross-entropy': {
    value: (z, y) => y * softplus(-z) + (1 - y) * softplus(z),
    outputError: sigmoidError,
  },
  /** NN&DL eq. 26, C = ½‖y - a‖². BP1, eq. 30: δ^L = (a - y) ⊙ σ′(z^L). */
  quadratic: {
    value: (z, y) => (y - sigmoid(z)) ** 2 / 2,
    outputError: (z, y) => sigmoidError(z, y) * sigmoidPrime(z),
  },
};

/** ln(1 + e^x), which does not overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
