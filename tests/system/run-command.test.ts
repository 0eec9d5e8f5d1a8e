/** The real command on the simulated boards, from the command line to the files it writes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadInputs } from '../../bench/inputs.ts';
import { findViolations } from '../../bench/rules.ts';
import type { BenchResult } from '../../contract/bench.ts';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import type { RunResult } from '../../contract/result.ts';
import { backpropagate, createPass } from '../../golden/float64/network.ts';
import { readNpy, writeNpy } from '../../host/data/npy.ts';
import { DELTASCOPE, deltascope, type Outcome } from '../cli/command.ts';

const IMAGES = 12;
/** Of 60000, some are measured after this time on any machine, and far from all. */
const SOME_IMAGES_MS = 3000;
const WIDTHS = [784, 30, 30, 10];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

const positive = z.number().positive();
const count = z.int().min(0);
const reference = z.object({
  normOfMean: positive,
  meanOfNorms: positive,
  normOfMeanError: z.number().max(0.005),
  meanOfNormsError: z.number().max(0.005),
  normPerImageError: z.object({ median: z.number(), p99: z.number().max(0.005), max: z.number() }),
});

/** What a reader of result.json may rely on. */
const runResult = z.object({
  kind: z.literal('run'),
  schema: z.literal(1),
  partial: z.literal(false),
  stopped: z.null(),
  device: z.object({
    label: z.string(),
    kind: z.literal('simulated'),
    board: z.string(),
    lanes: positive,
    clockHz: positive,
    baud: positive,
    fillSeed: positive,
  }),
  request: z.object({ layers: z.array(positive), seed: count, images: positive }),
  data: z.object({ name: z.literal('MNIST training set'), images: z.literal(IMAGES) }),
  layers: z.array(
    z.object({
      layer: positive,
      neurons: positive,
      state: z.literal('held'),
      normOfMean: positive,
      meanOfNorms: positive,
      log10: z.object({ normOfMean: z.number(), meanOfNorms: z.number() }),
      fidelity: z.object({
        cosineOfMean: z
          .number()
          .min(1 - 1e-6)
          .max(1),
        cosinePerImage: z.object({ median: z.number(), min: z.number() }).nullable(),
        largestUlps: count.nullable(),
        signFlips: count.nullable(),
        otherBranch: z.literal(0).nullable(),
      }),
      roundedToZero: count,
      deltaSaturated: count,
      zSaturated: count,
      deltaExponents: z.object({ min: z.int(), max: z.int() }),
      units: z.object({ dead: count, alwaysSaturated: count }),
      float64: reference,
      float64SameWeights: reference,
    }),
  ),
  fixed: z.object({ equal: z.literal(true), valuesCompared: positive, firstDifference: z.null() }),
  cycles: z.object({ total: positive, perImage: positive }),
  perImage: z.record(z.string(), z.number().min(0)),
  link: z.object({ bytesSent: positive, bytesReceived: positive, resends: z.literal(0) }),
  time: z.object({
    device: positive,
    link: positive,
    measured: positive,
    simulator: positive,
    host: positive,
    golden: positive,
  }),
  contractCrc: z.literal(CONTRACT_CRC.toString(16).padStart(8, '0')),
  tools: z.looseObject({ node: z.string(), verilator: z.string(), serialport: z.string() }),
  seed: z.literal(7),
  commandLine: z.string(),
});

describe.each(Object.keys(BOARDS) as BoardName[])('run on sim:%s', (board) => {
  let outcome: Outcome;
  let out = '';
  beforeAll(async () => {
    out = path.join(folder, board);
    outcome = await deltascope([
      ...['run', '--on', `sim:${board}`, '--seed', '7', '--images', String(IMAGES)],
      ...['--observe', '--out', out, '--json'],
    ]);
  });

  test('--json is the schema, alone on stdout, and result.json the same', async () => {
    const { stdout, stderr, status } = outcome;
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(`DEVICE simulated ${board}`);
    const result = JSON.parse(stdout);
    runResult.parse(result);
    expect(result.device).toMatchObject({ board, lanes: BOARDS[board].lanes });
    expect(result.layers.map(({ layer }: { layer: number }) => layer)).toEqual([1, 2, 3]);
    expect(await readFile(path.join(out, 'result.json'), 'utf8')).toBe(`${stdout}\n`);
  });

  test('--observe files are the δ, z and a of golden/float64', async () => {
    const { data, sameWeights } = await loadInputs({
      layers: WIDTHS,
      init: 'nielsen',
      seed: 7,
      images: IMAGES,
      cost: 'cross-entropy',
      observe: true,
    });
    const pass = createPass(sameWeights);
    for (const [index, neurons] of WIDTHS.slice(1).entries()) {
      const read = async (name: string) => {
        const file = path.join(out, `${name}_${index + 1}.npy`);
        const { shape, values } = readNpy(await readFile(file), name);
        expect(shape).toEqual([IMAGES, neurons]);
        return (image: number) => values.subarray(image * neurons, (image + 1) * neurons);
      };
      const [zs, as, deltas] = [await read('z'), await read('a'), await read('delta')];
      for (let image = 0; image < IMAGES; image++) {
        const input = Float64Array.from(
          data.images.subarray(784 * image, 784 * (image + 1)),
          (pixel) => pixel / 256,
        );
        const label = data.labels[image] as number;
        backpropagate(sameWeights, { input, label, cost: 'cross-entropy' }, pass);
        const delta = pass.delta[index] as Float64Array;
        expect(distance(deltas(image), delta)).toBeLessThan(0.005 * distance(delta));
        const sigma = Float64Array.from(zs(image), (value) => 1 / (1 + Math.exp(-value)));
        expect(distance(as(image), sigma)).toBeLessThan(1e-4 * Math.sqrt(neurons));
      }
    }
  });
});

test('run prints DEVICE first, fits 100 columns and gives the shares of the CPU time', async () => {
  const { stdout, status } = await deltascope(['run', '--images', '20']);
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('DEVICE simulated ulx3s-85f (no board found)');
  expect(lines[1]).toBe('[784,30,30,10], nielsen initialisation, seed 1, cross-entropy cost');
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
  const shares = [...stdout.matchAll(/^ {2}(simulator|host|golden) .* (\d+) %/gm)];
  expect(shares.map(([, name]) => name)).toEqual(['simulator', 'host', 'golden']);
  const total = shares.reduce((sum, [, , share]) => sum + Number(share), 0);
  expect(Math.abs(total - 100)).toBeLessThanOrEqual(1);
});

test('what the memories hold at power-up changes no result', async () => {
  const runs = ['1', '2147483647'].map((fill) =>
    deltascope(['run', '--images', '20', '--fill-seed', fill, '--json']),
  );
  const [one, other] = (await Promise.all(runs)).map(
    ({ stdout }) => JSON.parse(stdout) as RunResult,
  );
  expect([one?.device.fillSeed, other?.device.fillSeed]).toEqual([1, 2147483647]);
  expect(one?.layers).toEqual(other?.layers);
  expect(one?.cycles).toEqual(other?.cycles);
  expect(one?.fixed).toEqual(other?.fixed);
});

test('--weights brings its own widths', async () => {
  const file = path.join(folder, 'net.npz');
  const matrix = (rows: number, columns: number) =>
    writeNpy(
      Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
      [rows, columns],
    );
  const arrays = { W1: matrix(20, 784), b1: matrix(20, 1), W2: matrix(10, 20), b2: matrix(10, 1) };
  const entries = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]);
  await writeFile(file, zipSync(Object.fromEntries(entries)));
  const { stdout, stderr, status } = await deltascope([
    ...['run', '--weights', file, '--images', '5', '--json'],
  ]);
  expect(status, stderr).toBe(0);
  const { request, fixed } = JSON.parse(stdout) as RunResult;
  expect(request.layers).toEqual([784, 20, 10]);
  expect(fixed.equal).toBe(true);
});

test('a network too big for the board is refused with what it needs and what there is', async () => {
  const { stderr, status } = await deltascope([
    ...['run', '--on', 'sim:icebreaker', '--layers', '784,256,256,10'],
  ]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/error: The network needs .*neurons.* \(the device has \d+\)/);
});

describe('a run that is cut short keeps what is done', () => {
  test('Ctrl-C: exit status 130, a partial result, no simulator left', async () => {
    const out = path.join(folder, 'interrupted');
    const { child, simulator, said } = await startLongRun(out);
    child.kill('SIGINT');
    const { exitCode } = await child;
    expect(exitCode).toBe(130);
    expect(said.stderr).toMatch(/error: Interrupted/);
    expect(() => process.kill(simulator, 0)).toThrow('ESRCH');
    const result = await readResult(out);
    expect(result.stopped?.code).toBe('interrupted');
    expect(result.layers[0]?.normOfMean).toBeGreaterThan(0);
  });

  test('a device that vanishes: exit status 1, its images without the sums', async () => {
    const out = path.join(folder, 'vanished');
    const { child, simulator, said } = await startLongRun(out);
    process.kill(simulator, 'SIGKILL');
    const { exitCode } = await child;
    expect(exitCode).toBe(1);
    expect(said.stderr).toMatch(/^error: .*simulat/m);
    const result = await readResult(out);
    expect(result.stopped?.code).toBe('simulator-died');
    expect(result.layers[0]?.normOfMean).toBeNull();
    expect(result.layers[0]?.meanOfNorms).toBeGreaterThan(0);
  });
});

const LONG_RUN = 60_000;

/** A run of far more images than it will live to see, some of them done. */
async function startLongRun(out: string) {
  const child = execa(
    process.execPath,
    [DELTASCOPE, 'run', '--images', String(LONG_RUN), '--out', out],
    { reject: false, buffer: false },
  );
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  const announced = new Promise((resolve) =>
    child.stdout.on('data', (text) => {
      said.stdout += text;
      resolve(undefined);
    }),
  );
  // Should it fail, it ends without a word on stdout.
  await Promise.race([announced, child]);
  expect(said.stdout, said.stderr).toMatch(/^DEVICE /);
  const [simulator, ...others] = await childrenOf(child.pid as number);
  expect(others).toEqual([]);
  await delay(SOME_IMAGES_MS);
  return { child, said, simulator: simulator as number };
}

/** A partial result whose images are all bit for bit right. */
async function readResult(out: string): Promise<RunResult> {
  const result: RunResult = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8'));
  expect(result.partial).toBe(true);
  expect(result.fixed.equal).toBe(true);
  expect(result.data.images).toBeGreaterThan(0);
  expect(result.data.images).toBeLessThan(LONG_RUN);
  return result;
}

test('--trace writes the waves of one image, and a file it cannot write is an error', async () => {
  const run = ['run', '--on', 'sim:icebreaker', '--images', '2', '--trace-image', '1', '--trace'];
  const file = path.join(folder, 'waves.vcd');
  const { status, stderr } = await deltascope([...run, file]);
  expect(status, stderr).toBe(0);
  expect(await readFile(file, 'utf8')).toMatch(/\$var .*back_sum/);
  const refused = await deltascope([...run, path.join(folder, 'none', 'waves.vcd')]);
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/cannot write .*waves\.vcd/);
});

test('a reader that goes away is no error', async () => {
  const { stdout, stderr } = await execa({
    shell: 'bash',
  })`"${process.execPath}" "${DELTASCOPE}" run --images 5 | head -1`;
  expect(stdout).toMatch(/^DEVICE /);
  expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
});

test('bench with few images measures both networks and keeps the result', async () => {
  const out = path.join(folder, 'bench');
  const args = ['bench', '--images', '10', '--repeats', '2', '--out', out];
  const { stdout, stderr, status } = await deltascope(args);
  expect(status, stderr).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('DEVICE simulated ulx3s-85f (no board found)');
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
  const result = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8'));
  expect(result).toMatchObject({ kind: 'bench', schema: 2, full: false });
  const { devices, software } = result as BenchResult;
  const networks = [
    [784, 30, 30, 10],
    [784, 30, 30, 30, 10],
  ];
  expect(devices.map(({ run }) => run.request.layers)).toEqual(networks);
  expect(software.map(({ layers }) => layers)).toEqual(networks);
  for (const { run, published, modes } of devices) {
    expect(run.fixed.equal).toBe(true);
    expect(published).toHaveLength(run.layers.length - 1);
    expect(modes.map(({ mode }) => mode)).toEqual(['measure']);
  }
  // Ten images are too few to be valid; of the machine and the tree a test knows nothing.
  const rules = new Set(findViolations(result).map(({ rule }) => rule));
  for (const rule of ['environment', 'software-repeats'] as const) rules.delete(rule);
  expect([...rules].sort()).toEqual(['batches', 'latency', 'repeats']);
  const { stdout: again } = await deltascope(['report', path.join(out, 'result.json'), '--plain']);
  for (const line of again.split('\n')) expect(stdout).toContain(line);
});

/** ‖a - b‖; ‖a‖ without b. */
function distance(a: Float64Array, b?: Float64Array): number {
  return Math.hypot(...a.map((value, index) => value - (b?.[index] ?? 0)));
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.filter(([, parent]) => parent === pid).map(([child]) => child as number);
}
