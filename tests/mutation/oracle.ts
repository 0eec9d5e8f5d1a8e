/**
 * What a mutant is run against first: the RTL and golden/fixed on random networks as
 * rtl-equals-fixed draws them, strange bytes as fuzz.test.ts sends them, training runs, and cycles.
 */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { countOnDevice } from '../../bench/cycles.ts';
import { FULL, type StandardNetwork } from '../../bench/networks.ts';
import type { CyclesResult } from '../../contract/bench.ts';
import type { BoardName } from '../../contract/boards.ts';
import { openDevice } from '../../host/device.ts';
import { startSimulated } from '../../host/transport/simulated.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { openModel } from '../../model/open-model.ts';
import { fuzzDevice } from '../system/fuzz-device.ts';
import { fuzzHost } from '../system/fuzz-host.ts';
import { createDraw, drawCase } from '../system/random-network.ts';
import { runCase } from '../system/run-case.ts';
import {
  compareEpoch,
  cyclesOfStep,
  loadCase,
  TRAINING_CASES,
  type TrainingCase,
} from '../system/training-case.ts';

export const BOARD = 'ulx3s-85f';
const SEED = 20_261_121;
const BASELINE = new URL('../../docs/results/baseline.json', import.meta.url);
const SHAPES = [
  [60, 33, 5],
  [1, 1, 1, 1, 1],
  [1024, 4],
  [1, 256],
  [256, 1],
];
const TRAINING: TrainingCase = {
  ...{ widths: [20, 40, 12, 3], activation: 'sigmoid,relu', cost: 'cross-entropy' },
  descent: { learningRate: 0.5, decay: 5, images: 20, batch: 10, momentum: 0.5 },
};

/** How hard a mutant is looked for. */
export interface Effort {
  readonly board: BoardName;
  /** Random networks, the first ones of `SHAPES`. */
  readonly networks: number;
  readonly training: readonly TrainingCase[];
  /** Whose cycles are counted, against docs/results/baseline.json. */
  readonly counted: readonly StandardNetwork[];
  /** To the device, and the step of the lengths of its grid of requests. */
  readonly strange: { readonly bytes: number; readonly step: number };
  /** Of one check. */
  readonly limitMs: number;
}

export const QUICK: Effort = {
  ...{ board: BOARD, networks: 6, training: [TRAINING], counted: [], limitMs: 45_000 },
  strange: { bytes: 60_000, step: 173 },
};

const COUNTED = FULL.slice(0, 1);

/** For what is left: as much as CI has, and a board whose weights share a port with the units. */
export const THOROUGH: readonly Effort[] = [
  {
    ...{ board: 'icebreaker', networks: 60, training: [], counted: COUNTED, limitMs: 150_000 },
    strange: { bytes: 600_000, step: 61 },
  },
  { ...QUICK, networks: 60, training: TRAINING_CASES, counted: COUNTED, limitMs: 150_000 },
];

/**
 * @param number of the mutant, where the program has several.
 * @returns what it was caught by, `hang` when the limit was; undefined when it was not.
 */
export async function tryMutant(
  program: string,
  { number = 0, effort = QUICK }: { number?: number; effort?: Effort } = {},
): Promise<string | undefined> {
  for (const [name, check] of Object.entries({ networks, training, cycles, bytes })) {
    // Taken over by the process that is started, at once.
    process.env['DS_MUTANT'] = String(number);
    const { transport } = await startSimulated(program, { seed: SEED % 1000 });
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      transport[Symbol.asyncDispose]();
    }, effort.limitMs);
    try {
      await using wire = transport;
      await check(wire, effort);
    } catch {
      return hangs ? 'hang' : name;
    } finally {
      clearTimeout(timer);
    }
  }
  return undefined;
}

async function networks(transport: Transport, { networks: count }: Effort): Promise<void> {
  const device = await openDevice(transport);
  const draw = createDraw(SEED);
  for (let number = 0; number < count; number++) {
    const { equal } = await runCase(device, drawCase(draw, device.identity, SHAPES[number]));
    if (!equal) throw new Error('differs');
  }
}

async function training(transport: Transport, { board, training: cases }: Effort): Promise<void> {
  const device = await openDevice(transport);
  await using model = await openDevice(openModel(board));
  for (const one of cases) {
    const loaded = await loadCase(one, { devices: [device, model], seed: SEED });
    for (let epoch = 1; epoch <= 2; epoch++) {
      const { difference, cycles } = await compareEpoch([device, model], loaded);
      if (difference !== undefined) throw new Error(difference);
      const { least, most } = cyclesOfStep(one.widths, device.identity.lanes);
      if (cycles < least || cycles > most) throw new Error(`${cycles} cycles`);
    }
  }
}

async function cycles(transport: Transport, { board, counted }: Effort): Promise<void> {
  if (counted.length === 0) return;
  const { rows } = JSON.parse(await readFile(BASELINE, 'utf8')) as CyclesResult;
  const shapes = counted.map(({ layers }) => layers.join());
  const expected = rows.filter((row) => row.board === board && shapes.includes(row.layers.join()));
  const found = await countOnDevice(await openDevice(transport), counted);
  if (!isDeepStrictEqual(found, expected)) throw new Error('other cycles');
}

async function bytes(transport: Transport, { board, strange }: Effort): Promise<void> {
  const grid = { length: 1024, step: strange.step };
  await fuzzDevice(transport, { board, seed: SEED, bytes: strange.bytes, grid });
  fuzzHost({ seed: SEED, bytes: 50_000 });
}
