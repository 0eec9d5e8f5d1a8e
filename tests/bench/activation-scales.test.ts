import { expect, test } from 'vitest';
import { chooseScales } from '../../bench/activation-scales.ts';
import type { FloatLayer } from '../../contract/network.ts';
import type { Dataset } from '../../host/data/mnist.ts';

/** One input of 0 and one of about 1; so z is the bias, and the bias and the weight. */
const data: Dataset = {
  ...{ name: 'two', count: 2, rows: 1, columns: 1 },
  images: Uint8Array.of(0, 255),
  labels: Uint8Array.of(0, 0),
};

function scaleOf(layer: Partial<FloatLayer>, weight: number, bias = 0): number | undefined {
  const weights = Float64Array.of(weight);
  const biases = Float64Array.of(bias);
  return chooseScales({ layers: [{ nIn: 1, nOut: 1, weights, biases, ...layer }] }, data)[0];
}

test.each([
  [0.5, 0],
  [0.99, 0],
  [1.01, 1],
  [1.99, 1],
  [3.9, 2],
  [15, 4],
  [40, 5],
])('z up to %d takes the scale %d', (reach, scale) => {
  expect(scaleOf({ activation: 'identity' }, reach)).toBe(scale);
  expect(scaleOf({ activation: 'identity' }, -reach)).toBe(scale);
});

test('z below zero counts where it is used', () => {
  expect(scaleOf({ activation: 'relu', alphas: Float64Array.of(0) }, 0.5, -9)).toBe(0);
  expect(scaleOf({ activation: 'relu' }, 0.5, -9)).toBe(0);
  expect(scaleOf({ activation: 'relu', alphas: Float64Array.of(0.1) }, 0.5, -9)).toBe(4);
  expect(scaleOf({ activation: 'elu', alphas: Float64Array.of(1) }, 0.5, -9)).toBe(0);
});

test('sigmoid and tanh have the scale 0', () => {
  expect([scaleOf({}, 9), scaleOf({ activation: 'tanh' }, 9)]).toEqual([0, 0]);
});
