import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS, NO_EXPONENT } from '../../../contract/formats.ts';
import type { CostName, IntegerLayer, IntegerNetwork } from '../../../contract/network.ts';
import {
  backElements,
  backpropagate,
  blockNormalise,
  type FixedLayer,
  outputElement,
  weightedInputs,
} from '../../../golden/fixed/network.ts';
import { sigmoid } from '../../../golden/fixed/sigmoid.ts';

const WEIGHT_ONE = 2 ** FORMATS.weight.fraction;
const BIAS_ONE = 2 ** FORMATS.bias.fraction;
const ACTIVATION_ONE = 2 ** FORMATS.activation.fraction;
const Z_ONE = 2 ** FORMATS.z.fraction;
const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;

/** A layer from real weights (rows of neurons) and biases; everything below must be exact. */
function layer(weights: number[][], biases: number[], scale = 0): IntegerLayer {
  return {
    nIn: weights[0]?.length ?? 0,
    nOut: weights.length,
    scale,
    activation: 'sigmoid',
    activationScale: 0,
    weights: Int16Array.from(weights.flat(), (w) => (w / 2 ** scale) * WEIGHT_ONE),
    biases: Int32Array.from(biases, (b) => (b / 2 ** scale) * BIAS_ONE),
  };
}

function network(layers: IntegerLayer[], cost: CostName = 'cross-entropy'): IntegerNetwork {
  return { layers, cost };
}

const values = ({ delta, deltaExponent }: FixedLayer) =>
  Array.from(delta, (m) => m * 2 ** deltaExponent);
const activations = (...a: number[]) => Int32Array.from(a, (x) => x * ACTIVATION_ONE);
const sigma = (z: number) => 1 / (1 + Math.exp(-z));

describe('weightedInputs', () => {
  test('adds weights, inputs and bias at any scale', () => {
    const input = activations(0.5, -0.25, 0);
    for (const scale of [0, 1, 3, 8]) {
      const { z, saturated } = weightedInputs(
        layer(
          [
            [0.5, 0.25, 0.75],
            [-0.5, -0.5, 0.125],
          ],
          [0.5, -1],
          scale,
        ),
        input,
      );
      // 0.25 - 0.0625 + 0.5 and -0.25 + 0.125 - 1.
      expect(Array.from(z, (code) => code / Z_ONE)).toEqual([0.6875, -1.125]);
      expect(saturated).toBe(0);
    }
  });

  test('rounds once, ties towards +infinity', () => {
    const half = { ...layer([[0]], [0]), biases: Int32Array.of(2 ** 7) }; // half an LSB of z
    expect(weightedInputs(half, activations(0)).z[0]).toBe(1);
    const minusHalf = { ...half, biases: Int32Array.of(-(2 ** 7)) };
    expect(weightedInputs(minusHalf, activations(0)).z[0]).toBe(0);
  });

  test('saturates symmetrically just under 32, and counts', () => {
    const { z, saturated } = weightedInputs(
      layer([[0], [0], [0]], [100, -100, 31], 8),
      activations(0),
    );
    expect(Array.from(z)).toEqual([Z_MAX, -Z_MAX, 31 * Z_ONE]);
    expect(saturated).toBe(2);
  });

  test('equals BigInt for any codes', () => {
    const codes = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 });
    const biases = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(codes, codes), { minLength: 1, maxLength: 40 }),
        biases,
        fc.integer({ min: -15, max: 8 }),
        (pairs, bias, scale) => {
          const one: IntegerLayer = {
            nIn: pairs.length,
            nOut: 1,
            scale,
            activation: 'sigmoid',
            activationScale: 0,
            weights: Int16Array.from(pairs, ([w]) => w),
            biases: Int32Array.of(bias),
          };
          const exact = pairs.reduce(
            (sum, [w, a]) => sum + BigInt(w) * BigInt(a),
            BigInt(bias) << 8n,
          );
          const rounded = Number(((exact >> BigInt(15 - scale)) + 1n) >> 1n);
          const clamped = Math.max(-Z_MAX, Math.min(Z_MAX, rounded));
          const { z, saturated } = weightedInputs(
            one,
            Int32Array.from(pairs, ([, a]) => a),
          );
          expect([z[0], saturated]).toEqual([clamped, clamped === rounded ? 0 : 1]);
        },
      ),
    );
  });
});

describe('outputElement', () => {
  const value = (z: number, isTarget: boolean, cost: CostName) => {
    const code = z * Z_ONE;
    const { product, exponent } = outputElement(code, sigmoid(code), isTarget, cost);
    return product * 2 ** (exponent - 31);
  };

  test.each([0, 0.5, -0.5, 3, -3, 12, -12])('keeps its relative error at z = %d', (z) => {
    const a = sigma(z);
    const slope = a * sigma(-z);
    for (const isTarget of [false, true]) {
      const error = isTarget ? -sigma(-z) : a;
      const entropy = value(z, isTarget, 'cross-entropy');
      expect(Math.abs(entropy / error - 1)).toBeLessThan(1e-3);
      expect(Math.abs(value(z, isTarget, 'quadratic') / (error * slope) - 1)).toBeLessThan(2e-3);
    }
  });
});

test('outputElement keeps the upper 20 bits of mantissa times slope', () => {
  const s = { ...sigmoid(0), tail: 40_001, tailExponent: 3, slope: 50_001, slopeExponent: 2 };
  const magnitude = 20_001; // half of the tail, rounded
  for (const isTarget of [false, true]) {
    const error = isTarget ? -magnitude : magnitude;
    expect(outputElement(isTarget ? 0 : -1, s, isTarget, 'quadratic')).toEqual({
      product: Math.floor((error * s.slope) / 2 ** 12),
      exponent: 13 - s.tailExponent - s.slopeExponent,
    });
  }
});

describe('blockNormalise', () => {
  test('shares the exponent of the largest element', () => {
    const elements = [
      { product: 2 ** 18, exponent: 5 },
      { product: -3, exponent: 5 },
      { product: 1, exponent: -40 },
      { product: 0, exponent: 90 },
    ];
    const result = blockNormalise(elements, -30);
    // 2^18 needs 20 bits, 3 more than fit; -3 / 16 rounds to 0 and so does the third.
    expect(Array.from(result.delta)).toEqual([2 ** 14, 0, 0, 0]);
    expect(result).toMatchObject({ deltaExponent: -22, roundedToZero: 2, deltaSaturated: 0 });
    expect(result.sumSquares).toBe(2 ** 28);
  });

  test('clamps a mantissa that rounds up to 2^15, and counts it', () => {
    const result = blockNormalise([{ product: 65535, exponent: 0 }], 0);
    expect(result).toMatchObject({ deltaExponent: 0, deltaSaturated: 1 });
    expect(Array.from(result.delta)).toEqual([32767]);
  });

  test('leaves what is shorter than a mantissa where it is', () => {
    const result = blockNormalise([{ product: 2 * 100, exponent: 7 }], 0);
    expect(result).toMatchObject({ deltaExponent: 7, deltaSaturated: 0, roundedToZero: 0 });
    expect(Array.from(result.delta)).toEqual([100]);
  });

  test('rounds every mantissa once, from the exact product', () => {
    const full = fc.tuple(fc.integer({ min: 2 ** 14, max: 2 ** 15 - 1 }), fc.boolean());
    const slopes = fc.integer({ min: 2 ** 14, max: 2 ** 16 - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(full, slopes), { minLength: 1, maxLength: 5 }), (list) => {
        const products = list.map(([[m, negative], slope]) => (negative ? -m : m) * slope);
        const elements = products.map((p) => ({ product: Math.floor(p / 2 ** 12), exponent: 13 }));
        const { delta, deltaExponent } = blockNormalise(elements, 0);
        const once = products.map((p) => Math.floor(p / 2 ** deltaExponent + 0.5));
        expect(Array.from(delta)).toEqual(once.map((m) => Math.min(m, 2 ** 15 - 1)));
      }),
    );
  });

  test('gives zeros NO_EXPONENT whatever the base', () => {
    const zero = { product: 0, exponent: 3 };
    const result = blockNormalise([zero, zero], 1234);
    expect(result).toMatchObject({ deltaExponent: NO_EXPONENT, sumSquares: 0, roundedToZero: 0 });
    expect(Array.from(result.delta)).toEqual([0, 0]);
  });
});

describe('backElements', () => {
  test('multiplies the transposed weights by δ and the slopes', () => {
    const above = layer(
      [
        [0.5, -0.25],
        [0.25, 0],
      ],
      [0, 0],
    );
    const elements = backElements(
      above,
      Int32Array.of(100, -20),
      Int32Array.of(2 ** 14, 5 * 2 ** 13),
      Int32Array.of(1, 2),
    );
    // 0.5 · 100 - 0.25 · 20 = 45 and -25, in weights' units of 2^-15, as 16 bit mantissas.
    const real = elements.map(({ product, exponent }) => product * 2 ** (exponent - 16));
    expect(real).toEqual([(45 * 2 ** 14) / 2, (-25 * 5 * 2 ** 13) / 4]);
  });
});

describe('backpropagate', () => {
  test.each(['cross-entropy', 'quadratic'] as const)('computes BP1 by hand, %s', (cost) => {
    const net = network([layer([[0.5], [-0.5]], [0, 0.5])], cost);
    const [output] = backpropagate(net, activations(0.5), 1) as [FixedLayer];
    expect(Array.from(output.z, (code) => code / Z_ONE)).toEqual([0.25, 0.25]);
    const a = sigma(0.25);
    const factor = cost === 'quadratic' ? a * (1 - a) : 1;
    const [other, target] = values(output) as [number, number];
    expect(Math.abs(other / (a * factor) - 1)).toBeLessThan(5e-4);
    expect(Math.abs(target / ((a - 1) * factor) - 1)).toBeLessThan(5e-4);
    const sum = output.delta.reduce((total, m) => total + m * m, 0);
    expect(output.sumSquares).toBe(sum);
  });

  test('computes BP2 by hand through two layers', () => {
    const net = network([layer([[0.5], [-0.5]], [0, 0]), layer([[0.75, -0.25]], [0.5])]);
    const [hidden, output] = backpropagate(net, activations(0.5), 0) as [FixedLayer, FixedLayer];
    const [a1, a2] = [sigma(0.25), sigma(-0.25)];
    const a = sigma(0.75 * a1 - 0.25 * a2 + 0.5);
    const expected = [0.75 * (a - 1) * a1 * (1 - a1), -0.25 * (a - 1) * a2 * (1 - a2)];
    expect(Math.abs((values(output)[0] as number) / (a - 1) - 1)).toBeLessThan(5e-4);
    values(hidden).forEach((value, k) => {
      expect(Math.abs(value / (expected[k] as number) - 1)).toBeLessThan(1e-3);
    });
  });

  test('needs only the biases when the input is all zero', () => {
    const net = network([layer([[0.5, 0.25]], [-2])]);
    const [output] = backpropagate(net, activations(0, 0), 0) as [FixedLayer];
    expect(output.z[0]).toBe(-2 * Z_ONE);
    expect(output.activation[0]).toBe(sigmoid(-2 * Z_ONE).activation);
  });

  test('passes zeros on: all weights zero above means NO_EXPONENT below, and further below', () => {
    const first = layer([[0.5], [0.25]], [0, 0]);
    const second = layer([[0.5, 0.5]], [0]);
    const dead = layer([[0], [0]], [1, -1]);
    const layers = backpropagate(network([first, second, dead]), activations(0.5), 0);
    expect(layers.map(({ deltaExponent }) => deltaExponent === NO_EXPONENT)).toEqual([
      true,
      true,
      false,
    ]);
    for (const { delta, sumSquares, roundedToZero } of layers.slice(0, 2)) {
      expect(delta.every((m) => m === 0)).toBe(true);
      expect([sumSquares, roundedToZero]).toEqual([0, 0]);
    }
  });

  test('takes an injected δ as it is', () => {
    const net = network([layer([[0.5], [0.25]], [0, 0]), layer([[0.5, 0.25]], [0])]);
    const injection = { layer: 1, delta: [1, -300], exponent: -9 };
    const [hidden, output] = backpropagate(net, activations(0.5), injection) as [
      FixedLayer,
      FixedLayer,
    ];
    expect(hidden).toMatchObject({ deltaExponent: -9, roundedToZero: 0, sumSquares: 90_001 });
    expect(Array.from(hidden.delta)).toEqual([1, -300]);
    expect(output.deltaExponent).toBe(NO_EXPONENT);
  });

  test('has one negative output error, at the label', () => {
    const net = network([layer([[0.5], [-0.5], [0.25], [0]], [0, 1, -1, 0])]);
    for (let label = 0; label < 4; label++) {
      const [output] = backpropagate(net, activations(0.5), label) as [FixedLayer];
      const signs = Array.from(output.delta, Math.sign);
      expect(signs).toEqual([0, 1, 2, 3].map((j) => (j === label ? -1 : 1)));
    }
  });
});
