/** The networks that `bench` measures, and what a device needs to be measured with them. */
import { BOARDS } from '../contract/boards.ts';
import type { RunRequest } from '../contract/result.ts';
import { startTraining } from '../host/data/masters.ts';
import { planDescent } from '../host/descent.ts';
import { DeltascopeError } from '../host/error.ts';
import type { Inputs } from './inputs.ts';
import type { SpeedInputs } from './speed.ts';

export interface StandardNetwork {
  readonly layers: readonly number[];
  readonly published: readonly number[];
}

/**
 * ‖mean δ^ℓ‖ of the hidden layers: Nielsen, Neural Networks and Deep Learning, ch. 5, "The
 * vanishing gradient problem". One random network each: another seed gives others, by 20 to 35 %.
 */
export const STANDARD: readonly StandardNetwork[] = [
  { layers: [784, 30, 30, 10], published: [0.0657, 0.3092] },
  { layers: [784, 30, 30, 30, 10], published: [0.0118, 0.06, 0.2831] },
];

const TEN_HIDDEN = [784, ...Array.from({ length: 10 }, () => 30), 10];

/** Those of `--full`. */
export const FULL: readonly StandardNetwork[] = [
  { layers: [784, 30, 10], published: [] },
  ...STANDARD.slice(0, 1),
  { layers: [784, 30, 30, 30, 30, 10], published: [0.00298, 0.0171, 0.0695, 0.2851] },
  { layers: TEN_HIDDEN, published: [] },
  { layers: [784, 100, 100, 10], published: [] },
];

export const COST = 'cross-entropy';
/** Of a step: NN&DL ch. 5, as `train` has them. */
const DESCENT = { learningRate: 0.1, decay: 5, momentum: 0 } as const;
const HEADROOM = 2;

/** Of a network at its start. */
export function requestFor(
  { layers }: StandardNetwork,
  options: Pick<RunRequest, 'seed' | 'images' | 'on'>,
): RunRequest {
  return { ...options, layers, init: 'nielsen', cost: COST, observe: false };
}

export function simulatedBoards(): string[] {
  return Object.keys(BOARDS).map((board) => `sim:${board}`);
}

export function speedInputs({ data, network, integers }: Inputs): SpeedInputs {
  const activationScales = integers.layers.map(({ activationScale }) => activationScale);
  const trainable = startTraining(network, { cost: COST, activationScales, headroom: HEADROOM });
  const step = { ...DESCENT, images: data.count, batch: data.count };
  const codes = planDescent(step, trainable.network.layers);
  return { data, network: integers, trainable, codes };
}

/** What a board is without, rather than what is wrong with it. */
const DOES_NOT_FIT: readonly string[] = ['network-too-big', 'no-training', 'no-activation'];

/** @returns what the device is without, where that is why it cannot. */
export async function unlessTooBig<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly why: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof DeltascopeError) || !DOES_NOT_FIT.includes(error.code)) throw error;
    return { why: error.message };
  }
}
