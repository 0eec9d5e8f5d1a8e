/**
 * The product of 100 random 4×4 matrices, read out by δ injection: 100 linear layers, from 10^25
 * down to 10^-175. A plain fixed-point device shows zeros here.
 */
import { median, quantile } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { compareWithFixed } from '../../bench/compare-fixed.ts';
import type { FloatNetwork, IntegerNetwork } from '../../contract/network.ts';
import { dequantise, quantise } from '../../host/data/quantise.ts';
import { randomState } from '../../host/data/random-state.ts';
import { measure } from '../../host/measure.ts';
import { sharedBoard } from './simulated.ts';

const SIZE = 4;
/** δ^1 = W2ᵀ … W101ᵀ δ^101: 100 matrices between 101 layers. */
const LAYERS = 101;
const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);
const ONE_HOT_EXPONENT = -14;

const open = sharedBoard('ulx3s-85f', 7);

describe.each([{ scale: 1 }, { scale: 0.01 }])('matrices of N(0, $scale)', ({ scale }) => {
  test(`golden/fixed exactly; within 0.1 % (median) and 1 % (95th percentile) of float64`, async () => {
    const device = await open();
    const errors: number[] = [];
    let largestExponent = Number.NEGATIVE_INFINITY;
    for (const seed of SEEDS) {
      const network = quantise(chain(seed, scale), {
        cost: 'quadratic',
        activation: 'identity',
      });
      const column = seed % SIZE;
      const delta = Array.from({ length: SIZE }, (_, j) => (j === column ? 2 ** 14 : 0));
      const injection = { layer: LAYERS, delta, exponent: ONE_HOT_EXPONENT };
      await device.loadNetwork(network, { injection });
      const inputs = [new Int32Array(SIZE)];
      const image = { codes: new Int16Array(SIZE), label: 0 };
      const measurement = await measure(device, [image], { observe: true });
      const fixed = compareWithFixed(network, { inputs, labels: [0], injection }, measurement);
      expect(fixed.firstDifference, `seed ${seed}`).toBeNull();

      const [first] = measurement.images[0]?.observation ?? [];
      const exponent = measurement.images[0]?.layers[0]?.deltaExponent ?? 0;
      const expected = product(network, column);
      const largest = Math.max(...expected.mantissas.map(Math.abs));
      const worst = expected.mantissas.map((mantissa, row) => {
        const got = (first?.deltas[row] ?? 0) * 2 ** (exponent - expected.exponent);
        return Math.abs(got - mantissa) / largest;
      });
      errors.push(Math.max(...worst));
      largestExponent = Math.max(
        largestExponent,
        Math.log10(largest) + expected.exponent * Math.log10(2),
      );
    }
    expect(median(errors)).toBeLessThanOrEqual(0.001);
    expect(quantile(errors, 0.95)).toBeLessThanOrEqual(0.01);
    // Where the slides say the product ends up, within the scatter of 100 seeds.
    if (scale === 1) expect(largestExponent).toBeGreaterThan(20);
    else expect(largestExponent).toBeLessThan(-160);
  });
});

function chain(seed: number, scale: number): FloatNetwork {
  const next = randomState(seed).normal;
  const layers = Array.from({ length: LAYERS }, () => ({
    nIn: SIZE,
    nOut: SIZE,
    weights: Float64Array.from({ length: SIZE * SIZE }, () => scale * next()),
    biases: new Float64Array(SIZE),
  }));
  return { layers };
}

/** Column of W2ᵀ … W101ᵀ in float64 with the same quantised weights, scaled as it goes. */
function product(network: IntegerNetwork, column: number) {
  let vector = Array.from({ length: SIZE }, (_, j): number => (j === column ? 1 : 0));
  let exponent = 0;
  for (const { weights } of dequantise(network).layers.slice(1).reverse()) {
    vector = vector.map((_, k) =>
      vector.reduce((sum, d, j) => sum + d * (weights[j * SIZE + k] as number), 0),
    );
    const shift = Math.floor(Math.log2(Math.max(...vector.map(Math.abs))));
    vector = vector.map((x) => x * 2 ** -shift);
    exponent += shift;
  }
  return { mantissas: vector, exponent };
}
