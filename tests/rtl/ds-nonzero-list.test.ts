/** ds_nonzero_list against lists in Python, small enough to overflow. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([1, 2])(
  'ds_nonzero_list of %i banks keeps the pairs that are not zero',
  async (banks) => {
    await runModule('ds_nonzero_list', {
      parameters: { Depth: 16, Banks: banks, IndexBits: 4, ValueBits: 16 },
    });
  },
);
