/** ds_image_buffer against a queue in Python. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_image_buffer holds one image and receives the next', async () => {
  await runModule('ds_image_buffer', {
    parameters: { Depth: 16, IndexBits: 4, ValueBits: 16, LabelBits: 8 },
  });
});
