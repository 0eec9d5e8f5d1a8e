/** `deltascope bench`: the standard measurement, printed network by network and kept. */
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { describeEnvironment } from '../bench/environment.ts';
import { runStandard } from '../bench/standard.ts';
import type { BenchNetwork, BenchResult } from '../contract/result.ts';
import { renderBenchNetwork, renderEnvironment } from '../report/bench.ts';
import { projectEnvironment, ROOT } from '../tools/setup/environment.mjs';
import {
  chooseTarget,
  imagesFlag,
  ON_HELP,
  onFlag,
  outFlag,
  parseFlags,
  REQUIRE_BOARD_HELP,
  requireBoardFlag,
  seedFlag,
} from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { commandLine } from './job.ts';
import { OutputDirectory } from './output.ts';
import { createProgress } from './progress.ts';
import { openTarget } from './target.ts';
import { requireEqual } from './verdict.ts';

const EXAMPLES = `
Examples:
  $ npm run bench
  $ npm run bench -- --on sim:icebreaker --seed 3
  $ npx deltascope bench --json > bench.json
`;

const flags = z.object({
  images: imagesFlag,
  seed: seedFlag,
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
    .option('--on <device>', ON_HELP)
    .option('--require-board', REQUIRE_BOARD_HELP)
    .option('--out <dir>', 'where result.json goes (default: results/<time>)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => bench(parseFlags(flags, raw)));
}

async function bench({
  out,
  json,
  on,
  requireBoard,
  ...options
}: z.infer<typeof flags>): Promise<void> {
  const request = { ...options, on: chooseTarget({ on, requireBoard }) };
  const time = new Date().toISOString();
  await using directory = await OutputDirectory.create(
    out ?? path.join(ROOT, 'results', time.replaceAll(':', '-')),
  );
  const say = json ? console.error : console.log;
  let announced = false;
  const progress = createProgress((label) => {
    if (!announced) say(`DEVICE ${label}`);
    announced = true;
  });
  const interrupt = abortOnInterrupt();
  const environment = await describeEnvironment(ROOT);
  const networks: BenchNetwork[] = [];
  try {
    const measured = runStandard(request, {
      commandLine: commandLine(),
      environment: projectEnvironment(),
      open: openTarget,
      onProgress: progress,
      signal: interrupt.signal,
    });
    for await (const network of measured) {
      progress.finish();
      if (networks.length === 0) say(renderEnvironment(environment));
      say(`\n${renderBenchNetwork(network)}`);
      networks.push(network);
    }
  } finally {
    progress.finish();
    interrupt.release();
  }
  const result: BenchResult = {
    kind: 'bench',
    schema: 1,
    time,
    environment,
    networks,
    commandLine: commandLine(),
  };
  await directory.writeResult(result);
  if (json) console.log(JSON.stringify(result, null, 2));
  say(`\nwritten to ${path.relative(process.cwd(), path.join(directory.path, 'result.json'))}`);
  for (const { run } of networks) requireEqual(run);
}
