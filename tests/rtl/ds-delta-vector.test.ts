/** ds_delta_vector against a list in Python, with 4 and 32 lanes. */
import { test } from 'vitest';
import { LIMITS } from '../../contract/protocol.ts';
import { runModule } from './run-module.ts';

test.each([4, 32])('ds_delta_vector with %i lanes remembers', async (lanes) => {
  const rows = LIMITS.width / lanes;
  await runModule('ds_delta_vector', {
    parameters: {
      Lanes: lanes,
      WordBits: 16,
      Rows: rows,
      RowBits: Math.log2(rows),
      IndexBits: Math.log2(LIMITS.width),
    },
  });
});
