import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DescentOptions, planDescent } from '../../host/descent.ts';

const NIELSEN: DescentOptions = {
  ...{ learningRate: 0.1, decay: 5, images: 1000, batch: 1000, momentum: 0 },
};
const LAYERS = [0, 1, 1].map((scale) => ({ scale, activationScale: 0 }));

test('planDescent: Nielsen’s settings', () => {
  expect(planDescent(NIELSEN, LAYERS)).toEqual({
    // 0.1 / 1000 = 26844 · 2^-28, and G = floor(0 - 2 + 3.32).
    ...{ step: 26844, stepShift: 1, gradientShift: -15 + 28 - 1 },
    // 0.1 · 5 / 1000 = 16777 · 2^(-15 - 10).
    ...{ decay: 16777, decayShift: 10, momentum: 0 },
  });
});

test('planDescent leaves room for inputs that reach further', () => {
  const wide = LAYERS.map((layer) => ({ ...layer, activationScale: 3 }));
  const { stepShift, gradientShift } = planDescent({ ...NIELSEN, learningRate: 0.01 }, wide);
  // min(0, 1 - 3, 1 - 3) - 2 + 6.64; 0.01 / 1000 = 21475 · 2^-31.
  expect([stepShift, gradientShift]).toEqual([2, -15 + 31 - 2]);
});

test('planDescent holds η/B, ηλ/n and μ to 15 bits, and its codes fit the registers', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -6, max: 1, noNaN: true }),
      fc.double({ min: 1e-3, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (log, decay, batch, batches, momentum) => {
        const learningRate = 10 ** log;
        const images = batch * batches;
        const share = (learningRate * decay) / images;
        fc.pre(share < 0.99 && share > 1e-8);
        const plan = planDescent({ learningRate, decay, images, batch, momentum }, LAYERS);
        const E = -15 - plan.stepShift - plan.gradientShift;
        expect(Math.abs((plan.step * 2 ** E * batch) / learningRate - 1)).toBeLessThan(2 ** -15);
        const held = plan.decay * 2 ** (-15 - plan.decayShift);
        expect(Math.abs(held / share - 1)).toBeLessThan(2 ** -15);
        expect(Math.abs(plan.momentum / 2 ** 15 - momentum)).toBeLessThanOrEqual(2 ** -16);
        for (const mantissa of [plan.step, plan.decay]) {
          expect(mantissa >= 2 ** 14 && mantissa < 2 ** 15).toBe(true);
        }
        expect(plan.stepShift >= 0 && plan.stepShift <= 15).toBe(true);
        expect(plan.decayShift >= 0 && plan.decayShift < 64).toBe(true);
      },
    ),
  );
});

describe('planDescent refuses', () => {
  test.each<[string, Partial<DescentOptions>, RegExp]>([
    ['η of 0', { learningRate: 0 }, /^--eta 0 takes a number above 0/],
    ['η below 0', { learningRate: -0.1 }, /^--eta -0.1 takes/],
    ['no η', { learningRate: Number.NaN }, /^--eta NaN takes/],
    ['η that would fill V', { learningRate: 300 }, /too large for weights below 1 \(layer 1\)/],
    ['η below the last bit', { learningRate: 1e-10 }, /too small to change the last bit/],
    ['λ below 0', { decay: -1 }, /^--lambda -1 takes a number from 0 up/],
    ['λ that takes all', { decay: 10_000 }, /takes away 1 of a weight at each step/],
    ['λ that takes nothing', { decay: 1e-9 }, /--lambda 1e-9 is too small/],
    ['μ of 1', { momentum: 1 }, /^--momentum 1 takes a number from 0 to below/],
    ['μ that rounds to 1', { momentum: 0.99999 }, /^--momentum 0.99999 takes/],
    ['μ below 0', { momentum: -0.1 }, /^--momentum -0.1 takes/],
    ['a batch of 0', { batch: 0 }, /^--batch 0 takes a whole number/],
    ['a batch of more than Σδ holds', { batch: 65536 }, /1 to 65535/],
    ['batches that leave a rest', { batch: 300 }, /--batch 300 must divide the 1000 images/],
    ['more images than are counted', { images: 70_000, batch: 1000 }, /65535 at most/],
  ])('%s', (_, change, message) => {
    expect(() => planDescent({ ...NIELSEN, ...change }, LAYERS)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(message) }),
    );
  });
});
