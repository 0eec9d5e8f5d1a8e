/** ds_bit_length: around every power of two, in both sizes that the pipeline uses. */
import { test } from 'vitest';
import { bitLength } from '../../golden/fixed/arithmetic.ts';
import { powerNeighbours } from './random.ts';
import { runModule } from './run-module.ts';

const RANDOM_WORDS = 500;

test.each([
  { InBits: 40, OutBits: 6 },
  { InBits: 32, OutBits: 5 },
])('ds_bit_length equals bitLength: %o', async (parameters) => {
  const { InBits } = parameters;
  await runModule('ds_bit_length', {
    parameters,
    vectors: (random) =>
      [...powerNeighbours(InBits), ...random.list(RANDOM_WORDS, () => random.signed(InBits))].map(
        (x) => [[x], [bitLength(x)]],
      ),
  });
});
