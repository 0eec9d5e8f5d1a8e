/** `deltascope run`: δ^ℓ and ‖δ^ℓ‖ of a network, from the device. */
import { Command, Option } from 'commander';
import { z } from 'zod';
import { runJob } from '../bench/run-job.ts';
import type { CostName } from '../contract/network.ts';
import { COSTS } from '../contract/protocol.ts';
import type { RunRequest } from '../contract/result.ts';
import { INITIALISERS } from '../host/data/initialisers.ts';
import { parseLayers } from '../host/data/layers.ts';
import { renderRun } from '../report/terminal.ts';
import { projectEnvironment } from '../tools/setup/environment.mjs';
import { imagesFlag, parseFlags, seedFlag } from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { prepareOutput, writeObservations, writeResult } from './output.ts';
import { createProgress } from './progress.ts';
import { requireEqual } from './verdict.ts';

const EXAMPLES = `
Examples:
  $ npx deltascope run
  $ npx deltascope run --layers 784,30,30,30,10 --init nielsen --seed 7 --images 1000
  $ npx deltascope run --weights net.npz --layers 784,30,10 --observe --out results/mine
  $ npx deltascope run --on sim:icebreaker --json > result.json
`;

const flags = z.object({
  layers: z.string(),
  init: z.enum(Object.keys(INITIALISERS) as [string, ...string[]]),
  seed: seedFlag,
  images: imagesFlag,
  cost: z.enum(Object.keys(COSTS) as [CostName, ...CostName[]]),
  weights: z.string().optional(),
  dataset: z.string().optional(),
  observe: z.boolean().default(false),
  on: z.string().optional(),
  out: z.string().optional(),
  json: z.boolean().default(false),
});

type Flags = z.infer<typeof flags>;

export function runCommand(): Command {
  return new Command('run')
    .description('measure δ of every layer of a network, at its initialisation')
    .option('--layers <widths>', 'inputs, then neurons of each layer', '784,30,30,10')
    .addOption(new Option('--init <name>', choices('initialiser', INITIALISERS)).default('nielsen'))
    .option('--seed <n>', 'of the initialisation; the same seed, the same network', '1')
    .option('--images <n>', 'the first n training images', '1000')
    .addOption(new Option('--cost <name>', choices('cost', COSTS)).default('cross-entropy'))
    .option('--weights <file>', 'NumPy archive with W1 (n_out × n_in), b1, …, instead of --init')
    .option('--dataset <dir>', 'directory of the four MNIST files (default: built in)')
    .option('--observe', 'read z, a and δ of every image back; slower')
    .option('--on <device>', 'sim, sim:BOARD or a serial port (default: a board, else sim)')
    .option('--out <dir>', 'write result.json there, and with --observe z_1.npy, a_1.npy, …')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => run(parseFlags(flags, raw)));
}

async function run(options: Flags): Promise<void> {
  const { out, json, layers, ...rest } = options;
  const request: RunRequest = { ...rest, layers: parseLayers(layers) };
  if (out !== undefined) await prepareOutput(out);
  const announce = json ? console.error : console.log;
  const progress = createProgress((label) => announce(`DEVICE ${label}`));
  const interrupt = abortOnInterrupt();
  try {
    const { result, measurement } = await runJob(request, {
      commandLine: ['deltascope', ...process.argv.slice(2)].join(' '),
      environment: projectEnvironment(),
      onProgress: progress,
      signal: interrupt.signal,
    });
    progress.finish();
    if (out !== undefined) {
      await writeResult(out, result);
      if (request.observe) await writeObservations(out, measurement);
    }
    console.log(json ? JSON.stringify(result, null, 2) : renderRun(result));
    if (!json && out !== undefined) console.log(`\nwritten to ${out}`);
    requireEqual(result);
  } finally {
    progress.finish();
    interrupt.release();
  }
}

function choices(what: string, table: Record<string, unknown>): string {
  return `${what}: ${Object.keys(table).join(', ')}`;
}
