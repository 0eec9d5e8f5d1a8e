import { describe, expect, test } from 'vitest';
import { backpropagate, costOf } from '../../../golden/float64/network.ts';
import { logLikelihood, softmaxError } from '../../../golden/float64/softmax.ts';
import { initialise } from '../../../host/data/initialisers.ts';

function errorOf(z: readonly number[], label: number): number[] {
  const delta = new Float64Array(z.length);
  softmaxError(Float64Array.from(z), label, delta);
  return [...delta];
}

describe('softmax with log-likelihood', () => {
  test('is a - y by hand: e^z of 1, 2 and 5', () => {
    const z = [0, Math.log(2), Math.log(5)];
    const expected = [1 / 8, 2 / 8 - 1, 5 / 8];
    errorOf(z, 1).forEach((value, j) => {
      expect(value).toBeCloseTo(expected[j] as number, 15);
    });
    expect(logLikelihood(Float64Array.from(z), 1)).toBeCloseTo(Math.log(4), 15);
  });

  test('overflows nowhere, and keeps the error where a is 1 in float64', () => {
    expect(logLikelihood(Float64Array.of(800, 0), 1)).toBe(800);
    expect(errorOf([800, 0], 1)).toEqual([1, -1]);
    const [error = 0, other = 0] = errorOf([50, 0], 0);
    expect(other / Math.exp(-50)).toBeCloseTo(1, 13);
    expect(error).toBe(-other);
  });

  test('refuses an output that is not the identity', () => {
    const network = initialise([2, 3], { seed: 1 });
    const example = { input: Float64Array.of(1, 0), label: 0, cost: 'log-likelihood' as const };
    expect(() => backpropagate(network, example)).toThrow(/identity output/);
    expect(() => costOf(network, example)).toThrow(/identity output/);
  });
});
