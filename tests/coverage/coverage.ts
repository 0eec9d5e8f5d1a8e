/**
 * `npm run coverage`: which lines and branches of the RTL and which lines of the host the tests run;
 * the result is docs/coverage.md. Fails when a test does, when a gap of the RTL has no reason, and
 * when a reason is given for what is covered.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { type FileCoverage, findGaps, renderPage } from './page.ts';
import { REASONS } from './reasons.ts';
import { readPoints } from './verilator.ts';

const FOLDER = path.join(ROOT, 'build', 'coverage');
const RTL = path.join(FOLDER, 'rtl');
/** Random networks a board: counted, a simulation takes several times as long. */
const CASES = '20';
const PAGE = path.join('docs', 'coverage.md');
/** All benches, and of the other rungs what runs in this process or on a simulated board. */
const TESTS = [
  ...['golden', 'host', 'model', 'bench', 'rtl'].map((room) => `tests/${room}/`),
  ...['extremes', 'faults', 'fuzz', 'linear-chain', 'lossy-link', 'metamorphic'].map(systemTest),
  ...['rtl-equals-fixed', 'selftest', 'simulator', 'softmax', 'training'].map(systemTest),
];

function systemTest(name: string): string {
  return `tests/system/${name}.test.ts`;
}

await new Command('npm run coverage --')
  .description(`which lines and branches the tests run: ${PAGE}`)
  .option('--render', 'only the page, of what the last run counted', false)
  .addHelpText('after', '\nExample:\n  $ npm run coverage     half an hour on two cores')
  .action(async ({ render }: { render: boolean }) => {
    const passed = render || (await runTests());
    const problems = await writePage();
    process.stdout.write([...problems, `wrote ${PAGE}`, ''].join('\n'));
    process.exitCode = passed && problems.length === 0 ? 0 : 1;
  })
  .parseAsync();

async function runTests(): Promise<boolean> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(RTL, { recursive: true });
  const { failed } = await execa('npx', ['vitest', 'run', '--coverage', ...TESTS], {
    ...{ cwd: ROOT, reject: false, stdio: 'inherit' as const },
    env: { ...projectEnvironment(), DELTASCOPE_COVERAGE: RTL, DELTASCOPE_CASES: CASES },
  });
  return !failed;
}

/** @returns what is wrong with the reasons */
async function writePage(): Promise<string[]> {
  const points = await readPoints(RTL);
  const texts = new Map<string, string[]>();
  for (const { file } of points) {
    if (texts.has(file)) continue;
    texts.set(file, (await readFile(path.join(ROOT, file), 'utf8')).split('\n'));
  }
  const gaps = findGaps(points, REASONS, (file, line) => texts.get(file)?.[line - 1] ?? '');
  const page = renderPage({ points, gaps, files: await readFiles(), tests: TESTS });
  await writeFile(path.join(ROOT, PAGE), page);
  const bare = gaps.filter(({ why }) => why === undefined);
  const idle = REASONS.filter(({ why }) => !gaps.some((gap) => gap.why === why));
  return [
    ...bare.map(({ point: { file, line }, code }) => `no reason: ${file}:${line} ${code}`),
    ...idle.map(({ file, part }) => `covered, and yet a reason: ${file} ${part}`),
  ];
}

async function readFiles(): Promise<FileCoverage[]> {
  const summary = path.join(FOLDER, 'typescript', 'coverage-summary.json');
  const { total: _, ...files } = JSON.parse(await readFile(summary, 'utf8')) as Summary;
  return Object.entries(files).map(([file, { lines, branches }]) => ({
    ...{ file: path.relative(ROOT, file), lines: lines.pct, branches: branches.pct },
  }));
}

type Summary = Record<string, Record<'lines' | 'branches', { readonly pct: number }>>;
