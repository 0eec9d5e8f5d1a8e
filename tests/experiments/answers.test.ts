/** Seeds of a name, and when a hand-in is complete. */
import { expect, test } from 'vitest';
import { emptyAnswers, missingIn } from '../../experiments/answers.ts';
import { chain } from '../../experiments/chain.ts';
import { networksOf } from '../../experiments/statistics.ts';
import { firstSeedOf } from '../../experiments/student.ts';

/** The form of `chain`, filled in; every claim is said to be wrong. */
function filledIn() {
  const form = JSON.parse(emptyAnswers(chain, 'Ada Lovelace'));
  for (const answer of Object.values<Record<string, string>>(form.claims)) {
    Object.assign(answer, { verdict: 'wrong', because: 'I multiplied it out.' });
  }
  return { ...form, guess: 'a quarter' };
}

test('seeds follow from the name, however it is typed, and are not those of everybody', () => {
  const first = firstSeedOf('Ada Lovelace');
  expect(firstSeedOf('  ada  LOVELACE ')).toBe(first);
  expect(firstSeedOf('Ada Byron')).not.toBe(first);
  expect(first).toBe(33312001);
  const drawn = networksOf({ seeds: 3, deviceSeeds: 1, firstSeed: first });
  expect(drawn.map(({ seed }) => seed - first)).toEqual([0, 1, 2]);
  expect(drawn.map(({ isMeasured }) => isMeasured)).toEqual([true, false, false]);
});

test('every seed that an experiment makes of a student’s is one of 32 bits', () => {
  const names = Array.from({ length: 1000 }, (_, n) => `student ${n}`);
  const largest = Math.max(...names.map(firstSeedOf)) + 1000;
  expect(16 * largest + 2 ** 24).toBeLessThan(2 ** 32);
});

test('the form filled in is complete, right or wrong', () => {
  expect(missingIn(filledIn(), chain)).toEqual([]);
});

test('the form as it is lacks the guess, and verdict and reason of every claim', () => {
  const missing = missingIn(JSON.parse(emptyAnswers(chain, 'Ada')), chain);
  expect(missing).toContain('guess: says nothing');
  expect(missing).toHaveLength(1 + 2 * chain.claims.length);
});

test.each([
  ['a claim left out', { claims: {} }, /claims\.nudge-a1/],
  ['another experiment', { experiment: 'saturation' }, /experiment: /],
  ['the seeds of another name', { student: 'Grace' }, /firstSeed: is not that of this name/],
  ['a field too many', { mark: 'A' }, /mark/],
])('%s is not complete', (_about, change, missing) => {
  expect(missingIn({ ...filledIn(), ...change }, chain).join()).toMatch(missing);
});
