/**
 * The lectures' observable on the device: how much slower the first hidden layer learns than the
 * last at Nielsen's initialisation, as medians over seeds (one seed scatters by 20 to 35 %).
 */
import { median } from 'simple-statistics';
import { expect, test } from 'vitest';
import { initialise } from '../../host/data/initialisers.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import { quantise } from '../../host/data/quantise.ts';
import { measure } from '../../host/measure.ts';
import { normOfMean } from '../../host/values.ts';
import { sharedBoard } from './simulated.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const IMAGES = 1000;
const EXPECTED = [
  { hidden: 2, low: 4.3, high: 5.6 },
  { hidden: 3, low: 20, high: 29 },
  { hidden: 4, low: 95, high: 150 },
];

const open = sharedBoard('ulx3s-85f', 1);

test.each(EXPECTED)(
  '$hidden hidden layers: last/first ‖mean δ‖ has its median within $low and $high',
  async ({ hidden, low, high }) => {
    const device = await open();
    const { images, labels } = await loadDataset({ split: 'train', limit: IMAGES });
    const examples = Array.from(labels, (label, index) => ({
      pixels: images.subarray(784 * index, 784 * (index + 1)),
      label,
    }));
    const widths = [784, ...Array<number>(hidden).fill(30), 10];
    const ratios: number[] = [];
    for (const seed of SEEDS) {
      await device.loadNetwork(quantise(initialise(widths, { seed }), { cost: 'cross-entropy' }));
      const { layers } = await measure(device, examples);
      const norms = layers.map((sums) => normOfMean(sums, IMAGES));
      ratios.push((norms[hidden - 1] as number) / (norms[0] as number));
    }
    expect(median(ratios)).toBeGreaterThanOrEqual(low);
    expect(median(ratios)).toBeLessThanOrEqual(high);
  },
);
