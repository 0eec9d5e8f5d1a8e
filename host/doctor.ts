/** What this machine has of what deltascope needs, what is missing, and what mends it. */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { type Distribution, findDistribution } from './distribution.ts';
import {
  type BoardsOptions,
  diagnoseBoards,
  findProgrammerTools,
  type PortReport,
} from './doctor-boards.ts';
import { DeltascopeError } from './error.ts';
import { listPorts, type Port } from './transport/ports.ts';
import { isBuilt } from './transport/simulator.ts';
import { findVerilator } from './transport/verilator.ts';

export interface Finding {
  /** `C++ compiler`. */
  readonly what: string;
  /** `missing`: the simulated board cannot run; `note`: only something else cannot. */
  readonly state: 'ok' | 'missing' | 'note';
  /** What was found, or what is wrong. */
  readonly detail: string;
  /** The command that mends it. */
  readonly mend?: string;
}

export interface SimulatedBoard {
  readonly board: BoardName;
  readonly title: string;
  readonly lanes: number;
  /** Else the first run builds it; undefined without Verilator. */
  readonly built: boolean | undefined;
}

export interface Diagnosis {
  /** The simulated board can run. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  /** Undefined when they cannot be listed. */
  readonly ports: readonly PortReport[] | undefined;
  readonly boards: readonly SimulatedBoard[];
  /** Bytes; undefined where there is no such folder. */
  readonly sizes: Readonly<Record<string, number | undefined>>;
}

/** Something that has to come from the system, and how each kind of system gets it. */
export interface Shortage {
  readonly what: string;
  readonly debian: string;
  readonly fedora: string;
  readonly macos: string;
}

/** What set-up knows (tools/setup), which needs no package and so is no part of this program. */
export interface SetUp {
  readonly node: string;
  readonly platform: string;
  readonly cxx: boolean;
  readonly make: boolean;
  readonly perl: boolean;
  /** Of the Python that set-up would choose. */
  readonly python: readonly number[] | undefined;
  readonly shortages: readonly Shortage[];
  /** Whether the packages are those of the lock files. */
  readonly packages: { readonly node: boolean; readonly bench: boolean; readonly test: boolean };
}

export interface DoctorOptions extends BoardsOptions {
  /** The repository. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly setUp: SetUp;
  readonly list?: (() => Promise<Port[] | undefined>) | undefined;
  /** Folders of udev rules. */
  readonly rules?: readonly string[] | undefined;
}

const SET_UP = 'npm run setup';
const FOLDERS = ['node_modules', '.venv', 'build'];

/** @throws DeltascopeError when `on` names no board that is attached, or none can blink. */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const { root, environment, setUp, list = listPorts, rules } = options;
  const { platform } = setUp;
  const distribution = await findDistribution(platform);
  const ports = await list();
  const attached = ports && (await diagnoseBoards(ports, options));
  const findings = [
    ...findSystem(setUp, distribution),
    ...findPackages(setUp),
    await findVerilatorProgram(environment),
    ...(await findProgrammerTools(environment, { platform, rules })),
    ...(attached?.findings ?? [noList(distribution)]),
  ];
  const sizes = await Promise.all(
    FOLDERS.map(async (folder) => [folder, await sizeOf(path.join(root, folder))] as const),
  );
  return {
    healthy: findings.every(({ state }) => state !== 'missing'),
    findings,
    ports: attached?.ports,
    boards: await Promise.all(
      (Object.keys(BOARDS) as BoardName[]).map((board) => describe(board, { root, environment })),
    ),
    sizes: Object.fromEntries(sizes),
  };
}

function findSystem(setUp: SetUp, distribution: Distribution): Finding[] {
  const { node, python, cxx, make, perl, shortages } = setUp;
  const missing = shortages.map(
    (shortage): Finding => ({
      what: shortage.what,
      state: 'missing',
      detail: 'missing',
      mend: shortage[distribution],
    }),
  );
  const ok = (what: string, detail: string): Finding => ({ what, state: 'ok', detail });
  const isShort = (word: string) => shortages.some(({ what }) => what.startsWith(word));
  return [
    ...(isShort('Node') ? [] : [ok('Node', node)]),
    ...(python === undefined ? [] : [ok('Python', python.join('.'))]),
    ...(cxx ? [ok('C++ compiler', 'c++')] : []),
    ...(make ? [ok('make', 'found')] : []),
    ...(perl ? [ok('perl', 'found')] : []),
    ...missing,
  ];
}

function findPackages({ packages }: SetUp): Finding[] {
  const judge = (what: string, fresh: boolean, other: Finding['state']): Finding =>
    fresh
      ? { what, state: 'ok', detail: 'as the lock file says' }
      : { what, state: other, detail: 'missing, or other than the lock file says', mend: SET_UP };
  return [
    judge('npm packages', packages.node, 'missing'),
    judge('Python environment', packages.bench, 'missing'),
    judge('Python environment for tests', packages.test, 'note'),
  ];
}

async function findVerilatorProgram(environment: NodeJS.ProcessEnv): Promise<Finding> {
  const what = 'Verilator';
  try {
    return { what, state: 'ok', detail: await findVerilator(environment) };
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    return { what, state: 'missing', detail: error.message, mend: SET_UP };
  }
}

function noList(distribution: Distribution): Finding {
  const mends = { debian: 'apt install udev', fedora: 'dnf install systemd-udev', macos: '' };
  const detail = 'not listed: there is no udevadm';
  return { what: 'serial ports', state: 'note', detail, mend: mends[distribution] };
}

async function describe(
  board: BoardName,
  { root, environment }: { root: string; environment: NodeJS.ProcessEnv },
): Promise<SimulatedBoard> {
  const { title, lanes } = BOARDS[board];
  const built = await isBuilt({ board, root, environment }).catch(() => undefined);
  return { board, title, lanes, built };
}

/** Of all files below, links not followed; those that vanish meanwhile count nothing. */
async function sizeOf(folder: string): Promise<number | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) {
    return undefined;
  }
  let bytes = 0;
  for (const entry of entries) {
    const place = path.join(folder, entry.name);
    bytes += entry.isDirectory()
      ? ((await sizeOf(place)) ?? 0)
      : await lstat(place).then(
          ({ size }) => size,
          () => 0,
        );
  }
  return bytes;
}
