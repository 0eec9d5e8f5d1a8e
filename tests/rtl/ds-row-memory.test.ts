/** ds_row_memory against lists in Python, with the two memories apart and in one. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  { Shared: 0, Lanes: 8, Rows: 100 },
  { Shared: 1, Lanes: 4, Rows: 96 },
])('ds_row_memory remembers with $Lanes lanes, Shared $Shared', async (parameters) => {
  await runModule('ds_row_memory', {
    parameters: { ...parameters, WordBits: 16, RowBits: 7, Units: 24, UnitBits: 5 },
  });
});
