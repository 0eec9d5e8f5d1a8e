/** Training in `golden/fixed`: what a device must hold afterwards, bit for bit. */
import { CODES_PER_PIXEL } from '../contract/formats.ts';
import type {
  Gradient,
  TrainingCodes,
  TrainingCounts,
  TrainingState,
} from '../contract/training.ts';
import { backpropagate, type FixedLayer } from '../golden/fixed/network.ts';
import { accumulate, commit, noCounts, trainedLayer } from '../golden/fixed/training.ts';
import { type ClipPlan, clipGradient } from '../host/clip.ts';
import type { TrainableNetwork } from '../host/data/masters.ts';
import type { Image } from '../host/protocol/image.ts';

/** Starts from a copy of the state it is given; clips as the host does. */
export class FixedTrainer {
  #network: TrainableNetwork['network'];
  readonly states: readonly TrainingState[];
  /** Of the steps from now on. */
  codes: TrainingCodes;

  readonly #clip: ClipPlan | undefined;

  constructor({ network, states }: TrainableNetwork, codes: TrainingCodes, clip?: ClipPlan) {
    this.#network = network;
    this.#clip = clip;
    this.codes = codes;
    this.states = states.map(({ weights, biases, weightSums, biasSums }) => ({
      ...{ weights: weights.slice(), biases: biases.slice() },
      ...copyGradient({ weightSums, biasSums }),
    }));
  }

  /** As the passes of the next batch see it. */
  get network(): TrainableNetwork['network'] {
    return this.#network;
  }

  /** The images of one batch, and its step. @returns what was counted. */
  step(batch: Iterable<Image>): TrainingCounts {
    const counts = noCounts();
    const kept = this.#clip && this.states.map(copyGradient);
    for (const image of batch) this.#accumulate(image, counts);
    this.#clipGradient(kept);
    for (const [index, state] of this.states.entries()) {
      commit(state, this.codes, { inputScale: this.#inputScale(index), counts });
    }
    const layers = this.#network.layers.map((layer, index) =>
      trainedLayer(layer, this.states[index] as TrainingState),
    );
    this.#network = { ...this.#network, layers };
    return counts;
  }

  /** @param kept V before the batch. */
  #clipGradient(kept: readonly Gradient[] | undefined): void {
    const clipped = this.#clip && clipGradient(this.states, kept, this.#clip);
    for (const [index, { weightSums, biasSums }] of clipped?.gradients.entries() ?? []) {
      this.states[index]?.weightSums.set(weightSums);
      this.states[index]?.biasSums.set(biasSums);
    }
  }

  #accumulate(image: Image, counts: TrainingCounts): void {
    const codes = codesOf(image);
    const layers = backpropagate(this.#network, codes, image.label);
    for (const [index, state] of this.states.entries()) {
      const { delta, deltaExponent } = layers[index] as FixedLayer;
      const contribution = {
        input: layers[index - 1]?.activation ?? codes,
        inputScale: this.#inputScale(index),
        scale: this.#network.layers[index]?.scale ?? 0,
        ...{ delta, deltaExponent },
      };
      accumulate(state, contribution, { gradientShift: this.codes.gradientShift, counts });
    }
  }

  /** e of the inputs of layer `index` + 1. */
  #inputScale(index: number): number {
    return this.#network.layers[index - 1]?.activationScale ?? 0;
  }
}

function copyGradient({ weightSums, biasSums }: Gradient): Gradient {
  return { weightSums: weightSums.slice(), biasSums: biasSums.slice() };
}

/** Codes of `FORMATS.activation`. */
export function codesOf(image: Image): Int32Array {
  if ('codes' in image) return Int32Array.from(image.codes);
  const codes = Int32Array.from(image.pixels);
  for (let k = 0; k < codes.length; k++) codes[k] = (codes[k] as number) * CODES_PER_PIXEL;
  return codes;
}

/** Where the states of two networks first differ, in words; undefined where they do not. */
export function firstDifference(
  device: readonly TrainingState[],
  fixed: readonly TrainingState[],
): { layer: number; quantity: keyof TrainingState; at: number } | undefined {
  for (const [index, expected] of fixed.entries()) {
    for (const quantity of Object.keys(expected) as (keyof TrainingState)[]) {
      const found = device[index]?.[quantity];
      const at = expected[quantity].findIndex((code, i) => code !== found?.[i]);
      if (at >= 0) return { layer: index + 1, quantity, at };
    }
  }
  return undefined;
}
