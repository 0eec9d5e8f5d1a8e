/** Networks of sigmoid units whose δ leaves the range of a float64, as widths and `.npz` files. */
import { zipSync } from 'fflate';
import { writeNpy } from '../../host/data/npy.ts';

const WIDTH = 16;
const HIDDEN = 106;
/** Just below 2^8, the largest scale of weights. */
const WEIGHT = 255;

/** δ gets smaller by 2^-18 a layer: `--init constant:0.00002`. */
export const VANISHING = { layers: [784, ...Array<number>(90).fill(1), 10], init: 'constant:2e-5' };

export const EXPLODING = { layers: [784, ...Array<number>(HIDDEN).fill(WIDTH), 10] };

/**
 * Weights ±255 in a checkerboard. All activations of a layer are equal, so that z = 0 and σ′ = 1/4
 * everywhere; and δ, which alternates too, grows by 16 · 255 / 4 = 2^10 a layer.
 */
export function explodingWeights(): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  EXPLODING.layers.slice(1).forEach((nOut, index) => {
    const nIn = EXPLODING.layers[index] as number;
    const sign = (at: number) => ((at + Math.floor(at / nIn)) % 2 === 0 ? 1 : -1);
    const weights = Float64Array.from({ length: nIn * nOut }, (_, at) =>
      index === 0 ? 0 : WEIGHT * sign(at),
    );
    files[`W${index + 1}.npy`] = writeNpy(weights, [nOut, nIn]);
    files[`b${index + 1}.npy`] = writeNpy(new Float64Array(nOut), [nOut, 1]);
  });
  return zipSync(files);
}
