/** `deltascope build`: from the Verilog to a bitstream, with a report; fails when timing does. */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { buildJob, requireTiming, requireWhole } from '../fpga/build-job.ts';
import { BuildFailure } from '../fpga/failure.ts';
import { type BuildResult, type BuildTarget, buildTargetSchema, STAGES } from '../fpga/result.ts';
import { DeltascopeError } from '../host/error.ts';
import { findBoard } from '../host/nearest.ts';
import { projectEnvironment, ROOT } from '../tools/setup/environment.mjs';
import { createBuildProgress } from './build-progress.ts';
import { renderAnnouncement, renderBoards, renderBuild } from './build-table.ts';
import { describeError } from './failure.ts';
import { outFlag, parseFlags } from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { OutputDirectory } from './output.ts';

const EXAMPLES = `
The first build takes minutes; what is built is kept under build/bitstreams, so that the same build
again takes seconds. Exit status 1 when the board's clock is not met, or logic got lost.

Examples:
  $ npx deltascope build --board icebreaker
  $ npx deltascope build --board icebreaker --seeds 1 --area
  $ npx deltascope build --board all --json > boards.json
  $ npx deltascope build --board ulx3s-85f --until synth
`;

const ALL = 'all';
const MAX_NUMBER = 'takes a whole number from 1 to 99';
const number = z
  .string()
  .regex(/^[1-9]\d?$/, MAX_NUMBER)
  .transform(Number);

const flags = z.object({
  board: z.string(),
  seeds: number,
  jobs: number.optional(),
  until: z.enum(STAGES),
  area: z.boolean().default(false),
  allowTimingFailure: z.boolean().default(false),
  out: outFlag,
  json: z.boolean().default(false),
});

export type BuildFlags = Omit<z.infer<typeof flags>, 'board'> & {
  /** Relative to the repository; for tests. */
  readonly cache?: string;
};

/** What is built, and how its part is called. */
export interface BuildOrder {
  readonly target: BuildTarget;
  readonly part: string;
}

export function buildCommand(): Command {
  return new Command('build')
    .description('make the bitstream of a board, and say what it takes and how fast it is')
    .requiredOption('--board <name>', `a board, or ${ALL}`)
    .option('--seeds <n>', 'place and route with seeds 1 to n, keep the best', '5')
    .option('--jobs <n>', 'seeds at once (default: the processors)')
    .addOption(
      new Option('--until <stage>', 'synthesis only, also placed and routed, or a bitstream')
        .choices(STAGES)
        .default('bit'),
    )
    .option('--area', 'also the logic and memory of each module')
    .option('--allow-timing-failure', 'make the bitstream even if the clock is not met')
    .option('--out <dir>', 'copy bitstream and result.json there')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => {
      const { board, ...rest } = parseFlags(flags, raw);
      const names = board === ALL ? (Object.keys(BOARDS) as BoardName[]) : [findBoard(board)];
      await buildAll(names.map(orderOf), rest);
    });
}

function orderOf(name: BoardName): BuildOrder {
  const { part, ...board } = BOARDS[name];
  return { target: buildTargetSchema.parse({ ...board, name }), part };
}

/**
 * One after the other; a failure of one does not keep the others from being built.
 * @throws DeltascopeError of the first that failed
 */
export async function buildAll(orders: readonly BuildOrder[], flags: BuildFlags): Promise<void> {
  const say = flags.json ? console.error : console.log;
  const results: BuildResult[] = [];
  const failures: DeltascopeError[] = [];
  for (const order of orders) {
    say(renderAnnouncement(order.target, { ...flags, part: order.part }));
    try {
      const result = await buildOne(order.target, flags);
      results.push(result);
      if (!flags.json) console.log(renderBuild(result));
      await copyOut(result, { ...flags, several: orders.length > 1 });
      requireWhole(result);
      if (!flags.allowTimingFailure) requireTiming(result);
    } catch (error) {
      const failure = asError(error);
      if (orders.length === 1 || STOPPING.includes(failure.code)) throw failure;
      console.error(describeError(failure));
      failures.push(failure);
    }
    say('');
  }
  if (flags.json) {
    console.log(JSON.stringify(orders.length === 1 ? results[0] : results, null, 2));
  } else if (orders.length > 1) {
    console.log(renderBoards(results));
  }
  const [first] = failures;
  if (first !== undefined) {
    throw new DeltascopeError(first.code, `${failures.length} of ${orders.length} boards failed`, {
      cause: first,
    });
  }
}

/** After these no other board fares better. */
const STOPPING: readonly string[] = ['interrupted', 'cache-not-writable', 'output-not-writable'];

async function buildOne(target: BuildTarget, flags: BuildFlags): Promise<BuildResult> {
  const { seeds, until, area, jobs, cache } = flags;
  const interrupt = abortOnInterrupt();
  const progress = createBuildProgress();
  try {
    const environment = projectEnvironment();
    const options = { root: ROOT, environment, cache, jobs, signal: interrupt.signal };
    for await (const event of buildJob({ target, seeds, until, area }, options)) {
      if (event.kind !== 'result') {
        progress(event);
        continue;
      }
      progress.finish();
      return event.result;
    }
    throw new Error('the build ended without a result');
  } finally {
    progress.finish();
    interrupt.release();
  }
}

/** @throws DeltascopeError `output-not-writable` */
async function copyOut(
  result: BuildResult,
  { out, several, allowTimingFailure }: BuildFlags & { several: boolean },
): Promise<void> {
  if (out === undefined) return;
  const folder = several ? path.join(out, result.target.name) : out;
  await using directory = await OutputDirectory.create(folder);
  await directory.writeResult(result);
  const { bitstream, timing } = result;
  if (bitstream === null || !(timing?.met || allowTimingFailure)) return;
  const copy = path.join(folder, path.basename(bitstream.file));
  await copyFile(path.join(ROOT, bitstream.file), copy).catch((cause: Error) => {
    throw new DeltascopeError('output-not-writable', `Cannot write "${copy}": ${cause.message}`, {
      cause,
    });
  });
}

/** What the rooms below call a failure, as the product's error. */
function asError(error: unknown): DeltascopeError {
  if (error instanceof DeltascopeError) return error;
  if (!(error instanceof BuildFailure)) throw error;
  const { code, message, hint } = error;
  return new DeltascopeError(code, message, { cause: error, ...(hint !== undefined && { hint }) });
}
