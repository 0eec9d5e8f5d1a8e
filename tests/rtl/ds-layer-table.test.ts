/** ds_layer_table against the unit memory as Python plays it. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_layer_table fetches the two words of an entry', async () => {
  await runModule('ds_layer_table', { parameters: { WordBits: 64 } });
});
