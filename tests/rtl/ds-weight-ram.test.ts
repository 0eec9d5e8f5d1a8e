/** ds_weight_ram against lists in Python: generic, and on yosys's model of SB_SPRAM256KA. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  { family: 'generic', Lanes: 4 },
  { family: 'generic', Lanes: 32 },
  { family: 'ice40', Lanes: 4 },
  { family: 'ecp5', Lanes: 16 },
] as const)('ds_weight_ram remembers: %o', async ({ family, Lanes }) => {
  await runModule('ds_weight_ram', {
    parameters: { Lanes, WordBits: 16, Rows: 64, RowBits: 6 },
    family,
  });
});

test('ds_weight_ram of ecp5 remembers in slices', async () => {
  await runModule('ds_weight_ram', {
    parameters: { Lanes: 1, WordBits: 16, Rows: 2048, RowBits: 11 },
    family: 'ecp5',
  });
});
