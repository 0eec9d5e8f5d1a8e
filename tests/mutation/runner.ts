/** Makes mutants and runs them, several at a time. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { buildSimulator } from '../../host/transport/simulator.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { createDraw } from '../system/random-network.ts';
import { apply, type Mutant, sample } from './mutant.ts';
import { BOARD, tryMutant } from './oracle.ts';
import { typeScriptMutants } from './typescript.ts';
import { instrument, MUTANT_OF_RUN, verilogMutants } from './verilog.ts';
import { copyTree } from './workspace.ts';

export interface Verdict {
  readonly mutant: Mutant;
  /** Undefined: it survived. `hang`: it did not end in time. */
  readonly caughtBy: string | undefined;
}

export interface RunOptions {
  readonly count: number;
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

/** Breaks of the Verilog, all in one simulator. @throws Error when it finds fault with no break. */
export async function runVerilog(options: RunOptions): Promise<Verdict[]> {
  const copy = await copyTree('rtl');
  const texts = await readAll(RTL_FOLDERS, /\.v$/);
  const all = [...texts].flatMap(([file, text]) =>
    NOT_SIMULATED.test(file) ? [] : verilogMutants(file, text),
  );
  const chosen = sample(all, options.count, createDraw(options.seed));
  for (const [file, text] of texts) {
    const own = chosen.filter((mutant) => mutant.file === file);
    if (own.length === 0) continue;
    const first = 1 + chosen.indexOf(own[0] as Mutant);
    await writeFile(path.join(copy, file), instrument(text, own, first));
  }
  const main = path.join(copy, 'sim', 'main.cpp');
  await writeFile(main, (await readFile(main, 'utf8')) + MUTANT_OF_RUN);
  const environment = projectEnvironment();
  const { program } = await buildSimulator({ board: BOARD, root: copy, environment });
  const whole = await tryMutant(program);
  if (whole !== undefined) throw new Error(`the simulator without a mutant: ${whole}`);
  return inParallel(chosen, options, (_, index) => tryMutant(program, index + 1));
}

/** Breaks of a folder of TypeScript: the simulator first, then `tests` with vitest. */
export async function runTypeScript(
  folder: string,
  options: RunOptions & { readonly tests: readonly string[] },
): Promise<Verdict[]> {
  if (options.signal?.aborted) return [];
  const texts = await readAll([folder], /\.ts$/);
  const all = [...texts].flatMap(([file, text]) => typeScriptMutants(file, text));
  const chosen = sample(all, options.count, createDraw(options.seed));
  const environment = projectEnvironment();
  const { program } = await buildSimulator({ board: BOARD, root: ROOT, environment });
  const copies = await Promise.all(
    Array.from({ length: WORKERS }, (_, worker) => copyTree(`typescript-${worker}`)),
  );
  return inParallel(chosen, options, async (mutant, _, worker) => {
    const root = copies[worker] as string;
    const file = path.join(root, mutant.file);
    const text = texts.get(mutant.file) as string;
    await writeFile(file, apply(text, mutant));
    try {
      return (await runTry(root, program, environment)) ?? (await runTests(root, options.tests));
    } finally {
      await writeFile(file, text);
    }
  });
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

async function runTests(root: string, tests: readonly string[]): Promise<string | undefined> {
  const args = ['vitest', 'run', '--project', 'unit', '--bail', '1', ...tests];
  const { failed } = await execa('npx', args, {
    ...{
      cwd: root,
      env: projectEnvironment(),
      timeout: 4 * LIMIT_MS,
      reject: false,
      stdin: 'ignore',
    },
  });
  return failed ? 'unit tests' : undefined;
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
