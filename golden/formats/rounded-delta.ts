/**
 * The backward pass in float64 with δ of each layer rounded into a format that might have been
 * chosen, and nothing else: what a format of δ alone does to the gradient.
 */
import type { FloatNetwork } from '../../contract/network.ts';
import type { Pass } from '../float64/network.ts';
import { sigmoidPrime } from '../float64/sigmoid.ts';

export interface DeltaFormat {
  /**
   * `plain`: multiples of 2^-bits, as large as need be. `block`: signed mantissas of so many bits,
   * with one exponent for the layer and image, however small.
   */
  readonly kind: 'plain' | 'block';
  readonly bits: number;
  /** `nearest`: floor(x + 1/2), as the device does. `down`: floor(x), a shift to the right. */
  readonly rounding: 'nearest' | 'down';
}

/** δ rounded, in place. @returns how many elements that were not zero became so. */
export function roundDelta(delta: Float64Array, { kind, bits, rounding }: DeltaFormat): number {
  const lsb = kind === 'plain' ? 2 ** -bits : blockLsb(delta, bits);
  const largest = kind === 'plain' ? Number.POSITIVE_INFINITY : 2 ** (bits - 1) - 1;
  const half = rounding === 'nearest' ? 0.5 : 0;
  let lost = 0;
  delta.forEach((x, j) => {
    const mantissa = Math.min(Math.floor(x / lsb + half), largest);
    if (mantissa === 0 && x !== 0) lost++;
    delta[j] = mantissa * lsb;
  });
  return lost;
}

/** One LSB: the smallest power of two with which the largest element has no more than its bits. */
function blockLsb(delta: Float64Array, bits: number): number {
  const largest = delta.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0) return 1;
  const exponent = Math.floor(Math.log2(largest)) + 1;
  return 2 ** (exponent - (bits - 1));
}

/**
 * BP2 of NN&DL ch. 2 for sigmoid layers, from the z and the δ^L of an exact pass.
 * @returns δ of layers 1 … L, and the elements of all layers that were lost to rounding
 */
export function backpropagateRounded(
  { layers }: FloatNetwork,
  { z, delta }: Pick<Pass, 'z' | 'delta'>,
  format: DeltaFormat,
): { delta: Float64Array[]; lost: number } {
  let above = (delta.at(-1) as Float64Array).slice();
  let lost = roundDelta(above, format);
  const rounded = [above];
  for (let index = layers.length - 2; index >= 0; index--) {
    const { nIn, nOut, weights } = layers[index + 1] ?? { nIn: 0, nOut: 0, weights: [] };
    const below = new Float64Array(nIn);
    for (let j = 0; j < nOut; j++) {
      const d = above[j] as number;
      if (d === 0) continue;
      for (let k = 0; k < nIn; k++) {
        below[k] = (below[k] as number) + (weights[j * nIn + k] as number) * d;
      }
    }
    z[index]?.forEach((x, k) => {
      below[k] = (below[k] as number) * sigmoidPrime(x);
    });
    lost += roundDelta(below, format);
    rounded.unshift(below);
    above = below;
  }
  return { delta: rounded, lost };
}
