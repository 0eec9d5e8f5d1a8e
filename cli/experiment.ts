/** `deltascope experiment`: the claims of the lectures, measured. */
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import type { ExperimentResult, ExperimentResults } from '../contract/experiment.ts';
import { LECTURES } from '../contract/experiment.ts';
import { EXPERIMENTS, experimentsOf, findExperiment } from '../experiments/catalogue.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { runExperiment } from '../experiments/run-experiment.ts';
import { firstSeedOf } from '../experiments/student.ts';
import { openDevice } from '../host/device.ts';
import { DeltascopeError } from '../host/error.ts';
import { renderErrata } from '../report/errata.ts';
import { renderSummary, renderVerdicts } from '../report/experiment-terminal.ts';
import { projectEnvironment, ROOT } from '../tools/setup/environment.mjs';
import { checkAnswers, writeForm } from './answers.ts';
import {
  chooseTarget,
  fillSeedFlag,
  ON_HELP,
  onFlag,
  parseFlags,
  REQUIRE_BOARD_HELP,
  requireBoardFlag,
  seedsFlag,
} from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { commandLine } from './job.ts';
import { createProgress } from './progress.ts';
import { shortPath, withExtension, writeReport, writeText } from './report.ts';
import { createStatusLine } from './status-line.ts';
import { openTarget } from './target.ts';

const EXAMPLES = `
Examples:
  $ npx deltascope experiment                               what there is, by lecture
  $ npx deltascope experiment speed-of-learning --quick
  $ npx deltascope experiment chain --on model              without Verilator, compiler or Python
  $ npx deltascope experiment --lecture N --quick --out results/nielsen.json
  $ npx deltascope experiment --all --quick
  $ npx deltascope experiment chain --quick --student "Ada Lovelace"   networks of one's own
  $ npx deltascope experiment chain --student "Ada Lovelace" --answers ada.json   the form to fill in
  $ npx deltascope experiment chain --check ada.json        whether it is complete, not whether right
  $ npx deltascope experiment --all --quick --on model --errata > docs/errata.md
`;

const flags = z.object({
  lecture: z.string().optional(),
  all: z.boolean().default(false),
  quick: z.boolean().default(false),
  seeds: seedsFlag,
  student: z.string().trim().min(1, 'takes a name').optional(),
  answers: z.string().min(1, 'takes a file').optional(),
  check: z.string().min(1, 'takes a file').optional(),
  on: onFlag,
  requireBoard: requireBoardFlag,
  fillSeed: fillSeedFlag,
  json: z.boolean().default(false),
  errata: z.boolean().default(false),
  out: z.string().min(1, 'takes a file').optional(),
});

type Flags = z.infer<typeof flags>;

export function experimentCommand(): Command {
  return new Command('experiment')
    .description('what the lectures claim, measured; without a name: which experiments there are')
    .argument('[name]', 'of the experiment')
    .option(
      '--lecture <letter>',
      `every experiment of a lecture: ${Object.keys(LECTURES).join(', ')}`,
    )
    .option('--all', 'every experiment')
    .option('--quick', 'fewer random networks: seconds to a minute each')
    .option('--seeds <n>', 'random networks in float64; at most so many on the device')
    .option('--student <name>', 'networks of seeds that follow from the name')
    .option(
      '--answers <file.json>',
      'write the form of a hand-in of --student, and measure nothing',
    )
    .option('--check <file.json>', 'say whether a hand-in is complete, and measure nothing')
    .option('--on <device>', ON_HELP)
    .option('--require-board', REQUIRE_BOARD_HELP)
    .option(
      '--fill-seed <n>',
      "of what the simulated board's memories hold at power-up (default: drawn anew)",
    )
    .option('--json', 'print the result as JSON')
    .option('--errata', 'print what does not hold as it stands, as Markdown')
    .option('--out <file.json>', 'the result; its report goes beside it (default: in results/)')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, raw: unknown) => {
      const options = parseFlags(flags, raw);
      const chosen = choose(name, options);
      const { answers, check } = options;
      if (check !== undefined) console.log(await checkAnswers(check, onlyOne(chosen, '--check')));
      else if (answers !== undefined) {
        await writeForm(answers, { ...options, experiment: onlyOne(chosen, '--answers') });
      } else if (chosen === undefined) console.log(listByLecture());
      else await measure(chosen, options);
    });
}

interface Chosen {
  readonly experiments: readonly Experiment[];
  /** Of the files. */
  readonly name: string;
}

/** @throws DeltascopeError `bad-option` when more than one way of choosing, or of printing, is used. */
function choose(
  name: string | undefined,
  { lecture, all, json, errata }: Flags,
): Chosen | undefined {
  if (json && errata) {
    throw new DeltascopeError('bad-option', '--json and --errata both print their own form', {
      hint: 'Take --errata, and read the JSON from the file of --out',
    });
  }
  if ([name !== undefined, lecture !== undefined, all].filter(Boolean).length > 1) {
    throw new DeltascopeError('bad-option', 'A name, --lecture and --all do not go together', {
      hint: 'npx deltascope experiment lists what there is',
    });
  }
  if (name !== undefined) return { experiments: [findExperiment(name)], name };
  if (lecture !== undefined)
    return { experiments: experimentsOf(lecture), name: `lecture-${lecture}` };
  return all ? { experiments: EXPERIMENTS, name: 'all' } : undefined;
}

/** @throws DeltascopeError `bad-option` where no experiment, or more than one, is named. */
function onlyOne(chosen: Chosen | undefined, option: string): Experiment {
  const [only, ...others] = chosen?.experiments ?? [];
  if (only !== undefined && others.length === 0) return only;
  throw new DeltascopeError('bad-option', `${option} is for one experiment`, {
    hint: `npx deltascope experiment NAME ${option} answers.json`,
  });
}

function listByLecture(): string {
  const lectures = Object.entries(LECTURES).map(([letter, title]) => {
    const width = Math.max(...EXPERIMENTS.map(({ name }) => name.length));
    const lines = experimentsOf(letter).map(
      ({ name, question }) => `  ${name.padEnd(width)}  ${question}`,
    );
    return [`${letter}  ${title}`, ...lines].join('\n');
  });
  return [...lectures, 'next: npx deltascope experiment speed-of-learning --quick'].join('\n\n');
}

async function measure({ experiments, name }: Chosen, options: Flags): Promise<void> {
  const { json, errata, quick, seeds, student, fillSeed } = options;
  const file = options.out ?? path.join(ROOT, 'results', `${name}.json`);
  const say = json || errata ? console.error : console.log;
  const line = createStatusLine();
  const progress = createProgress(() => {});
  const interrupt = abortOnInterrupt();
  const { signal } = interrupt;
  const results: ExperimentResult[] = [];
  let stopped: unknown;
  try {
    const target = await openTarget(chooseTarget(options), {
      environment: projectEnvironment(),
      signal,
      seed: fillSeed,
      onProgress: progress,
    });
    progress.finish();
    const { description, timeouts } = target;
    say(`DEVICE ${description.label}`);
    if (student !== undefined)
      say(`STUDENT ${student}: networks from seed ${firstSeedOf(student)} on`);
    await using device = await openDevice(target.transport, { label: description.label, timeouts });
    for (const [index, experiment] of experiments.entries()) {
      const place = experiments.length === 1 ? '' : `${index + 1} of ${experiments.length}, `;
      const result = await runExperiment(experiment, {
        ...{ device, description, quick, seeds, student, signal, commandLine: commandLine() },
        root: ROOT,
        onProgress: (text) => line.show(`${place}${experiment.name}: ${text}`, { lasting: false }),
      });
      line.finish();
      say(`\n${renderVerdicts(result)}`);
      results.push(result);
    }
  } catch (error) {
    // What is done is kept.
    if (results.length === 0) throw error;
    stopped = error;
  } finally {
    line.finish();
    progress.finish();
    interrupt.release();
  }
  await finish(results, { file, json, say });
  if (stopped !== undefined) throw stopped;
  requireAgreement(results);
  if (errata) process.stdout.write(renderErrata(results));
}

/** Result, report, and what to type next. */
async function finish(
  results: readonly ExperimentResult[],
  { file, json, say }: { file: string; json: boolean; say: (text: string) => void },
): Promise<void> {
  const [only] = results;
  const whole: ExperimentResult | ExperimentResults =
    results.length === 1 && only !== undefined ? only : { kind: 'experiments', schema: 1, results };
  const text = JSON.stringify(whole, null, 2);
  // Shown before it is written: a full disk must not cost the measurement.
  if (json) console.log(text);
  await writeText(file, `${text}\n`);
  const page = withExtension(file, '.html');
  await writeReport(page, results);
  if (results.length > 1) say(`\n${renderSummary(results)}`);
  say(`\nresult: ${shortPath(file)}`);
  say(`report: ${shortPath(page)}`);
  say(`next:   npx deltascope report ${shortPath(file)} --plain`);
}

/** @throws DeltascopeError `wrong-result` naming the experiments in which the device disagrees. */
function requireAgreement(results: readonly ExperimentResult[]): void {
  const wrong = results.filter(({ deviceVerdict }) => deviceVerdict === 'disagrees');
  if (wrong.length === 0) return;
  throw new DeltascopeError(
    'wrong-result',
    `The device disagrees in ${wrong.map(({ name }) => name).join(', ')}; do not trust these numbers`,
    { hint: 'The report says which check, and by how much.' },
  );
}
