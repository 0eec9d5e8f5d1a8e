import { describe, expect, test } from 'vitest';
import type { Gradient } from '../../contract/training.ts';
import { clipGradient, planClip } from '../../host/clip.ts';
import { type DescentOptions, planDescent } from '../../host/descent.ts';

const LAYERS = [
  { scale: 0, activationScale: 0, nIn: 2, nOut: 1 },
  { scale: 3, activationScale: 0, nIn: 1, nOut: 1 },
];
const DESCENT: DescentOptions = {
  ...{ learningRate: 0.5, decay: 0, images: 4, batch: 4, momentum: 0 },
};

const plan = (change: Partial<DescentOptions>) => {
  const descent = { ...DESCENT, ...change };
  return planClip(descent, planDescent(descent, LAYERS), LAYERS);
};
const vectors = (first: number[], second: number[]): Gradient[] =>
  [first, second].map((codes) => ({
    weightSums: Int32Array.from(codes.slice(0, -1)),
    biasSums: Int32Array.from(codes.slice(-1)),
  }));
const flat = (gradients: readonly Gradient[] = []) =>
  gradients.flatMap(({ weightSums, biasSums }) => [...weightSums, ...biasSums]);

test('planClip: one LSB of V in units of the mean gradient', () => {
  const descent = { ...DESCENT, clipNorm: 1 };
  const { gradientShift, step, stepShift } = planDescent(descent, LAYERS);
  expect(stepShift).toBe(0);
  // Decision 18: η/B = D · 2^E, γ = s - 47 - E - G.
  const E = -15 - stepShift - gradientShift;
  expect(step * 2 ** E).toBe(0.5 / 4);
  expect(plan({ clipNorm: 1 })?.units).toEqual([2 ** (-47 - E) / 4, 2 ** (3 - 47 - E) / 4]);
  expect(plan({})).toBeUndefined();
});

const PLAN = { units: [0.5, 4], clipValue: undefined, clipNorm: undefined, hasMomentum: false };

test('by value: elements beyond ±c become ±c in the units of their layer', () => {
  const sums = vectors([3, -2, 7], [1, -9]);
  const { gradients, elements } = clipGradient(sums, undefined, { ...PLAN, clipValue: 1.5 }) ?? {};
  // 1.5 is 3 in the first layer and 0.375, rounded 0, in the second.
  expect(flat(gradients)).toEqual([3, -2, 3, 0, 0]);
  expect(elements).toBe(3);
  expect(clipGradient(sums, undefined, { ...PLAN, clipValue: 36 })).toBeUndefined();
});

test('by norm: all layers by one factor, to the norm', () => {
  // Values 3, 0, 4 and 0, 12: norm 13.
  const sums = vectors([6000, 0, 8000], [0, -3000]);
  const clipped = clipGradient(sums, undefined, { ...PLAN, clipNorm: 1300 });
  expect(flat(clipped?.gradients)).toEqual([600, 0, 800, 0, -300]);
  expect(clipped?.elements).toBe(0);
  expect(clipGradient(sums, undefined, { ...PLAN, clipNorm: 13_000 })).toBeUndefined();
});

test('what momentum kept of earlier batches is not clipped', () => {
  const kept = vectors([100, -100, 0], [50, 50]);
  const sums = vectors([106, -100, 8], [50, 47]);
  const clipped = clipGradient(sums, kept, { ...PLAN, clipNorm: 6.5 });
  expect(flat(clipped?.gradients)).toEqual([103, -100, 4, 50, 50 - 1]);
  const limited = clipGradient(sums, kept, { ...PLAN, clipValue: 2, clipNorm: 1e9 });
  expect(flat(limited?.gradients)).toEqual([104, -100, 4, 50, 50 - 1]);
  expect(limited?.elements).toBe(3);
});

describe('planClip refuses', () => {
  test.each<[string, Partial<DescentOptions>, RegExp]>([
    ['0', { clipValue: 0 }, /^--clip-value 0 takes a number above 0/],
    ['below 0', { clipNorm: -1 }, /^--clip-norm -1 takes a number above 0/],
    ['no number', { clipNorm: Number.NaN }, /^--clip-norm NaN takes/],
    ['less than V holds', { clipValue: 1e-10 }, /below the last bit .* at least 1\.86e-9/],
    ['more than V holds', { clipValue: 7 }, /never clips: .* beyond 4\.00/],
    ['the same of norms', { clipNorm: 9 }, /--clip-norm 9 never clips: .* beyond 8\.94/],
  ])('%s', (_, change, message) => {
    expect(() => plan(change)).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(message) }),
    );
  });
});
