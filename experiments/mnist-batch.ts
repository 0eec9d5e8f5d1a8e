/** The first MNIST images through a network, on the device and in float64. */
import type { FloatNetwork } from '../contract/network.ts';
import { type Batch, measureBatch } from '../golden/float64/batch.ts';
import { type Dataset, loadDataset } from '../host/data/mnist.ts';

/** In file order, as NN&DL takes them. @throws DeltascopeError `bad-dataset`. */
export async function loadImages(count: number): Promise<Dataset> {
  return loadDataset({ split: 'train', limit: count });
}

/** As `loadImages`, 14 × 14: each pixel the mean of 2 × 2. @throws DeltascopeError `bad-dataset`. */
export async function loadHalved(count: number): Promise<Dataset> {
  return halve(await loadImages(count));
}

/** Per layer: mean over the images of δ^ℓ in float64. */
export function meanDeltas(
  network: FloatNetwork,
  { images, labels }: Pick<Dataset, 'images' | 'labels'>,
  cost: Batch['cost'] = 'cross-entropy',
): Float64Array[] {
  const sums = network.layers.map(({ nOut }) => new Float64Array(nOut));
  const onImage: NonNullable<Batch['onImage']> = (_, { delta }) =>
    sums.forEach((sum, index) => {
      delta[index]?.forEach((value, j) => {
        sum[j] = (sum[j] as number) + value;
      });
    });
  measureBatch(network, { images, labels, cost, onImage });
  return sums.map((sum) => sum.map((value) => value / labels.length));
}

function halve({ images, rows, columns, ...data }: Dataset): Dataset {
  const half = new Uint8Array(images.length / 4);
  const [height, width] = [rows / 2, columns / 2];
  for (let at = 0; at < half.length; at++) {
    const corner = 2 * (Math.floor(at / width) * columns + (at % width));
    const pair = (from: number) => (images[from] as number) + (images[from + 1] as number);
    half[at] = Math.round((pair(corner) + pair(corner + columns)) / 4);
  }
  return { ...data, images: half, rows: height, columns: width };
}
