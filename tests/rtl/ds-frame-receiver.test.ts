/** ds_frame_receiver, under cocotb: good frames out, bad ones counted. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_frame_receiver passes its cocotb tests', async () => {
  await runModule('ds_frame_receiver');
});
