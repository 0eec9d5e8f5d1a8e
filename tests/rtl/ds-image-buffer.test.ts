/** ds_image_buffer against a queue in Python. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([1, 2])('ds_image_buffer of %i banks loses and mixes no image', async (banks) => {
  await runModule('ds_image_buffer', {
    parameters: { Depth: 16, Banks: banks, IndexBits: 4, ValueBits: 16, LabelBits: 8 },
  });
});
