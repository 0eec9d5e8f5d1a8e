/** ds_sequencer against the order of events that its header promises. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_sequencer goes through the phases of an image', async () => {
  await runModule('ds_sequencer', { parameters: { LayerBits: 7 } });
});
