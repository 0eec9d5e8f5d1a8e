/** The first MNIST images through a network, on the device and in float64. */
import type { FloatNetwork } from '../contract/network.ts';
import { type Batch, measureBatch } from '../golden/float64/batch.ts';
import { type Dataset, loadDataset } from '../host/data/mnist.ts';

/** In file order, as NN&DL takes them. @throws DeltascopeError `bad-dataset`. */
export async function loadImages(count: number): Promise<Dataset> {
  return loadDataset({ split: 'train', limit: count });
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
