/** ds_nonzero_list against lists in Python, small enough to overflow. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_nonzero_list keeps the pairs whose value is not zero', async () => {
  await runModule('ds_nonzero_list', { parameters: { Depth: 16, IndexBits: 4, ValueBits: 16 } });
});
