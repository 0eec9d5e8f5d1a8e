/**
 * Softmax outputs with the log-likelihood cost, NN&DL ch. 3: the device has identity outputs and
 * sends z^L, the host gives it δ^L = softmax(z^L) - y (eq. 84) for a second pass.
 */
import { FORMATS, MAX_BATCH_IMAGES } from '../contract/formats.ts';
import type { Injection } from '../contract/network.ts';
import { DeltascopeError } from './error.ts';
import { zValue } from './values.ts';

const LARGEST = 2 ** (FORMATS.delta.width - 1) - 1;

/**
 * δ^L of one image, rounded to the mantissas of the device with the smallest exponent they share.
 * @param codes z^L, n_L codes of `FORMATS.z`
 * @param label index of the one in y, below n_L
 */
export function softmaxInjection(layer: number, codes: Int32Array, label: number): Injection {
  const z = Float64Array.from(codes, zValue);
  const largest = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - largest));
  const others = powers.reduce((sum, power, k) => (k === label ? sum : sum + power), 0);
  const total = others + (powers[label] ?? 0);
  // Not a - 1: that has no bits left where a is near 1.
  const error = powers.map((power, k) => (k === label ? -others : power) / total);
  const exponent = sharedExponent(Math.max(...error.map(Math.abs)));
  return { layer, delta: error.map((x) => Math.round(x * 2 ** -exponent)), exponent };
}

/** δ^L of the pass from which z^L is read: nothing comes of it, Σδ included. */
export function noError(layer: number, neurons: number): Injection {
  return { layer, delta: new Int32Array(neurons), exponent: 0 };
}

const MOST_IMAGES = Math.floor(MAX_BATCH_IMAGES / 2);

/** @throws DeltascopeError `bad-option` when the device cannot count the passes of a batch. */
export function checkPasses(images: number): void {
  if (images <= MOST_IMAGES) return;
  throw new DeltascopeError(
    'bad-option',
    `A batch of softmax outputs holds at most ${MOST_IMAGES} images: each takes two passes`,
    { hint: `--images ${MOST_IMAGES}` },
  );
}

/** Smallest X at which the magnitude, rounded, is a mantissa; 0 of 0. */
function sharedExponent(magnitude: number): number {
  if (magnitude === 0) return 0;
  let exponent = Math.floor(Math.log2(magnitude)) - FORMATS.delta.width + 1;
  while (Math.round(magnitude * 2 ** -exponent) > LARGEST) exponent += 1;
  return exponent;
}
