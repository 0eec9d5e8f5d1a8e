/** ds_image_decoder, under cocotb: good images in, malformed ones out. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_image_decoder passes its cocotb tests', async () => {
  await runModule('ds_image_decoder');
});
