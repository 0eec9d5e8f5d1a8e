/** Makes mutants and runs them, several at a time. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { BoardName } from '../../contract/boards.ts';
import { buildSimulator } from '../../host/transport/simulator.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { readProof, runProof, tasksOf } from '../bridge/sby.ts';
import { proofNames } from '../formal/names.ts';
import { createDraw } from '../system/random-network.ts';
import { apply, type Mutant } from './mutant.ts';
import { BOARD, QUICK, THOROUGH, tryMutant } from './oracle.ts';
import { typeScriptMutants } from './typescript.ts';
import { instrument, MUTANT_OF_RUN, verilogMutants } from './verilog.ts';
import { copyTree } from './workspace.ts';

export interface Verdict {
  readonly mutant: Mutant;
  /** Undefined: it survived. `hang`: it did not end in time. */
  readonly caughtBy: string | undefined;
}

export interface RunOptions {
  /** Which of all that there are. */
  readonly choose: (all: readonly Mutant[]) => Mutant[];
  /** Of their order. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onVerdict?: (verdict: Verdict) => void;
}

const RTL_FOLDERS = ['rtl/core', 'rtl/link', 'rtl/stream', 'rtl/platform/generic'];
/** Serial lines and clocks: not in the simulator with a byte link, where time is skipped. */
const NOT_SIMULATED = /ds_(?:uart_rx|uart_tx|baud|clock|milliseconds|timeout)\.v$/;
const WORKERS = 2;
const LIMIT_MS = 150_000;
const TRY = path.join('tests', 'mutation', 'try.ts');

/**
 * Breaks of the Verilog: all in one simulator first, one for each kind of board, then each in the bench
 * of its module and in the proofs that read its file.
 * @throws Error when the simulator finds fault with no break.
 */
export async function runVerilog(options: RunOptions): Promise<Verdict[]> {
  const texts = await readAll(RTL_FOLDERS, /\.v$/);
  const all = [...texts].flatMap(([file, text]) =>
    NOT_SIMULATED.test(file) ? [] : verilogMutants(file, text),
  );
  const chosen = options.choose(all);
  if (chosen.length === 0) return [];
  const copy = await copyTree('rtl');
  for (const [file, text] of texts) {
    const own = chosen.filter((mutant) => mutant.file === file);
    if (own.length === 0) continue;
    const first = 1 + chosen.indexOf(own[0] as Mutant);
    await writeFile(path.join(copy, file), instrument(text, own, first));
  }
  const main = path.join(copy, 'sim', 'main.cpp');
  await writeFile(main, (await readFile(main, 'utf8')) + MUTANT_OF_RUN);
  const environment = projectEnvironment();
  const programs = new Map<BoardName, string>();
  for (const board of [BOARD, ...THOROUGH.map((effort) => effort.board)] as const) {
    programs.set(board, (await buildSimulator({ board, root: copy, environment })).program);
  }
  const tryAll = async (number: number) => {
    for (const effort of [QUICK, ...THOROUGH]) {
      const program = programs.get(effort.board) as string;
      const caughtBy = await tryMutant(program, { number, effort });
      if (caughtBy !== undefined) return caughtBy;
    }
    return undefined;
  };
  const whole = await tryAll(0);
  if (whole !== undefined) throw new Error(`the simulator without a mutant: ${whole}`);
  const copies = await copyTrees('bench');
  return inParallel(chosen, options, async (mutant, index, worker) => {
    const root = copies[worker] as string;
    const caughtBy = await tryAll(index + 1);
    if (caughtBy !== undefined) return caughtBy;
    return withMutant(root, { mutant, texts }, async () => {
      return (await tryBench(root, mutant)) ?? (await tryProofs(root, mutant));
    });
  });
}

/** @returns what caught it; undefined also when no bench has the module. */
async function tryBench(root: string, { file }: Mutant): Promise<string | undefined> {
  // The link has a bench as a whole too.
  const names = [path.basename(file, '.v'), ...(file.startsWith('rtl/link/') ? ['ds_link'] : [])];
  const tests = names
    .map((name) => path.join('tests', 'rtl', `${name.replaceAll('_', '-')}.test.ts`))
    .filter((bench) => existsSync(path.join(root, bench)));
  if (tests.length === 0) return undefined;
  return (await pass(root, { project: 'rtl', tests })) ? undefined : 'bench';
}

async function tryProofs(root: string, { file }: Mutant): Promise<string | undefined> {
  for (const proof of proofNames().filter((name) => readProof(name).includes(`\n${file}\n`))) {
    for (const task of tasksOf(proof).filter((name) => !name.startsWith('cover'))) {
      const { verdict } = await runProof({ proof, task }, root);
      if (/^(?:FAIL|UNKNOWN)$/.test(verdict)) return 'proof';
    }
  }
  return undefined;
}

/** Breaks of a folder of TypeScript: the simulator first, then `tests` with vitest. */
export async function runTypeScript(
  folder: string,
  options: RunOptions & { readonly tests: readonly string[] },
): Promise<Verdict[]> {
  if (options.signal?.aborted) return [];
  const texts = await readAll([folder], /\.ts$/);
  const all = [...texts].flatMap(([file, text]) => typeScriptMutants(file, text));
  const chosen = options.choose(all);
  if (chosen.length === 0) return [];
  const environment = projectEnvironment();
  const { program } = await buildSimulator({ board: BOARD, root: ROOT, environment });
  const copies = await copyTrees('typescript');
  return inParallel(chosen, options, (mutant, _, worker) => {
    const root = copies[worker] as string;
    return withMutant(root, { mutant, texts }, async () => {
      const caughtBy = await runTry(root, program, environment);
      if (caughtBy !== undefined) return caughtBy;
      return (await pass(root, { project: 'unit', tests: options.tests }))
        ? undefined
        : 'unit tests';
    });
  });
}

/** One for each worker. */
function copyTrees(name: string): Promise<string[]> {
  const numbers = Array.from({ length: WORKERS }, (_, worker) => worker);
  return Promise.all(numbers.map((worker) => copyTree(`${name}-${worker}`)));
}

/** Does `work` while the copy at `root` is broken. */
async function withMutant<T>(
  root: string,
  { mutant, texts }: { mutant: Mutant; texts: ReadonlyMap<string, string> },
  work: () => Promise<T>,
): Promise<T> {
  const file = path.join(root, mutant.file);
  const text = texts.get(mutant.file) as string;
  await writeFile(file, apply(text, mutant));
  try {
    return await work();
  } finally {
    await writeFile(file, text);
  }
}

async function readAll(folders: readonly string[], pattern: RegExp): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    for (const name of (await readdir(path.join(ROOT, folder))).sort()) {
      if (!pattern.test(name)) continue;
      texts.set(`${folder}/${name}`, await readFile(path.join(ROOT, folder, name), 'utf8'));
    }
  }
  return texts;
}

/** @returns what caught it; also `import` when it cannot even be loaded. */
async function runTry(root: string, program: string, env: NodeJS.ProcessEnv) {
  const args = ['--import', 'tsx', path.join(root, TRY), program];
  const { stdout, failed, timedOut } = await execa(process.execPath, args, {
    ...{ cwd: root, env, timeout: LIMIT_MS, reject: false, stdin: 'ignore' },
    forceKillAfterDelay: 1000,
  });
  if (timedOut) return 'hang';
  if (failed) return 'import';
  return stdout === 'survived' ? undefined : stdout;
}

/** Whether the tests of the copy at `root` do. */
async function pass(
  root: string,
  { project, tests }: { project: string; tests: readonly string[] },
): Promise<boolean> {
  const args = ['vitest', 'run', '--project', project, '--bail', '1', ...tests];
  const { failed } = await execa('npx', args, {
    ...{
      cwd: root,
      env: projectEnvironment(),
      timeout: 4 * LIMIT_MS,
      reject: false,
      stdin: 'ignore',
    },
  });
  return !failed;
}

async function inParallel(
  mutants: readonly Mutant[],
  { seed, signal, onVerdict }: RunOptions,
  attempt: (mutant: Mutant, index: number, worker: number) => Promise<string | undefined>,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  // Not file by file: what is stopped early is a sample too.
  const draw = createDraw(seed);
  const queue = mutants
    .map((mutant, index) => ({ mutant, index, place: draw(2 ** 31) }))
    .sort((a, b) => a.place - b.place);
  const work = async (worker: number) => {
    for (let next = queue.shift(); next !== undefined && !signal?.aborted; next = queue.shift()) {
      const { mutant, index } = next;
      const verdict = { mutant, caughtBy: await attempt(mutant, index, worker) };
      verdicts.push(verdict);
      onVerdict?.(verdict);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  return verdicts;
}
