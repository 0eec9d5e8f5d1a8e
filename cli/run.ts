/** `deltascope run`: δ^ℓ and ‖δ^ℓ‖ of a network, from the device. */
import { Command, Option } from 'commander';
import { z } from 'zod';
import { runJob } from '../bench/run-job.ts';
import type { RunCostName } from '../contract/network.ts';
import { COSTS } from '../contract/protocol.ts';
import type { RunRequest } from '../contract/result.ts';
import { renderRun } from '../report/terminal.ts';
import {
  chooseTarget,
  outFlag,
  parseFlags,
  REQUIRE_BOARD_HELP,
  requireBoardFlag,
} from './flags.ts';
import { withTerminal } from './job.ts';
import { addNetworkOptions, networkFlags, networkWidths } from './network-options.ts';
import { OutputDirectory } from './output.ts';
import { requireEqual } from './verdict.ts';

const COST_HELP =
  '; log-likelihood: softmax outputs, whose δ the host forms from z, ' +
  'so that each image takes two passes';

const EXAMPLES = `
Examples:
  $ npx deltascope run
  $ npx deltascope run --layers 784,30,30,30,10 --init nielsen --seed 7 --images 1000
  $ npx deltascope run --layers 784,30,30,10 --activation relu --init he2015
  $ npx deltascope run --cost log-likelihood       softmax outputs, two passes an image
  $ npx deltascope run --weights net.npz --observe --out results/mine
  $ npx deltascope run --on sim:icebreaker --json > result.json
  $ npx deltascope run --on model                  without Verilator, compiler or Python
  $ npx deltascope run --on sim:icebreaker/8 --images 3 --trace waves.vcd
`;

const flags = z.object({
  ...networkFlags,
  cost: z.custom<RunCostName>(),
  observe: z.boolean().default(false),
  requireBoard: requireBoardFlag,
  link: z.enum(['bytes', 'pins']).optional(),
  trace: z.string().optional(),
  traceImage: z.union([z.literal('all'), z.coerce.number().int().min(0)]),
  out: outFlag,
  json: z.boolean().default(false),
});

type Flags = z.infer<typeof flags>;

export function runCommand(): Command {
  const command = new Command('run').description(
    'measure δ of every layer of a network, at its initialisation',
  );
  return addNetworkOptions(command, {
    images: '1000',
    costs: [...Object.keys(COSTS), 'log-likelihood'],
    costHelp: COST_HELP,
    seedHelp: '; the same seed, the same network',
  })
    .option('--observe', 'read z, a and δ of every image back; slower')
    .option('--require-board', REQUIRE_BOARD_HELP)
    .addOption(
      new Option('--link <kind>', 'of a simulated board: whole bytes or UART pins').choices([
        'bytes',
        'pins',
      ]),
    )
    .option('--trace <file.vcd>', 'write the waves of a simulated board')
    .option('--trace-image <n>', 'of which image, from 0; "all": of everything, gigabytes', '0')
    .option('--out <dir>', 'write result.json there, and with --observe z_1.npy, a_1.npy, …')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => run(parseFlags(flags, raw)));
}

async function run({
  out,
  json,
  trace,
  traceImage,
  requireBoard,
  ...options
}: Flags): Promise<void> {
  const image = traceImage === 'all' ? undefined : traceImage;
  const request: RunRequest = {
    ...options,
    layers: networkWidths(options),
    on: chooseTarget({ on: options.on, requireBoard }),
    ...(trace !== undefined && { trace: { file: trace, image } }),
  };
  await using directory = out === undefined ? undefined : await OutputDirectory.create(out);
  await withTerminal(json, async ({ options: job }) => {
    const { result, measurement, stopped } = await runJob(request, job);
    job.onProgress.finish();
    // Shown before it is written: a full disk must not cost the measurement.
    console.log(json ? JSON.stringify(result, null, 2) : renderRun(result));
    // result.json last: where it is, the rest is.
    if (request.observe) await directory?.writeObservations(measurement);
    await directory?.writeResult(result);
    if (!json && directory !== undefined) console.log(`\nwritten to ${directory.path}`);
    requireEqual(result);
    if (stopped !== undefined) throw stopped;
  });
}
