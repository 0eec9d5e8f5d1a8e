/**
 * The job behind `deltascope diff`: the same images through float64, `golden/fixed` and one or two
 * devices, and where the first two of them part. float64 has the device's weights, so that only
 * arithmetic can differ.
 */
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import type { CostName } from '../contract/network.ts';
import type { Difference, DiffResult, Parting, RunRequest, RunResult } from '../contract/result.ts';
import { DeltaSum } from '../golden/fixed/delta-sum.ts';
import { backpropagate as backpropagateFixed } from '../golden/fixed/network.ts';
import { backpropagate as backpropagateFloat } from '../golden/float64/network.ts';
import type { LayerSums } from '../host/device.ts';
import { activationValue } from '../host/values.ts';
import type { Gathered } from './compare-fixed.ts';
import { PairFollower } from './diff-pair.ts';
import { type Inputs, inputCodes, loadInputs, widthsOf } from './inputs.ts';
import {
  deviceJourney,
  fixedJourney,
  floatJourney,
  type Stretch,
  sumStretches,
} from './journey.ts';
import { type RunOptions, type RunOutcome, runJob } from './run-job.ts';

export interface DiffRequest extends Omit<RunRequest, 'observe' | 'trace' | 'cost'> {
  readonly cost: CostName;
  /** Between float64 and fixed, see bench/diff-pair.ts. */
  readonly tolerance: number;
  /** Beside a real board, simulate the same one too. */
  readonly simulate: boolean;
  /** Where the waves of the simulated board go when a device parts from fixed; undefined: none. */
  readonly waves?: string | undefined;
  /** Write them also when nothing parts: of the image with the first parting of float64, or 0. */
  readonly wavesAnyway: boolean;
}

const FLOAT64 = 'float64';
/** By `kind` of the device. */
const DEVICES = { simulated: 'simulated RTL', serial: 'board', model: 'model' } as const;
const FIXED = 'fixed';
/** The input is an activation of scale 0. */
const PIXELS = { activationScale: 0 };

/** @throws DeltascopeError as `runJob`, or what interrupted it. */
export async function diffJob(request: DiffRequest, options: RunOptions): Promise<DiffResult> {
  const { tolerance, simulate, waves, wavesAnyway, ...common } = request;
  const runRequest: RunRequest = { ...common, observe: true };
  const inputs = await loadInputs(runRequest);
  const runs = [await runWhole(runRequest, options)];
  const [{ device }] = runs.map(({ result }) => result) as [RunResult];
  if (simulate && device.kind === 'serial') {
    runs.push(await runWhole({ ...runRequest, on: `sim:${device.board}` }, options));
  }
  const { devices, model } = followAll(inputs, runs, { tolerance, cost: request.cost });

  const rtl = runs.find(({ result }) => result.device.kind === 'simulated');
  const parted = devices.find(({ first }) => first !== null)?.first;
  const image = (parted ?? model.first)?.image ?? 0;
  const wanted = rtl !== undefined && waves !== undefined && (parted !== undefined || wavesAnyway);
  if (wanted) await recordWaves(rtl, { file: waves, image }, options);
  return {
    kind: 'diff',
    schema: 1,
    request: { ...runRequest, layers: widthsOf(inputs.network) },
    data: { name: inputs.data.name, images: inputs.data.count },
    devices: runs.map(({ result }) => result.device),
    pairs: [model, ...devices].map((follower) => follower.result()),
    waves: wanted ? { file: waves, image } : null,
    contractCrc: CONTRACT_CRC.toString(16).padStart(8, '0'),
    commandLine: options.commandLine,
  };
}

/** @throws what stopped it: half of the images are no basis. */
async function runWhole(request: RunRequest, options: RunOptions): Promise<RunOutcome> {
  const outcome = await runJob(request, options);
  if (outcome.stopped !== undefined) throw outcome.stopped;
  return outcome;
}

/** The very same board again, slower. */
async function recordWaves(
  { result }: RunOutcome,
  trace: { readonly file: string; readonly image: number },
  options: RunOptions,
): Promise<void> {
  const { request, device } = result;
  const images = trace.image + 1;
  const fillSeed = device.fillSeed ?? undefined;
  const on = request.on === undefined || request.on === 'sim' ? `sim:${device.board}` : request.on;
  await runJob({ ...request, on, images, fillSeed, trace }, options);
}

/** `model`: float64 and fixed; `devices`: fixed and each of them. */
function followAll(
  { data, integers, sameWeights }: Inputs,
  runs: readonly RunOutcome[],
  { tolerance, cost }: Pick<DiffRequest, 'tolerance' | 'cost'>,
): { model: PairFollower; devices: readonly PairFollower[] } {
  const model = new PairFollower({ left: FLOAT64, right: FIXED, tolerance });
  const devices = runs.map(({ result }) => {
    return new PairFollower({ left: FIXED, right: DEVICES[result.device.kind], tolerance: 0 });
  });
  const sums = integers.layers.map(({ nOut }) => new DeltaSum(nOut));
  const floatSums = integers.layers.map(({ nOut }) => new Float64Array(nOut));
  let image = 0;
  for (const codes of inputCodes(data)) {
    const label = data.labels[image] as number;
    const layers = backpropagateFixed(integers, codes, label);
    const fixed = fixedJourney(integers, layers);
    const pass = backpropagateFloat(sameWeights, {
      ...{ label, cost },
      input: Float64Array.from(codes, (code) => activationValue(code, PIXELS)),
    });
    model.follow(image, floatJourney(pass), fixed);
    layers.forEach(({ delta, deltaExponent }, index) => {
      sums[index]?.add(delta, deltaExponent);
      pass.delta[index]?.forEach((x, j) => {
        const sum = floatSums[index] as Float64Array;
        sum[j] = (sum[j] as number) + x;
      });
    });
    devices.forEach((follower, index) => {
      const measured = (runs[index] as RunOutcome).measurement.images[image];
      if (measured !== undefined) follower.follow(image, fixed, deviceJourney(integers, measured));
    });
    image++;
  }

  const fixedSums = sumStretches(sums.map(({ exponent, codes }) => ({ exponent, sums: codes })));
  const exact = floatSums.map((codes, index): Stretch => {
    return { layer: index + 1, quantity: 'Σδ', codes, exponents: null };
  });
  model.follow(null, exact.reverse(), fixedSums);
  devices.forEach((follower, index) => {
    const { measurement, result } = runs[index] as RunOutcome;
    follower.follow(null, fixedSums, sumStretches(sumsOf(measurement)));
    // Counts and flags are on no image's way, but must be equal too.
    const { firstDifference } = result.fixed;
    if (follower.first === null && firstDifference !== null) follower.note(plain(firstDifference));
  });
  return { model, devices };
}

function sumsOf({ layers }: Gathered): readonly LayerSums[] {
  if (layers === undefined) throw new RangeError('Σδ was not read back');
  return layers;
}

function plain({ device, fixed, ...place }: Difference): Parting {
  const whole = (code: number) => ({ mantissa: code, exponent: 0, decimal: code });
  return { ...place, left: whole(fixed), right: whole(device) };
}
