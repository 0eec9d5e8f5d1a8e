import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backpropagate, createPass } from '../../../golden/float64/network.ts';
import {
  backpropagateRounded,
  type DeltaFormat,
  roundDelta,
} from '../../../golden/formats/rounded-delta.ts';
import { initialise } from '../../../host/data/initialisers.ts';

const format = (kind: DeltaFormat['kind'], bits: number, rounding: DeltaFormat['rounding']) => ({
  ...{ kind, bits, rounding },
});

/** δ after rounding, and what was lost. */
function round(delta: number[], how: DeltaFormat) {
  const vector = Float64Array.from(delta);
  return { lost: roundDelta(vector, how), delta: Array.from(vector) };
}

describe('roundDelta', () => {
  test('plain: multiples of 2^-bits', () => {
    expect(round([0.3, -0.3, 0.1, 0], format('plain', 2, 'nearest'))).toEqual({
      delta: [0.25, -0.25, 0, 0],
      lost: 1,
    });
    expect(round([0.3, -0.3, -1e-9, 7.9], format('plain', 2, 'down'))).toEqual({
      delta: [0.25, -0.5, -0.25, 7.75],
      lost: 0,
    });
  });

  test('block: the largest element decides, and never has more than its bits', () => {
    // 4 bits: -8 … 7; the largest, 6.4, needs an LSB of 1.
    expect(round([6.4, -2.5, 0.4], format('block', 4, 'nearest'))).toEqual({
      delta: [6, -2, 0],
      lost: 1,
    });
    // 7.6 rounds to 8, which does not fit.
    expect(round([7.6], format('block', 4, 'nearest')).delta).toEqual([7]);
  });

  test.each(['nearest', 'down'] as const)(
    'block, %s: off by a share of the largest',
    (rounding) => {
      const elements = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1 });
      const exponents = fc.integer({ min: -900, max: 900 });
      const property = fc.property(
        elements,
        exponents,
        fc.integer({ min: 4, max: 20 }),
        (x, e, bits) => {
          const exact = x.map((element) => (Math.abs(element) < 1e-9 ? 0 : element) * 2 ** e);
          const largest = Math.max(...exact.map(Math.abs));
          const { delta } = round(exact, format('block', bits, rounding));
          delta.forEach((element, j) => {
            const error = Math.abs(element - (exact[j] ?? 0));
            // One LSB is at most the largest by 2^(bits - 2).
            expect(error).toBeLessThanOrEqual(largest * 2 ** (2 - bits));
          });
        },
      );
      fc.assert(property);
    },
  );
});

test('backpropagateRounded with enough bits is the exact backward pass', () => {
  const network = initialise([5, 7, 6, 4], { initialiser: 'nielsen', seed: 3 });
  const pass = createPass(network);
  const input = Float64Array.of(0.1, 0.9, 0, 0.4, 0.3);
  backpropagate(network, { input, label: 2, cost: 'cross-entropy' }, pass);
  const { delta, lost } = backpropagateRounded(network, pass, format('block', 50, 'nearest'));
  expect(lost).toBe(0);
  expect(delta).toHaveLength(3);
  delta.forEach((layer, index) => {
    layer.forEach((x, j) => {
      expect(x).toBeCloseTo(pass.delta[index]?.[j] ?? Number.NaN, 12);
    });
  });
  // Rounded at each layer, and not only where it is looked at.
  const { delta: coarse } = backpropagateRounded(network, pass, format('plain', 3, 'nearest'));
  expect(coarse.flatMap((layer) => Array.from(layer)).every((x) => Number.isInteger(8 * x))).toBe(
    true,
  );
});
