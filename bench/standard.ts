/**
 * The measurement behind `npm run bench`: networks on devices, in every mode that is asked for, with
 * software on the same images beside them. Rules: docs/run-rules.md.
 */
import {
  type BuildFigures,
  type DeviceBench,
  LIMITS,
  MODES,
  type ModeBench,
  type ModeName,
  type SkippedBench,
  type SoftwareBench,
} from '../contract/bench.ts';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import type { RunRequest } from '../contract/result.ts';
import { findCurrentBuilds } from '../fpga/builds.ts';
import { loadInputs } from './inputs.ts';
import {
  COST,
  FULL,
  requestFor,
  STANDARD,
  type StandardNetwork,
  simulatedBoards,
  speedInputs,
  unlessTooBig,
} from './networks.ts';
import { type RunOptions, runJob } from './run-job.ts';
import { measureSoftware } from './software.ts';
import { measureSpeed } from './speed.ts';
import { withDevice } from './with-device.ts';

export interface StandardOptions extends Pick<RunRequest, 'images' | 'seed' | 'on'> {
  /** Every mode, more networks, and every board unless `on` names one. */
  readonly full: boolean;
  readonly repeats: number;
}

export type BenchPart =
  | { readonly kind: 'device'; readonly value: DeviceBench }
  | { readonly kind: 'skipped'; readonly value: SkippedBench }
  | { readonly kind: 'software'; readonly value: SoftwareBench };

/** One network on one device after the other, each as soon as it is measured; then the software. */
export async function* runStandard(
  { full, on, ...options }: StandardOptions,
  job: RunOptions,
): AsyncGenerator<BenchPart> {
  const networks = full ? FULL : STANDARD;
  const devices = full && on === undefined ? simulatedBoards() : [on];
  for (const network of networks) {
    const request = requestFor(network, {
      seed: options.seed,
      images: options.images,
      on: undefined,
    });
    for (const device of devices) {
      const cell = { network, request: { ...request, on: device } };
      yield* benchDevice(cell, { full, ...options }, job);
    }
    job.onProgress?.({ kind: 'software' });
    const software = await measureSoftware(await loadInputs(request), {
      ...{ cost: COST, repeats: options.repeats, full, environment: job.environment },
    });
    yield { kind: 'software', value: { layers: network.layers, ...software } };
  }
}

interface Cell {
  readonly network: StandardNetwork;
  readonly request: RunRequest;
}

async function* benchDevice(
  { network, request }: Cell,
  { full, repeats }: Pick<StandardOptions, 'full' | 'repeats'>,
  job: RunOptions,
): AsyncGenerator<BenchPart> {
  const { layers, published } = network;
  const modes: readonly ModeName[] = full ? MODES : ['measure'];
  const measured = await unlessTooBig(async () => {
    const { result: run, stopped } = await runJob(request, job);
    if (stopped !== undefined) throw stopped;
    return run;
  });
  if ('why' in measured) {
    const board = request.on?.replace(/^sim:/, '') ?? 'board';
    yield { kind: 'skipped', value: { board, layers, mode: 'measure', why: measured.why } };
    return;
  }
  const run = measured.value;
  const speeds = await measureModes(request, { modes, repeats, job });
  for (const { mode, why } of speeds.skipped) {
    yield { kind: 'skipped', value: { board: run.device.board, layers, mode, why } };
  }
  const { simulation, modes: found } = speeds;
  yield { kind: 'device', value: { run, published, modes: found, simulation } };
}

interface Speeds extends Pick<DeviceBench, 'modes' | 'simulation'> {
  readonly skipped: readonly Pick<SkippedBench, 'mode' | 'why'>[];
}

async function measureModes(
  request: RunRequest,
  { modes, repeats, job }: { modes: readonly ModeName[]; repeats: number; job: RunOptions },
): Promise<Speeds> {
  const inputs = speedInputs(await loadInputs(request));
  const { signal } = job;
  const { count } = inputs.data;
  const batches = [...new Set([1, LIMITS.batchImages, count])].filter((n) => n <= count);
  const latencyImages = Math.min(LIMITS.latencyImages, count);
  const use = await withDevice(request, quietly(job), async (device) => {
    const found: ModeBench[] = [];
    const skipped: Speeds['skipped'][number][] = [];
    for (const mode of modes) {
      job.onProgress?.({ kind: 'speed', mode });
      const options = { mode, batches, repeats, latencyImages, signal };
      const one = await unlessTooBig(() => measureSpeed(device, inputs, options));
      if ('why' in one) skipped.push({ mode, why: one.why });
      else found.push(one.value);
    }
    return { modes: found, skipped };
  });
  const { simulatorCycles: cycles, simulatorSeconds: cpuSeconds } = use;
  const simulation = cycles === null || cpuSeconds === null ? null : { cycles, cpuSeconds };
  return { ...use.value, simulation };
}

/** The device was announced by the run before. */
function quietly(job: RunOptions): RunOptions {
  return {
    ...job,
    onProgress: (progress) => {
      if (progress.kind !== 'device') job.onProgress?.(progress);
    },
  };
}

/** Of the newest build of each board that was cached, of this very RTL. */
export async function cachedBuilds(root: string): Promise<BuildFigures[]> {
  const boards = Object.keys(BOARDS) as BoardName[];
  const newest = await Promise.all(
    boards.map(async (board) => ({ board, build: (await findCurrentBuilds(root, board))[0] })),
  );
  return newest.flatMap(({ board, build }) => {
    if (build === undefined || build.timing === null) return [];
    const { luts, flipFlops, blockRams, multipliers } = build.synthesis;
    const { fmaxHz, met, placements } = build.timing;
    return {
      ...{ board, time: build.time, luts, flipFlops, blockRams, multipliers, met },
      ...{ seeds: placements.length, fmaxHz: fmaxHz.median },
    };
  });
}
