/**
 * Images per second of software on this machine, one thread, on the images of the device: forward,
 * every δ and the norms. Each is compared with `golden/float64` before it is timed.
 */
import Benchmark from 'benchmark';
import { LIMITS, type SoftwareBench, type SoftwareRow } from '../contract/bench.ts';
import type { CostName } from '../contract/network.ts';
import { DeltaSum } from '../golden/fixed/delta-sum.ts';
import { backpropagate } from '../golden/fixed/network.ts';
import { type Batch, type LayerNorms, measureBatch } from '../golden/float64/batch.ts';
import { DeltascopeError } from '../host/error.ts';
import { normOfDelta, normOfMean } from '../host/values.ts';
import { firstImages, type Inputs, inputCodes } from './inputs.ts';
import { plainLoop } from './plain-loop.ts';
import { type PythonOptions, runPython } from './python-software.ts';

export interface SoftwareOptions extends PythonOptions {
  readonly cost: CostName;
  readonly repeats: number;
  /** Python too. */
  readonly full: boolean;
}

/** Where rounding is that of float64. */
const FLOAT64_TOLERANCE = 1e-9;
/** Weights and δ of 16 bits: docs/decisions/0005-number-formats.md. */
const FIXED_TOLERANCE = LIMITS.normError;

interface Implementation {
  readonly name: string;
  readonly tolerance: number;
  /** Norms of layers 1 … L of `count` images from `first` on. */
  readonly run: (first: number, count: number) => LayerNorms[];
}

/** @throws DeltascopeError `wrong-result` for software whose norms are others. */
export async function measureSoftware(
  inputs: Inputs,
  options: SoftwareOptions,
): Promise<Omit<SoftwareBench, 'layers'>> {
  const { data, network } = inputs;
  const batches = [...new Set([1, data.count])];
  const whole = { ...firstImages(data, data.count), cost: options.cost };
  const expected = measureBatch(network, whole);
  const rows: SoftwareRow[] = [];
  for (const { name, tolerance, run } of implementations(inputs, options.cost)) {
    const largestError = compareNorms(run(0, data.count), expected);
    requireEqual({ name, largestError, tolerance });
    for (const batch of batches) {
      let image = -1;
      const call = () => {
        image = (image + 1) % (data.count - batch + 1);
        run(image, batch);
      };
      const timing = await timeFunction(call, options.repeats);
      rows.push({ name, batch, ...timing, largestError, tolerance, version: null });
    }
  }
  if (!options.full) return { rows, missing: [] };
  const python = await runPython({ network, batch: whole, batches }, options);
  for (const { norms, ...row } of python.rows) {
    const { name, tolerance } = row;
    const largestError = compareNorms(norms, expected);
    requireEqual({ name, largestError, tolerance });
    rows.push({ ...row, largestError });
  }
  return { rows, missing: python.missing };
}

function implementations(inputs: Inputs, cost: CostName): Implementation[] {
  const { data, network } = inputs;
  const size = data.rows * data.columns;
  const part = (first: number, count: number): Batch => ({
    images: data.images.subarray(first * size, (first + count) * size),
    labels: data.labels.subarray(first, first + count),
    cost,
  });
  const dense = plainLoop(network, { skipZeros: false });
  const skipping = plainLoop(network, { skipZeros: true });
  const tolerance = FLOAT64_TOLERANCE;
  return [
    {
      ...{ name: 'golden/float64, dense', tolerance },
      run: (first, count) => measureBatch(network, part(first, count)),
    },
    {
      ...{ name: 'golden/fixed, zeros skipped', tolerance: FIXED_TOLERANCE },
      run: fixedNorms(inputs),
    },
    { name: 'TypeScript loop, dense', tolerance, run: (first, count) => dense(part(first, count)) },
    {
      ...{ name: 'TypeScript loop, zeros skipped', tolerance },
      run: (first, count) => skipping(part(first, count)),
    },
  ];
}

function fixedNorms({ data, integers }: Inputs): Implementation['run'] {
  const inputs = [...inputCodes(data)];
  return (first, count) => {
    const sums = integers.layers.map(({ nOut }) => new DeltaSum(nOut));
    const normSums = integers.layers.map(() => 0);
    for (let image = first; image < first + count; image++) {
      const layers = backpropagate(
        integers,
        inputs[image] as Int32Array,
        data.labels[image] as number,
      );
      layers.forEach((layer, index) => {
        sums[index]?.add(layer.delta, layer.deltaExponent);
        normSums[index] = (normSums[index] as number) + normOfDelta(layer);
      });
    }
    return sums.map(({ exponent, codes }, index) => ({
      normOfMean: normOfMean({ exponent, sums: codes }, count),
      meanOfNorms: (normSums[index] as number) / count,
    }));
  };
}

/** Largest relative error of any norm. */
export function compareNorms(
  norms: readonly LayerNorms[],
  expected: readonly LayerNorms[],
): number {
  const errors = expected.flatMap((layer, index) => {
    const found = norms[index];
    return (['normOfMean', 'meanOfNorms'] as const).map((name) =>
      found === undefined ? 1 : Math.abs(found[name] - layer[name]) / layer[name],
    );
  });
  return Math.max(...errors);
}

function requireEqual({
  name,
  largestError,
  tolerance,
}: Pick<SoftwareRow, 'name' | 'largestError' | 'tolerance'>): void {
  if (largestError <= tolerance) return;
  throw new DeltascopeError(
    'wrong-result',
    `${name} computes other norms than golden/float64: ${largestError.toExponential(1)} off`,
    { hint: 'Its speed would be that of something else; please report it.' },
  );
}

/** `benchmark` calls it until a repeat is long enough; what it does before that is the warm-up. */
function timeFunction(
  call: () => void,
  repeats: number,
): Promise<Pick<SoftwareRow, 'seconds' | 'calls'>> {
  return new Promise((resolve, reject) => {
    const minTime = LIMITS.softwareSeconds;
    const limits = { minTime, minSamples: repeats, maxTime: minTime * repeats };
    const bench = new Benchmark(call, { async: true, ...limits });
    bench.on('error', () => reject(bench.error));
    bench.on('complete', () => {
      if (bench.error) return;
      resolve({ seconds: [...bench.stats.sample], calls: bench.count });
    });
    bench.run();
  });
}
