/**
 * Between vitest and sby: runs one task of a tests/formal/*.sby in a child process and brings back
 * the verdict, the assertions that failed and where their traces lie.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';

export interface ProofTask {
  /** Name of the file in tests/formal, without `.sby`. */
  proof: string;
  task: string;
}

export interface ProofResult {
  /** sby's own word: PASS, FAIL, UNKNOWN (not inductive), TIMEOUT, ERROR. */
  verdict: string;
  /** `bmc`, `prove` or `cover` with its depth and engine. */
  what: string;
  seconds: number;
  /** Failed assertions, covers not reached, traces; empty when it passed. */
  findings: string[];
}

const FORMAL = path.join(ROOT, 'build', 'formal');
const TIMEOUT_MS = 600_000;
const LOG_TAIL_LINES = 15;
/** Else sby takes whichever yosys it finds on PATH. */
const TOOLS = [
  ...['--yosys', 'yowasp-yosys'],
  ...['--smtbmc', 'yowasp-yosys-smtbmc'],
  ...['--witness', 'yowasp-yosys-witness'],
];

/** The tasks that a .sby names in its first section. */
export function tasksOf(proof: string): string[] {
  const [, tasks = ''] = /^\[tasks\]\n((?:\w+\n)+)/m.exec(readProof(proof)) ?? [];
  return tasks.trim().split('\n');
}

/** Runs one task. Files in a .sby are relative to `root`, which may be a mutated copy. */
export async function runProof({ proof, task }: ProofTask, root = ROOT): Promise<ProofResult> {
  const folder = path.join(root, path.relative(ROOT, FORMAL), `${proof}-${task}`);
  await mkdir(path.dirname(folder), { recursive: true });
  const started = Date.now();
  const { all, timedOut } = await execa(
    'yowasp-sby',
    [...TOOLS, '-f', '-d', folder, path.join('tests', 'formal', `${proof}.sby`), task],
    {
      cwd: root,
      env: projectEnvironment(),
      timeout: TIMEOUT_MS,
      stdin: 'ignore',
      all: true,
      reject: false,
    },
  );
  const seconds = (Date.now() - started) / 1000;
  const verdict = timedOut ? 'TIMEOUT' : (/DONE \((\w+)/.exec(all)?.[1] ?? 'ERROR');
  const what = describe(await readFile(path.join(root, 'tests', 'formal', `${proof}.sby`), 'utf8'));
  return { verdict, what: what(task), seconds, findings: findingsIn(all, verdict) };
}

/** Prints one line; throws with sby's findings unless the task passed. */
export async function expectProof(task: ProofTask): Promise<ProofResult> {
  const result = await runProof(task);
  const name = `${task.proof} ${task.task}`;
  process.stdout.write(
    `sby ${name}: ${result.verdict}, ${result.what}, ${result.seconds.toFixed(1)} s\n`,
  );
  if (result.verdict === 'PASS') return result;
  const error = new Error(
    `${name}: ${result.verdict} (${result.what})\n${result.findings.join('\n')}`,
  );
  Error.captureStackTrace(error, expectProof);
  throw error;
}

/** Prints when yosys is about to compile itself, and lets it do so once, before the proofs. */
export async function warmUp(): Promise<string> {
  const env = projectEnvironment();
  if (!existsSync(env['YOWASP_CACHE_DIR'] ?? '')) {
    process.stdout.write('yosys compiles itself at its first start, about 40 s and 1.7 GB …\n');
  }
  const { stdout } = await execa('yowasp-yosys', ['-V'], { cwd: ROOT, env });
  return stdout.replace(/ \(.*/s, '');
}

export function readProof(proof: string): string {
  return readFileSync(path.join(ROOT, 'tests', 'formal', `${proof}.sby`), 'utf8');
}

function describe(text: string): (task: string) => string {
  const engine = /^\[engines\]\n(.*)$/m.exec(text)?.[1] ?? 'no engine';
  return (task) => {
    const option = (name: string) => new RegExp(`^${task}: ${name} (.*)$`, 'm').exec(text)?.[1];
    return `${option('mode')} to depth ${option('depth')}, ${engine}`;
  };
}

function findingsIn(log: string, verdict: string): string[] {
  if (verdict === 'PASS') return [];
  const lines = log.split('\n').map((line) => line.replace(/^SBY \S+ \[[^\]]*\] /, ''));
  const told = lines.filter((line) =>
    /^summary:.*(failed|trace|unreached)|ERROR|Unreached cover/.test(line),
  );
  return told.length > 0 ? told : lines.slice(-LOG_TAIL_LINES);
}
