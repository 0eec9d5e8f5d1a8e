/** `passNormalised` against central differences of C, and what normalising cannot see. */
import { expect, test } from 'vitest';
import type { FloatNetwork } from '../../../contract/network.ts';
import { meanOfImages, passNormalised } from '../../../golden/float64/batch-norm.ts';
import { initialise } from '../../../host/data/initialisers.ts';
import { randomState } from '../../../host/data/random-state.ts';

const NUDGE = 1e-5;
const { uniform } = randomState(7);
const batch = {
  inputs: Array.from({ length: 8 }, () => Float64Array.from({ length: 5 }, uniform)),
  labels: [0, 1, 2, 0, 1, 2, 0, 1],
  cost: 'cross-entropy',
} as const;

const network = (): FloatNetwork => initialise([5, 6, 4, 3], { initialiser: 'nielsen', seed: 2 });

test.each(['cross-entropy', 'quadratic'] as const)(
  'the mean of δ of passNormalised is ∂C/∂b, %s',
  (cost) => {
    const of = network();
    const { delta } = passNormalised(of, { ...batch, cost });
    of.layers.forEach(({ biases }, index) => {
      const expected = biases.map((bias, j) => {
        const costAt = (x: number) => {
          biases[j] = x;
          return passNormalised(of, { ...batch, cost }).cost;
        };
        const slope = (costAt(bias + NUDGE) - costAt(bias - NUDGE)) / (2 * NUDGE);
        biases[j] = bias;
        return slope;
      });
      const found = meanOfImages(delta[index] ?? []);
      found.forEach((x, j) => {
        expect(x, `layer ${index + 1}, unit ${j}`).toBeCloseTo(expected[j] as number, 8);
      });
    });
  },
);

test('passNormalised does not see the scale of the hidden weights', () => {
  const scaled = {
    layers: network().layers.map((layer, index, { length }) =>
      index === length - 1 ? layer : { ...layer, weights: layer.weights.map((w) => 16 * w) },
    ),
  };
  const [one, other] = [passNormalised(network(), batch), passNormalised(scaled, batch)];
  expect(other.cost).toBeCloseTo(one.cost, 5);
  one.delta[0]?.[0]?.forEach((x, j) => {
    expect(other.delta[0]?.[0]?.[j]).toBeCloseTo(x, 5);
  });
});
