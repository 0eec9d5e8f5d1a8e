/** ds_layer_table against a list in Python. */
import { test } from 'vitest';
import { LAYER_WORDS, LIMITS } from '../../contract/protocol.ts';
import { runModule } from './run-module.ts';

test('ds_layer_table gives a layer its four words', async () => {
  await runModule('ds_layer_table', {
    parameters: {
      Layers: LIMITS.layers,
      LayerBits: Math.log2(LIMITS.layers),
      WordBits: 32,
      Words: LAYER_WORDS,
    },
  });
});
