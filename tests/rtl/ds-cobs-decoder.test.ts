/** ds_cobs_decoder, under cocotb: frames, errors, realignment. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_cobs_decoder passes its cocotb tests', async () => {
  await runModule('ds_cobs_decoder');
});
