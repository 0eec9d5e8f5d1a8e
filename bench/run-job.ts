/**
 * The job behind `deltascope run`: images through a network on a device, everything it measured,
 * and how far that is from both golden models. A serialisable request in, a serialisable result
 * out; nothing is kept between two runs.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRequest, RunResult } from '../contract/result.ts';
import { type Device, openDevice } from '../host/device.ts';
import type { DeltascopeError } from '../host/error.ts';
import type { LinkStatistics } from '../host/link.ts';
import { MeasurementStopped, type MeasureOptions, measure } from '../host/measure.ts';
import type { Image } from '../host/protocol/image.ts';
import { noError } from '../host/softmax.ts';
import type { SimulatorProgress } from '../host/transport/simulator.ts';
import { openTarget, type Target, type TargetOptions } from '../host/transport/target.ts';
import { compareWithFixed, type Gathered } from './compare-fixed.ts';
import { type Inputs, inputCodes, loadInputs } from './inputs.ts';
import { composeResult, type DeviceRun, describeLayers } from './run-result.ts';

export type RunProgress =
  | { readonly kind: 'device'; readonly label: string }
  | SimulatorProgress
  | { readonly kind: 'images'; readonly done: number; readonly total: number }
  | { readonly kind: 'golden' }
  | { readonly kind: 'software' };

export interface RunOptions {
  readonly commandLine: string;
  /** Of the tools that build the simulator. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Opens what `on` names; a host's own devices by default. */
  readonly open?: (on: string | undefined, options: TargetOptions) => Promise<Target>;
}

export interface RunOutcome {
  readonly result: RunResult;
  /** With `observe`: every z, a and δ the device sent. */
  readonly measurement: Gathered;
  /** What ended the measurement early; the result holds what was done until then. */
  readonly stopped: DeltascopeError | undefined;
}

/** @throws DeltascopeError of the inputs before a device is touched, then of the device. */
export async function runJob(request: RunRequest, options: RunOptions): Promise<RunOutcome> {
  const inputs = await loadInputs(request);
  const run = await measureOnDevice(request, inputs, options);
  options.onProgress?.({ kind: 'golden' });
  const started = process.cpuUsage();
  const fixed = compareWithFixed(
    inputs.integers,
    { inputs: inputCodes(inputs.data), labels: inputs.data.labels },
    run.measurement,
  );
  const layers = describeLayers(request, inputs, run.measurement);
  const golden = cpuSeconds(process.cpuUsage(started));
  const { commandLine } = options;
  return {
    result: composeResult(request, { inputs, run, fixed, layers, golden, commandLine }),
    measurement: run.measurement,
    stopped: run.stopped,
  };
}

async function measureOnDevice(
  request: RunRequest,
  { data, integers }: Inputs,
  { environment, signal, onProgress, open = openTarget }: RunOptions,
): Promise<DeviceRun> {
  const scratch = await mkdtemp(join(tmpdir(), 'deltascope-'));
  const statsFile = join(scratch, 'simulator.json');
  try {
    const target = await open(request.on, {
      environment,
      signal,
      statsFile,
      seed: request.fillSeed,
      link: request.link,
      trace: request.trace,
      ...(onProgress && { onProgress }),
    });
    const { description, timeouts } = target;
    onProgress?.({ kind: 'device', label: description.label });
    const cpu = process.cpuUsage();
    // Not the signal: what is under way when it comes is to be finished and kept.
    const device = await openDevice(target.transport, { label: description.label, timeouts });
    let run: Omit<DeviceRun, 'hostSeconds' | 'simulatorSeconds'>;
    try {
      const softmax = request.cost === 'log-likelihood';
      const { layers } = integers;
      const injection = softmax ? noError(layers.length, layers.at(-1)?.nOut ?? 0) : undefined;
      await device.loadNetwork(integers, { injection });
      const before = device.statistics;
      const wall = performance.now();
      const { measurement, stopped } = await measureAsFarAsPossible(device, images(data), {
        observe: request.observe,
        softmax,
        onProgress: ({ done }) => onProgress?.({ kind: 'images', done, total: data.count }),
        signal,
      });
      run = {
        measurement,
        stopped,
        description,
        identity: device.identity,
        baud: device.baud,
        statistics: difference(device.statistics, before),
        wallSeconds: (performance.now() - wall) / 1000,
      };
    } finally {
      await device[Symbol.asyncDispose]();
    }
    const hostSeconds = cpuSeconds(process.cpuUsage(cpu));
    return { ...run, hostSeconds, simulatorSeconds: await readCpuSeconds(statsFile) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @throws DeltascopeError when not one image was measured. */
async function measureAsFarAsPossible(
  device: Device,
  examples: Iterable<Image>,
  options: MeasureOptions,
): Promise<Pick<DeviceRun, 'measurement' | 'stopped'>> {
  try {
    const measurement = await measure(device, examples, options);
    return {
      measurement: { ...measurement, unitFlags: await device.readUnitFlags() },
      stopped: undefined,
    };
  } catch (error) {
    if (!(error instanceof MeasurementStopped) || error.partial.images.length === 0) throw error;
    return { measurement: error.partial, stopped: error };
  }
}

function* images({ images: pixels, labels, rows, columns }: Inputs['data']): Generator<Image> {
  const size = rows * columns;
  for (const [index, label] of labels.entries()) {
    yield { pixels: pixels.subarray(index * size, (index + 1) * size), label };
  }
}

function difference(after: LinkStatistics, before: LinkStatistics): LinkStatistics {
  const entries = Object.entries(after) as [keyof LinkStatistics, number][];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value - before[key]]),
  ) as unknown as LinkStatistics;
}

function cpuSeconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

/** The simulator's own account, written when it ended; null where there is none. */
async function readCpuSeconds(statsFile: string): Promise<number | null> {
  const text = await readFile(statsFile, 'utf8').catch(() => undefined);
  return text === undefined ? null : (JSON.parse(text) as { cpuSeconds: number }).cpuSeconds;
}
