/** ds_ram_reader, under cocotb: no word lost, a word in three cycles. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_ram_reader passes its cocotb tests', async () => {
  await runModule('ds_ram_reader');
});
