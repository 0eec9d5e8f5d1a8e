/** Floats ↔ the training state of a device, W and B of 32 bits (`FORMATS.master`). */
import { FORMATS } from '../../contract/formats.ts';
import type { FloatNetwork, IntegerNetwork } from '../../contract/network.ts';
import type { TrainingState } from '../../contract/training.ts';
import { alphaValue, biasValue } from '../values.ts';
import { type QuantiseOptions, quantise } from './quantise.ts';

/** A network that can be trained: as the passes see it, and the state of each layer. */
export interface TrainableNetwork {
  /** Its weights are the upper halves of W, its biases are B. */
  readonly network: IntegerNetwork;
  readonly states: readonly TrainingState[];
}

/** Bits that a code of 32 bits has below its upper half. */
const LOW_BITS = FORMATS.master.width - FORMATS.weight.width;
const LOWEST = -(2 ** (FORMATS.master.width - 1));
const HIGHEST = -LOWEST - 2 ** (LOW_BITS - 1) - 1;

/** The pair of words of a code: the upper half rounded, what it leaves signed. */
export function splitCode(code: number): { readonly high: number; readonly low: number } {
  return { high: (code + 2 ** (LOW_BITS - 1)) >> LOW_BITS, low: (code << LOW_BITS) >> LOW_BITS };
}

export function joinCode(high: number, low: number): number {
  return high * 2 ** LOW_BITS + low;
}

/**
 * Each weight as the nearest W, each bias as the nearest B, V zero.
 * @param options.headroom bits of scale that the weights may grow by.
 * @throws DeltascopeError `bad-weights` as `quantise`.
 */
export function startTraining(network: FloatNetwork, options: QuantiseOptions): TrainableNetwork {
  const rounded = quantise(network, options);
  const states = rounded.layers.map(({ scale }, index): TrainingState => {
    const { weights, biases } = network.layers[index] as FloatNetwork['layers'][number];
    const inputScale = rounded.layers[index - 1]?.activationScale ?? 0;
    const toCode = (lsb: number) => (value: number) => clamp(Math.round(value * 2 ** -lsb));
    return {
      weights: Int32Array.from(weights, toCode(scale - FORMATS.master.fraction)),
      biases: Int32Array.from(biases, toCode(scale + inputScale - FORMATS.bias.fraction)),
      weightSums: new Int32Array(weights.length),
      biasSums: new Int32Array(biases.length),
    };
  });
  return withStates(rounded, states);
}

/** The same layers with another state. */
export function withStates(
  { layers, cost }: IntegerNetwork,
  states: readonly TrainingState[],
): TrainableNetwork {
  const held = layers.map((layer, index) => {
    const { weights, biases } = states[index] as TrainingState;
    return { ...layer, weights: Int16Array.from(weights, (w) => splitCode(w).high), biases };
  });
  return { network: { layers: held, cost }, states };
}

/** The values of W and B. */
export function masterValues({ network, states }: TrainableNetwork): FloatNetwork {
  const layers = network.layers.map(({ nIn, nOut, scale, activation, alphas }, index) => {
    const { weights, biases } = states[index] as TrainingState;
    const inputScale = network.layers[index - 1]?.activationScale ?? 0;
    const lsb = 2 ** (scale - FORMATS.master.fraction);
    return {
      ...{ nIn, nOut, activation },
      ...(alphas && { alphas: Float64Array.from(alphas, alphaValue) }),
      weights: Float64Array.from(weights, (code) => code * lsb),
      biases: Float64Array.from(biases, (code) => biasValue(code, { scale, inputScale })),
    };
  });
  return { layers };
}

function clamp(code: number): number {
  return Math.min(HIGHEST, Math.max(LOWEST, code));
}
