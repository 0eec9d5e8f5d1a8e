/** What this machine has of what deltascope needs, what is missing, and what mends it. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BOARDS, type BoardName } from '../contract/boards.ts';
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
  readonly ports: readonly Port[] | undefined;
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

export interface DoctorOptions {
  /** The repository. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly setUp: SetUp;
}

type Distribution = 'debian' | 'fedora' | 'macos';

const SET_UP = 'npm run setup';
const FOLDERS = ['node_modules', '.venv', 'build'];

export async function diagnose({ root, environment, setUp }: DoctorOptions): Promise<Diagnosis> {
  const distribution = await findDistribution(setUp.platform);
  const ports = await listPorts();
  const findings = [
    ...findSystem(setUp, distribution),
    ...findPackages(setUp),
    await findVerilatorProgram(environment),
    ...findPorts(ports, distribution),
  ];
  const sizes = await Promise.all(
    FOLDERS.map(async (folder) => [folder, await sizeOf(path.join(root, folder))] as const),
  );
  return {
    healthy: findings.every(({ state }) => state !== 'missing'),
    findings,
    ports,
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
    return { what, state: 'missing', detail: error.message, mend: error.hint ?? SET_UP };
  }
}

function findPorts(ports: readonly Port[] | undefined, distribution: Distribution): Finding[] {
  const what = 'serial ports';
  if (ports === undefined) {
    const mends = { debian: 'apt install udev', fedora: 'dnf install systemd-udev', macos: '' };
    const detail = 'not listed: there is no udevadm';
    return [{ what, state: 'note', detail, mend: mends[distribution] }];
  }
  return ports
    .filter(({ accessible }) => !accessible)
    .map((port) => ({
      what: `serial port ${port.path}`,
      state: 'note',
      detail: 'this user may not open it',
      mend: 'sudo usermod -aG dialout $USER, then log in again',
    }));
}

async function describe(
  board: BoardName,
  { root, environment }: { root: string; environment: NodeJS.ProcessEnv },
): Promise<SimulatedBoard> {
  const { title, lanes } = BOARDS[board];
  const built = await isBuilt({ board, root, environment }).catch(() => undefined);
  return { board, title, lanes, built };
}

async function findDistribution(platform: string): Promise<Distribution> {
  if (platform === 'darwin') {
    return 'macos';
  }
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*(fedora|rhel|centos)/m.test(release) ? 'fedora' : 'debian';
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
