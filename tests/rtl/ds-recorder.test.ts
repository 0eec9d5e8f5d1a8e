/** ds_recorder against a model of the ring in Python, small enough to wrap often. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([
  { RecordWords: 64, PairBits: 5, LayerBits: 2 },
  { RecordWords: 32, PairBits: 4, LayerBits: 3 }, // one record at a time
])('ds_recorder writes records around a ring of $RecordWords words', async (sizes) => {
  await runModule('ds_recorder', {
    parameters: { ...sizes, WordBits: 32, CycleBits: 20, InputBits: 11 },
  });
});
