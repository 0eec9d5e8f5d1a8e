/** ds_delay: one or more registers, words held or not, close together and apart. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

const CONFIGURATIONS = [1, 2].flatMap((Interval) =>
  [0, 1].flatMap((Held) => [1, 2, 3, 6].map((Cycles) => ({ Width: 8, Cycles, Interval, Held }))),
);

test.each(CONFIGURATIONS)('ds_delay: %o', async (parameters) => {
  await runModule('ds_delay', {
    parameters,
    vectors: (random) => random.list(100, () => random.integer(0, 255)),
  });
});
