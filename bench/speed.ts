/**
 * How fast a device is in one mode: batches again and again, single images, cycles by phase. The
 * warm-up is compared with `golden/fixed`, so that speed and accuracy are of one session.
 */
import { quantileSorted } from 'simple-statistics';
import type {
  BatchBench,
  LatencyBench,
  ModeBench,
  ModeName,
  Percentiles,
  PhaseCycles,
  Repeat,
} from '../contract/bench.ts';
import { BITS_PER_BYTE_ON_WIRE } from '../contract/boards.ts';
import type { IntegerNetwork } from '../contract/network.ts';
import type { TrainingCodes } from '../contract/training.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import type { TrainableNetwork } from '../host/data/masters.ts';
import type { Dataset } from '../host/data/mnist.ts';
import type { Device } from '../host/device.ts';
import { type Measurement, measure } from '../host/measure.ts';
import { encodeImage } from '../host/protocol/image.ts';
import { recordWords } from '../host/protocol/records.ts';
import { trainEpoch } from '../host/train.ts';
import { compareWithFixed } from './compare-fixed.ts';
import { asImages, inputCodes } from './inputs.ts';
import { cpuSeconds, statisticsSince } from './with-device.ts';

export interface SpeedInputs {
  readonly data: Dataset;
  readonly network: IntegerNetwork;
  /** The same at the start of its training, and the codes of η and λ. */
  readonly trainable: TrainableNetwork;
  readonly codes: TrainingCodes;
}

export interface SpeedOptions {
  readonly mode: ModeName;
  /** Images of each batch, the largest last. */
  readonly batches: readonly number[];
  /** 0: cycles only. */
  readonly repeats: number;
  /** One by one; 0: none. */
  readonly latencyImages: number;
  readonly signal?: AbortSignal | undefined;
}

const BYTES_PER_WORD = 4;

/** @throws DeltascopeError of the device; `network-too-big` or `no-training` before it is touched. */
export async function measureSpeed(
  device: Device,
  inputs: SpeedInputs,
  options: SpeedOptions,
): Promise<ModeBench> {
  const { mode, batches, repeats, latencyImages } = options;
  const work = new Work(device, inputs, options);
  if (mode !== 'train') await work.load();
  const examples = asImages(inputs.data);
  const timed: BatchBench[] = [];
  let warmUp: Outcome | undefined;
  let last: Repeat | undefined;
  for (const images of batches) {
    const batch = examples.slice(0, images);
    await work.reset();
    warmUp = await work.run(batch);
    const runs: Repeat[] = [];
    while (runs.length < repeats) runs.push(await work.time(batch));
    timed.push({ images: batch.length, repeats: runs });
    last = runs.at(-1);
  }
  if (warmUp === undefined) throw new RangeError('no batch');
  const { equal, valuesCompared } = work.compare(warmUp);
  const cycles = phaseCycles(warmUp);
  const macs = countMacs(inputs.network, warmUp, mode);
  return {
    ...{ mode, fixed: { equal, valuesCompared }, batches: timed, cycles },
    latency:
      mode === 'train' || latencyImages === 0
        ? null
        : await measureLatency(device, examples.slice(0, latencyImages), mode),
    utilisation: {
      dense: perLaneCycle(macs.dense, cycles.all, device),
      effective: perLaneCycle(macs.effective, cycles.all, device),
    },
    macs: macs.dense,
    goodput:
      mode === 'observe' || last === undefined ? null : goodput(device, inputs.data, warmUp, last),
  };
}

/** A batch that was run: what it measured, and the cycles of its step. */
interface Outcome extends Pick<Measurement, 'images' | 'layers'> {
  readonly stepCycles: number;
}

/** One mode on one device, the same from the same start each time. */
class Work {
  readonly #device: Device;
  readonly #inputs: SpeedInputs;
  readonly #options: SpeedOptions;

  constructor(device: Device, inputs: SpeedInputs, options: SpeedOptions) {
    this.#device = device;
    this.#inputs = inputs;
    this.#options = options;
  }

  async load(): Promise<void> {
    const { network, trainable, codes } = this.#inputs;
    if (this.#options.mode !== 'train') return this.#device.loadNetwork(network);
    await this.#device.loadTraining(trainable);
    await this.#device.setDescent(codes);
  }

  async run(batch: readonly TrainingExample[]): Promise<Outcome> {
    const { mode, signal } = this.#options;
    if (mode !== 'train') {
      const measured = await measure(this.#device, batch, { observe: mode === 'observe', signal });
      return { ...measured, stepCycles: 0 };
    }
    const { first, counts } = await trainEpoch(this.#device, [batch], { signal });
    return { ...first, stepCycles: counts.cycles };
  }

  /** A step changes the weights: they are set back. */
  async reset(): Promise<void> {
    if (this.#options.mode === 'train') await this.load();
  }

  async time(batch: readonly TrainingExample[]): Promise<Repeat> {
    await this.reset();
    const before = this.#device.statistics;
    const cpu = process.cpuUsage();
    const wall = performance.now();
    const { images, stepCycles } = await this.run(batch);
    const { bytesSent, bytesReceived } = statisticsSince(this.#device.statistics, before);
    return {
      cycles: images.reduce((sum, { cycles }) => sum + cycles, stepCycles),
      ...{ bytesSent, bytesReceived },
      host: cpuSeconds(process.cpuUsage(cpu)),
      wall: (performance.now() - wall) / 1000,
    };
  }

  /** In mode train the gradients before the first step. */
  compare({ images, layers }: Outcome): ReturnType<typeof compareWithFixed> {
    const { data, network, trainable } = this.#inputs;
    const held = this.#options.mode === 'train' ? trainable.network : network;
    return compareWithFixed(
      held,
      { inputs: inputCodes(data), labels: data.labels },
      { images, layers },
    );
  }
}

function phaseCycles({ images, stepCycles }: Outcome): PhaseCycles {
  const mean = (name: 'cycles' | 'forwardCycles' | 'backwardCycles' | 'alignCycles' | 'rows') =>
    images.reduce((sum, image) => sum + image[name], 0) / images.length;
  const step = stepCycles / images.length;
  return {
    forward: mean('forwardCycles'),
    backward: mean('backwardCycles'),
    align: mean('alignCycles'),
    step,
    all: mean('cycles') + step,
    bound: mean('rows'),
  };
}

/** Forward, back to layer 1, and with `train` one a weight for its gradient. */
function countMacs(
  { layers }: IntegerNetwork,
  { images }: Outcome,
  mode: ModeName,
): { dense: number; effective: number } {
  const [first] = layers;
  const weights = layers.reduce((sum, { nIn, nOut }) => sum + nIn * nOut, 0);
  const widths = (first?.nIn ?? 0) * (first?.nOut ?? 0);
  const passes = mode === 'train' ? 2 : 1;
  const dense = passes * weights + weights - widths;
  const nonZero = images.reduce((sum, image) => sum + image.nonZeroInputs, 0) / images.length;
  const skipped = passes * ((first?.nIn ?? 0) - nonZero) * (first?.nOut ?? 0);
  return { dense, effective: dense - skipped };
}

/** 0 from the model, which has no cycles. */
function perLaneCycle(macs: number, cycles: number, { identity }: Device): number {
  return cycles === 0 ? 0 : macs / (cycles * identity.lanes);
}

/** Of the busier direction. */
function goodput(device: Device, data: Dataset, warmUp: Outcome, sent: Repeat): number {
  const { length } = warmUp.images;
  const images = asImages(data)
    .slice(0, length)
    .flatMap((image) => encodeImage(image, device.payloadBytes));
  const imageBytes = images.reduce((sum, part) => sum + part.length, 0);
  const recordBytes = length * BYTES_PER_WORD * recordWords(device.layout.places.length);
  return sent.bytesSent > sent.bytesReceived
    ? imageBytes / sent.bytesSent
    : recordBytes / sent.bytesReceived;
}

async function measureLatency(
  device: Device,
  images: readonly TrainingExample[],
  mode: ModeName,
): Promise<LatencyBench> {
  const observe = mode === 'observe';
  const { clockHz } = device.identity;
  await device.beginBatch({ observe });
  const found = { device: [] as number[], overLink: [] as number[], wall: [] as number[] };
  for (const [index, image] of images.entries()) {
    const before = device.statistics;
    const started = performance.now();
    const [, [record]] = await Promise.all([
      device.run([image]),
      device.readRecords(index, 1),
      observe ? device.observe() : undefined,
    ]);
    found.wall.push((performance.now() - started) / 1000);
    const { bytesSent, bytesReceived } = statisticsSince(device.statistics, before);
    const seconds = (record?.cycles ?? 0) / clockHz;
    const onWire = ((bytesSent + bytesReceived) * BITS_PER_BYTE_ON_WIRE) / device.baud;
    found.device.push(seconds);
    found.overLink.push(seconds + onWire);
  }
  return {
    images: images.length,
    device: percentiles(found.device),
    overLink: percentiles(found.overLink),
    wall: percentiles(found.wall),
  };
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    p50: quantileSorted(sorted, 0.5),
    p95: quantileSorted(sorted, 0.95),
    p99: quantileSorted(sorted, 0.99),
  };
}
