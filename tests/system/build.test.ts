/** A small design through the real yosys, nextpnr and icepack: what a build keeps, refuses, leaves. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { type BuildOptions, buildJob } from '../../fpga/build-job.ts';
import {
  type BuildProgress,
  type BuildRequest,
  type BuildResult,
  buildResultSchema,
} from '../../fpga/result.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { Cache, ECP5_FIXTURE, FIXTURE } from '../fpga/fixture.ts';

const SHELL = path.join(ROOT, 'tests', 'fpga', 'build-fixture.ts');
const environment = projectEnvironment();

interface Build {
  readonly request?: Partial<BuildRequest>;
  readonly target?: Partial<BuildRequest['target']> | undefined;
  readonly options?: Partial<BuildOptions>;
}

/** The result and the events before it. */
async function build(
  cache: Cache,
  { request = {}, target = {}, options = {} }: Build = {},
): Promise<{ result: BuildResult; events: BuildProgress[] }> {
  const whole = { seeds: 1, until: 'bit', area: false, ...request } as const;
  const job = buildJob(
    { ...whole, target: { ...FIXTURE, ...target } },
    { root: ROOT, environment, cache: cache.folder, ...options },
  );
  const events: BuildProgress[] = [];
  for await (const event of job) {
    if (event.kind === 'result') return { result: event.result, events };
    events.push(event);
  }
  throw new Error('no result');
}

test('a build gives a bitstream and a report, the second time from the cache', async () => {
  await using cache = new Cache();
  const first = await build(cache, { request: { seeds: 2, area: true } });
  const { result } = first;
  expect(buildResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(result.synthesis).toMatchObject({ multipliers: 1, blockRams: 1, losses: [] });
  expect(result.timing).toMatchObject({ met: true, everySeedWithMargin: true });
  expect(result.timing?.placements.map(({ seed }) => seed)).toEqual([1, 2]);
  const [logic] = result.timing?.placements[0]?.resources ?? [];
  expect(logic).toMatchObject({ name: 'LC', available: 5280 });
  expect(logic?.used).toBeGreaterThan(result.synthesis.luts);
  const modules = result.timing?.placements[0]?.criticalPath?.steps.map(({ module }) => module);
  expect(modules).toContain('fixture_counter');
  expect(result.area?.find(({ module }) => module === 'fixture_ram')?.blockRams).toBe(1);
  const file = await readFile(path.join(ROOT, result.bitstream?.file ?? ''));
  // The preamble of an iCE40 bitstream, wherever its comment ends.
  expect(file.includes(Buffer.from([0x7e, 0xaa, 0x99, 0x7e]))).toBe(true);
  expect(first.events).toContainEqual({ kind: 'seed', seed: 2, phase: 'routing' });

  const again = await build(cache, { request: { seeds: 2, area: true } });
  const states = again.events.flatMap((e) => (e.kind === 'stage' ? [`${e.stage} ${e.state}`] : []));
  expect(states).toEqual(
    ['synthesis', 'area', 'place and route', 'pack'].flatMap((s) => [
      `${s} started`,
      `${s} cached`,
    ]),
  );
  expect(again.result.bitstream).toEqual({ ...result.bitstream, cached: true });

  const more = await build(cache, { request: { seeds: 3 } });
  const cached = more.result.timing?.placements.map((placement) => placement.cached);
  expect(cached).toEqual([true, true, false]);
});

test('ECP5 takes the same way', async () => {
  await using cache = new Cache();
  const { result } = await build(cache, { request: { area: true }, target: ECP5_FIXTURE });
  expect(result.synthesis).toMatchObject({ blockRams: 1, losses: [] });
  expect(result.timing?.met).toBe(true);
  const [placement] = result.timing?.placements ?? [];
  expect(placement?.resources).toContainEqual({ name: 'block RAM', used: 1, available: 56 });
  const modules = result.area?.map(({ module, blockRams }) => [module, blockRams]);
  expect(modules).toContainEqual(['fixture_ram', 1]);
  expect(path.basename(result.bitstream?.file ?? '')).toBe('fixture-ecp5.bit');
});

test('a design that does not fit says what there is too little of', async () => {
  await using cache = new Cache();
  const target = {
    top: 'fixture_wide',
    intended: { multipliers: 0, blockRams: 31, weightMemories: 0 },
  };
  const failure = build(cache, { target });
  await expect(failure).rejects.toMatchObject({
    code: 'build-failed',
    message: expect.stringMatching(/^fixture does not fit: 31 of 30 block RAM$/),
    hint: expect.stringContaining('--area'),
  });
});

test('a clock that is not met is reported, and its bitstream says so in its name', async () => {
  await using cache = new Cache();
  const { result } = await build(cache, { target: { clockHz: 300_000_000 } });
  expect(result.timing).toMatchObject({ met: false, everySeedMet: false });
  expect(path.basename(result.bitstream?.file ?? '')).toBe('fixture-timing-failed.bin');
});

describe('lost logic ends a build before it is placed', () => {
  test.each<[string, Build['target'], string]>([
    [
      'drivers in conflict',
      { top: 'fixture_conflict', intended: { multipliers: 0, blockRams: 0, weightMemories: 0 } },
      "Drivers conflicting with a constant 1'0 driver",
    ],
    [
      'a multiplier without a clock',
      { top: 'fixture_unclocked', intended: { multipliers: 1, blockRams: 0, weightMemories: 0 } },
      'u_mul.u_mac (SB_MAC16) has no clock: its registers are gone',
    ],
    [
      'a multiplier too few',
      { intended: { multipliers: 2, blockRams: 1, weightMemories: 0 } },
      '1 multipliers instead of the 2 intended',
    ],
  ])('%s', async (_, target, loss) => {
    await using cache = new Cache();
    const { result } = await build(cache, { target });
    expect(result.synthesis.losses).toHaveLength(1);
    expect(result.synthesis.losses[0]).toContain(loss);
    expect(result).toMatchObject({ timing: null, bitstream: null });
  });
});

describe('what the tools refuse is an error with their reason and their log', () => {
  test.each<[string, Build['target'], RegExp]>([
    ['a latch', { top: 'fixture_latch' }, /^yosys: Latch inferred for signal/],
    ['a package that is not', { package: 'none' }, /^nextpnr, seed 1: .*package.*none/i],
  ])('%s', async (_, target, message) => {
    await using cache = new Cache();
    const failure = await build(cache, { target }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(message),
    });
    const log = /is in (\S+\.log)/.exec((failure as { hint: string }).hint)?.[1] ?? '';
    expect(existsSync(path.join(ROOT, log))).toBe(true);
  });
});

test('an interrupted build keeps what was finished and nothing by half', async () => {
  await using cache = new Cache();
  const stop = new AbortController();
  const job = buildJob(
    { target: FIXTURE, seeds: 2, until: 'bit', area: false },
    { root: ROOT, environment, cache: cache.folder, jobs: 2, signal: stop.signal },
  );
  const reading = (async () => {
    for await (const event of job) if (event.kind === 'seed') stop.abort();
  })();
  await expect(reading).rejects.toMatchObject({ code: 'interrupted' });
  const entries = await readdir(path.join(cache.path, FIXTURE.name));
  expect(entries.map((name) => name.split('-')[0])).toEqual(['synthesis']);
  expect((await build(cache)).result.synthesis.cached).toBe(true);
});

test('a cache that cannot be written is an error', async () => {
  await using cache = new Cache();
  await writeFile(cache.path, 'in the way');
  await expect(build(cache)).rejects.toMatchObject({ code: 'cache-not-writable' });
});

describe('the command', () => {
  const start = (cache: Cache, change: object = {}) =>
    execa(process.execPath, ['--import', 'tsx', SHELL, cache.folder, JSON.stringify(change)], {
      reject: false,
    });

  test('says first what is built, then its area, speed, path and file', async () => {
    await using cache = new Cache();
    const { stdout, stderr, exitCode } = await start(cache, { seeds: 1 });
    expect(exitCode, stderr).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('BUILD fixture (no part, sg48) at 36.00 MHz, 1 seed');
    expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
    expect(stdout).toMatch(/^ {2}LC +\d+ +5280 +1$/m);
    expect(stdout).toMatch(/^clock 36\.00 MHz, met by every seed with 5 % in hand: Fmax/m);
    expect(stdout).toMatch(/^ {2}fixture_counter +u_counter /m);
    expect(stdout).toMatch(/^bitstream {2}\S+fixture\.bin \(\d+ bytes\)$/m);
    expect(stderr).toMatch(/^synthesis: [\d.]+ s$/m);

    const again = await start(cache, { seeds: 1 });
    expect(again.stdout).toContain('all of it cached');
  });

  test('ends with 1 after the report when the clock is not met, unless that is allowed', async () => {
    await using cache = new Cache();
    const targets = [{ clockHz: 300_000_000 }];
    const failed = await start(cache, { targets });
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain('NOT MET');
    expect(failed.stderr).toMatch(/^error: fixture needs 300\.00 MHz and reaches /m);
    const allowed = await start(cache, { targets, allowTimingFailure: true });
    expect(allowed.exitCode).toBe(0);
    expect(allowed.stdout).toContain('fixture-timing-failed.bin');
  });

  test('of several boards, one that fails does not keep the others from being built', async () => {
    await using cache = new Cache();
    const targets = [{ name: 'bad', top: 'fixture_unclocked' }, { name: 'good' }];
    const { stdout, stderr, exitCode } = await start(cache, { targets, until: 'synth' });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^BUILD bad [\s\S]*^BUILD good [\s\S]*^ {2}bad [\s\S]*^ {2}good /m);
    expect(stderr).toMatch(/error: The netlist of bad is not what was designed: .*no clock/);
    expect(stderr).toContain('error: 1 of 2 boards failed');
  });

  test('Ctrl-C ends it with 130 and leaves no half entry and no child', async () => {
    await using cache = new Cache();
    const child = start(cache);
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text) => {
        if (/place and route …/.test(String(text))) resolve();
      });
    });
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/error: Interrupted/);
    const entries = await readdir(path.join(cache.path, FIXTURE.name));
    expect(entries.map((name) => name.split('-')[0])).toEqual(['synthesis']);
    const { stdout: processes } = await execa('ps', ['-eo', 'args']);
    expect(processes).not.toContain(cache.folder);
  });
});
