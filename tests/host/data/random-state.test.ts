import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { randomState } from '../../../host/data/random-state.ts';

const { randn } = JSON.parse(
  readFileSync(new URL('./fixtures/numpy.json', import.meta.url), 'utf8'),
) as { randn: Record<string, number[]> };

test.each(Object.entries(randn))('normal is NumPy’s randn for seed %s', (seed, expected) => {
  const { normal } = randomState(Number(seed));
  for (const value of expected) expect(Math.abs(normal() - value)).toBeLessThan(1e-14);
});

test('uniform is NumPy’s random_sample for seed 0', () => {
  const { uniform } = randomState(0);
  expect([uniform(), uniform()]).toEqual([0.5488135039273248, 0.7151893663724195]);
});

test.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %d', (seed) => {
  expect(() => randomState(seed)).toThrow(expect.objectContaining({ code: 'bad-option' }));
});
