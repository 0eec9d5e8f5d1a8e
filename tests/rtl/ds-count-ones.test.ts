/** ds_count_ones: none, one, all, and random bits. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  [4, 3],
  [32, 6],
])('ds_count_ones counts %i bits', async (width, countBits) => {
  await runModule('ds_count_ones', { parameters: { Width: width, CountBits: countBits } });
});
