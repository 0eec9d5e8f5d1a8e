/** Figures of a `bench` result, each with where it comes from: one place for terminal and pages. */

import { median } from 'simple-statistics';
import type { BatchBench, DeviceBench, SoftwareRow } from '../contract/bench.ts';
import { BITS_PER_BYTE_ON_WIRE } from '../contract/boards.ts';
import type { RunResult } from '../contract/result.ts';

/** Median of the repeats; the spread is half their range, as a share of it. */
export interface Figure {
  readonly median: number;
  readonly spread: number;
}

export interface Speed {
  readonly name: string;
  /** Images per second; null where nothing was counted. */
  readonly figure: Figure | null;
  readonly origin: string;
}

const MEASURED = 'measured on this machine';

const CLOCK_ORIGINS: Readonly<Record<RunResult['device']['kind'], string>> = {
  simulated: 'simulated cycles ÷ clock',
  serial: 'measured on a board, its counter',
  model: 'unknown: the model has no clock',
};

const WALL_ORIGINS: Readonly<Record<RunResult['device']['kind'], string>> = {
  simulated: `${MEASURED}, simulation`,
  serial: 'measured on a board, wall clock',
  model: MEASURED,
};

export function networkName({ run }: DeviceBench): string {
  return `[${run.request.layers.join(',')}]`;
}

export function figureOf(values: readonly number[]): Figure {
  const middle = median([...values]);
  const range = Math.max(...values) - Math.min(...values);
  return { median: middle, spread: middle === 0 ? 0 : range / 2 / middle };
}

/** Device, link and host, which are never added up; and the wall clock. */
export function speedsOf({ run }: DeviceBench, { images, repeats }: BatchBench): Speed[] {
  const { kind, clockHz, baud } = run.device;
  const rate = (seconds: readonly number[]): Figure | null =>
    seconds.every((s) => s > 0) ? figureOf(seconds.map((s) => images / s)) : null;
  return [
    {
      name: `device at ${clockHz / 1e6} MHz`,
      figure: rate(repeats.map(({ cycles }) => cycles / clockHz)),
      origin: CLOCK_ORIGINS[kind],
    },
    {
      name: `link at ${baud / 1e6} Mbaud`,
      figure: rate(
        repeats.map(
          ({ bytesSent, bytesReceived }) =>
            (Math.max(bytesSent, bytesReceived) * BITS_PER_BYTE_ON_WIRE) / baud,
        ),
      ),
      origin: 'computed: bytes really sent',
    },
    {
      name: 'host, CPU time',
      figure: rate(repeats.map(({ host }) => host)),
      origin: MEASURED,
    },
    {
      name: 'all in all, wall clock',
      figure: rate(repeats.map(({ wall }) => wall)),
      origin: WALL_ORIGINS[kind],
    },
  ];
}

export function softwareSpeed({ batch, seconds }: SoftwareRow): Figure {
  return figureOf(seconds.map((s) => batch / s));
}

/** One name, a column for each batch. */
export interface SpeedRow {
  readonly name: string;
  readonly origin: string;
  /** In the order of the batches. */
  readonly figures: readonly (Figure | null)[];
}

/** The device itself in mode measure among the software of one network, fastest batch of 1 first. */
export function ranking(
  devices: readonly DeviceBench[],
  rows: readonly SoftwareRow[],
  batches: readonly number[],
): SpeedRow[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  const software = names.map((name): SpeedRow => {
    const own = rows.filter((row) => row.name === name);
    const version = own[0]?.version;
    return {
      name: version ? `${name} (${version})` : name,
      origin: MEASURED,
      figures: batches.map((batch) => {
        const row = own.find((one) => one.batch === batch);
        return row === undefined ? null : softwareSpeed(row);
      }),
    };
  });
  const boards = devices.flatMap((device): SpeedRow[] => {
    const mode = device.modes.find((one) => one.mode === 'measure');
    if (mode === undefined || mode.cycles.all === 0) return [];
    return [
      {
        name: `${device.run.device.board}, device at ${device.run.device.clockHz / 1e6} MHz`,
        origin: CLOCK_ORIGINS[device.run.device.kind],
        figures: batches.map((batch) => {
          const one = mode.batches.find(({ images }) => images === batch);
          return one === undefined ? null : (speedsOf(device, one)[0]?.figure ?? null);
        }),
      },
    ];
  });
  const first = ({ figures }: SpeedRow) => figures[0]?.median ?? 0;
  return [...boards, ...software].sort((a, b) => first(b) - first(a));
}

export function batchesOf(rows: readonly SoftwareRow[]): number[] {
  return [...new Set(rows.map(({ batch }) => batch))].sort((a, b) => a - b);
}
