/** Gradient descent in a device's codes: η, λ and μ as Γ, D, G, K and M (decision 18). Pure. */
import { FORMATS, MAX_BATCH_IMAGES } from '../contract/formats.ts';
import type { IntegerLayer } from '../contract/network.ts';
import type { TrainRequest } from '../contract/result.ts';
import type { TrainingCodes } from '../contract/training.ts';
import { DeltascopeError } from './error.ts';

export interface DescentOptions {
  /** η. */
  readonly learningRate: number;
  /** λ of NN&DL eq. 93. */
  readonly decay: number;
  /** n, images of the training set. */
  readonly images: number;
  /** Images of a step. */
  readonly batch: number;
  /** μ. */
  readonly momentum: number;
  /** Most that |∂C/∂w| and |∂C/∂b| of a batch's mean may be. */
  readonly clipValue?: number | undefined;
  /** Most that ‖∇C‖ of a batch, over all weights and biases, may be; judged after `clipValue`. */
  readonly clipNorm?: number | undefined;
}

/** D, K and M are mantissas of 15 bits. */
const MANTISSA_BITS = 15;
const GUARD_MAX = 15;
/** A mean gradient of 2^-8 would fill V. */
const RATE_HEADROOM = 8;
/** From the reach of a weight to half its last bit. */
const RATE_FLOOR = FORMATS.master.fraction + 1;
/** A shift of 2 · W_h · K that leaves nothing. */
const DECAY_SHIFT_MAX = 31;

/**
 * @param layers their scales s and e.
 * @throws DeltascopeError `bad-option` naming the option, its value and what it takes.
 */
export function planDescent(
  descent: DescentOptions,
  layers: readonly Pick<IntegerLayer, 'scale' | 'activationScale'>[],
): TrainingCodes {
  checkBatch(descent);
  const { learningRate, decay, images, batch, momentum } = descent;
  const scales = layers.map(({ scale }) => scale);
  checkRate(learningRate, scales);
  const { mantissa: step, exponent } = mantissaOf(learningRate / batch);
  // What is to be clipped has all of V. Else V holds a mean gradient of 1 to 2, of inputs up to 2^e.
  const isClipped = descent.clipValue !== undefined || descent.clipNorm !== undefined;
  const reaches = scales.map((scale, index) => scale - (layers[index - 1]?.activationScale ?? 0));
  const room = Math.floor(Math.min(...reaches) - 2 - Math.log2(learningRate));
  const stepShift = isClipped ? 0 : Math.min(GUARD_MAX, Math.max(0, room));
  return {
    gradientShift: -15 - exponent - stepShift,
    step,
    stepShift,
    ...decayCodes(decay, (learningRate * decay) / images),
    momentum: momentumCode(momentum),
  };
}

/** μ of an epoch, from 1. */
export function momentumOf(
  { momentum, momentumSchedule = [] }: Pick<TrainRequest, 'momentum' | 'momentumSchedule'>,
  epoch: number,
): number {
  return momentumSchedule.findLast((change) => change.epoch <= epoch)?.momentum ?? momentum;
}

/** x = mantissa · 2^exponent, rounded to 15 bits; x above 0. */
function mantissaOf(x: number): { mantissa: number; exponent: number } {
  const exponent = Math.floor(Math.log2(x)) - MANTISSA_BITS + 1;
  const mantissa = Math.round(x * 2 ** -exponent);
  // Rounded up, or log2 was: then it has a bit more.
  return mantissa < 2 ** MANTISSA_BITS
    ? { mantissa, exponent }
    : { mantissa: Math.round(mantissa / 2), exponent: exponent + 1 };
}

function decayCodes(decay: number, share: number): Pick<TrainingCodes, 'decay' | 'decayShift'> {
  if (!Number.isFinite(decay) || decay < 0) {
    throw refusal('lambda', decay, 'takes a number from 0 up');
  }
  if (decay === 0) return { decay: 0, decayShift: 0 };
  const { mantissa, exponent } = mantissaOf(share);
  const decayShift = -MANTISSA_BITS - exponent;
  if (decayShift < 0) {
    const message = `takes away ${share} of a weight at each step, with ηλ/n; it must be below 1`;
    throw refusal('lambda', decay, message);
  }
  if (decayShift > DECAY_SHIFT_MAX) {
    throw refusal('lambda', decay, 'is too small to change the last bit of a weight; leave it out');
  }
  return { decay: mantissa, decayShift };
}

function momentumCode(momentum: number): number {
  const code = Math.round(momentum * 2 ** MANTISSA_BITS);
  if (momentum >= 0 && code < 2 ** MANTISSA_BITS) return code;
  throw refusal('momentum', momentum, 'takes a number from 0 to below 1 - 2^-16');
}

function checkRate(rate: number, scales: readonly number[]): void {
  if (!Number.isFinite(rate) || rate <= 0) throw refusal('eta', rate, 'takes a number above 0');
  const most = 2 ** (Math.min(...scales) + RATE_HEADROOM);
  if (rate > most) {
    const layer = scales.indexOf(Math.min(...scales)) + 1;
    throw refusal(
      'eta',
      rate,
      `is too large for weights below ${2 ** Math.min(...scales)} (layer ${layer}); at most ${most}`,
    );
  }
  const least = 2 ** (Math.max(...scales) - RATE_FLOOR);
  if (rate < least) {
    throw refusal(
      'eta',
      rate,
      `is too small to change the last bit of a weight; at least ${least}`,
    );
  }
}

function checkBatch({ batch, images }: DescentOptions): void {
  if (!Number.isInteger(batch) || batch < 1 || batch > MAX_BATCH_IMAGES) {
    throw refusal('batch', batch, `takes a whole number from 1 to ${MAX_BATCH_IMAGES}`);
  }
  if (images > MAX_BATCH_IMAGES) {
    throw refusal(
      'images',
      images,
      `may be ${MAX_BATCH_IMAGES} at most: an epoch is counted in 16 bits`,
    );
  }
  if (images % batch !== 0) {
    throw refusal('batch', batch, `must divide the ${images} images: every step has the same D`);
  }
}

/** `bad-option`: what is wrong with the value of an option of `train`. */
export function refusal(option: string, value: number, why: string): DeltascopeError {
  return new DeltascopeError('bad-option', `--${option} ${value} ${why}`, {
    hint: 'npx deltascope train --help has what each option takes',
  });
}
