#!/usr/bin/env node
/** Behind every `npm run …`: sets up what the verb needs, then does it. Needs nothing installed. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { handleInterrupts, Interrupted, releaseInterrupts, run } from './process.mjs';
import { projectEnvironment, ROOT } from './setup/environment.mjs';
import { SETS } from './setup/sets.mjs';
import { SetupError, setUp } from './setup/setup.mjs';

const REPORTS = path.join(ROOT, 'build', 'test');
const BIN = path.join(ROOT, 'node_modules', '.bin');

/** Rungs that are commands, each of which counts as one test; the other rungs are vitest projects. */
const COMMANDS = {
  check: [
    ['biome', path.join(BIN, 'biome'), ['ci', '--error-on-warnings', '.']],
    ['tsc', path.join(BIN, 'tsc'), ['--noEmit']],
    ['ruff check', 'ruff', ['check', '--quiet', '.']],
    ['ruff format', 'ruff', ['format', '--check', '--quiet', '.']],
  ],
  // One board placed with one seed, the rest synthesised: the campaign of five seeds is apart.
  boards: [
    buildCommand('icebreaker placed, one seed', ['--board', 'icebreaker', '--seeds', '1']),
    buildCommand('every board synthesised', ['--board', 'all', '--until', 'synth']),
  ],
};

/**
 * The ladder, cheap first, with the budget of a warm run on two cores; `set` where the
 * Python set is not `test`.
 */
const RUNGS = {
  check: { budgetSeconds: 20 },
  unit: { budgetSeconds: 200 },
  rtl: { budgetSeconds: 300 },
  formal: { budgetSeconds: 240, set: 'formal' },
  system: { budgetSeconds: 600, set: 'fpga' },
  boards: { budgetSeconds: 300, set: 'fpga' },
  gate: { budgetSeconds: 300, set: 'fpga' },
};

/** What `npm test` climbs. */
const LADDER = ['check', 'unit', 'rtl', 'formal', 'system', 'boards', 'gate'];

/** Each set includes those before it, but for `software`, which only `bench --full` needs. */
const SET_NAMES = Object.keys(SETS);
const LARGEST_SET = SET_NAMES.at(-1);

const VERBS = {
  setup: () => setUp(LARGEST_SET).then(() => 0),
  bench: (args) =>
    setUp(args.includes('--full') ? 'software' : 'bench').then(() =>
      runCommand(['bench', ...args]),
    ),
  test: (args) => climb(LADDER, args),
  check: (args) => climb(['check'], args),
  unit: (args) => climb(['unit'], args),
  rtl: (args) => climb(['rtl'], args),
  formal: (args) => climb(['formal'], args),
  system: (args) => climb(['system'], args),
  boards: (args) => climb(['boards'], args),
  gate: (args) => climb(['gate'], args),
  gatesim: simulateGates,
  'campaign:exact': (args) => campaign('exact', args),
  'campaign:faults': (args) => campaign('faults', args),
  'campaign:training': (args) => campaign('training', args),
  'campaign:instability': (args) => campaign('instability', args),
  'campaign:goodput': (args) => campaign('goodput', args),
  'campaign:soak': (args) => campaign('soak', args),
  'campaign:fuzz': (args) => campaign('fuzz', args),
  'campaign:experiments': (args) => campaign('experiments', args),
  coverage: (args) => setUp('fpga').then(() => runTypeScript('tests/coverage/coverage.ts', args)),
  mutate: (args) => setUp('formal').then(() => runTypeScript('tests/mutation/mutate.ts', args)),
  gen: (args) => setUp('bench').then(() => runTypeScript('tools/generate.ts', args)),
  gallery: (args) => setUp('bench').then(() => runTypeScript('tools/gallery.ts', args)),
  clean,
};

async function main([verb, ...rest]) {
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  const work = Object.hasOwn(VERBS, verb ?? '') ? VERBS[verb] : undefined;
  if (!work) {
    console.error(`usage: node tools/run.mjs ${Object.keys(VERBS).join('|')} [-- arguments]`);
    return 2;
  }
  return work(args);
}

/** The rung `gate` with the boards that are named, else with all of them. */
function simulateGates(boards) {
  process.env['DELTASCOPE_GATE_BOARDS'] = boards.join() || 'all';
  return climb(['gate'], []);
}

/** Runs rungs in order, all of them, and sums up; arguments go to vitest. */
async function climb(names, args) {
  const sets = names.map((name) => RUNGS[name].set ?? 'test');
  await setUp(SET_NAMES.findLast((set) => sets.includes(set)));
  const results = [];
  for (const name of names) {
    console.log(`\n── ${name} (budget ${RUNGS[name].budgetSeconds} s)`);
    const started = Date.now();
    const counts = COMMANDS[name] ? await runCommands(COMMANDS[name]) : await runVitest(name, args);
    const result = { name, ...counts, seconds: (Date.now() - started) / 1000 };
    console.log(rungLine(result));
    results.push(result);
  }
  if (results.length > 1) console.log(`\n── all rungs\n${results.map(rungLine).join('\n')}`);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || results.some(isEmpty) ? 1 : 0;
}

function rungLine(result) {
  const { name, passed, failed, skipped, seconds } = result;
  const verdict = failed > 0 ? 'FAILED' : isEmpty(result) ? 'FAILED (no test ran)' : 'passed';
  const { budgetSeconds } = RUNGS[name];
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  const line = `${name.padEnd(6)} ${verdict}: ${counts}, ${seconds.toFixed(1)} s of ${budgetSeconds} s`;
  return seconds > budgetSeconds ? `${line}\nwarning: ${name} is over its budget` : line;
}

function isEmpty({ passed, failed }) {
  return passed + failed === 0;
}

async function runCommands(commands) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, command, args] of commands) {
    const status = await inProject(command, args);
    console.log(`${status === 0 ? '✓' : '✗'} ${name}`);
    if (status === 0) counts.passed += 1;
    else counts.failed += 1;
  }
  return counts;
}

/** One vitest project; vitest prints as usual, the counts come from its JSON report. */
async function runVitest(project, args) {
  mkdirSync(REPORTS, { recursive: true });
  const report = path.join(REPORTS, `${project}.json`);
  rmSync(report, { force: true });
  const status = await inProject(path.join(BIN, 'vitest'), [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  return countTests(report, status);
}

function countTests(report, status) {
  if (!existsSync(report)) return { passed: 0, failed: status === 0 ? 0 : 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // A file that does not load has no failed test in it, yet it failed.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'),
  ).length;
  const failed = numFailedTests + broken;
  // Errors outside any test leave only the exit status.
  return {
    passed: numPassedTests,
    failed: failed === 0 && status !== 0 && numPassedTests > 0 ? 1 : failed,
    skipped: numPendingTests,
  };
}

function buildCommand(name, args) {
  return [name, process.execPath, [path.join(ROOT, 'cli', 'deltascope.mjs'), 'build', ...args]];
}

function runTypeScript(file, args) {
  return inProject(process.execPath, ['--import', 'tsx', path.join(ROOT, file), ...args]);
}

/** The command itself, in this process: it has its own way with interrupts and progress. */
async function runCommand(args) {
  releaseInterrupts();
  process.argv = [process.execPath, path.join(ROOT, 'cli', 'deltascope.mjs'), ...args];
  await import('../cli/deltascope.mjs');
  return process.exitCode ?? 0;
}

function campaign(name, args) {
  return setUp('bench').then(() => runTypeScript(`tests/campaign/campaign-${name}.ts`, args));
}

function inProject(command, args) {
  return run(command, args, { cwd: ROOT, env: projectEnvironment() });
}

/** Removes all that set-up, builds and tests made; results are measurements and stay. */
async function clean() {
  const made = [
    'node_modules',
    '.venv',
    'build',
    '.ruff_cache',
    '.pytest_cache',
    'tests/rtl/__pycache__',
  ];
  for (const folder of made) rmSync(path.join(ROOT, folder), { recursive: true, force: true });
  console.log(`removed ${made.join(', ')}`);
  return 0;
}

handleInterrupts((status) => process.exit(status));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Interrupted)) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
