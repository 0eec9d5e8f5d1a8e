/** From what the device measured to the result record. */
import { BITS_PER_BYTE_ON_WIRE } from '../contract/boards.ts';
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import { NO_EXPONENT } from '../contract/formats.ts';
import type { IntegerLayer } from '../contract/network.ts';
import type {
  ImageCounters,
  LayerCounts,
  LayerResult,
  LayerState,
  Reference,
  RunRequest,
  RunResult,
} from '../contract/result.ts';
import { IS_UNBOUNDED } from '../host/data/quantise.ts';
import type { Device, LayerUnitFlags } from '../host/device.ts';
import type { DeltascopeError } from '../host/error.ts';
import type { LinkStatistics } from '../host/link.ts';
import type { MeasuredImage } from '../host/measure.ts';
import { cyclesBetween, type ImageRecord, type LayerRecord } from '../host/protocol/records.ts';
import { boardName } from '../host/protocol/requests.ts';
import type { TargetDescription } from '../host/transport/target.ts';
import {
  log10Of,
  normOfDelta,
  type ScaledNumber,
  scaledMeanOfNorms,
  scaledNormOfMean,
  toNumber,
} from '../host/values.ts';
import type { FixedComparison, Gathered } from './compare-fixed.ts';
import { compareWithFloat, type DeviceNorms, finiteOrNull } from './compare-float.ts';
import { packageVersions } from './environment.ts';
import { FidelityGauge, type HeldDelta } from './fidelity.ts';
import { firstImages, type Inputs, widthsOf } from './inputs.ts';

export interface DeviceRun {
  readonly measurement: Gathered;
  /** What ended the measurement early. */
  readonly stopped: DeltascopeError | undefined;
  readonly description: TargetDescription;
  readonly identity: Device['identity'];
  /** In use at the end, and how often it went down since it was negotiated. */
  readonly baud: number;
  readonly stepDowns: number;
  readonly statistics: LinkStatistics;
  readonly wallSeconds: number;
  readonly hostSeconds: number;
  readonly simulatorSeconds: number | null;
}

/** Layers 1 … L: norms, counts, and the distance from float64. */
export function describeLayers(
  { cost }: Pick<RunRequest, 'cost'>,
  { data, network, sameWeights, integers }: Omit<Inputs, 'remarks'>,
  measurement: Gathered,
): LayerResult[] {
  const count = measurement.images.length;
  const records = integers.layers.map((_, index) =>
    measurement.images.flatMap(({ layers }) => layers[index] ?? []),
  );
  const scaled = records.map((layer, index) => {
    const sums = measurement.layers?.[index];
    return {
      ofMean: sums === undefined ? undefined : scaledNormOfMean(sums, count),
      ofNorms: scaledMeanOfNorms(layer),
    };
  });
  const norms = records.map((layer, index): DeviceNorms => {
    const { ofMean, ofNorms } = at(scaled, index);
    return {
      normOfMean: ofMean === undefined ? null : finiteOrNull(toNumber(ofMean)),
      meanOfNorms: finiteOrNull(toNumber(ofNorms)),
      norms: layer.map(normOfDelta),
    };
  });
  const gauges = integers.layers.map(({ nOut }) => new FidelityGauge(nOut));
  const batch = { ...firstImages(data, count), cost };
  const float64 = compareWithFloat(network, batch, norms);
  const float64SameWeights = compareWithFloat(
    sameWeights,
    {
      ...batch,
      onImage: (image, pass) =>
        gauges.forEach((gauge, index) => {
          const reference = { delta: at(pass.delta, index), slope: at(pass.slope, index) };
          gauge.add(heldDelta(measurement, image, index), reference);
        }),
    },
    norms,
  );
  return integers.layers.map((layer, index) => {
    const counts = totalCounts(at(records, index));
    const { ofMean, ofNorms } = at(scaled, index);
    const sameWeightsReference = at(float64SameWeights, index);
    return {
      layer: index + 1,
      neurons: layer.nOut,
      weightScale: layer.scale,
      activation: layer.activation,
      activationScale: layer.activationScale,
      state: stateOf(layer, { norm: ofNorms, counts, reference: sameWeightsReference }),
      normOfMean: at(norms, index).normOfMean,
      meanOfNorms: at(norms, index).meanOfNorms,
      log10: {
        normOfMean: ofMean === undefined ? null : log10Of(ofMean),
        meanOfNorms: log10Of(ofNorms),
      },
      ...counts,
      deltaExponents: exponentRange(at(records, index)),
      units: countUnits(measurement.unitFlags?.[index]),
      float64: at(float64, index),
      float64SameWeights: sameWeightsReference,
      fidelity: at(gauges, index).result(measurement.layers?.[index]?.sums),
    };
  });
}

/** Undefined unless z, a and δ were read back. */
function heldDelta({ images }: Gathered, image: number, index: number): HeldDelta | undefined {
  const { observation, layers } = at(images, image);
  const observed = observation?.[index];
  return observed && { ...observed, exponent: at(layers, index).deltaExponent };
}

/** Below, a float64 loses bits and then becomes 0. */
const LEAST_NORMAL = 2 ** -1022;

/** See `LAYER_STATES`. The device's exponent itself cannot leave its format: contract/formats.ts. */
function stateOf(
  { activation }: Pick<IntegerLayer, 'activation'>,
  { norm, counts, reference }: { norm: ScaledNumber; counts: LayerCounts; reference: Reference },
): LayerState {
  const value = toNumber(norm);
  if (!Number.isFinite(value)) return 'exploded';
  if (norm.value === 0) return reference.meanOfNorms === 0 ? 'zero' : 'underflowed';
  if (IS_UNBOUNDED[activation] && counts.zSaturated + counts.activationSaturated > 0) {
    return 'clamped';
  }
  return value < LEAST_NORMAL ? 'vanished' : 'held';
}

/** Every count of the records, added up over the images. */
function totalCounts(records: readonly LayerRecord[]): LayerCounts {
  const total = (name: keyof LayerCounts) => records.reduce((sum, record) => sum + record[name], 0);
  const { sumSquares: _squares, deltaExponent: _exponent, ...counts } = at(records, 0);
  const names = Object.keys(counts) as (keyof LayerCounts)[];
  return Object.fromEntries(names.map((name) => [name, total(name)])) as LayerCounts;
}

function exponentRange(records: readonly LayerRecord[]): LayerResult['deltaExponents'] {
  const exponents = records.map((record) => record.deltaExponent).filter((x) => x !== NO_EXPONENT);
  if (exponents.length === 0) return null;
  return {
    min: exponents.reduce((a, b) => Math.min(a, b)),
    max: exponents.reduce((a, b) => Math.max(a, b)),
  };
}

function countUnits(flags: LayerUnitFlags | undefined): LayerResult['units'] {
  if (flags === undefined) return null;
  const without = (flag: readonly boolean[]) => flag.filter((seen) => !seen).length;
  return { dead: without(flags.alive), alwaysSaturated: without(flags.responsive) };
}

/** @param hasCycles the device counts clock cycles. */
function meanCounters({ images }: Gathered, hasCycles: boolean): ImageCounters {
  const passes = passesOf(images);
  const mean = (name: Exclude<keyof ImageCounters, 'waitCycles'>) =>
    passes.reduce((sum, pass) => sum + pass[name], 0) / images.length;
  const nonZeroInputs = images.reduce((sum, image) => sum + image.nonZeroInputs, 0) / images.length;
  const counts = { rows: mean('rows'), nonZeroInputs };
  if (!hasCycles) {
    const none = { cycles: null, forwardCycles: null, backwardCycles: null, alignCycles: null };
    return { ...none, drainStalls: null, waitCycles: null, ...counts };
  }
  const waits = passes.slice(1).map(({ startTime }, before) => {
    return cyclesBetween(at(passes, before).endTime, startTime);
  });
  return {
    cycles: mean('cycles'),
    forwardCycles: mean('forwardCycles'),
    backwardCycles: mean('backwardCycles'),
    alignCycles: mean('alignCycles'),
    drainStalls: mean('drainStalls'),
    waitCycles: waits.length === 0 ? 0 : waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
    ...counts,
  };
}

/** In their order: of an image with softmax outputs, that for its z^L comes first. */
function passesOf(images: readonly MeasuredImage[]): ImageRecord[] {
  return images.flatMap((image) => (image.softmax ? [image.softmax.record, image] : [image]));
}

interface Parts {
  readonly inputs: Inputs;
  readonly run: DeviceRun;
  readonly fixed: FixedComparison;
  readonly layers: readonly LayerResult[];
  readonly golden: number;
  readonly commandLine: string;
}

export function describeDevice({
  description,
  identity,
  baud,
}: Pick<DeviceRun, 'description' | 'identity' | 'baud'>): RunResult['device'] {
  return {
    label: description.label,
    kind: description.kind,
    board: boardName(identity) ?? `board ${identity.board}`,
    lanes: identity.lanes,
    clockHz: identity.clockHz,
    baud,
    fillSeed: description.kind === 'simulated' ? description.seed : null,
  };
}

export function composeResult(request: RunRequest, parts: Parts): RunResult {
  const { inputs, run, fixed, layers, golden, commandLine } = parts;
  const { identity, description, statistics, measurement } = run;
  const count = measurement.images.length;
  const hasCycles = description.kind !== 'model';
  const cycles = passesOf(measurement.images).reduce((total, pass) => total + pass.cycles, 0);
  const busierBytes = Math.max(statistics.bytesSent, statistics.bytesReceived);
  return {
    kind: 'run',
    schema: 1,
    partial: run.stopped !== undefined,
    stopped: run.stopped ? { code: run.stopped.code, message: run.stopped.message } : null,
    device: describeDevice(run),
    request: { ...request, layers: widthsOf(inputs.network) },
    data: { name: inputs.data.name, images: count },
    layers,
    fixed,
    passesPerImage: request.cost === 'log-likelihood' ? 2 : 1,
    cycles: hasCycles ? { total: cycles, perImage: cycles / count } : null,
    perImage: meanCounters(measurement, hasCycles),
    link: {
      bytesSent: statistics.bytesSent,
      bytesReceived: statistics.bytesReceived,
      framesSent: statistics.framesSent,
      resends: statistics.resends,
      discardedBytes: statistics.discardedBytes,
      stepDowns: run.stepDowns,
    },
    time: {
      device: hasCycles ? cycles / identity.clockHz : null,
      link: (busierBytes * BITS_PER_BYTE_ON_WIRE) / run.baud,
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
    commandLine,
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
