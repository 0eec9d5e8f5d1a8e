/** Ratios of two results: what is exact, what is noise, what fails. */
import { expect, test } from 'vitest';
import { compareBench, compareCycles, isNoise, isRegression } from '../../bench/compare-bench.ts';
import type { BenchResult, CyclesResult } from '../../contract/bench.ts';
import { MODE, repeats, VALID, withMode } from './bench-result.ts';

function slower(cycles: number): BenchResult {
  return withMode({
    batches: MODE.batches.map(({ images }) => ({
      images,
      repeats: repeats(images, { cycles: cycles * images }),
    })),
  });
}

function withFmax(fmaxHz: number): BenchResult {
  return { ...VALID, builds: VALID.builds.map((build) => ({ ...build, fmaxHz })) };
}

function regressions(old: BenchResult, now: BenchResult, threshold = 0): string[] {
  return compareBench(old, now)
    .filter((ratio) => isRegression(ratio, threshold))
    .map(({ what }) => what);
}

test('a result is the same as itself', () => {
  const ratios = compareBench(VALID, VALID);
  expect(ratios.length).toBeGreaterThan(8);
  expect(ratios.every(({ ratio }) => ratio === 1)).toBe(true);
  expect(regressions(VALID, VALID)).toEqual([]);
});

test('one cycle more of 500 is seen, unless the threshold lets it pass', () => {
  expect(regressions(VALID, slower(501))).toEqual([
    'ulx3s-85f, [784,30,10], measure, 1 images',
    'ulx3s-85f, [784,30,10], measure, 100 images',
  ]);
  expect(regressions(VALID, slower(501), 0.01)).toEqual([]);
  expect(regressions(VALID, slower(499))).toEqual([]);
});

test('Fmax and area have a tolerance, to the worse side only', () => {
  expect(regressions(VALID, withFmax(54e6))).toEqual([]);
  expect(regressions(VALID, withFmax(50e6))).toEqual(['ulx3s-85f, Fmax (median)']);
  expect(regressions(VALID, withFmax(80e6))).toEqual([]);
  const larger = { ...VALID, builds: VALID.builds.map((build) => ({ ...build, luts: 31_000 })) };
  expect(regressions(VALID, larger)).toEqual(['ulx3s-85f, LUTs']);
});

test('seconds never fail; within the spread of both they are noise', () => {
  const timed = (factor: number) =>
    withMode({
      batches: [
        {
          images: 1,
          repeats: repeats(1).map((one) => ({ ...one, host: one.host * factor })),
        },
      ],
    });
  const host = (factor: number) =>
    compareBench(timed(1), timed(factor)).find(({ what }) => what.endsWith('host CPU'));
  // Each spreads by 2 %: together 2.8 %.
  expect(host(1.02)).toMatchObject({ unit: 's', gates: false });
  expect(host(1.02)?.uncertainty).toBeCloseTo(0.0289, 3);
  expect([1.02, 1.04].map((factor) => isNoise(host(factor) as never))).toEqual([true, false]);
  expect(regressions(timed(1), timed(10))).toEqual([]);
});

test('cycles alone are compared where both have them', () => {
  const rows = (cycles: number): CyclesResult['rows'] => [
    { board: 'icebreaker', layers: [784, 30, 10], mode: 'measure', cycles },
  ];
  const result = (cycles: number): CyclesResult => ({
    ...{ kind: 'cycles', schema: 1, images: 4, seed: 1, rows: rows(cycles), builds: [] },
  });
  const [ratio, ...others] = compareCycles(result(1000), result(1001));
  expect(others).toEqual([]);
  expect(ratio && isRegression(ratio, 0)).toBe(true);
});
