/** ds_ram against a list in Python: there is nothing to compute. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  { Width: 8, Depth: 16 },
  { Width: 38, Depth: 512 },
  { Width: 3, Depth: 2 },
])('ds_ram remembers: %o', async (parameters) => {
  await runModule('ds_ram', { parameters });
});
