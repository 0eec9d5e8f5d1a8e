/**
 * `golden/fixed` against the textbook with the same quantised weights, on real MNIST. A ReLU whose z
 * has another sign in the two flips its derivative: that changes δ by its own size, and is counted
 * apart.
 */
import { quantileSorted } from 'simple-statistics';
import { beforeAll, expect, test } from 'vitest';
import { chooseScales } from '../../../bench/activation-scales.ts';
import { firstImages, inputCodes } from '../../../bench/inputs.ts';
import { backpropagate as backpropagateFixed } from '../../../golden/fixed/network.ts';
import { measureBatch } from '../../../golden/float64/batch.ts';
import { norm } from '../../../golden/float64/norm.ts';
import { activate } from '../../../host/data/activations.ts';
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

const FAMILY_IMAGES = 100;
const DEPTHS = [1, 5, 10, 20];
const SMOOTH = ['sigmoid', 'tanh', 'elu'];
const RECTIFIED = ['relu', 'leaky', 'prelu', 'rrelu'];
const MEDIAN_BOUND = 0.001;
const FLIPPED = 0.1;
const FAMILY = [...SMOOTH, ...RECTIFIED].flatMap((activation) =>
  DEPTHS.flatMap((hidden) =>
    (['xavier-normal', 'he2015', 'nin'] as const).map((initialiser) => ({
      ...{ activation, hidden, initialiser },
    })),
  ),
);

test.each(FAMILY)(
  '$activation, $hidden hidden layers, $initialiser: errors of ‖δ‖ where no kink flipped',
  ({ activation, hidden, initialiser }) => {
    const widths = [784, ...Array<number>(hidden).fill(30), 10];
    const seed = 1;
    const random = initialise(widths, { initialiser, seed });
    const network = activate(random, { activation, seed });
    const count = FAMILY_IMAGES;
    const some = { ...data, ...firstImages(data, count), count };
    const scales = chooseScales(network, some);
    const integers = quantise(network, { cost: 'cross-entropy', activationScales: scales });
    const errors: number[] = [];
    let flips = 0;
    measureBatch(dequantise(integers), {
      ...{ images: some.images, labels: some.labels, cost: 'cross-entropy' },
      onImage: (image, { z, delta }) => {
        const label = data.labels[image] as number;
        const fixed = backpropagateFixed(integers, inputs[image] as Int32Array, label);
        const isFlipped = fixed.map((layer, index) => {
          if (!RECTIFIED.includes(activation)) return false;
          return layer.z.some((code, j) => code > 0 !== (z[index]?.[j] as number) > 0);
        });
        fixed.forEach((layer, index) => {
          const expected = norm(delta[index] as Float64Array);
          if (expected === 0) return;
          // A flip is felt in its own layer and all below.
          if (isFlipped.slice(index).some(Boolean)) flips++;
          else errors.push(Math.abs(normOfDelta(layer) - expected) / expected);
        });
      },
    });
    const sorted = errors.sort((a, b) => a - b);
    // With He's weights a keeps its size from layer to layer; where it shrinks, kinks flip more often.
    if (initialiser === 'he2015') {
      expect(flips).toBeLessThan(FLIPPED * (flips + errors.length));
    }
    expect(quantileSorted(sorted, 0.99)).toBeLessThanOrEqual(BOUND);
    if (RECTIFIED.includes(activation)) {
      expect(quantileSorted(sorted, 0.5)).toBeLessThanOrEqual(MEDIAN_BOUND);
    }
  },
  60_000,
);
