/**
 * The job behind `deltascope run`: images through a network on a device, everything it measured,
 * and how far that is from both golden models. A serialisable request in, a serialisable result
 * out; nothing is kept between two runs.
 */
import type { RunRequest, RunResult } from '../contract/result.ts';
import type { Device } from '../host/device.ts';
import type { DeltascopeError } from '../host/error.ts';
import { MeasurementStopped, type MeasureOptions, measure } from '../host/measure.ts';
import type { Image } from '../host/protocol/image.ts';
import { noError } from '../host/softmax.ts';
import { compareWithFixed, type Gathered } from './compare-fixed.ts';
import { asImages, type Inputs, inputCodes, loadInputs } from './inputs.ts';
import { composeResult, type DeviceRun, describeLayers } from './run-result.ts';
import { cpuSeconds, type DeviceOptions, statisticsSince, withDevice } from './with-device.ts';

export interface RunOptions extends DeviceOptions {
  readonly commandLine: string;
  readonly signal?: AbortSignal | undefined;
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
  options: RunOptions,
): Promise<DeviceRun> {
  const { signal, onProgress } = options;
  const { value, ...times } = await withDevice(request, options, async (device, description) => {
    const softmax = request.cost === 'log-likelihood';
    const { layers } = integers;
    const injection = softmax ? noError(layers.length, layers.at(-1)?.nOut ?? 0) : undefined;
    await device.loadNetwork(integers, { injection });
    const before = device.statistics;
    const wall = performance.now();
    const { measurement, stopped } = await measureAsFarAsPossible(device, asImages(data), {
      observe: request.observe,
      softmax,
      onProgress: ({ done }) => onProgress?.({ kind: 'images', done, total: data.count }),
      signal,
    });
    return {
      measurement,
      stopped,
      description,
      identity: device.identity,
      baud: device.baud,
      stepDowns: device.stepDowns,
      statistics: statisticsSince(device.statistics, before),
      wallSeconds: (performance.now() - wall) / 1000,
    };
  });
  return { ...value, ...times };
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
