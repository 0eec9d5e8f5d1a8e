/**
 * Between vitest and cocotb: builds a module once per content, runs a Python test module on it in
 * a child process and brings the results back.
 */
import { createHash, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { VERILATOR_MAKE_OPTIONS } from '../../host/transport/verilator.ts';
import { projectEnvironment, ROOT, VENV } from '../../tools/setup/environment.mjs';
import { verilatorVersion } from './verilator.ts';

export interface CocotbOptions {
  /** Python test module in tests/rtl, for example `test_ds_mul`. */
  module: string;
  toplevel: string;
  /** Files, relative to the repository's root. */
  sources: string[];
  /** Waivers (`.vlt`) and cells of a vendor. */
  declarations?: string[];
  includeDirs?: string[];
  parameters?: Record<string, number>;
  /** Written as JSON to the file named by DELTASCOPE_VECTORS; typed arrays become lists. */
  vectors?: unknown;
  /** 1 to 2³¹−1; fills memories and registers, seeds Python. Default DELTASCOPE_SEED or random. */
  seed?: number;
  timeoutMs?: number;
}

export interface CocotbResult {
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  /** Python's assertion with its traceback; empty unless failed. */
  message: string;
  module: string;
  toplevel: string;
  parameters: Record<string, number>;
  seed: number;
}

const BUILDS = path.join(ROOT, 'build', 'cocotb');
const SCRIPT = path.join(ROOT, 'tests', 'bridge', 'run_cocotb.py');
/** Folder for the lines that each run covered; see tests/coverage. */
const COVERAGE = process.env['DELTASCOPE_COVERAGE'];
const BUILD_ARGUMENTS = [
  ...['-O3', '--x-initial', 'unique', '--x-assign', 'unique'],
  ...(COVERAGE ? ['--coverage-line'] : []),
];
const TIMEOUT_MS = 240_000;
const ABANDONED_MS = 3_600_000;
const LOG_TAIL_LINES = 40;

const builds = new Map<string, Promise<void>>();

/**
 * Runs every test of a Python module on `toplevel`.
 * @throws when the build fails, the simulator dies or hangs, or no test was found; a test that
 * fails is a result, for {@link expectAllPassed}
 */
export async function runCocotb(options: CocotbOptions): Promise<CocotbResult[]> {
  const { module, toplevel, parameters = {}, seed = chooseSeed() } = options;
  const buildDir = await buildOnce(options);
  const run = await mkdtemp(path.join(buildDir, `run-${module}-`));
  const runDir = path.join(run, 'work');
  const answer = path.join(run, 'answer.json');
  const vectors = path.join(run, 'vectors.json');
  await mkdir(runDir);
  await writeFile(vectors, JSON.stringify(options.vectors ?? null, plainArrays));
  process.stdout.write(`cocotb ${module} on ${describe(toplevel, parameters)}, seed ${seed}\n`);

  const plusArguments = COVERAGE
    ? [`+verilator+coverage+file+${path.join(COVERAGE, path.basename(run))}.dat`]
    : [];
  const job = { action: 'test', module, toplevel, buildDir, runDir, seed, answer, plusArguments };
  const log = await runJob(job, run, {
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    env: { DELTASCOPE_VECTORS: vectors },
    what: `${module} on ${describe(toplevel, parameters)}, seed ${seed}`,
  });
  const cases = JSON.parse(await readFile(answer, 'utf8')) as CocotbResult[];
  if (cases.length === 0) throw new Error(`${module} holds no test\n${tail(log)}`);
  if (cases.every(({ status }) => status !== 'failed')) await rm(run, { recursive: true });
  return cases.map((result) => ({ ...result, module, toplevel, parameters, seed }));
}

/** Throws with Python's own messages unless every test ran and passed. */
export function expectAllPassed(results: CocotbResult[]): void {
  const bad = results.filter(({ status }) => status !== 'passed');
  if (results.length > 0 && bad.length === 0) return;
  const texts = bad.map(
    ({ name, status, module, toplevel, parameters, seed, message }) =>
      `${module}.${name} ${status} on ${describe(toplevel, parameters)}; ` +
      `again with DELTASCOPE_SEED=${seed}\n${message}`,
  );
  const error = new Error(texts.join('\n\n') || 'no cocotb test ran');
  Error.captureStackTrace(error, expectAllPassed);
  throw error;
}

/** The build of these sources and parameters: made at most once a process, kept across runs. */
async function buildOnce(options: CocotbOptions): Promise<string> {
  const { toplevel } = options;
  const buildDir = path.join(BUILDS, `${toplevel}-${await contentHash(options)}`);
  const pending = builds.get(buildDir) ?? (existsSync(buildDir) ? Promise.resolve() : undefined);
  const build = pending ?? makeBuild(options, buildDir);
  builds.set(buildDir, build);
  await build;
  return buildDir;
}

/** Built aside and renamed, so that a folder with the final name is always whole. */
async function makeBuild(options: CocotbOptions, buildDir: string): Promise<void> {
  const { toplevel, sources, declarations = [], includeDirs = [], parameters = {} } = options;
  await mkdir(BUILDS, { recursive: true });
  await removeAbandoned();
  const aside = await mkdtemp(path.join(BUILDS, `.${toplevel}-`));
  const objects = path.join(aside, 'objects');
  const job = {
    action: 'build',
    toplevel,
    parameters,
    sources: [...declarations, ...sources].map((source) => path.resolve(ROOT, source)),
    includeDirs: includeDirs.map((folder) => path.resolve(ROOT, folder)),
    buildArgs: BUILD_ARGUMENTS,
    buildDir: objects,
  };
  try {
    await takeRuntime(objects);
    await runJob(job, aside, {
      timeoutMs: TIMEOUT_MS,
      env: { MAKEFLAGS: VERILATOR_MAKE_OPTIONS },
      what: `the build of ${describe(toplevel, parameters)}`,
    });
    await keepRuntime(objects, path.join(aside, 'runtime'));
    const whole = path.join(aside, 'whole');
    await mkdir(whole);
    await rename(path.join(objects, toplevel), path.join(whole, toplevel));
    await publish(whole, buildDir);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** What an interrupted build left: a hidden folder nobody has used for longer than a build takes. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    if (!name.startsWith('.')) continue;
    const folder = path.join(BUILDS, name);
    const used = await stat(folder).catch(() => undefined);
    if (used && Date.now() - used.mtimeMs > ABANDONED_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

/** Moves a finished folder to its final name; another worker may have been faster with the same. */
async function publish(folder: string, name: string): Promise<void> {
  await rename(folder, name).catch((error: unknown) => {
    if (!existsSync(name)) throw error;
  });
}

/**
 * Verilator's own runtime is the same for every module and takes 12 of a build's 14 CPU seconds:
 * its objects are kept after the first build and put before make, dated ahead so that they count
 * as newer than the makefile, which is still to be written.
 */
async function takeRuntime(objects: string): Promise<void> {
  await mkdir(objects, { recursive: true });
  const kept = await runtimeFolder();
  if (!existsSync(kept)) return;
  const ahead = new Date(Date.now() + TIMEOUT_MS);
  for (const name of await readdir(kept)) {
    await copyFile(path.join(kept, name), path.join(objects, name));
    await utimes(path.join(objects, name), ahead, ahead);
  }
}

async function keepRuntime(objects: string, aside: string): Promise<void> {
  const kept = await runtimeFolder();
  if (existsSync(kept)) return;
  await mkdir(aside);
  for (const name of await readdir(objects)) {
    if (/^verilated.*\.o$/.test(name)) {
      await copyFile(path.join(objects, name), path.join(aside, name));
    }
  }
  await publish(aside, kept);
}

async function runtimeFolder(): Promise<string> {
  const hash = createHash('sha256').update(await toolKey());
  return path.join(BUILDS, `runtime-${hash.digest('hex').slice(0, 16)}`);
}

/** All that decides what the tools make of the same sources. */
async function toolKey(): Promise<string> {
  return JSON.stringify([await verilatorVersion(), BUILD_ARGUMENTS, VERILATOR_MAKE_OPTIONS, VENV]);
}

async function contentHash(options: CocotbOptions): Promise<string> {
  const { sources, declarations = [], includeDirs = [], parameters = {} } = options;
  const included = await Promise.all(includeDirs.map(headersIn));
  const hash = createHash('sha256');
  const order = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify([await toolKey(), order, options.toplevel]));
  for (const file of [...declarations, ...sources, ...included.flat()]) {
    hash.update(`\0${file}\0`).update(await readFile(path.resolve(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function headersIn(folder: string): Promise<string[]> {
  const names = await readdir(path.resolve(ROOT, folder));
  const headers = names.filter((name) => /\.(v|vh|sv|svh)$/.test(name)).sort();
  return headers.map((name) => path.join(folder, name));
}

interface JobOptions {
  timeoutMs: number;
  env: Record<string, string>;
  /** What is running, for the error message. */
  what: string;
}

/** @returns what the job printed */
async function runJob(job: object, folder: string, options: JobOptions): Promise<string> {
  const file = path.join(folder, 'job.json');
  await writeFile(file, JSON.stringify(job));
  const { all, failed, timedOut, signal, exitCode } = await execa('python', [SCRIPT, file], {
    cwd: folder,
    env: { ...projectEnvironment(), ...options.env, PYTHONDONTWRITEBYTECODE: '1' },
    timeout: options.timeoutMs,
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  await writeFile(path.join(folder, 'log.txt'), all);
  if (!failed) return all;
  const reason = timedOut
    ? `took over ${options.timeoutMs} ms`
    : `ended with ${signal ?? exitCode}`;
  throw new Error(`${options.what} ${reason}\n${tail(all)}`);
}

/** A random seed, or DELTASCOPE_SEED to repeat a run; for vectors and `runCocotb` alike. */
export function chooseSeed(): number {
  const fixed = Number(process.env['DELTASCOPE_SEED']);
  return Number.isInteger(fixed) && fixed > 0 ? fixed : randomInt(1, 2 ** 31);
}

function describe(toplevel: string, parameters: Record<string, number>): string {
  const words = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? toplevel : `${toplevel} (${words.join(', ')})`;
}

function tail(log: string): string {
  return log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}

function plainArrays(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value;
}
