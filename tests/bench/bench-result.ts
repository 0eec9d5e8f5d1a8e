/** A valid result of `bench`, small and made up, to be spoilt by tests. */
import type { BenchResult, ModeBench, Repeat, SoftwareRow } from '../../contract/bench.ts';
import type { LayerResult, Reference, RunResult } from '../../contract/result.ts';

const REPEAT: Repeat = { cycles: 500, bytesSent: 250, bytesReceived: 100, host: 0.001, wall: 0.01 };

export function repeats(images: number, change: Partial<Repeat> = {}): Repeat[] {
  return [1, 1.02, 0.98, 1.01, 0.99].map((factor) => ({
    cycles: REPEAT.cycles * images,
    bytesSent: REPEAT.bytesSent * images,
    bytesReceived: REPEAT.bytesReceived * images,
    host: REPEAT.host * images * factor,
    wall: REPEAT.wall * images * factor,
    ...change,
  }));
}

const REFERENCE: Reference = {
  ...{ normOfMean: 0.06, meanOfNorms: 0.07, normOfMeanError: 1e-5, meanOfNormsError: 1e-5 },
  normPerImageError: { median: 1e-5, p99: 1e-4, max: 1e-3 },
};

const LAYER: LayerResult = {
  ...{ layer: 1, neurons: 30, weightScale: 0, state: 'held', activation: 'sigmoid' },
  ...{ activationScale: 0, normOfMean: 0.06, meanOfNorms: 0.07 },
  log10: { normOfMean: -1.2, meanOfNorms: -1.1 },
  ...{ roundedToZero: 0, deltaSaturated: 0, zSaturated: 0, activationSaturated: 0 },
  ...{ saturatedUnits: 0, deltaExponents: { min: -20, max: -18 }, units: null },
  ...{ float64: REFERENCE, float64SameWeights: REFERENCE },
  fidelity: {
    ...{ cosineOfMean: 1, cosinePerImage: null, largestUlps: null },
    ...{ signFlips: null, otherBranch: null },
  },
};

const RUN: RunResult = {
  ...{ kind: 'run', schema: 1, partial: false, stopped: null },
  device: {
    ...{ label: 'simulated ulx3s-85f', kind: 'simulated', board: 'ulx3s-85f' },
    ...{ lanes: 32, clockHz: 50e6, baud: 3e6, fillSeed: 7 },
  },
  request: {
    ...{ layers: [784, 30, 10], init: 'nielsen', seed: 1, images: 100 },
    ...{ cost: 'cross-entropy', observe: false },
  },
  data: { name: 'MNIST training set', images: 100 },
  layers: [LAYER, { ...LAYER, layer: 2, neurons: 10 }],
  fixed: { equal: true, valuesCompared: 1000, firstDifference: null },
  passesPerImage: 1,
  cycles: { total: 50_000, perImage: 500 },
  perImage: {
    ...{ cycles: 500, forwardCycles: 300, backwardCycles: 100, alignCycles: 50, rows: 250 },
    ...{ drainStalls: 0, waitCycles: 10, nonZeroInputs: 150 },
  },
  link: {
    ...{ bytesSent: 25_000, bytesReceived: 10_000, framesSent: 10 },
    ...{ resends: 0, discardedBytes: 0, stepDowns: 0 },
  },
  time: { device: 0.001, link: 0.08, measured: 1, simulator: 0.5, host: 0.2, golden: 0.1 },
  ...{ contractCrc: '00c0ffee', tools: { deltascope: '0.1.0' }, seed: 1 },
  commandLine: 'deltascope bench',
};

export const MODE: ModeBench = {
  mode: 'measure',
  fixed: { equal: true, valuesCompared: 1000 },
  batches: [1, 100].map((images) => ({ images, repeats: repeats(images) })),
  latency: {
    images: 100,
    device: { p50: 1e-5, p95: 1.1e-5, p99: 1.2e-5 },
    overLink: { p50: 1e-3, p95: 1.1e-3, p99: 1.2e-3 },
    wall: { p50: 1e-2, p95: 2e-2, p99: 3e-2 },
  },
  cycles: { forward: 300, backward: 100, align: 50, step: 0, all: 500, bound: 250 },
  utilisation: { dense: 1.5, effective: 0.3 },
  macs: 24_000,
  goodput: 0.9,
};

const SOFTWARE: SoftwareRow = {
  ...{ name: 'golden/float64, dense', batch: 1, seconds: [5, 5.1, 4.9, 5, 5].map((s) => s / 1e5) },
  ...{ calls: 4000, largestError: 0, tolerance: 1e-9, version: null },
};

export const VALID: BenchResult = {
  ...{ kind: 'bench', schema: 2, rules: 1, time: '2026-11-22T00:00:00.000Z' },
  environment: { cpu: 'X', cores: 2, platform: 'linux-x64', node: 'v20', commit: 'abc' },
  full: false,
  devices: [
    { run: RUN, published: [0.06], modes: [MODE], simulation: { cycles: 1e6, cpuSeconds: 1 } },
  ],
  skipped: [],
  software: [{ layers: [784, 30, 10], rows: [SOFTWARE], missing: [] }],
  builds: [
    {
      ...{ board: 'ulx3s-85f', time: '2026-11-21', luts: 30_000, flipFlops: 20_000 },
      ...{ blockRams: 184, multipliers: 69, seeds: 5, fmaxHz: 55e6, met: true },
    },
  ],
  commandLine: 'deltascope bench',
};

/** A copy of a mode with something else in it. */
export function withMode(change: Partial<ModeBench>): BenchResult {
  const [device] = VALID.devices;
  if (device === undefined) throw new RangeError('no device');
  return { ...VALID, devices: [{ ...device, modes: [{ ...MODE, ...change }] }] };
}

/** A copy with another run. */
export function withRun(change: Partial<RunResult>): BenchResult {
  const [device] = VALID.devices;
  if (device === undefined) throw new RangeError('no device');
  return { ...VALID, devices: [{ ...device, run: { ...RUN, ...change } }] };
}

/** A copy with other software. */
export function withSoftware(change: Partial<SoftwareRow>): BenchResult {
  const [one] = VALID.software;
  if (one === undefined) throw new RangeError('no software');
  return { ...VALID, software: [{ ...one, rows: [{ ...SOFTWARE, ...change }] }] };
}

export { LAYER, RUN };
