/** Cycles per image from the device's own counters, forward and backward, zeros skipped. */
import { expect, test } from 'vitest';
import { initialise } from '../../host/data/initialisers.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import { quantise } from '../../host/data/quantise.ts';
import { measure } from '../../host/measure.ts';
import { openSimulated } from './simulated.ts';

const IMAGES = 300;
const WIDTHS = [784, 30, 30, 10];
const LIMITS = [
  { board: 'icebreaker', lanes: 4, limit: 2200 },
  { board: 'icebreaker/8', lanes: 8, limit: 1300 },
  { board: 'ulx3s-85f/16', lanes: 16, limit: 820 },
  { board: 'ulx3s-85f', lanes: 32, limit: 640 },
];

test.each(LIMITS)('$lanes lanes take at most $limit cycles an image', async (profile) => {
  const { board, lanes, limit } = profile;
  await using device = await openSimulated(board, 1);
  expect(device.identity.lanes).toBe(lanes);
  const { images, labels } = await loadDataset({ split: 'train', limit: IMAGES });
  await device.loadNetwork(quantise(initialise(WIDTHS, { seed: 1 }), { cost: 'cross-entropy' }));
  const { images: records } = await measure(
    device,
    Array.from(labels, (label, index) => ({
      pixels: images.subarray(784 * index, 784 * (index + 1)),
      label,
    })),
  );
  const groups = (nOut: number) => Math.ceil(nOut / lanes);
  let cycles = 0;
  for (const record of records) {
    // The fewest rows: forward the non-zero inputs of each layer, backward all from layer 2 on.
    const forward = groups(30) * (record.nonZeroInputs + 30) + groups(10) * 30;
    const backward = groups(30) * 30 + groups(10) * 30;
    expect(record.rows).toBe(forward + backward);
    expect(record.forwardCycles + record.backwardCycles + record.alignCycles).toBeLessThanOrEqual(
      record.cycles,
    );
    cycles += record.cycles;
  }
  expect(cycles / IMAGES).toBeLessThanOrEqual(limit);
});
