/** `deltascope diff`: where two that should compute the same first part. */
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { diffJob } from '../bench/diff-job.ts';
import type { CostName } from '../contract/network.ts';
import { COSTS } from '../contract/protocol.ts';
import { renderDiff } from '../report/diff.ts';
import { parseFlags } from './flags.ts';
import { withTerminal } from './job.ts';
import { addNetworkOptions, networkFlags, networkWidths } from './network-options.ts';
import { requireBits } from './verdict.ts';

const WAVES = 'diff.vcd';

const HELP = `
The same images go through golden/float64 (with the device's rounded weights), golden/fixed, the
simulated RTL, and the board if one is attached. Of each pair the first image, layer, neuron and
quantity is named at which they part, in the order in which an image meets them: z, a, σ′ forwards,
δ and its norm backwards, then Σδ. float64 may be off by --tolerance: of σ′ and a norm a share of
itself, of δ one of the largest δ in its layer, of z and a one of theirs or of 1. The others must be
equal bit for bit: if not, the exit status is 1 and the waves of that image are kept.

Examples:
  $ npx deltascope diff
  $ npx deltascope diff --layers 784,30,30,30,10 --init normal --images 100
  $ npx deltascope diff --activation tanh,elu:1 --init xavier-normal
  $ npx deltascope diff --tolerance 0.0001         the first value that is off by 0.01 %
  $ npx deltascope diff --on sim:icebreaker --json > diff.json
  $ npx deltascope diff --on serial:ib1234         the board, and the same one simulated
`;

const flags = z.object({
  ...networkFlags,
  cost: z.custom<CostName>(),
  tolerance: z
    .string()
    .regex(/^\d*\.?\d+(e-?\d+)?$/i, 'takes a share above 0, such as 0.005')
    .transform(Number)
    .refine((share) => share > 0, 'takes a share above 0, such as 0.005'),
  sim: z.boolean(),
  waves: z.union([z.string().endsWith('.vcd', 'takes a .vcd file'), z.literal(false)]).optional(),
  json: z.boolean().default(false),
});

type Flags = z.infer<typeof flags>;

export function diffCommand(): Command {
  const command = new Command('diff').description(
    'name the first value in which float64, fixed, simulated RTL and board part',
  );
  return addNetworkOptions(command, { images: '5', costs: Object.keys(COSTS) })
    .option('--tolerance <share>', 'of float64 against fixed', '0.005')
    .option('--no-sim', 'beside a real board, do not simulate the same one')
    .option(
      '--waves <file.vcd>',
      `of the RTL, also when nothing parts (default: ${WAVES} if it does)`,
    )
    .option('--no-waves', 'never')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (raw: unknown) => diff(parseFlags(flags, raw)));
}

async function diff({ json, waves, sim, ...options }: Flags): Promise<void> {
  const named = typeof waves === 'string';
  await withTerminal(json, async ({ options: job }) => {
    const result = await diffJob(
      {
        ...options,
        layers: networkWidths(options),
        simulate: sim,
        waves: waves === false ? undefined : path.resolve(named ? waves : WAVES),
        wavesAnyway: named,
      },
      job,
    );
    job.onProgress.finish();
    console.log(json ? JSON.stringify(result, null, 2) : renderDiff(result));
    requireBits(result);
  });
}
