/** ds_weight_ram against lists in Python, with 4 and 32 lanes. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([4, 32])('ds_weight_ram with %i lanes remembers', async (lanes) => {
  await runModule('ds_weight_ram', {
    parameters: { Lanes: lanes, WordBits: 16, Rows: 64, RowBits: 6 },
  });
});
