/** Two results of `bench`, side by side: what is exact, what has a tolerance, what is only printed. */
import { median } from 'simple-statistics';
import type {
  BenchResult,
  BuildFigures,
  CyclesResult,
  DeviceBench,
  SoftwareBench,
} from '../contract/bench.ts';

export interface Ratio {
  readonly what: string;
  readonly unit: 'cycles' | 'cells' | 'MHz' | 's';
  readonly old: number;
  readonly now: number;
  /** now / old. */
  readonly ratio: number;
  /** Of the ratio, half the range of the repeats of both; a tolerance for cells and MHz; 0: exact. */
  readonly uncertainty: number;
  /** More of it is better. */
  readonly moreIsBetter: boolean;
  /** It may fail a comparison; seconds of another moment may not. */
  readonly gates: boolean;
}

/** Logic cells and Fmax move by that much when nothing but the placement changes. */
const TOLERANCES = { cells: 0.02, MHz: 0.05 } as const;

export function compareBench(old: BenchResult, now: BenchResult): Ratio[] {
  return [
    ...pair(cyclesOf(old), cyclesOf(now), cyclesRatio),
    ...pair(timesOf(old), timesOf(now), secondsRatio),
    ...compareBuilds(old.builds, now.builds),
  ];
}

export function compareCycles(old: CyclesResult, now: CyclesResult): Ratio[] {
  const named = ({ rows }: CyclesResult) =>
    new Map(
      rows.map(({ board, layers, mode, cycles }) => [
        nameOf({ board, layers, mode }) as string,
        cycles,
      ]),
    );
  return [...pair(named(old), named(now), cyclesRatio), ...compareBuilds(old.builds, now.builds)];
}

/** Changed for the worse by more than noise and threshold, of what gates. */
export function isRegression(
  { ratio, uncertainty, moreIsBetter, gates }: Ratio,
  threshold: number,
): boolean {
  const worse = moreIsBetter ? 1 / ratio - 1 : ratio - 1;
  return gates && worse > uncertainty + threshold;
}

export function isNoise({ ratio, uncertainty }: Ratio): boolean {
  return Math.abs(ratio - 1) <= uncertainty;
}

function pair<T>(
  old: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
  compare: (what: string, old: T, now: T) => Ratio,
): Ratio[] {
  return [...old].flatMap(([what, before]) => {
    const after = now.get(what);
    return after === undefined ? [] : [compare(what, before, after)];
  });
}

function cyclesRatio(what: string, old: number, now: number): Ratio {
  const ratio = now / old;
  return {
    what,
    unit: 'cycles',
    old,
    now,
    ratio,
    uncertainty: 0,
    moreIsBetter: false,
    gates: true,
  };
}

/** Repeats of seconds; their medians count. */
function secondsRatio(what: string, old: readonly number[], now: readonly number[]): Ratio {
  const [before, after] = [median([...old]), median([...now])];
  const ratio = after / before;
  const uncertainty = ratio * Math.hypot(halfRange(old) / before, halfRange(now) / after);
  return {
    ...{ what, unit: 's', old: before, now: after, ratio, uncertainty },
    ...{ moreIsBetter: false, gates: false },
  };
}

export function halfRange(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2;
}

/** Of a batch. */
function cyclesOf({ devices }: BenchResult): Map<string, number> {
  return new Map(
    batchesOf(devices).flatMap(({ name, repeats: [first] }) =>
      first === undefined || first.cycles === 0 ? [] : [[name, first.cycles]],
    ),
  );
}

function timesOf({ devices, software }: BenchResult): Map<string, number[]> {
  return new Map([
    ...batchesOf(devices).flatMap(({ name, repeats }): [string, number[]][] => [
      [`${name}, host CPU`, repeats.map(({ host }) => host)],
      [`${name}, wall clock`, repeats.map(({ wall }) => wall)],
    ]),
    ...software.flatMap(softwareTimes),
  ]);
}

function softwareTimes({ layers, rows }: SoftwareBench): [string, number[]][] {
  return rows.map(({ name, batch, seconds }) => [
    `${name}, [${layers.join(',')}], ${batch} images`,
    [...seconds],
  ]);
}

function batchesOf(devices: readonly DeviceBench[]) {
  return devices.flatMap(({ run, modes }) =>
    modes.flatMap(({ mode, batches }) =>
      batches.map(({ images, repeats }) => ({
        name: `${nameOf({ board: run.device.board, layers: run.request.layers, mode })}, ${images} images`,
        repeats,
      })),
    ),
  );
}

function nameOf({ board, layers, mode }: Omit<CyclesResult['rows'][number], 'cycles'>): string {
  return `${board}, [${layers.join(',')}], ${mode}`;
}

function compareBuilds(old: readonly BuildFigures[], now: readonly BuildFigures[]): Ratio[] {
  return old.flatMap((before) => {
    // Of other seeds the median is another.
    const after = now.find(({ board, seeds }) => board === before.board && seeds === before.seeds);
    if (after === undefined) return [];
    const cells = (name: 'luts' | 'blockRams' | 'multipliers', words: string): Ratio => ({
      ...{ what: `${before.board}, ${words}`, unit: 'cells', old: before[name], now: after[name] },
      ...{ ratio: after[name] / before[name], uncertainty: TOLERANCES.cells },
      ...{ moreIsBetter: false, gates: true },
    });
    return [
      cells('luts', 'LUTs'),
      cells('blockRams', 'block RAMs'),
      cells('multipliers', 'multipliers'),
      {
        ...{ what: `${before.board}, Fmax (median)`, unit: 'MHz' },
        ...{ old: before.fmaxHz / 1e6, now: after.fmaxHz / 1e6 },
        ...{ ratio: after.fmaxHz / before.fmaxHz, uncertainty: TOLERANCES.MHz },
        ...{ moreIsBetter: true, gates: true },
      },
    ];
  });
}
