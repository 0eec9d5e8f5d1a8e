import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS, WEIGHT_SCALE } from '../../../contract/formats.ts';
import type { FloatNetwork, IntegerNetwork } from '../../../contract/network.ts';
import { initialise } from '../../../host/data/initialisers.ts';
import { dequantise, quantise } from '../../../host/data/quantise.ts';

function networkOf(weights: number[], biases: number[]): FloatNetwork {
  const nOut = biases.length;
  const layer = { nIn: weights.length / nOut, nOut };
  return {
    layers: [{ ...layer, weights: Float64Array.from(weights), biases: Float64Array.from(biases) }],
  };
}

function firstLayer(network: FloatNetwork) {
  const [layer] = quantise(network, { cost: 'quadratic' }).layers;
  if (layer === undefined) throw new Error('no layer');
  return layer;
}

/** x · 2^-shift rounded to the nearest integer, ties up, in integers only. */
function roundShiftExactly(code: bigint, shift: bigint): bigint {
  return ((code << 1n) + (1n << shift)) >> (shift + 1n);
}

describe('quantise', () => {
  test.each<[weight: number, scale: number, code: number]>([
    [0, -15, 0],
    [1, 1, 16384],
    [-1, 0, -32768],
    [0.5, 0, 16384],
    [-0.5, -1, -32768],
    [32767 / 32768, 0, 32767],
    [32767.49 / 32768, 0, 32767],
    [32767.5 / 32768, 1, 16384],
    [-32768.5 / 32768, 0, -32768],
    [-32768.51 / 32768, 1, -16384],
    [2 ** -16, -15, 16384],
    [-256, 8, -32768],
    [255.9921875, 8, 32767],
  ])('gives the weight %d the scale %d and the code %d', (weight, scale, code) => {
    const layer = firstLayer(networkOf([weight], [0]));
    expect([layer.scale, ...layer.weights]).toEqual([scale, code]);
  });

  test('rounds ties towards +∞ and 0.5 - 2^-54 down', () => {
    const lsb = 2 ** -14;
    const near = (0.5 - 2 ** -54) * lsb;
    const layer = firstLayer(networkOf([1, 2.5 * lsb, -2.5 * lsb, near], [0]));
    expect([...layer.weights]).toEqual([16384, 3, -2, 0]);
  });

  test.each<[bias: number, scale: number]>([
    [1, -8],
    [-1, -9],
    [511, 0],
    [131071, 8],
  ])('lets the bias %d raise the scale to %d', (bias, scale) => {
    const layer = firstLayer(networkOf([0], [bias]));
    expect([layer.scale, ...layer.biases]).toEqual([scale, bias * 2 ** (22 - scale)]);
  });

  test('takes the smallest scale and is within half an LSB, checked in integers', () => {
    const value = fc.tuple(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.nat({ max: 30 }));
    const values = fc.array(value, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, value, fc.integer({ min: 34, max: 60 }), (w, b, fraction) => {
        const code = ([mantissa, shift]: [number, number]) => Math.trunc(mantissa / 2 ** shift);
        const float = (pair: [number, number]) => code(pair) * 2 ** -fraction;
        const { scale, weights, biases } = firstLayer(networkOf(w.map(float), [float(b)]));
        const exact = (s: number, target: number, pair: [number, number]) =>
          roundShiftExactly(BigInt(code(pair)) << 20n, BigInt(fraction - target + s + 20));
        expect([...weights].map(BigInt)).toEqual(w.map((pair) => exact(scale, 15, pair)));
        expect([...biases].map(BigInt)).toEqual([exact(scale, 22, b)]);
        if (scale === WEIGHT_SCALE.min) return;
        const fits =
          w.every(
            (pair) => BigInt.asIntN(16, exact(scale - 1, 15, pair)) === exact(scale - 1, 15, pair),
          ) && BigInt.asIntN(32, exact(scale - 1, 22, b)) === exact(scale - 1, 22, b);
        expect(fits).toBe(false);
      }),
    );
  });

  test('gives each layer its own scale and keeps shape, cost and activation', () => {
    const network = initialise([784, 30, 10], { initialiser: 'normal', seed: 2 });
    const { layers, cost } = quantise(network, { cost: 'cross-entropy' });
    expect(cost).toBe('cross-entropy');
    expect(
      layers.map(({ nIn, nOut, scale, activation }) => [nIn, nOut, scale, activation]),
    ).toEqual([
      [784, 30, 3, 'sigmoid'],
      [30, 10, 2, 'sigmoid'],
    ]);
  });

  test.each<[weights: number[], biases: number[], message: RegExp]>([
    [
      [1, 2, 3, 300],
      [0, 0],
      /^Layer 1: the weight of row 1, column 1 is 300; it would need scale 9, and the largest, 8, holds -256 … 255.9921875$/,
    ],
    [[1, 2, -256.5, 0], [0, 0], /row 1, column 0 is -256.5; it would need scale 9/],
    [[0, 0], [0, 131072], /^Layer 1: the bias of row 1 is 131072; it would need scale 9/],
    [[0, Number.NaN], [0], /^Layer 1: the weight of row 0, column 1 is NaN, not a finite number$/],
    [[0, 0, -Infinity, 0], [0, 0], /weight of row 1, column 0 is -Infinity/],
    [[0, 0], [0, Infinity], /^Layer 1: the bias of row 1 is Infinity/],
    [[Number.MAX_VALUE], [0], /it would need scale 1025/],
  ])('refuses weights %j with biases %j', (weights, biases, message) => {
    expect(() => firstLayer(networkOf(weights, biases))).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(message) }),
    );
  });

  test('names the second layer', () => {
    const [layer] = networkOf([1], [1]).layers;
    const [broken] = networkOf([Number.NaN], [1]).layers;
    const layers = [layer, broken].filter((entry) => entry !== undefined);
    expect(() => quantise({ layers }, { cost: 'quadratic' })).toThrow(/^Layer 2: /);
  });
});

describe('activations', () => {
  const [layer] = networkOf([0.5, 0.25], [0.125]).layers as [FloatNetwork['layers'][number]];
  const relu = { ...layer, activation: 'relu' as const };
  const cost = 'quadratic';

  test('an unbounded one reaches as far as z, or as it is told; the others ±1', () => {
    const names = ['tanh', 'relu', 'elu', 'identity', 'sigmoid'] as const;
    const layers = names.map((activation) => ({ ...layer, activation }));
    const scalesOf = (activationScales?: number[]) =>
      quantise({ layers }, { cost, activationScales }).layers.map((l) => l.activationScale);
    expect(scalesOf()).toEqual([0, 5, 5, 5, 0]);
    expect(scalesOf([1, 2, 3, 4, 5])).toEqual([0, 2, 3, 4, 0]);
  });

  test('biases are in the scale of the inputs of their own layer', () => {
    const activationScales = [2, 0];
    const { layers } = quantise({ layers: [relu, layer] }, { cost, activationScales });
    const [first, second] = layers;
    expect(second?.biases[0]).toBe((first?.biases[0] as number) / 4);
    expect(dequantise({ layers, cost }).layers.map(({ biases }) => biases[0])).toEqual([
      0.125, 0.125,
    ]);
  });

  test.each<[alpha: number, mantissa: number, exponent: number]>([
    [0, 0, 0],
    [1, 2 ** 15, 0],
    [0.5, 2 ** 15, 1],
    [0.25, 2 ** 15, 2],
    [1 - 2 ** -16, 2 ** 16 - 1, 1],
    [1 - 2 ** -18, 2 ** 15, 0],
    [0.01, 0xa3d7, 7],
    [2 ** -20, 2 ** 10, 15],
  ])('α = %d is %d · 2^(-15-%d)', (alpha, mantissa, exponent) => {
    const alphas = Float64Array.of(alpha);
    const { layers } = quantise({ layers: [{ ...relu, alphas }] }, { cost });
    expect(layers[0]?.alphas).toEqual(Int32Array.of(mantissa + exponent * 2 ** 16));
    const [back] = dequantise({ layers, cost }).layers;
    expect(back?.activation).toBe('relu');
    expect(back?.alphas?.[0]).toBe(mantissa * 2 ** (-15 - exponent));
    expect(Math.abs((back?.alphas?.[0] as number) - alpha)).toBeLessThanOrEqual(alpha * 2 ** -16);
  });
});

describe('dequantise', () => {
  test('gives values code · 2^(s - fraction)', () => {
    const network: IntegerNetwork = {
      cost: 'quadratic',
      layers: [
        {
          nIn: 2,
          nOut: 1,
          scale: -3,
          activation: 'sigmoid',
          activationScale: 0,
          weights: Int16Array.of(-32768, 5),
          biases: Int32Array.of(7),
        },
      ],
    };
    const [layer] = networkOf([-(2 ** -3), 5 * 2 ** -18], [7 * 2 ** -25]).layers;
    expect(dequantise(network)).toEqual({ layers: [{ ...layer, activation: 'sigmoid' }] });
  });

  test('is undone by quantise, for any codes whose scale is the smallest', () => {
    const weights = fc.int16Array({ minLength: 6, maxLength: 6 });
    const biases = fc.int32Array({ minLength: 2, maxLength: 2 });
    const scale = fc.integer({ min: WEIGHT_SCALE.min, max: WEIGHT_SCALE.max });
    fc.assert(
      fc.property(weights, biases, scale, (w, b, s) => {
        w[0] = 2 ** (FORMATS.weight.width - 1) - 1;
        const network: IntegerNetwork = {
          cost: 'cross-entropy',
          layers: [
            {
              nIn: 3,
              nOut: 2,
              scale: s,
              activation: 'sigmoid',
              activationScale: 0,
              weights: w,
              biases: b,
            },
          ],
        };
        expect(quantise(dequantise(network), { cost: 'cross-entropy' })).toEqual(network);
      }),
    );
  });
});
