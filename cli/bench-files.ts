/** Results of `bench` in files: judged by the rules, and compared with each other. */
import {
  compareBench,
  compareCycles,
  isNoise,
  isRegression,
  type Ratio,
} from '../bench/compare-bench.ts';
import { countCycles } from '../bench/cycles.ts';
import { findViolations } from '../bench/rules.ts';
import { cachedBuilds } from '../bench/standard.ts';
import { type BenchResult, type CyclesResult, RULES } from '../contract/bench.ts';
import { DeltascopeError } from '../host/error.ts';
import { type JudgedRatio, renderRatios } from '../report/compare-bench.ts';
import { readBench } from '../report/read-bench.ts';
import { ROOT } from '../tools/setup/environment.mjs';
import type { Terminal } from './job.ts';
import { readResultFile, shortPath, writeText } from './report.ts';

/** @throws DeltascopeError `bad-result` saying by which rules it is not valid. */
export async function validate(file: string): Promise<void> {
  const result = await readBaseline(file);
  if (result.kind !== 'bench') throw badBaseline(file, 'it holds cycles only, nothing to quote');
  const violations = findViolations(result);
  for (const { rule, why } of violations) console.log(`✗ ${RULES[rule]}\n  ${why}`);
  if (violations.length === 0) {
    console.log(`✓ ${shortPath(file)} is valid by docs/run-rules.md`);
    return;
  }
  throw new DeltascopeError(
    'bad-result',
    `"${file}" is not valid by the rules: ${violations.length} times`,
    { hint: 'docs/run-rules.md says what a result must hold. Measure again.' },
  );
}

/** @throws DeltascopeError `bad-result`. */
export async function readBaseline(file: string): Promise<BenchResult | CyclesResult> {
  const reading = readBench(await readResultFile(file));
  if ('wrong' in reading) throw badBaseline(file, reading.wrong);
  return reading.result;
}

/** @throws DeltascopeError `output-not-writable`, or of the simulated boards. */
export async function countTo(file: string, terminal: Terminal): Promise<void> {
  const result = await count(terminal);
  await writeText(file, oneLineEach(result));
  terminal.announce(`${result.rows.length} counts of cycles written to ${shortPath(file)}`);
}

/** JSON with a row a line, so that a change is a line. */
function oneLineEach({ rows, builds, ...result }: CyclesResult): string {
  const lines = (items: readonly unknown[]) =>
    `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`;
  const head = JSON.stringify(result).slice(0, -1);
  return `${head},\n"rows": ${lines(rows)},\n"builds": ${lines(builds)}}\n`;
}

interface Comparison {
  /** Undefined: cycles are counted now. */
  readonly now?: BenchResult;
  readonly terminal: Terminal;
  /** Share by which something may be worse. */
  readonly threshold: number;
}

/** @throws DeltascopeError `regression` naming what became worse. */
export async function compareWith(
  old: BenchResult | CyclesResult,
  { now, terminal, threshold }: Comparison,
): Promise<void> {
  const ratios =
    old.kind === 'bench' && now !== undefined
      ? compareBench(old, now)
      : compareCycles(old as CyclesResult, await count(terminal));
  const judged = ratios.map((ratio) => ({ ...ratio, verdict: verdictOn(ratio, threshold) }));
  terminal.announce(`\n${renderRatios(judged)}`);
  const worse = judged.filter(({ verdict }) => verdict === 'regression');
  if (judged.length === 0) throw badBaseline('the baseline', 'it has nothing in common with this');
  if (worse.length === 0) return;
  throw new DeltascopeError(
    'regression',
    `Worse than the baseline: ${worse.map(({ what }) => what).join('; ')}`,
    { hint: 'Where that is meant, write the baseline anew: bench --write-baseline FILE' },
  );
}

async function count({ options }: Terminal): Promise<CyclesResult> {
  const counted = await countCycles(options);
  options.onProgress.finish();
  return { kind: 'cycles', schema: 1, ...counted, builds: await cachedBuilds(ROOT) };
}

function verdictOn(ratio: Ratio, threshold: number): JudgedRatio['verdict'] {
  if (isRegression(ratio, threshold)) return 'regression';
  if (ratio.ratio === 1) return 'same';
  return isNoise(ratio) ? 'within noise' : 'changed';
}

function badBaseline(file: string, why: string): DeltascopeError {
  return new DeltascopeError('bad-result', `Cannot use "${file}": ${why}`, {
    hint: 'Name a result.json of bench, or what bench --write-baseline wrote.',
  });
}
