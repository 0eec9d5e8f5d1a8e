/**
 * What a mutant is run against first: the RTL and golden/fixed on random networks as
 * rtl-equals-fixed draws them, strange bytes as fuzz.test.ts sends them, and a training run.
 */
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
  type TrainingCase,
} from '../system/training-case.ts';

export const BOARD = 'ulx3s-85f';
const SEED = 20_261_121;
const CASES = 6;
const SHAPES = [
  [60, 33, 5],
  [1, 1, 1, 1, 1],
  [1024, 4],
  [1, 256],
  [256, 1],
];
/** Of one check. */
const LIMIT_MS = 45_000;
const TRAINING: TrainingCase = {
  ...{ widths: [20, 40, 12, 3], activation: 'sigmoid,relu', cost: 'cross-entropy' },
  descent: { learningRate: 0.5, decay: 5, images: 20, batch: 10, momentum: 0.5 },
};

/**
 * @param number of the mutant, where the program has several.
 * @returns what it was caught by, `hang` when the limit was; undefined when it was not.
 */
export async function tryMutant(program: string, number = 0): Promise<string | undefined> {
  for (const [name, check] of Object.entries({ networks, training, bytes })) {
    // Taken over by the process that is started, at once.
    process.env['DS_MUTANT'] = String(number);
    const { transport } = await startSimulated(program, { seed: SEED % 1000 });
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      transport[Symbol.asyncDispose]();
    }, LIMIT_MS);
    try {
      await using wire = transport;
      await check(wire);
    } catch {
      return hangs ? 'hang' : name;
    } finally {
      clearTimeout(timer);
    }
  }
  return undefined;
}

async function networks(transport: Transport): Promise<void> {
  const device = await openDevice(transport);
  const draw = createDraw(SEED);
  for (let number = 0; number < CASES; number++) {
    const { equal } = await runCase(device, drawCase(draw, device.identity, SHAPES[number]));
    if (!equal) throw new Error('differs');
  }
}

async function training(transport: Transport): Promise<void> {
  const device = await openDevice(transport);
  await using model = await openDevice(openModel(BOARD));
  const loaded = await loadCase(TRAINING, { devices: [device, model], seed: SEED });
  for (let epoch = 1; epoch <= 2; epoch++) {
    const { difference, cycles } = await compareEpoch([device, model], loaded);
    if (difference !== undefined) throw new Error(difference);
    const { least, most } = cyclesOfStep(TRAINING.widths, device.identity.lanes);
    if (cycles < least || cycles > most) throw new Error(`${cycles} cycles`);
  }
}

async function bytes(transport: Transport): Promise<void> {
  const grid = { length: 1024, step: 173 };
  await fuzzDevice(transport, { board: BOARD, seed: SEED, bytes: 60_000, grid });
  fuzzHost({ seed: SEED, bytes: 50_000 });
}
