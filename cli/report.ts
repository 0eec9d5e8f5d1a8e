/** `deltascope report`: saved results as one HTML file, or as text. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import type { ExperimentResult } from '../contract/experiment.ts';
import { readWhole } from '../host/data/read-whole.ts';
import { DeltascopeError } from '../host/error.ts';
import { renderBench } from '../report/bench.ts';
import { benchSections } from '../report/bench-section.ts';
import {
  asTable,
  renderExperiment,
  renderResultTable,
  renderSummary,
} from '../report/experiment-terminal.ts';
import { type Reportable, readResult } from '../report/read-result.ts';
import { experimentSection, runSection, type Section } from '../report/section.ts';
import { compareSections, type SideBySide } from '../report/side-by-side.ts';
import { renderRun } from '../report/terminal.ts';
import { renderTrain } from '../report/train.ts';
import { trainSection } from '../report/train-section.ts';
import { parseFlags } from './flags.ts';

const EXAMPLES = `
Examples:
  $ npx deltascope report results/chain.json
  $ npx deltascope report results/chain.json results/sigma-prime.json --out both.html
  $ npx deltascope report results/board.json results/model.json --out side-by-side.html
  $ npx deltascope report results/chain.json --plain
  $ npx deltascope run --json > run.json && npx deltascope report run.json
`;

const flags = z.object({
  out: z.string().min(1, 'takes a file').optional(),
  plain: z.boolean().default(false),
});

/** All experiments in one file take less than a hundredth. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

export function reportCommand(): Command {
  return new Command('report')
    .description('results as one HTML file that opens anywhere, without a network')
    .argument('<result...>', 'JSON files of experiment or bench --out, or of run or train --json')
    .option('--out <file.html>', 'where it goes (default: beside the first result)')
    .option('--plain', 'print it to the terminal instead')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], raw: unknown) => report(files, parseFlags(flags, raw)));
}

async function report(files: string[], { out, plain }: z.infer<typeof flags>): Promise<void> {
  const results = (await Promise.all(files.map(readFrom))).flat();
  if (plain) {
    const tables = compareSections(results.flatMap(sectionsOf)).map(renderSideBySide);
    const experiments = results.filter(isExperiment);
    const summary = experiments.length > 1 ? [renderSummary(experiments)] : [];
    console.log([...summary, ...tables, ...results.map(asText)].join('\n\n'));
    return;
  }
  const file = out ?? withExtension(files[0] ?? '', '.html');
  await writeReport(file, results);
  console.log(`report: ${shortPath(file)}`);
  console.log(`open it in a browser, or: npx deltascope report ${files.join(' ')} --plain`);
}

function isExperiment(result: Reportable): result is ExperimentResult {
  return result.kind === 'experiment';
}

function renderSideBySide({ question, tables, pictures }: SideBySide): string {
  const numbers = pictures.map(({ measured }) => asTable(measured));
  return [`SIDE BY SIDE  ${question}`, ...[...tables, ...numbers].map(renderResultTable)].join(
    '\n\n',
  );
}

function asText(result: Reportable): string {
  switch (result.kind) {
    case 'run':
      return renderRun(result);
    case 'train':
      return renderTrain(result);
    case 'experiment':
      return renderExperiment(result);
    case 'bench':
      return renderBench(result);
  }
}

/** A bench has one for each device. */
function sectionsOf(result: Reportable): Section[] {
  switch (result.kind) {
    case 'run':
      return [runSection(result)];
    case 'train':
      return [trainSection(result)];
    case 'experiment':
      return [experimentSection(result)];
    case 'bench':
      return benchSections(result);
  }
}

/** @throws DeltascopeError `bad-result` when it is none. */
export async function readFrom(file: string): Promise<readonly Reportable[]> {
  const reading = readResult(await readResultFile(file));
  if ('wrong' in reading) throw badResult(file, reading.wrong);
  return reading.results;
}

/** @throws DeltascopeError `bad-result` when it cannot be read. */
export async function readResultFile(file: string): Promise<string> {
  const limits = { maxBytes: MAX_FILE_BYTES, of: 'any result' };
  const json = await readWhole(file, limits).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw badResult(file, why, cause);
  });
  return json.toString();
}

export function badResult(file: string, why: string, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-result', `Cannot report "${file}": ${why}`, {
    hint: 'A result is what experiment --out, bench --out, run --json or train --json wrote',
    cause,
  });
}

/** @throws DeltascopeError `output-not-writable`. */
export async function writeReport(file: string, results: readonly Reportable[]): Promise<void> {
  const sections = results.flatMap(sectionsOf);
  // Loaded here, because drawing takes longer to load than most commands take.
  const { renderHtml } = await import('../report/html.ts');
  await writeText(file, await renderHtml(sections));
}

/** @throws DeltascopeError `output-not-writable`. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new DeltascopeError('output-not-writable', `Cannot write "${file}": ${message}`, {
      hint: 'Name a file in a directory you may write to: --out results/mine.json',
      cause,
    });
  }
}

/** `results/chain.json` → `results/chain.html`. */
export function withExtension(file: string, extension: string): string {
  return path.join(path.dirname(file), path.basename(file, path.extname(file)) + extension);
}

/** From the working directory, where that is shorter. */
export function shortPath(file: string): string {
  const relative = path.relative(process.cwd(), path.resolve(file));
  return relative.length < file.length || !path.isAbsolute(file) ? relative : file;
}
