import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { mean, sampleKurtosis, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import {
  INITIALISER_FORMS,
  INITIALISERS,
  type InitialiserName,
  initialise,
  parseInitialiser,
} from '../../../host/data/initialisers.ts';

const vectors = JSON.parse(
  readFileSync(new URL('./fixtures/numpy.json', import.meta.url), 'utf8'),
) as {
  nielsen: { sizes: number[]; seed: number; biases: number[][]; weights: number[][] };
  weights: Record<string, number[][]>;
};

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(1e-14);
  });
}

/** By the formulas of the issue, for 100 inputs and 44 neurons: 144 in all. */
const DEVIATIONS: Readonly<
  Record<Exclude<InitialiserName, 'constant' | 'orthogonal'>, [weights: number, biases: number]>
> = {
  nielsen: [0.1, 1],
  normal: [1, 1],
  nin: [0.1, 0],
  'xavier-normal': [Math.sqrt(2 / 144), 0],
  'xavier-uniform': [Math.sqrt(2 / 144), 0],
  'he-normal': [Math.sqrt(4 / 144), 0],
  'he-uniform': [Math.sqrt(4 / 144), 0],
  he2015: [Math.sqrt(0.02), 0],
  xavier4: [4 * Math.sqrt(2 / 144), 0],
};

const UNIFORM = ['xavier-uniform', 'he-uniform', 'xavier4'];

/** Layers of 100 inputs and 44 neurons, of several seeds, one after the other. */
function drawMany(initialiser: string): { weights: number[]; biases: number[] } {
  const layers = Array.from({ length: 20 }, (_, seed) =>
    initialise([100, 44], { initialiser, seed }),
  ).flatMap((network) => network.layers);
  return {
    weights: layers.flatMap(({ weights }) => [...weights]),
    biases: layers.flatMap(({ biases }) => [...biases]),
  };
}

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

  test.each(Object.entries(vectors.weights))('makes the %s weights of NumPy', (name, weights) => {
    const { layers } = initialise([3, 4, 2], { initialiser: name, seed: 7 });
    expect(layers).toHaveLength(weights.length);
    layers.forEach((layer, index) => {
      expectClose(layer.weights, weights[index] ?? []);
      expect(layer.biases).toEqual(new Float64Array(layer.nOut));
    });
  });

  test.each(Object.entries(DEVIATIONS))('%s has its moments', (name, [ofWeights, ofBiases]) => {
    const { weights, biases } = drawMany(name);
    // 88 000 weights: the mean is within 4 of its deviations, σ/297, and σ within 1 %.
    expect(Math.abs(mean(weights))).toBeLessThan((4 * ofWeights) / 296);
    expect(Math.abs(sampleStandardDeviation(weights) / ofWeights - 1)).toBeLessThan(0.01);
    // Excess kurtosis: 0 of the normal distribution, -1.2 of the uniform one.
    const kurtosis = UNIFORM.includes(name) ? -1.2 : 0;
    expect(Math.abs(sampleKurtosis(weights) - kurtosis)).toBeLessThan(0.1);
    if (ofBiases === 0) expect(new Set(biases)).toEqual(new Set([0]));
    else expect(Math.abs(sampleStandardDeviation(biases) / ofBiases - 1)).toBeLessThan(0.1);
  });

  test.each(UNIFORM)('%s stays within √3 of its deviations, and reaches them', (name) => {
    const [deviation] = DEVIATIONS[name as keyof typeof DEVIATIONS];
    const largest = drawMany(name).weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    expect(largest).toBeLessThanOrEqual(Math.sqrt(3) * deviation);
    expect(largest).toBeGreaterThan(0.999 * Math.sqrt(3) * deviation);
  });

  test('constant gives every weight the value', () => {
    const [layer] = initialise([5, 3], { initialiser: 'constant:-0.25', seed: 1 }).layers;
    expect(layer?.weights).toEqual(new Float64Array(15).fill(-0.25));
    expect(layer?.biases).toEqual(new Float64Array(3));
  });

  test('orthogonal has orthonormal rows, or columns where there are fewer, times s', () => {
    const width = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(width, width, fc.nat(), fc.constantFrom(0.5, 1, 3), (nIn, nOut, seed, s) => {
        const [layer] = initialise([nIn, nOut], { initialiser: `orthogonal:${s}`, seed }).layers;
        const w = Matrix.from1DArray(nOut, nIn, layer?.weights ?? []).div(s);
        const product = nOut <= nIn ? w.mmul(w.transpose()) : w.transpose().mmul(w);
        const error = product.sub(Matrix.eye(Math.min(nIn, nOut)));
        expect(Math.max(error.max(), -error.min())).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
  });

  test.each(Object.keys(INITIALISERS))('%s: equal networks for equal seeds only', (name) => {
    const { parameter } = INITIALISERS[name as InitialiserName] as { parameter?: unknown };
    const initialiser = parameter === undefined ? name : `${name}:0.5`;
    const network = (seed: number) => initialise([9, 4, 3], { initialiser, seed });
    expect(network(3)).toEqual(network(3));
    if (name !== 'constant') expect(network(3)).not.toEqual(network(4));
  });
});

describe('parseInitialiser', () => {
  test('takes a name, with a parameter where there is one', () => {
    expect(parseInitialiser('he2015')).toEqual({ name: 'he2015', parameter: Number.NaN });
    expect(parseInitialiser('constant:-1e-3')).toEqual({ name: 'constant', parameter: -0.001 });
    expect(parseInitialiser('orthogonal: 2')).toEqual({ name: 'orthogonal', parameter: 2 });
    expect(INITIALISER_FORMS).toContain('xavier4');
    expect(INITIALISER_FORMS).toContain('orthogonal:s');
  });

  test.each<[string, RegExp]>([
    ['he2016', /^Unknown initialiser "he2016"; did you mean "he2015"\?$/],
    ['zzz', /^Unknown initialiser "zzz"$/],
    ['', /^Unknown initialiser ""$/],
    ['toString', /^Unknown initialiser "toString"$/],
    ['normal:2', /^The initialiser "normal" takes no parameter, not "2"$/],
    ['normal:', /^The initialiser "normal" takes no parameter/],
    ['constant', /^The initialiser "constant" needs a parameter: constant:c$/],
    ['orthogonal:', /^The initialiser "orthogonal" needs a parameter: orthogonal:s$/],
    ['constant:NaN', /^The parameter c of "constant" is a number between -256 and 256, not "NaN"$/],
    ['constant:1x', /not "1x"$/],
    ['constant:256', /not "256"$/],
    ['constant:-Infinity', /not "-Infinity"$/],
    [
      'orthogonal:0',
      /^The parameter s of "orthogonal" is a number above 0 and below 256, not "0"$/,
    ],
    ['orthogonal:-1', /not "-1"$/],
    ['orthogonal:1:2', /not "1:2"$/],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseInitialiser(text)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(message) }),
    );
  });

  test('lists all there are when the name is none', () => {
    expect(() => parseInitialiser('zzz')).toThrow(
      expect.objectContaining({ hint: `--init takes one of: ${INITIALISER_FORMS.join(', ')}` }),
    );
  });
});
