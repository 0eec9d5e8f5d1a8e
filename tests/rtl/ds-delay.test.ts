/** ds_delay: one or more registers, words held or not, close together and apart. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

const CONFIGURATIONS = [
  { Width: 8, Cycles: 3, Interval: 1, Held: 0 },
  { Width: 8, Cycles: 2, Interval: 1, Held: 1 },
  { Width: 8, Cycles: 3, Interval: 2, Held: 0 },
  { Width: 8, Cycles: 6, Interval: 2, Held: 0 },
  { Width: 8, Cycles: 1, Interval: 2, Held: 1 }, // no register at all
  { Width: 8, Cycles: 4, Interval: 2, Held: 1 },
];

test.each(CONFIGURATIONS)('ds_delay: %o', async (parameters) => {
  await runModule('ds_delay', {
    parameters,
    vectors: (random) => random.list(100, () => random.integer(0, 255)),
  });
});
