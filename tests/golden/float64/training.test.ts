/** `descend` against central differences of C and against NN&DL's equations written out. */
import { expect, test } from 'vitest';
import type { FloatNetwork } from '../../../contract/network.ts';
import { costOf } from '../../../golden/float64/network.ts';
import {
  type DescentSettings,
  descend,
  startDescent,
  type TrainingExample,
} from '../../../golden/float64/training.ts';
import { initialise } from '../../../host/data/initialisers.ts';

const PLAIN: DescentSettings = {
  ...{ cost: 'cross-entropy', learningRate: 0.5, decay: 0, images: 12, momentum: 0 },
};
const NUDGE = 1e-6;

const examples: TrainingExample[] = Array.from({ length: 4 }, (_, image) => ({
  pixels: Uint8Array.from({ length: 6 }, (_, k) =>
    image === k ? 0 : (37 * (image + 2) * k) % 256,
  ),
  label: image % 3,
}));

const network = (): FloatNetwork => initialise([6, 5, 3], { initialiser: 'nielsen', seed: 3 });

/** The mean of C over the examples. */
function meanCost(of: FloatNetwork, cost: DescentSettings['cost']): number {
  const total = examples.reduce((sum, { pixels, label }) => {
    const input = Float64Array.from(pixels, (pixel) => pixel / 256);
    return sum + costOf(of, { input, label, cost });
  }, 0);
  return total / examples.length;
}

/** ∂C/∂x of every weight and bias, by central differences. */
function slopes(of: FloatNetwork, cost: DescentSettings['cost']): number[] {
  return parameters(of).flatMap((values) =>
    Array.from(values, (value, at) => {
      const costAt = (x: number) => {
        values[at] = x;
        return meanCost(of, cost);
      };
      const slope = (costAt(value + NUDGE) - costAt(value - NUDGE)) / (2 * NUDGE);
      values[at] = value;
      return slope;
    }),
  );
}

function parameters({ layers }: FloatNetwork): Float64Array[] {
  return layers.flatMap(({ weights, biases }) => [weights, biases]);
}

const flat = (of: FloatNetwork) => parameters(of).flatMap((values) => [...values]);

test.each(['cross-entropy', 'quadratic'] as const)(
  'descend moves every weight and bias by −η ∂C/∂x, %s',
  (cost) => {
    const descent = startDescent(network());
    const before = flat(descent.network);
    const expected = slopes(descent.network, cost);
    descend(descent, examples, { ...PLAIN, cost });
    flat(descent.network).forEach((value, at) => {
      const moved = (before[at] as number) - value;
      expect(moved).toBeCloseTo(PLAIN.learningRate * (expected[at] as number), 8);
    });
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-3);
  },
);

test('weights decay by ηλ/n, biases do not', () => {
  const [plain, decayed] = [startDescent(network()), startDescent(network())];
  const before = network();
  descend(plain, examples, PLAIN);
  descend(decayed, examples, { ...PLAIN, decay: 6 });
  const share = (PLAIN.learningRate * 6) / PLAIN.images;
  decayed.network.layers.forEach(({ weights, biases }, index) => {
    const [without, start] = [plain.network.layers[index], before.layers[index]];
    expect([...biases]).toEqual([...(without?.biases ?? [])]);
    weights.forEach((w, at) => {
      expect(w).toBeCloseTo((without?.weights[at] ?? 0) - share * (start?.weights[at] ?? 0), 12);
    });
  });
});

test('momentum adds μ times the step before', () => {
  const momentum = 0.75;
  const descent = startDescent(network());
  const start = flat(descent.network);
  descend(descent, examples, { ...PLAIN, momentum });
  const first = flat(descent.network);
  // The second step without momentum, from the same weights.
  const plain = startDescent(descent.network);
  descend(plain, examples, PLAIN);
  descend(descent, examples, { ...PLAIN, momentum });
  const alone = flat(plain.network);
  flat(descent.network).forEach((value, at) => {
    const before = (first[at] as number) - (start[at] as number);
    expect(value).toBeCloseTo((alone[at] as number) + momentum * before, 12);
  });
});

test('descend leaves the network it was started from, and returns its norms', () => {
  const given = network();
  const before = flat(given);
  const norms = descend(startDescent(given), examples, PLAIN);
  expect(flat(given)).toEqual(before);
  const slope = slopes(given, PLAIN.cost);
  const biases = slope.slice(30, 35).concat(slope.slice(-3));
  expect(norms[0]?.normOfMean).toBeCloseTo(Math.hypot(...biases.slice(0, 5)), 8);
  expect(norms[1]?.normOfMean).toBeCloseTo(Math.hypot(...biases.slice(5)), 8);
  expect(() => descend(startDescent(given), [], PLAIN)).toThrow(/at least one/);
});

/** What a step of η = 1 takes from each parameter: the mean gradient as it was clipped. */
function gradientWith(limits: Pick<DescentSettings, 'clipValue' | 'clipNorm'>): number[] {
  const descent = startDescent(network());
  const before = flat(descent.network);
  descend(descent, examples, { ...PLAIN, learningRate: 1, ...limits });
  return flat(descent.network).map((value, at) => (before[at] as number) - value);
}

test('the mean gradient is clipped by value, then by its norm over all layers', () => {
  const whole = gradientWith({});
  const clamped = whole.map((slope) => Math.min(0.05, Math.max(-0.05, slope)));
  expect(clamped).not.toEqual(whole);
  const length = Math.hypot(...whole);
  const close = (found: number[], expected: number[]) =>
    found.forEach((slope, at) => {
      expect(slope).toBeCloseTo(expected[at] as number, 12);
    });
  close(gradientWith({ clipValue: 0.05 }), clamped);
  close(
    gradientWith({ clipNorm: length / 4 }),
    whole.map((slope) => slope / 4),
  );
  close(gradientWith({ clipNorm: length * 2 }), whole);
  const rest = Math.hypot(...clamped);
  close(
    gradientWith({ clipValue: 0.05, clipNorm: rest / 1.5 }),
    clamped.map((slope) => slope / 1.5),
  );
});
