/**
 * The device as experiments see it: networks and images in, values out. Every batch is compared
 * with `golden/fixed`, bit for bit.
 */
import { compareWithFixed, type FixedComparison } from '../bench/compare-fixed.ts';
import { codesOf, FixedTrainer } from '../bench/train-fixed.ts';
import { batchesOf } from '../bench/train-job.ts';
import type {
  ActivationName,
  CostName,
  FloatNetwork,
  Injection,
  IntegerNetwork,
} from '../contract/network.ts';
import type { Difference } from '../contract/result.ts';
import type { TrainingState } from '../contract/training.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { type ClipPlan, planClip } from '../host/clip.ts';
import { masterValues, startTraining, withStates } from '../host/data/masters.ts';
import { dequantise, quantise } from '../host/data/quantise.ts';
import { type DescentOptions, planDescent } from '../host/descent.ts';
import type { Device } from '../host/device.ts';
import { DeltascopeError } from '../host/error.ts';
import { type Measurement, measure as measureBatch } from '../host/measure.ts';
import type { Image } from '../host/protocol/image.ts';
import type { ImageRecord } from '../host/protocol/records.ts';
import { trainEpoch } from '../host/train.ts';
import {
  activationValue,
  deltaValue,
  meanDeltaValue,
  normOfDelta,
  normOfMean,
  slopeValue,
  zValue,
} from '../host/values.ts';
import type { Fault } from './experiment.ts';

export interface MeasureRequest {
  readonly network: FloatNetwork;
  readonly images: readonly Image[];
  /** Default `cross-entropy`. */
  readonly cost?: CostName;
  /** Of every layer. Default `sigmoid`. */
  readonly activation?: ActivationName;
  readonly injection?: Injection;
  /** Read z, a, σ′ and δ of every image back. */
  readonly observe?: boolean;
}

/** Values of one layer and image; vectors of n_out. */
export interface ObservedLayer {
  readonly z: Float64Array;
  readonly a: Float64Array;
  /** σ′(z). */
  readonly slope: Float64Array;
  readonly delta: Float64Array;
}

export interface Reading {
  /** What the device's integers stand for. */
  readonly network: FloatNetwork;
  readonly records: readonly ImageRecord[];
  /** Images × layers: ‖δ^ℓ‖. */
  readonly norms: readonly (readonly number[])[];
  /** Per layer: mean over the images of δ^ℓ, which is ∂C/∂b^ℓ (BP3). */
  readonly meanDelta: readonly Float64Array[];
  /** Images × layers; empty without `observe`. */
  readonly observed: readonly (readonly ObservedLayer[])[];
}

export type Measure = (request: MeasureRequest) => Promise<Reading>;

export interface TrainRequest {
  readonly network: FloatNetwork;
  readonly examples: readonly TrainingExample[];
  readonly descent: Omit<DescentOptions, 'images'>;
  readonly epochs: number;
  /** μ of each epoch, in place of that of `descent`. */
  readonly momentumOf?: ((epoch: number) => number) | undefined;
  /** Another order of the examples in each epoch, of this seed. */
  readonly shuffle?: number;
  readonly onEpoch?: (epoch: number) => Promise<void>;
  /** Epochs after which the weights are read; each takes as long as loading them. */
  readonly keep?: readonly number[];
}

export interface TrainedEpoch {
  /** Per layer: ‖mean δ‖ of the first batch, before its step. */
  readonly norms: readonly number[];
  /** Share of the examples, each judged before the step of its batch. */
  readonly correct: number;
  /** Share of z and of activations of the first batch that the format clamped. */
  readonly saturated: number;
}

export interface Trained {
  /** One record an epoch. */
  readonly epochs: readonly TrainedEpoch[];
  /** Values of W, B and V that were clamped, over all epochs. */
  readonly clamped: number;
  /** What the device held after each epoch of `keep`. */
  readonly kept: readonly FloatNetwork[];
  /** What the device holds, until anything else is loaded. */
  readonly readNetwork: () => Promise<FloatNetwork>;
}

/** With the cross-entropy. */
export type Train = (request: TrainRequest) => Promise<Trained>;

/** How many batches were compared with `golden/fixed`, and how many differed. */
export interface Comparison {
  readonly batches: number;
  readonly different: number;
  readonly valuesCompared: number;
  readonly firstDifference: Difference | null;
}

export interface InstrumentOptions {
  readonly signal?: AbortSignal | undefined;
  /** Breaks the device, for tests of what an experiment sees. */
  readonly fault?: Fault | undefined;
}

/** Bits by which weights may outgrow the scale they start with. */
const HEADROOM = 2;

export class Instrument {
  readonly #device: Device;
  readonly #options: InstrumentOptions;
  #comparison: Comparison = { batches: 0, different: 0, valuesCompared: 0, firstDifference: null };

  constructor(device: Device, options: InstrumentOptions = {}) {
    this.#device = device;
    this.#options = options;
  }

  get comparison(): Comparison {
    return this.#comparison;
  }

  /** @throws DeltascopeError of the network, of the device, or `interrupted`. */
  readonly measure: Measure = async (request) => {
    const { network, images, cost = 'cross-entropy', activation = 'sigmoid' } = request;
    const { injection, observe = false } = request;
    const integers = quantise(network, { cost, activation });
    const { fault, signal } = this.#options;
    const broken = fault?.network?.(integers) ?? integers;
    await this.#device.loadNetwork(broken, { injection });
    const measured = await measureBatch(this.#device, images, { observe, signal });
    const measurement = fault?.measurement?.(measured) ?? measured;
    this.#compare(integers, request, measurement);
    return readingOf(integers, measurement);
  };

  /** @throws DeltascopeError of the network, of the device, or `interrupted`. */
  readonly train: Train = async (request) => {
    const { network, examples, epochs, onEpoch, keep = [] } = request;
    const start = startTraining(network, { cost: 'cross-entropy', headroom: HEADROOM });
    const { layers } = start.network;
    const broken = this.#options.fault?.network?.(start.network) ?? start.network;
    await this.#device.loadTraining({ ...start, network: broken });
    const descent = { ...request.descent, images: examples.length };
    const codes = planDescent(descent, layers);
    const fixed = new FixedTrainer(start, codes, planClip(descent, codes, layers));
    const readNetwork = async () =>
      masterValues(withStates(start.network, await this.#device.readTraining()));
    const found: TrainedEpoch[] = [];
    const kept: FloatNetwork[] = [];
    let clamped = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) {
      await onEpoch?.(epoch);
      const momentum = request.momentumOf?.(epoch) ?? descent.momentum;
      fixed.codes = planDescent({ ...descent, momentum }, layers);
      const clip = planClip(descent, fixed.codes, layers);
      const one = await this.#trainEpoch(request, { epoch, fixed, clip });
      found.push(one);
      clamped += one.clamped;
      if (keep.includes(epoch)) kept.push(await readNetwork());
    }
    await this.#compareStates(fixed.states);
    return { epochs: found, clamped, kept, readNetwork };
  };

  /** On the device and in `golden/fixed`, which has the codes of the epoch's steps. */
  async #trainEpoch(
    { examples, shuffle, descent: { batch } }: TrainRequest,
    { epoch, fixed, clip }: { epoch: number; fixed: FixedTrainer; clip: ClipPlan | undefined },
  ): Promise<TrainedEpoch & { readonly clamped: number }> {
    const { fault, signal } = this.#options;
    await this.#device.setDescent(fault?.codes?.(fixed.codes) ?? fixed.codes);
    const order = { shuffle: shuffle !== undefined, seed: shuffle ?? 0, epoch };
    const batches = batchesOf(examples, { ...order, batch });
    const { first, counts } = await trainEpoch(this.#device, batches, {
      signal,
      clip: fault?.isNotClipped ? undefined : clip,
    });
    const measurement = fault?.measurement?.(first) ?? first;
    this.#compare(fixed.network, { images: batches[0] ?? [] }, measurement);
    for (const one of batches) fixed.step(one);
    return {
      norms: measurement.layers.map((sums) => normOfMean(sums, batch)),
      correct: counts.correct / examples.length,
      saturated: saturatedIn(measurement),
      clamped: counts.clamped,
    };
  }

  #compare(
    network: IntegerNetwork,
    { images, injection }: Pick<MeasureRequest, 'images' | 'injection'>,
    measurement: Measurement,
  ): void {
    const examples = { inputs: images.map(codesOf), labels: images.map(({ label }) => label) };
    this.#count(compareWithFixed(network, { ...examples, injection }, measurement));
  }

  /** What was trained, as one batch more. @throws DeltascopeError of the device. */
  async #compareStates(states: readonly TrainingState[]): Promise<void> {
    const codes = states.flatMap((state) => Object.values(state).map(({ length }) => length));
    const equal = await this.#device.verifyTraining(states).then(
      () => true,
      (error: unknown) => {
        if (error instanceof DeltascopeError && error.code === 'wrong-result') return false;
        throw error;
      },
    );
    const valuesCompared = codes.reduce((sum, length) => sum + length, 0);
    this.#count({ equal, valuesCompared, firstDifference: null });
  }

  #count({ equal, valuesCompared, firstDifference }: FixedComparison): void {
    const before = this.#comparison;
    this.#comparison = {
      batches: before.batches + 1,
      different: before.different + (equal ? 0 : 1),
      valuesCompared: before.valuesCompared + valuesCompared,
      firstDifference: before.firstDifference ?? firstDifference,
    };
  }
}

function saturatedIn({ images, layers }: Measurement): number {
  const records = images.flatMap((image) => image.layers);
  const clamped = records.reduce((sum, of) => sum + of.zSaturated + of.activationSaturated, 0);
  const units = layers.reduce((sum, { sums }) => sum + sums.length, 0);
  return clamped / (2 * units * images.length);
}

function readingOf(network: IntegerNetwork, { images, layers }: Measurement): Reading {
  return {
    network: dequantise(network),
    records: images,
    norms: images.map((image) => image.layers.map(normOfDelta)),
    meanDelta: layers.map(({ exponent, sums }) =>
      sums.map((sum) => meanDeltaValue(sum, { exponent, images: images.length })),
    ),
    observed: images.flatMap(({ observation, layers: records }) =>
      observation === undefined
        ? []
        : [
            observation.map((layer, index) => ({
              z: Float64Array.from(layer.z, zValue),
              a: Float64Array.from(layer.activations, (code) => activationValue(code, layer)),
              slope: Float64Array.from(layer.slopes, (mantissa, j) =>
                slopeValue(mantissa, layer.slopeExponents[j] ?? 0),
              ),
              delta: Float64Array.from(layer.deltas, (mantissa) =>
                deltaValue(mantissa, records[index]?.deltaExponent ?? 0),
              ),
            })),
          ],
    ),
  };
}
