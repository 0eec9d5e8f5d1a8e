/**
 * The job behind `deltascope train`: gradient descent on a device, one record an epoch, and how far
 * that is from float64 and from `golden/fixed` trained from the same start. A serialisable request
 * in, a serialisable result out.
 */
import { crc32 } from 'node:zlib';
import { median } from 'simple-statistics';
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import { ACTIVATION_SCALE } from '../contract/formats.ts';
import type { ActivationName, FloatNetwork } from '../contract/network.ts';
import type { EpochResult, EpochStats, TrainRequest, TrainResult } from '../contract/result.ts';
import type { TrainingCodes, TrainingState } from '../contract/training.ts';
import type { LayerNorms } from '../golden/float64/batch.ts';
import {
  type Descent,
  type DescentSettings,
  descend,
  startDescent,
  type TrainingExample,
} from '../golden/float64/training.ts';
import { type ClipPlan, planClip } from '../host/clip.ts';
import {
  masterValues,
  startTraining,
  type TrainableNetwork,
  withStates,
} from '../host/data/masters.ts';
import { loadDataset } from '../host/data/mnist.ts';
import { IS_UNBOUNDED } from '../host/data/quantise.ts';
import { randomState } from '../host/data/random-state.ts';
import { momentumOf, planDescent } from '../host/descent.ts';
import type { Device } from '../host/device.ts';
import { DeltascopeError } from '../host/error.ts';
import type { LayerRecord } from '../host/protocol/records.ts';
import { boardName } from '../host/protocol/requests.ts';
import { type EpochReading, evaluate, trainEpoch } from '../host/train.ts';
import type { TargetDescription } from '../host/transport/target.ts';
import { log10Of, scaledMeanOfNorms, scaledNormOfMean, toNumber } from '../host/values.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { finiteOrNull } from './compare-float.ts';
import { packageVersions } from './environment.ts';
import { floatCorrect, floatCost, readStats } from './epoch-stats.ts';
import { asImages, loadFloatInputs, widthsOf } from './inputs.ts';
import { describeDevice } from './run-result.ts';
import { FixedTrainer, firstDifference } from './train-fixed.ts';
import { cpuSeconds, type DeviceOptions, statisticsSince, withDevice } from './with-device.ts';

export interface TrainOptions extends DeviceOptions {
  readonly commandLine: string;
  readonly onEpoch?: (epoch: EpochResult) => void;
}

export interface TrainOutcome {
  readonly result: TrainResult;
  /** The values of W and B after the last epoch; undefined when it was stopped. */
  readonly trained: FloatNetwork | undefined;
  readonly stopped: DeltascopeError | undefined;
}

/** Images · epochs up to which `golden/fixed` is trained too unless it is asked for. */
const SHORT = 20_000;

interface Start {
  readonly request: TrainResult['request'];
  readonly data: { readonly name: string; readonly images: number };
  /** CRC-32 of the images with their labels. */
  readonly dataCrc: number;
  readonly examples: readonly TrainingExample[];
  readonly test: readonly TrainingExample[];
  readonly trainable: TrainableNetwork;
  /** Of an epoch, from 1. */
  readonly planOf: (epoch: number) => Plan;
  readonly descent: Descent | undefined;
}

/** How the steps of an epoch are taken: they differ by μ alone. */
interface Plan {
  /** As float64 takes them. */
  readonly settings: DescentSettings;
  readonly codes: TrainingCodes;
  readonly clip: ClipPlan | undefined;
}

/** @throws DeltascopeError of the inputs before a device is touched, then of the device. */
export async function trainJob(
  request: TrainRequest,
  options: TrainOptions,
): Promise<TrainOutcome> {
  const start = await prepare(request);
  const { value, simulatorSeconds } = await withDevice(request, options, (device, description) =>
    new Training(start, { device, description }, options).run(),
  );
  return {
    ...value,
    result: { ...value.result, time: { ...value.result.time, simulator: simulatorSeconds } },
  };
}

async function prepare(request: TrainRequest): Promise<Start> {
  const { cost, compare, headroom, images, batch = images } = request;
  if (request.epochs < 1) throw badOption('--epochs takes a whole number from 1 up');
  if ((request.stats ?? 0) > images) {
    throw badOption(`--stats ${request.stats} is more than the ${images} images there are`, {
      hint: `--stats ${images}, or more --images`,
    });
  }
  const { data, network, activationScales } = await loadFloatInputs(request);
  const grown = activationScales.map((scale, index) => {
    const { activation = 'sigmoid' } = network.layers[index] ?? {};
    return IS_UNBOUNDED[activation] ? Math.min(ACTIVATION_SCALE.max, scale + 1) : scale;
  });
  const trainable = startTraining(network, { cost, activationScales: grown, headroom });
  const { layers } = trainable.network;
  const planOf = (epoch: number): Plan => {
    const settings = { ...request, batch, momentum: momentumOf(request, epoch) };
    const codes = planDescent(settings, layers);
    return { settings, codes, clip: planClip(settings, codes, layers) };
  };
  // Each μ is judged before a device is touched.
  for (const epoch of [1, ...(request.momentumSchedule ?? []).map((change) => change.epoch)]) {
    planOf(epoch);
  }
  const test =
    request.test === undefined
      ? []
      : asImages(
          await loadDataset({ directory: request.dataset, split: 'test', limit: request.test }),
        );
  return {
    request: { ...request, layers: widthsOf(network), batch },
    data: { name: data.name, images: data.count },
    dataCrc: crc32(data.labels, crc32(data.images)),
    examples: asImages(data),
    test,
    trainable,
    planOf,
    descent: compare ? startDescent(network) : undefined,
  };
}

class Training {
  readonly #start: Start;
  readonly #device: Device;
  readonly #description: TargetDescription;
  readonly #options: TrainOptions;
  readonly #epochs: EpochResult[] = [];
  /** Epochs that were in the checkpoint. */
  #resumed = 0;
  #descent: Descent | undefined;
  #states: readonly TrainingState[];
  #deviceSeconds = 0;
  #goldenSeconds = 0;

  constructor(
    start: Start,
    { device, description }: { device: Device; description: TargetDescription },
    options: TrainOptions,
  ) {
    this.#start = start;
    this.#device = device;
    this.#description = description;
    this.#options = options;
    this.#descent = start.descent;
    this.#states = start.trainable.states;
  }

  async run(): Promise<TrainOutcome> {
    const { request, trainable, planOf } = this.#start;
    await this.#resume();
    const from = withStates(trainable.network, this.#states);
    const device = this.#device;
    await device.loadTraining(from);
    // Before anything is trained, so that a file that cannot be written is known now.
    await this.#writeCheckpoint();
    const before = device.statistics;
    const stopped = await this.#trainAll();
    if (this.#epochs.length === this.#resumed && stopped !== undefined) throw stopped;
    const statistics = statisticsSince(device.statistics, before);
    const fixed = stopped === undefined ? this.#verify(from) : null;
    const trained = masterValues(withStates(trainable.network, this.#states));
    const { data } = this.#start;
    const { identity, baud } = device;
    const { bytesSent, bytesReceived, framesSent, resends, discardedBytes } = statistics;
    const result: TrainResult = {
      ...{ kind: 'train', schema: 1, partial: stopped !== undefined },
      device: describeDevice({ description: this.#description, identity, baud }),
      stopped: stopped ? { code: stopped.code, message: stopped.message } : null,
      ...{ request, data, codes: planOf(1).codes },
      weightScales: trainable.network.layers.map(({ scale }) => scale),
      epochs: this.#epochs,
      resumedEpochs: this.#resumed,
      decades: distance(this.#epochs),
      fixed,
      link: {
        ...{ bytesSent, bytesReceived, framesSent, resends, discardedBytes },
        stepDowns: device.stepDowns,
      },
      time: { device: this.#deviceSeconds, golden: this.#goldenSeconds, simulator: null },
      contractCrc: CONTRACT_CRC.toString(16).padStart(8, '0'),
      tools: { node: process.version, ...packageVersions() },
      seed: request.seed,
      commandLine: this.#options.commandLine,
    };
    return { result, trained: stopped === undefined ? trained : undefined, stopped };
  }

  async #resume(): Promise<void> {
    const { request, trainable, descent, dataCrc } = this.#start;
    if (request.resume === undefined) return;
    const { states } = trainable;
    const expected = { request, board: this.#board, dataCrc, states, descent };
    const found = await readCheckpoint(request.resume, expected);
    if (found.epochs.length >= request.epochs) {
      throw badOption(`"${request.resume}" has ${found.epochs.length} epochs already`, {
        hint: `--epochs ${found.epochs.length + 1}, or more`,
      });
    }
    this.#epochs.push(...found.epochs);
    this.#resumed = found.epochs.length;
    this.#states = found.states;
    this.#descent = found.descent;
  }

  /** @returns what stopped it, with whole epochs done. */
  async #trainAll(): Promise<DeltascopeError | undefined> {
    const { request } = this.#start;
    try {
      while (this.#epochs.length < request.epochs) {
        const result = await this.#trainOne(this.#epochs.length + 1);
        this.#epochs.push(result);
        this.#options.onEpoch?.(result);
        const { length } = this.#epochs;
        if (length === request.epochs || length % request.checkpointEvery === 0) {
          await this.#keep();
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof DeltascopeError && error.code !== 'output-not-writable') return error;
      throw error;
    }
  }

  async #trainOne(epoch: number): Promise<EpochResult> {
    const { request, examples, trainable, planOf } = this.#start;
    const { codes, clip, settings } = planOf(epoch);
    const { signal, onProgress } = this.#options;
    const total = request.images * (request.epochs - this.#resumed);
    const before = request.images * (epoch - 1 - this.#resumed);
    const batches = batchesOf(examples, { ...request, epoch });
    const reading = await this.#onDevice(async () => {
      await this.#device.setDescent(codes);
      return trainEpoch(this.#device, batches, {
        ...{ signal, clip },
        onProgress: ({ done }) => onProgress?.({ kind: 'images', done: before + done, total }),
      });
    });
    const norms = this.#descendInFloat(batches, settings);
    const stats = await this.#readStats();
    const judged = await this.#judge();
    return {
      epoch,
      layers: trainable.network.layers.map(({ activation }, index) =>
        describeLayer({ index, activation }, reading, norms?.[index]),
      ),
      ...{ images: reading.images, correct: reading.counts.correct, batches: reading.batches },
      counts: {
        roundedToZero: reading.counts.roundedToZero,
        clamped: reading.counts.clamped,
        shiftClamped: reading.counts.shiftClamped,
      },
      clipped: reading.clipped ?? null,
      test: judged,
      stats,
      cycles: this.#description.kind === 'model' ? null : cyclesOf(reading),
    };
  }

  /** The same epoch in float64. @returns norms of the first batch. */
  #descendInFloat(
    batches: readonly (readonly TrainingExample[])[],
    settings: DescentSettings,
  ): LayerNorms[] | undefined {
    const descent = this.#descent;
    if (descent === undefined) return undefined;
    const norms = this.#inGolden(() => batches.map((batch) => descend(descent, batch, settings)));
    return norms[0];
  }

  async #onDevice<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const value = await work();
    this.#deviceSeconds += (performance.now() - started) / 1000;
    return value;
  }

  #inGolden<T>(work: () => T): T {
    const started = process.cpuUsage();
    const value = work();
    this.#goldenSeconds += cpuSeconds(process.cpuUsage(started));
    return value;
  }

  /** The test set, on the device and in float64. */
  async #judge(): Promise<EpochResult['test']> {
    const { test } = this.#start;
    if (test.length === 0) return null;
    const { signal } = this.#options;
    const correct = await this.#onDevice(() => evaluate(this.#device, test, { signal }));
    const { network } = this.#descent ?? {};
    const float64 =
      network === undefined ? null : this.#inGolden(() => floatCorrect(network, test));
    return { images: test.length, correct, float64 };
  }

  async #readStats(): Promise<EpochStats | null> {
    const { request, examples, trainable } = this.#start;
    if (request.stats === undefined) return null;
    const asked = {
      examples: examples.slice(0, request.stats),
      cost: request.cost,
      decayPerImage: request.decay / request.images,
    };
    const found = await this.#onDevice(() =>
      readStats(this.#device, asked, {
        signal: this.#options.signal,
        weightsOf: async () =>
          masterValues(withStates(trainable.network, await this.#device.readTraining())),
      }),
    );
    const { network } = this.#descent ?? {};
    const float64 = network === undefined ? null : this.#inGolden(() => floatCost(network, asked));
    return { ...found, float64 };
  }

  /** Reads the state back, and writes it where that was asked for. */
  async #keep(): Promise<void> {
    const { request } = this.#start;
    const isLast = this.#epochs.length === request.epochs;
    if (request.checkpoint === undefined && !isLast) return;
    this.#states = await this.#device.readTraining();
    await this.#writeCheckpoint();
  }

  async #writeCheckpoint(): Promise<void> {
    const { request, dataCrc } = this.#start;
    if (request.checkpoint === undefined) return;
    const checkpoint: Checkpoint = {
      ...{ request, board: this.#board, dataCrc, states: this.#states },
      ...{ descent: this.#descent, epochs: this.#epochs },
    };
    await writeCheckpoint(request.checkpoint, checkpoint);
  }

  get #board(): string {
    const { identity } = this.#device;
    return boardName(identity) ?? `board ${identity.board}`;
  }

  /** The epochs of this run once more in `golden/fixed`. */
  #verify(from: TrainableNetwork): TrainResult['fixed'] {
    const { request, examples, planOf } = this.#start;
    const { images, epochs, verify = images * (epochs - this.#resumed) <= SHORT } = request;
    if (!verify) return null;
    this.#options.onProgress?.({ kind: 'golden' });
    const { codes, clip } = planOf(this.#resumed + 1);
    const fixed = new FixedTrainer(from, codes, clip);
    this.#inGolden(() => {
      for (let epoch = this.#resumed + 1; epoch <= epochs; epoch++) {
        fixed.codes = planOf(epoch).codes;
        for (const batch of batchesOf(examples, { ...request, epoch })) fixed.step(batch);
      }
    });
    const difference = firstDifference(this.#states, fixed.states);
    return {
      equal: difference === undefined,
      valuesCompared: fixed.states.reduce(
        (sum, { weights, biases }) => sum + 2 * (weights.length + biases.length),
        0,
      ),
      firstDifference: difference ?? null,
    };
  }
}

/** The examples of an epoch in its order, which depends on seed and number of the epoch only. */
export function batchesOf(
  examples: readonly TrainingExample[],
  {
    batch,
    shuffle,
    seed,
    epoch,
  }: Pick<TrainResult['request'], 'batch' | 'shuffle' | 'seed'> & { epoch: number },
): TrainingExample[][] {
  const order = [...examples];
  if (shuffle) {
    // Fisher and Yates; a stream of its own for each epoch, so that a resumed run has the same.
    const { uniform } = randomState((seed + epoch * 0x9e3779b9) % 2 ** 32);
    for (let last = order.length - 1; last > 0; last--) {
      const other = Math.floor((last + 1) * uniform());
      [order[last], order[other]] = [
        order[other] as TrainingExample,
        order[last] as TrainingExample,
      ];
    }
  }
  return Array.from({ length: order.length / batch }, (_, index) =>
    order.slice(index * batch, (index + 1) * batch),
  );
}

function describeLayer(
  { index, activation }: { index: number; activation: ActivationName },
  { first }: EpochReading,
  reference: LayerNorms | undefined,
): EpochResult['layers'][number] {
  const sums = first.layers[index] ?? { exponent: 0, sums: new Float64Array() };
  const ofMean = scaledNormOfMean(sums, first.images.length);
  const records = first.images.flatMap(({ layers }) => layers[index] ?? []);
  const ofNorms = scaledMeanOfNorms(records);
  const log10 = { normOfMean: log10Of(ofMean), meanOfNorms: log10Of(ofNorms) };
  return {
    layer: index + 1,
    normOfMean: finiteOrNull(toNumber(ofMean)),
    meanOfNorms: finiteOrNull(toNumber(ofNorms)),
    log10,
    float64: reference
      ? {
          normOfMean: finiteOrNull(reference.normOfMean),
          decades:
            log10.normOfMean === null
              ? null
              : finiteOrNull(log10.normOfMean - Math.log10(reference.normOfMean)),
        }
      : null,
    clamped: IS_UNBOUNDED[activation] ? clampedIn(records) : 0,
  };
}

function clampedIn(records: readonly LayerRecord[]): number {
  return records.reduce((sum, record) => sum + record.zSaturated + record.activationSaturated, 0);
}

function cyclesOf({ first, counts }: EpochReading): EpochResult['cycles'] {
  const total = first.images.reduce((sum, { cycles }) => sum + cycles, 0);
  return { perImage: total / first.images.length, step: counts.cycles };
}

function distance(epochs: readonly EpochResult[]): TrainResult['decades'] {
  const all = epochs.flatMap(({ layers }) =>
    layers.flatMap(({ float64 }) => (float64?.decades == null ? [] : [Math.abs(float64.decades)])),
  );
  if (all.length === 0) return null;
  return { median: median(all), max: all.reduce((a, b) => Math.max(a, b)) };
}

function badOption(message: string, details: { hint?: string } = {}): DeltascopeError {
  return new DeltascopeError('bad-option', message, details);
}
