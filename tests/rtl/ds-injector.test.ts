/** ds_injector: what the host wrote, or zeros, one element a cycle. */
import { test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { runModule } from './run-module.ts';

const MAX_WIDTH = 16;

test('ds_injector gives what was written, or zeros', async () => {
  await runModule('ds_injector', {
    parameters: { MaxWidth: MAX_WIDTH, IndexBits: 4, DeltaBits: FORMATS.delta.width },
    vectors: (random) =>
      [1, 2, 5, MAX_WIDTH, MAX_WIDTH].map((count) => ({
        count,
        given: random.list(MAX_WIDTH, () => random.signed(FORMATS.delta.width)),
      })),
  });
});
