import { expect, test } from 'vitest';
import { initialise } from '../../../host/data/initialisers.ts';
import { masterValues, startTraining } from '../../../host/data/masters.ts';
import { quantise } from '../../../host/data/quantise.ts';

const OPTIONS = { cost: 'quadratic', headroom: 2 } as const;
const float = initialise([20, 9, 4], { initialiser: 'nielsen', seed: 5 });

test('startTraining keeps weights to half an LSB of 32 bits, with headroom in the scale', () => {
  const trainable = startTraining(float, OPTIONS);
  const plain = quantise(float, OPTIONS);
  const values = masterValues(trainable);
  trainable.network.layers.forEach(({ scale, weights }, index) => {
    expect(scale).toBe(plain.layers[index]?.scale);
    expect(scale).toBe((quantise(float, { cost: 'quadratic' }).layers[index]?.scale ?? 0) + 2);
    const lsb = 2 ** (scale - 31);
    values.layers[index]?.weights.forEach((w, at) => {
      const asked = float.layers[index]?.weights[at] ?? 0;
      expect(Math.abs(w - asked)).toBeLessThanOrEqual(lsb / 2);
      // The upper half is the weight of the passes, to half of its own LSB.
      expect(Math.abs((weights[at] ?? 0) * lsb * 2 ** 16 - w)).toBeLessThanOrEqual(lsb * 2 ** 15);
    });
  });
  expect(trainable.states[0]?.weightSums.every((v) => v === 0)).toBe(true);
});

test('a weight at the end of the range is the largest code whose upper half fits', () => {
  const weights = Float64Array.of(0.99999999, -1);
  const layers = [{ nIn: 2, nOut: 1, weights, biases: new Float64Array(1) }];
  const { states, network } = startTraining({ layers }, { cost: 'quadratic' });
  // At scale 0 the first would round to 2^15: so the scale is 1.
  expect(network.layers[0]?.scale).toBe(1);
  expect([...(states[0]?.weights ?? [])]).toEqual([Math.round(0.99999999 * 2 ** 30), -(2 ** 30)]);
  expect([...(network.layers[0]?.weights ?? [])]).toEqual([2 ** 14, -(2 ** 14)]);
});
