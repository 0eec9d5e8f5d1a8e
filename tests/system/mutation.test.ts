/** The short form of `npm run mutate`: breaks in golden/fixed and in host/protocol are caught. */
import { expect, test } from 'vitest';
import { excuseOf } from '../mutation/equivalent.ts';
import { describe } from '../mutation/mutant.ts';
import { runTypeScript } from '../mutation/runner.ts';

const SEED = 7;
const BREAKS = 4;

test.each([
  ['golden/fixed', ['tests/golden/fixed/arithmetic.test.ts']],
  ['host/protocol', ['tests/host/protocol']],
])('%s: of a few breaks each is caught', async (folder, tests) => {
  const verdicts = await runTypeScript(folder, { count: BREAKS, seed: SEED, tests });
  const survivors = verdicts.filter(
    ({ mutant, caughtBy }) => caughtBy === undefined && excuseOf(mutant) === undefined,
  );
  expect(survivors.map(({ mutant }) => describe(mutant))).toEqual([]);
  expect(verdicts).toHaveLength(BREAKS);
});
