/** ds_timeout: never early, at most a millisecond late. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  { Milliseconds: 100, ElapsedBits: 11 },
  { Milliseconds: 1, ElapsedBits: 11 },
  { Milliseconds: 7, ElapsedBits: 6 },
])('ds_timeout passes its cocotb tests: %o', async (parameters) => {
  await runModule('ds_timeout', { parameters });
});
