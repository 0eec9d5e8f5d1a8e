import { readFileSync } from 'node:fs';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import {
  INITIALISERS,
  type InitialiserName,
  initialise,
  normalDeviates,
} from '../../../host/data/initialisers.ts';

const vectors = JSON.parse(
  readFileSync(new URL('./fixtures/numpy.json', import.meta.url), 'utf8'),
) as {
  randn: Record<string, number[]>;
  nielsen: { sizes: number[]; seed: number; biases: number[][]; weights: number[][] };
};

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(1e-14);
  });
}

describe('normalDeviates', () => {
  test.each(Object.entries(vectors.randn))('is NumPy’s randn for seed %s', (seed, expected) => {
    const next = normalDeviates(Number(seed));
    expectClose(
      expected.map(() => next()),
      expected,
    );
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => normalDeviates(seed)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('initialise', () => {
  test('makes the network of Nielsen’s network2.py from the same seed', () => {
    const { sizes, seed, biases, weights } = vectors.nielsen;
    const { layers } = initialise(sizes, { seed });
    expect(layers.map(({ nIn, nOut }) => [nIn, nOut])).toEqual([
      [3, 4],
      [4, 2],
    ]);
    layers.forEach((layer, index) => {
      expectClose(layer.biases, biases[index] ?? []);
      expectClose(layer.weights, weights[index] ?? []);
    });
  });

  test('has rows with these deviations for 25 inputs', () => {
    const rows = Object.entries(INITIALISERS).map(([name, { weightDeviation, biasDeviation }]) => [
      name,
      weightDeviation(25),
      biasDeviation,
    ]);
    expect(rows).toEqual([
      ['nielsen', 0.2, 1],
      ['normal', 1, 1],
      ['nin', 0.2, 0],
    ]);
  });

  test.each(Object.keys(INITIALISERS) as InitialiserName[])('%s has its deviations', (name) => {
    const { weightDeviation, biasDeviation } = INITIALISERS[name];
    const { layers } = initialise([400, 250, 250], { initialiser: name, seed: 5 });
    for (const { nIn, nOut, weights, biases } of layers) {
      expect(mean([...weights]) / weightDeviation(nIn)).toBeCloseTo(0, 1);
      expect(sampleStandardDeviation([...weights]) / weightDeviation(nIn)).toBeCloseTo(1, 1);
      if (biasDeviation === 0) expect(biases).toEqual(new Float64Array(nOut));
      else expect(Math.abs(sampleStandardDeviation([...biases]) - biasDeviation)).toBeLessThan(0.2);
    }
  });

  test('gives equal networks for equal seeds and others for others', () => {
    expect(initialise([9, 4], { seed: 3 })).toEqual(initialise([9, 4], { seed: 3 }));
    expect(initialise([9, 4], { seed: 3 })).not.toEqual(initialise([9, 4], { seed: 4 }));
  });
});
