/** ds_link, under cocotb: every request one reply, every effect once. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_link passes its cocotb tests', async () => {
  await runModule('ds_link');
});
