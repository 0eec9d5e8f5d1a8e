/** `deltascope bench`: the standard measurement, printed part by part and kept; judged and compared. */
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { describeEnvironment } from '../bench/environment.ts';
import {
  type BenchPart,
  cachedBuilds,
  runStandard,
  type StandardOptions,
} from '../bench/standard.ts';
import { type BenchResult, LIMITS, RULES_VERSION } from '../contract/bench.ts';
import {
  renderBuilds,
  renderDeviceBench,
  renderEnvironment,
  renderSkipped,
  renderSoftware,
} from '../report/bench.ts';
import { ROOT } from '../tools/setup/environment.mjs';
import { compareWith, countTo, readBaseline, validate } from './bench-files.ts';
import {
  chooseTarget,
  countFlag,
  imagesFlag,
  numberFlag,
  ON_HELP,
  onFlag,
  outFlag,
  parseFlags,
  REQUIRE_BOARD_HELP,
  requireBoardFlag,
  seedFlag,
} from './flags.ts';
import { commandLine, type Terminal, withTerminal } from './job.ts';
import { OutputDirectory } from './output.ts';
import { requireEqual } from './verdict.ts';

const EXAMPLES = `
The rules are in docs/run-rules.md. --full measures every board in the simulated RTL unless --on names
one. Cycles of the device are compared exactly, area and Fmax of cached builds with a tolerance;
ratios of seconds are printed and never fail.

Examples:
  $ npm run bench
  $ npm run bench -- --on sim:icebreaker --seed 3
  $ npm run bench -- --full --out results/full
  $ npx deltascope bench --validate results/full/result.json
  $ npx deltascope bench --baseline results/full/result.json --full
  $ npx deltascope bench --baseline docs/results/baseline.json
  $ npx deltascope bench --write-baseline docs/results/baseline.json
  $ npx deltascope bench --json > bench.json
`;

const file = z.string().min(1, 'takes a file').optional();

const flags = z.object({
  images: imagesFlag,
  seed: seedFlag,
  repeats: countFlag,
  full: z.boolean().default(false),
  validate: file,
  baseline: file,
  threshold: numberFlag,
  writeBaseline: file,
  on: onFlag,
  requireBoard: requireBoardFlag,
  out: outFlag,
  json: z.boolean().default(false),
});

export function benchCommand(): Command {
  return new Command('bench')
    .description('the standard measurement: throughput and accuracy, with software beside it')
    .option('--images <n>', 'the first n training images', '1000')
    .option('--seed <n>', 'of the initialisation', '1')
    .option('--repeats <n>', 'of whatever is timed; the median counts', String(LIMITS.repeats))
    .option('--full', 'every mode, more networks, every board, more software')
    .option('--validate <file>', 'measure nothing: is that result valid by the rules?')
    .option('--baseline <file>', 'compare with an earlier result, or with counted cycles')
    .option('--threshold <percent>', 'by which something may be worse than the baseline', '0')
    .option('--write-baseline <file>', 'count the cycles of a few images there; nothing is timed')
    .option('--on <device>', ON_HELP)
    .option('--require-board', REQUIRE_BOARD_HELP)
    .option('--out <dir>', 'where result.json goes (default: results/<time>)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => bench(parseFlags(flags, raw)));
}

async function bench(given: z.infer<typeof flags>): Promise<void> {
  const { validate: judged, baseline, writeBaseline, json } = given;
  if (judged !== undefined) return validate(judged);
  const threshold = given.threshold / 100;
  const old = baseline === undefined ? undefined : await readBaseline(baseline);
  await withTerminal(json, async (terminal) => {
    if (writeBaseline !== undefined) return countTo(writeBaseline, terminal);
    if (old?.kind === 'cycles') return compareWith(old, { terminal, threshold });
    const result = await measureAll(given, terminal);
    if (old !== undefined) await compareWith(old, { now: result, terminal, threshold });
  });
}

async function measureAll(
  { out, json, on, requireBoard, images, seed, repeats, full }: z.infer<typeof flags>,
  terminal: Terminal,
): Promise<BenchResult> {
  const request = { images, seed, repeats, full, on: chooseTarget({ on, requireBoard }) };
  const time = new Date().toISOString();
  await using directory = await OutputDirectory.create(
    out ?? path.join(ROOT, 'results', time.replaceAll(':', '-')),
  );
  const environment = await describeEnvironment(ROOT);
  const parts = await measureParts(request, { terminal, started: renderEnvironment(environment) });
  const builds = await cachedBuilds(ROOT);
  if (full && builds.length > 0) terminal.announce(`\n${renderBuilds(builds)}`);
  const result: BenchResult = {
    ...{ kind: 'bench', schema: 2, rules: RULES_VERSION, time, environment, full },
    ...{ ...parts, builds, commandLine: commandLine() },
  };
  await directory.writeResult(result);
  if (json) console.log(JSON.stringify(result, null, 2));
  const written = path.relative(process.cwd(), path.join(directory.path, 'result.json'));
  terminal.announce(`\nwritten to ${written}`);
  for (const { run } of result.devices) requireEqual(run);
  return result;
}

type Parts = Pick<BenchResult, 'devices' | 'skipped' | 'software'>;

/** Each part is printed as it comes. */
async function measureParts(
  request: StandardOptions,
  { terminal, started }: { terminal: Terminal; started: string },
): Promise<Parts> {
  const { options, announce } = terminal;
  const found: BenchPart[] = [];
  for await (const part of runStandard(request, options)) {
    options.onProgress.finish();
    if (found.length === 0) announce(started);
    found.push(part);
    announce(`\n${renderPart(part, partsOf(found).devices)}`);
  }
  return partsOf(found);
}

function partsOf(parts: readonly BenchPart[]): Parts {
  return {
    devices: parts.flatMap((part) => (part.kind === 'device' ? [part.value] : [])),
    skipped: parts.flatMap((part) => (part.kind === 'skipped' ? [part.value] : [])),
    software: parts.flatMap((part) => (part.kind === 'software' ? [part.value] : [])),
  };
}

function renderPart(part: BenchPart, devices: Parts['devices']): string {
  switch (part.kind) {
    case 'device':
      return renderDeviceBench(part.value);
    case 'skipped':
      return renderSkipped(part.value);
    case 'software':
      return renderSoftware(part.value, devices);
  }
}
