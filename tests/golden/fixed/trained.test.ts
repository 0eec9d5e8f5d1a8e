/**
 * A trained network is the hard case: most δ are tiny, some units are far in the tails, and z leaves
 * its format. Trained in float64 by gradient descent image by image (NN&DL ch. 2, BP3 and BP4).
 */
import { quantileSorted } from 'simple-statistics';
import { expect, test } from 'vitest';
import { inputCodes } from '../../../bench/inputs.ts';
import type { FloatNetwork } from '../../../contract/network.ts';
import {
  backpropagate as backpropagateFixed,
  type FixedLayer,
} from '../../../golden/fixed/network.ts';
import { measureBatch } from '../../../golden/float64/batch.ts';
import { backpropagate, createPass, gradientOf } from '../../../golden/float64/network.ts';
import { norm } from '../../../golden/float64/norm.ts';
import { initialise } from '../../../host/data/initialisers.ts';
import { type Dataset, loadDataset } from '../../../host/data/mnist.ts';
import { dequantise, quantise } from '../../../host/data/quantise.ts';
import { normOfDelta } from '../../../host/values.ts';

const IMAGES = 300;
const EPOCHS = 10;
const LEARNING_RATE = 1;
const BOUND = 0.005;
/** Of untrained networks |z| stays below 5. */
const LARGE_Z = 15;
const COST = 'cross-entropy';

/** Steps of −η times the gradient of one image, in place. */
function train(network: FloatNetwork, { images, labels, rows, columns }: Dataset): void {
  const pass = createPass(network);
  const width = rows * columns;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    labels.forEach((label, image) => {
      const input = Float64Array.from(
        images.subarray(image * width, (image + 1) * width),
        (pixel) => pixel / 256,
      );
      backpropagate(network, { input, label, cost: COST }, pass);
      const gradient = gradientOf(pass, input);
      network.layers.forEach(({ weights, biases }, index) => {
        descend(weights, gradient.weights[index] as Float64Array);
        descend(biases, gradient.biases[index] as Float64Array);
      });
    });
  }
}

function descend(values: Float64Array, slopes: Float64Array): void {
  for (const [at, slope] of slopes.entries()) {
    values[at] = (values[at] as number) - LEARNING_RATE * slope;
  }
}

test.each([[[784, 30, 10]], [[784, 30, 30, 10]]])(
  '‖δ‖ of trained %j is within 0.5 % of the mean norm at the 99th percentile',
  async (widths) => {
    const data = await loadDataset({ split: 'train', limit: IMAGES });
    const network = initialise(widths, { initialiser: 'nielsen', seed: 1 });
    train(network, data);
    const integers = quantise(network, { cost: COST });
    const inputs = [...inputCodes(data)];
    const fixed = inputs.map((input, image) =>
      backpropagateFixed(integers, input, data.labels[image] as number),
    );
    const expected = widths.slice(1).map(() => [] as number[]);
    let largestZ = 0;
    measureBatch(dequantise(integers), {
      ...{ images: data.images, labels: data.labels, cost: COST },
      onImage: (_, { z, delta }) => {
        for (const [index, layer] of delta.entries()) expected[index]?.push(norm(layer));
        for (const layer of z)
          for (const value of layer) largestZ = Math.max(largestZ, Math.abs(value));
      },
    });
    expect(largestZ).toBeGreaterThan(LARGE_Z);
    for (const [index, norms] of expected.entries()) {
      const mean = norms.reduce((sum, value) => sum + value, 0) / norms.length;
      const errors = norms.map((value, image) =>
        Math.abs(normOfDelta(fixed[image]?.[index] as FixedLayer) - value),
      );
      const p99 =
        quantileSorted(
          errors.sort((a, b) => a - b),
          0.99,
        ) / mean;
      expect(p99, `layer ${index + 1}`).toBeLessThanOrEqual(BOUND);
    }
  },
  60_000,
);
