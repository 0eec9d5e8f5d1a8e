/** ds_recorder against a model of the ring in Python, small enough to wrap often. */
import { test } from 'vitest';
import { RECORD_HEADER_WORDS, RECORD_WORDS } from '../../contract/protocol.ts';
import { runModule } from './run-module.ts';

test('ds_recorder writes records around the ring', async () => {
  await runModule('ds_recorder', {
    parameters: {
      RecordWords: 64,
      AddrBits: 6,
      LayerBits: 2,
      WordBits: 32,
      EntryWords: RECORD_WORDS,
      HeaderWords: RECORD_HEADER_WORDS,
    },
  });
});
