/** δ over a batch of images: the norm that NN&DL plots, and the mean of the norms. */
import type { FloatNetwork, RunCostName } from '../../contract/network.ts';
import { backpropagate, createPass, type Pass } from './network.ts';
import { norm } from './norm.ts';
import { pixelInputs } from './pixels.ts';

export interface LayerNorms {
  /** ‖ mean over the images of δ^ℓ ‖, what NN&DL ch. 5 plots (fig/generate_gradient.py). */
  readonly normOfMean: number;
  /** Mean over the images of ‖δ^ℓ‖. */
  readonly meanOfNorms: number;
}

export interface Batch {
  /** count × n_in bytes; the input is pixel/256, as the data loader of NN&DL has it. */
  readonly images: Uint8Array;
  /** One a image. */
  readonly labels: Uint8Array;
  readonly cost: RunCostName;
  /** Called after each image; the pass is overwritten by the next. */
  readonly onImage?: ((image: number, pass: Pass) => void) | undefined;
}

/**
 * Norms of layers 1 … L over the images of a batch, the output layer included.
 * @throws RangeError when there is no image, or not count × n_in pixels.
 */
export function measureBatch(network: FloatNetwork, batch: Batch): LayerNorms[] {
  const { images, labels, cost, onImage } = batch;
  const nIn = network.layers[0]?.nIn ?? 0;
  const count = labels.length;
  if (count === 0 || images.length !== count * nIn) {
    throw new RangeError(`${images.length} pixels are not ${count} images of ${nIn}`);
  }
  const pass = createPass(network);
  const input = new Float64Array(nIn);
  const sums = network.layers.map(({ nOut }) => new Float64Array(nOut));
  const normSums = new Float64Array(sums.length);
  for (let image = 0; image < count; image += 1) {
    pixelInputs(images.subarray(image * nIn, (image + 1) * nIn), input);
    backpropagate(network, { input, label: labels[image] as number, cost }, pass);
    sums.forEach((sum, index) => {
      const delta = pass.delta[index] as Float64Array;
      for (let j = 0; j < sum.length; j += 1) sum[j] = (sum[j] as number) + (delta[j] as number);
      normSums[index] = (normSums[index] as number) + norm(delta);
    });
    onImage?.(image, pass);
  }
  return sums.map((sum, index) => ({
    normOfMean: norm(sum) / count,
    meanOfNorms: (normSums[index] as number) / count,
  }));
}
