/**
 * The job behind `deltascope run`: images through a network on a device, everything it measured,
 * and how far that is from both golden models. A serialisable request in, a serialisable result
 * out; nothing is kept between two runs.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import { RECORD_HEADER } from '../contract/protocol.ts';
import type {
  ImageCounters,
  LayerCounts,
  LayerResult,
  RunRequest,
  RunResult,
} from '../contract/result.ts';
import { interrupted } from '../host/abort.ts';
import { type Device, openDevice } from '../host/device.ts';
import type { LinkStatistics } from '../host/link.ts';
import { type Measurement, measure } from '../host/measure.ts';
import type { Image } from '../host/protocol/image.ts';
import type { LayerRecord } from '../host/protocol/records.ts';
import { boardName } from '../host/protocol/requests.ts';
import type { SimulatorProgress } from '../host/transport/simulator.ts';
import { openTarget, type TargetDescription } from '../host/transport/target.ts';
import { meanOfNorms, normOfDelta, normOfMean } from '../host/values.ts';
import { compareWithFixed, type FixedComparison } from './compare-fixed.ts';
import { compareWithFloat, type DeviceNorms } from './compare-float.ts';
import { packageVersions } from './environment.ts';
import { type Inputs, inputCodes, loadInputs, widthsOf } from './inputs.ts';

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
}

export interface RunOutcome {
  readonly result: RunResult;
  /** With `observe`: every z, a and δ the device sent. */
  readonly measurement: Measurement;
}

/** @throws DeltascopeError of the inputs before a device is touched, then of the device. */
export async function runJob(request: RunRequest, options: RunOptions): Promise<RunOutcome> {
  const inputs = await loadInputs(request);
  const run = await measureOnDevice(request, inputs, options);
  if (options.signal?.aborted) throw interrupted();
  options.onProgress?.({ kind: 'golden' });
  const started = process.cpuUsage();
  const fixed = compareWithFixed(
    inputs.integers,
    { inputs: inputCodes(inputs.data), labels: inputs.data.labels },
    run.measurement,
  );
  const layers = describeLayers(request, inputs, run.measurement);
  const golden = cpuSeconds(process.cpuUsage(started));
  return {
    result: composeResult(request, { inputs, run, fixed, layers, golden, options }),
    measurement: run.measurement,
  };
}

interface DeviceRun {
  readonly measurement: Measurement;
  readonly description: TargetDescription;
  readonly identity: Device['identity'];
  readonly statistics: LinkStatistics;
  readonly wallSeconds: number;
  readonly hostSeconds: number;
  readonly simulatorSeconds: number | null;
}

async function measureOnDevice(
  request: RunRequest,
  { data, integers }: Inputs,
  { environment, signal, onProgress }: RunOptions,
): Promise<DeviceRun> {
  const scratch = await mkdtemp(join(tmpdir(), 'deltascope-'));
  const statsFile = join(scratch, 'simulator.json');
  try {
    const target = await openTarget(request.on, {
      environment,
      signal,
      statsFile,
      seed: request.fillSeed,
      ...(onProgress && { onProgress }),
    });
    const { description, timeouts } = target;
    onProgress?.({ kind: 'device', label: description.label });
    const cpu = process.cpuUsage();
    const device = await openDevice(target.transport, {
      label: description.label,
      timeouts,
      signal,
    });
    let run: Omit<DeviceRun, 'hostSeconds' | 'simulatorSeconds'>;
    try {
      await device.loadNetwork(integers);
      const before = device.statistics;
      const wall = performance.now();
      const measurement = await measure(device, images(data), {
        observe: request.observe,
        onProgress: ({ done }) => onProgress?.({ kind: 'images', done, total: data.count }),
      });
      run = {
        measurement,
        description,
        identity: device.identity,
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

function* images({ images: pixels, labels, rows, columns }: Inputs['data']): Generator<Image> {
  const size = rows * columns;
  for (const [index, label] of labels.entries()) {
    yield { pixels: pixels.subarray(index * size, (index + 1) * size), label };
  }
}

function describeLayers(
  { cost }: RunRequest,
  { data, network, sameWeights, integers }: Inputs,
  measurement: Measurement,
): LayerResult[] {
  const count = measurement.images.length;
  const records = integers.layers.map((_, index) =>
    measurement.images.flatMap(({ layers }) => layers[index] ?? []),
  );
  const norms: DeviceNorms[] = measurement.layers.map((sums, index) => ({
    normOfMean: normOfMean(sums, count),
    meanOfNorms: meanOfNorms(records[index] ?? []),
    norms: (records[index] ?? []).map(normOfDelta),
  }));
  const batch = { images: data.images, labels: data.labels, cost };
  const float64 = compareWithFloat(network, batch, norms);
  const float64SameWeights = compareWithFloat(sameWeights, batch, norms);
  return integers.layers.map(({ nOut, scale }, index) => ({
    layer: index + 1,
    neurons: nOut,
    weightScale: scale,
    normOfMean: at(norms, index).normOfMean,
    meanOfNorms: at(norms, index).meanOfNorms,
    ...totalCounts(at(records, index)),
    float64: at(float64, index),
    float64SameWeights: at(float64SameWeights, index),
  }));
}

/** Every count of the records, added up over the images. */
function totalCounts(records: readonly LayerRecord[]): LayerCounts {
  const total = (name: keyof LayerCounts) => records.reduce((sum, record) => sum + record[name], 0);
  const { sumSquares: _squares, deltaExponent: _exponent, ...counts } = at(records, 0);
  const names = Object.keys(counts) as (keyof LayerCounts)[];
  return Object.fromEntries(names.map((name) => [name, total(name)])) as LayerCounts;
}

function meanCounters({ images }: Measurement): ImageCounters {
  const names = Object.keys(RECORD_HEADER) as (keyof ImageCounters)[];
  const mean = (name: keyof ImageCounters) =>
    images.reduce((sum, image) => sum + image[name], 0) / images.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)])) as ImageCounters;
}

interface Parts {
  readonly inputs: Inputs;
  readonly run: DeviceRun;
  readonly fixed: FixedComparison;
  readonly layers: readonly LayerResult[];
  readonly golden: number;
  readonly options: RunOptions;
}

const BITS_PER_BYTE_ON_WIRE = 10;

function composeResult(request: RunRequest, parts: Parts): RunResult {
  const { inputs, run, fixed, layers, golden, options } = parts;
  const { identity, description, statistics, measurement } = run;
  const count = measurement.images.length;
  const cycles = measurement.images.reduce((total, image) => total + image.cycles, 0);
  const busierBytes = Math.max(statistics.bytesSent, statistics.bytesReceived);
  return {
    kind: 'run',
    schema: 1,
    device: {
      label: description.label,
      kind: description.kind,
      board: boardName(identity) ?? `board ${identity.board}`,
      lanes: identity.lanes,
      clockHz: identity.clockHz,
      baud: identity.baud,
      fillSeed: description.kind === 'simulated' ? description.seed : null,
    },
    request: { ...request, layers: widthsOf(inputs.network) },
    data: { name: inputs.data.name, images: count },
    layers,
    fixed,
    cycles: { total: cycles, perImage: cycles / count },
    perImage: meanCounters(measurement),
    link: {
      bytesSent: statistics.bytesSent,
      bytesReceived: statistics.bytesReceived,
      framesSent: statistics.framesSent,
      resends: statistics.resends,
      discardedBytes: statistics.discardedBytes,
    },
    time: {
      device: cycles / identity.clockHz,
      link: (busierBytes * BITS_PER_BYTE_ON_WIRE) / identity.baud,
      measured: run.wallSeconds,
      simulator: run.simulatorSeconds,
      host: run.hostSeconds,
      golden,
    },
    contractCrc: CONTRACT_CRC.toString(16).padStart(8, '0'),
    tools: {
      node: process.version,
      ...(description.kind === 'simulated' ? { verilator: description.verilator } : {}),
      ...packageVersions(),
    },
    seed: request.seed,
    commandLine: options.commandLine,
  };
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

/** The simulator's own account, written when it ended; null on a real board. */
async function readCpuSeconds(statsFile: string): Promise<number | null> {
  const text = await readFile(statsFile, 'utf8').catch(() => undefined);
  return text === undefined ? null : (JSON.parse(text) as { cpuSeconds: number }).cpuSeconds;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
