/** Samples as the points of a picture, and how far vectors are apart. */
import { quantile } from 'simple-statistics';
import type { Point } from '../contract/experiment.ts';
import { norm } from '../golden/float64/norm.ts';

/** Of `spread`. */
export const SPREAD = '5 % to 95 %';

/** What the band of a picture is, whose networks are in float64 and some of them on the device. */
export function bandOf({ seeds, deviceSeeds }: { seeds: number; deviceSeeds: number }): string {
  return `${SPREAD} of ${seeds} networks in float64, of ${deviceSeeds} on the device`;
}

/** A random network of an experiment. */
export interface Drawn {
  readonly seed: number;
  /** From 1. */
  readonly number: number;
  /** Measured on the device, too. */
  readonly isMeasured: boolean;
}

/** All that are computed in float64, in the order of their seeds. */
export function networksOf(draws: Draws): Drawn[] {
  const { seeds, deviceSeeds } = draws;
  return upTo(seeds).map((number) => ({
    seed: firstSeed(draws) + number - 1,
    number,
    isMeasured: number <= deviceSeeds,
  }));
}

/** Those that are measured. */
export function measuredOf(draws: Draws): Drawn[] {
  return networksOf({ ...draws, seeds: draws.deviceSeeds });
}

export function firstSeed({ firstSeed: first = 1 }: Draws): number {
  return first;
}

/** Seeds follow one another from the first, which is 1 by default. */
interface Draws {
  readonly seeds: number;
  readonly deviceSeeds: number;
  readonly firstSeed?: number;
}

/** Median with the band from 5 % to 95 % of the samples. */
export function spread(x: number | string, samples: readonly number[]): Required<Point> {
  const [low = 0, y = 0, high = 0] = quantile([...samples], [0.05, 0.5, 0.95]);
  return { x, y, low, high };
}

/** `spread` of each column of samples × columns; x of column i is i + 1. */
export function spreadColumns(samples: readonly (readonly number[])[]): Required<Point>[] {
  const columns = samples[0]?.length ?? 0;
  return upTo(columns).map((column) =>
    spread(
      column,
      samples.map((sample) => sample[column - 1] as number),
    ),
  );
}

/** Each is larger than the one before it. */
export function isRising(values: readonly number[]): boolean {
  return values.every((x, index) => index === 0 || x > (values[index - 1] as number));
}

/** ‖measured - expected‖ / ‖expected‖; 0 where both are zero, infinite where only one is. */
export function relativeDistance(measured: Float64Array, expected: Float64Array): number {
  const difference = norm(measured.map((x, j) => x - (expected[j] as number)));
  return difference === 0 ? 0 : difference / norm(expected);
}

/** Largest `relativeDistance` of any layer. */
export function worstDistance(
  measured: readonly Float64Array[],
  expected: readonly Float64Array[],
): number {
  const distances = measured.map((layer, index) =>
    relativeDistance(layer, expected[index] as Float64Array),
  );
  return Math.max(...distances);
}

/** Share of the samples for which `holds`. */
export function share<T>(samples: readonly T[], holds: (sample: T) => boolean): number {
  return samples.filter(holds).length / samples.length;
}

/** Where a value lies among samples: the share of them below it. */
export function locate(value: number, samples: readonly number[]): number {
  return share(samples, (sample) => sample < value);
}

/**
 * Counts of several sets of samples in the same bins, of equal width between the extremes of all; x
 * is the middle of a bin.
 */
export function histograms(sets: readonly (readonly number[])[], bins: number): Point[][] {
  const all = sets.flat();
  const low = Math.min(...all);
  const width = (Math.max(...all) - low) / bins || 1;
  return sets.map((samples) => {
    const counts = new Array<number>(bins).fill(0);
    for (const sample of samples) {
      const bin = Math.min(bins - 1, Math.floor((sample - low) / width));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((y, bin) => ({ x: low + (bin + 0.5) * width, y }));
  });
}

/** 1, 2 … n. */
export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

/** Three significant digits, for sentences. */
export function say(x: number): string {
  return x === 0 || (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e5)
    ? String(Number(x.toPrecision(3)))
    : x.toExponential(2);
}

/** As percent, for sentences. */
export function sayShare(x: number): string {
  return `${say(100 * x)} %`;
}
