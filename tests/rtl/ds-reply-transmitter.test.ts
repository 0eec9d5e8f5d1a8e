/** ds_reply_transmitter, under cocotb: cells an independent decoder reads. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_reply_transmitter passes its cocotb tests', async () => {
  await runModule('ds_reply_transmitter');
});
