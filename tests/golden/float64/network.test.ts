import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActivationName, CostName, FloatNetwork } from '../../../contract/network.ts';
import { ACTIVATION_FUNCTIONS } from '../../../golden/float64/activations.ts';
import {
  alphaGradientOf,
  backpropagate,
  costOf,
  gradientOf,
} from '../../../golden/float64/network.ts';
import { sigmoid, sigmoidPrime } from '../../../golden/float64/sigmoid.ts';
import { initialise } from '../../../host/data/initialisers.ts';

const COSTS = ['cross-entropy', 'quadratic'] as const;
const ALL_COSTS = [...COSTS, 'log-likelihood'] as const;

function chain(weights: number[], biases: number[]): FloatNetwork {
  const layers = weights.map((weight, index) => ({
    nIn: 1,
    nOut: 1,
    weights: Float64Array.of(weight),
    biases: Float64Array.of(biases[index] ?? 0),
  }));
  return { layers };
}

const values = (vectors: readonly Float64Array[]) => vectors.map((vector) => [...vector]);

describe('backpropagate', () => {
  // z¹ = (1·1 - 2·½ + 0, 0·1 + 0·½ + 0) = (0, 0), a¹ = (½, ½),
  // z² = (2·½ - 4·½ + 1, 1·½ + 3·½ - 2) = (0, 0), a² = (½, ½), y = (0, 1).
  const network: FloatNetwork = {
    layers: [
      { nIn: 2, nOut: 2, weights: Float64Array.of(1, -2, 0, 0), biases: Float64Array.of(0, 0) },
      { nIn: 2, nOut: 2, weights: Float64Array.of(2, -4, 1, 3), biases: Float64Array.of(1, -2) },
    ],
  };
  const input = Float64Array.of(1, 0.5);

  test.each<[cost: CostName, delta: number[][]]>([
    // δ² = (½, -½); wᵀδ² = (2·½ - 1·½, -4·½ - 3·½) = (½, -3½); σ′ = ¼.
    [
      'cross-entropy',
      [
        [0.125, -0.875],
        [0.5, -0.5],
      ],
    ],
    // δ² = (½, -½) · ¼; δ¹ a quarter of the above.
    [
      'quadratic',
      [
        [0.03125, -0.21875],
        [0.125, -0.125],
      ],
    ],
  ])('computes a network of 2, 2, 2 as by hand, %s', (cost, delta) => {
    const pass = backpropagate(network, { input, label: 1, cost });
    expect(values(pass.z)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(values(pass.a)).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    expect(values(pass.delta)).toEqual(delta);
    const { weights, biases } = gradientOf(pass, input);
    const [[d0, d1] = [], [e0, e1] = []] = delta as [number[], number[]];
    expect(values(biases)).toEqual(delta);
    expect(values(weights)).toEqual([
      [d0, (d0 ?? 0) / 2, d1, (d1 ?? 0) / 2],
      [(e0 ?? 0) / 2, (e0 ?? 0) / 2, (e1 ?? 0) / 2, (e1 ?? 0) / 2],
    ]);
  });

  test('agrees with finite differences of the cost, every weight and bias, both costs', () => {
    const widths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(
        widths,
        fc.nat(),
        fc.constantFrom(...COSTS),
        fc.nat({ max: 6 }),
        (w, seed, cost, label) => {
          const net = initialise(w, { initialiser: 'normal', seed });
          const x = Float64Array.from({ length: w[0] ?? 0 }, (_, k) => Math.sin(k + seed));
          const example = { input: x, label, cost };
          const { weights, biases } = gradientOf(backpropagate(net, example), x);
          const compare = (parameters: Float64Array, gradient: Float64Array | undefined) => {
            parameters.forEach((value, i) => {
              const step = 1e-4;
              parameters[i] = value + step;
              const up = costOf(net, example);
              parameters[i] = value - step;
              const down = costOf(net, example);
              parameters[i] = value;
              const slope = (up - down) / (2 * step);
              expect(Math.abs((gradient?.[i] ?? Number.NaN) - slope)).toBeLessThan(1e-7);
            });
          };
          net.layers.forEach((layer, index) => {
            compare(layer.weights, weights[index]);
            compare(layer.biases, biases[index]);
          });
        },
      ),
    );
  });

  test('agrees with finite differences for every activation, also of α', () => {
    const hidden = Object.keys(ACTIVATION_FUNCTIONS) as ActivationName[];
    const lists = fc.array(fc.constantFrom(...hidden), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lists, fc.nat(), fc.constantFrom(...ALL_COSTS), (names, seed, cost) => {
        const output = cost === 'log-likelihood' ? 'identity' : 'sigmoid';
        const widths = [4, ...names.map((_, index) => 3 + index), 3];
        const random = initialise(widths, { initialiser: 'normal', seed });
        const layers = random.layers.map((layer, index) => {
          const alphas = Float64Array.from(layer.biases, (_, j) => (seed % (j + 2)) / (j + 2));
          return { ...layer, activation: names[index] ?? output, alphas };
        });
        const network = { layers };
        const x = Float64Array.of(0.3, -0.7, 0.9, 0.2);
        const example = { input: x, label: 1, cost };
        const pass = backpropagate(network, example);
        fc.pre(pass.z.every((z) => z.every((value) => Math.abs(value) > 1e-2)));
        const { weights, biases } = gradientOf(pass, x);
        const ofAlphas = alphaGradientOf(network, pass);
        layers.forEach((layer, index) => {
          const hasAlpha = ['relu', 'elu'].includes(layer.activation);
          expect(ofAlphas[index] !== undefined).toBe(hasAlpha);
          const gradients = [weights[index], biases[index], ofAlphas[index]];
          [layer.weights, layer.biases, hasAlpha ? layer.alphas : []].forEach(
            (parameters, kind) => {
              parameters.forEach((value, i) => {
                const step = 1e-5;
                parameters[i] = value + step;
                const up = costOf(network, example);
                parameters[i] = value - step;
                const down = costOf(network, example);
                parameters[i] = value;
                const slope = (up - down) / (2 * step);
                const error = Math.abs((gradients[kind]?.[i] ?? Number.NaN) - slope);
                expect(error).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
              });
            },
          );
        });
      }),
    );
  });

  test('refuses a cost of an output that is not sigmoid', () => {
    const { layers } = initialise([2, 1], { seed: 1 });
    const tanh = { layers: layers.map((layer) => ({ ...layer, activation: 'tanh' as const })) };
    const example = { input: Float64Array.of(1, 0), label: 0, cost: 'quadratic' as const };
    expect(() => backpropagate(tanh, example)).toThrow(/needs a sigmoid output/);
    expect(() => costOf(tanh, example)).toThrow(/needs a sigmoid output/);
  });

  test('gives a chain of one neuron a layer the product of NN&DL eq. 114', () => {
    const four = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(four, four, fc.double({ min: 0, max: 1, noNaN: true }), (w, b, x) => {
        const input = Float64Array.of(x);
        const { z, delta } = backpropagate(chain(w, b), { input, label: 0, cost: 'cross-entropy' });
        let a = x;
        let expected = 1;
        for (let layer = 0; layer < 4; layer += 1) {
          const zl = (w[layer] ?? 0) * a + (b[layer] ?? 0);
          expect(z[layer]?.[0]).toBeCloseTo(zl, 13);
          a = sigmoid(zl);
          expected *= layer < 3 ? sigmoidPrime(zl) * (w[layer + 1] ?? 0) : -sigmoid(-zl);
        }
        const actual = delta[0]?.[0] ?? Number.NaN;
        expect(Math.abs(actual - expected)).toBeLessThanOrEqual(
          1e-12 * Math.abs(expected) + 1e-300,
        );
      }),
    );
  });

  test('has an output error of the right size where a is 1 in float64', () => {
    const example = { input: Float64Array.of(1), label: 0, cost: 'cross-entropy' } as const;
    const { a, delta } = backpropagate(chain([50], [0]), example);
    expect(a[0]?.[0]).toBe(1);
    expect((delta[0]?.[0] ?? 0) / -1.9287498479639178e-22).toBeCloseTo(1, 13);
  });

  test('takes y as all zeros for a label beyond the outputs', () => {
    const example = { input: Float64Array.of(0), label: 1, cost: 'cross-entropy' } as const;
    expect(values(backpropagate(chain([1], [0]), example).delta)).toEqual([[0.5]]);
  });

  test('gives the same in a pass that was used before, and leaves its gradient alone', () => {
    const net = initialise([5, 4, 3], { seed: 1 });
    const examples = [1, 2].map((label) => ({
      input: Float64Array.of(1, label, 0, 0.5, 0.25),
      label,
      cost: 'quadratic' as const,
    }));
    const [first, second] = examples;
    if (first === undefined || second === undefined) throw new Error('two examples');
    const used = backpropagate(net, first);
    const gradient = gradientOf(used, first.input);
    expect(backpropagate(net, second, used)).toEqual(backpropagate(net, second));
    expect(gradient).toEqual(gradientOf(backpropagate(net, first), first.input));
  });

  test('refuses an input of another width', () => {
    const example = { input: new Float64Array(2), label: 0, cost: 'quadratic' } as const;
    expect(() => backpropagate(chain([1], [0]), example)).toThrow(/1 inputs, not 2$/);
  });
});

describe('costOf', () => {
  test.each<[cost: CostName, z: number, label: number, expected: number]>([
    ['cross-entropy', 0, 0, Math.LN2],
    ['cross-entropy', 800, 0, 0],
    ['cross-entropy', 800, 1, 800],
    ['cross-entropy', -800, 0, 800],
    ['quadratic', 0, 0, 0.125],
    ['quadratic', 800, 1, 0.5],
  ])('%s at z = %d with label %d is %d', (cost, z, label, expected) => {
    const example = { input: Float64Array.of(1), label, cost };
    expect(costOf(chain([z], [0]), example)).toBeCloseTo(expected, 14);
  });
});
