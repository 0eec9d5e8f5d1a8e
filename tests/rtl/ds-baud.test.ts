/** ds_baud: changed after the reply, given up when nobody speaks it. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  { ClockHz: 36_000_000, SafeBaud: 115_200, RevertMs: 500 },
  { ClockHz: 72_000_000, SafeBaud: 115_200, RevertMs: 16 },
])('ds_baud passes its cocotb tests: %o', async (parameters) => {
  await runModule('ds_baud', { parameters });
});
