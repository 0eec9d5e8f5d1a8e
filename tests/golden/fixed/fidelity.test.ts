/** `golden/fixed` against the textbook with the same quantised weights, on real MNIST. */
import { quantileSorted } from 'simple-statistics';
import { beforeAll, expect, test } from 'vitest';
import { inputCodes } from '../../../bench/inputs.ts';
import { backpropagate as backpropagateFixed } from '../../../golden/fixed/network.ts';
import { measureBatch } from '../../../golden/float64/batch.ts';
import { norm } from '../../../golden/float64/norm.ts';
import { type InitialiserName, initialise } from '../../../host/data/initialisers.ts';
import { type Dataset, loadDataset } from '../../../host/data/mnist.ts';
import { dequantise, quantise } from '../../../host/data/quantise.ts';
import { normOfDelta } from '../../../host/values.ts';

const IMAGES = 500;
const SEEDS = [1, 2, 3];
const BOUND = 0.005;
const SHAPES = [
  [784, 30, 30, 10],
  [784, ...Array<number>(10).fill(30), 10],
];
const INITIALISERS: InitialiserName[] = ['normal', 'nin'];
const CASES = SHAPES.flatMap((widths) =>
  INITIALISERS.map((initialiser) => ({ hidden: widths.length - 2, initialiser, widths })),
);

let data: Dataset;
let inputs: Int32Array[];
beforeAll(async () => {
  data = await loadDataset({ split: 'train', limit: IMAGES });
  inputs = [...inputCodes(data)];
});

test.each(CASES)(
  '‖δ‖ per image is within 0.5 % at the 99th percentile: $hidden hidden layers, $initialiser',
  ({ widths, initialiser }) => {
    const errors = widths.slice(1).map(() => [] as number[]);
    for (const seed of SEEDS) {
      const integers = quantise(initialise(widths, { initialiser, seed }), {
        cost: 'cross-entropy',
      });
      const norms = inputs.map((input, image) =>
        backpropagateFixed(integers, input, data.labels[image] as number).map(normOfDelta),
      );
      measureBatch(dequantise(integers), {
        images: data.images,
        labels: data.labels,
        cost: 'cross-entropy',
        onImage: (image, { delta }) =>
          delta.forEach((reference, index) => {
            const expected = norm(reference);
            const got = norms[image]?.[index] as number;
            errors[index]?.push(Math.abs(got - expected) / expected);
          }),
      });
    }
    for (const [index, layer] of errors.entries()) {
      expect(layer).toHaveLength(SEEDS.length * IMAGES);
      const p99 = quantileSorted(
        layer.sort((a, b) => a - b),
        0.99,
      );
      expect(p99, `layer ${index + 1}`).toBeLessThanOrEqual(BOUND);
    }
  },
  60_000,
);
