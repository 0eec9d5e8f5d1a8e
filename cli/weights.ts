/** `deltascope weights`: what is in a file of weights, what the device makes of it; and writing one. */
import { writeFile } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import type { FloatNetwork } from '../contract/network.ts';
import { INITIALISER_FORMS, INITIALISERS, initialise } from '../host/data/initialisers.ts';
import { parseLayers } from '../host/data/layers.ts';
import {
  checkExtension,
  formatWeights,
  type LoadedWeights,
  loadWeights,
  WEIGHTS_EXTENSIONS,
} from '../host/data/weights.ts';
import { reportWeights } from '../host/data/weights-report.ts';
import { DeltascopeError } from '../host/error.ts';
import { renderWeights } from '../report/weights.ts';
import { INIT_HELP, initFlag, parseFlags, seedFlag } from './flags.ts';

const FORMULAS = Object.values(INITIALISERS)
  .map(({ formula, source }, index) => {
    const form = (INITIALISER_FORMS[index] ?? '').padEnd(16);
    return `  ${form}${formula}\n${' '.repeat(20)}${source}`;
  })
  .join('\n');

const EXAMPLES = `
Files: .npz with W1 (n_out × n_in), b1, …; .safetensors, a PyTorch state_dict of linear layers (names
such as 0.weight, fc1.bias); .json, {"layers": [{"weights": [[…], …], "biases": […]}, …]}.

N(μ, σ) has the standard deviation σ; U(-r, r) is uniform. The numbers are those of NumPy's
RandomState(seed), biases before weights.
${FORMULAS}

Examples:
  $ npx deltascope weights net.npz
  $ npx deltascope weights torch.safetensors --to net.npz
  $ npx deltascope weights keras.safetensors --transpose --to net.npz
  $ npx deltascope weights --layers 784,30,10 --init xavier-normal --seed 1 --to net.json
`;

const flags = z.object({
  layers: z.string().optional(),
  init: initFlag.optional(),
  seed: seedFlag.optional(),
  transpose: z.boolean().default(false),
  to: z.string().min(1, 'takes a file').optional(),
  json: z.boolean().default(false),
});

type Flags = z.infer<typeof flags>;

export function weightsCommand(): Command {
  return new Command('weights')
    .description('show what is in a file of weights, what 16 bits cost, and where it fits')
    .argument('[file]', `weights to read: ${WEIGHTS_EXTENSIONS}`)
    .option('--layers <widths>', 'those the file must have, or those of an initial network')
    .option('--init <name>', `without a file, ${INIT_HELP} (default: nielsen)`)
    .option('--seed <n>', 'of the initialisation; the same seed, the same network (default: 1)')
    .option('--transpose', 'the matrices of the file are n_in × n_out, as in Keras')
    .option('--to <file>', `write the network there: ${WEIGHTS_EXTENSIONS}`)
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, raw: unknown) => run(file, parseFlags(flags, raw)));
}

async function run(file: string | undefined, options: Flags): Promise<void> {
  const { to, json } = options;
  if (to !== undefined) checkExtension(to);
  const { network, remarks = [] } = await load(file, options);
  const report = reportWeights(network);
  const name = file ?? `${options.init ?? 'nielsen'}, seed ${options.seed ?? 1}`;
  if (json) {
    const refused = report.refused?.message ?? null;
    console.log(JSON.stringify({ kind: 'weights', name, remarks, ...report, refused }, null, 2));
  } else {
    console.log(renderWeights({ name, remarks, ...report }));
  }
  if (to !== undefined) {
    await writeWeights(to, network);
    if (!json) console.log(`\nwritten to ${to}`);
  }
  if (report.refused !== null) throw report.refused;
}

async function load(file: string | undefined, options: Flags): Promise<LoadedWeights> {
  const { layers, init, seed, transpose } = options;
  const widths = layers === undefined ? undefined : parseLayers(layers);
  if (file !== undefined) {
    if (init !== undefined || seed !== undefined) {
      throw bad(
        `--init and --seed make a network; "${file}" has one already`,
        'Leave one of them out.',
      );
    }
    return loadWeights(file, { layers: widths, transpose });
  }
  if (transpose) throw bad('--transpose is about a file, and none is given', 'Name the file.');
  if (widths === undefined) {
    throw bad(
      'Neither a file nor the layers of a network are given',
      'For example: npx deltascope weights net.npz, or --layers 784,30,10 --init nielsen',
    );
  }
  return { network: initialise(widths, { initialiser: init, seed: seed ?? 1 }) };
}

/** @throws DeltascopeError `output-not-writable`. */
export async function writeWeights(file: string, network: FloatNetwork): Promise<void> {
  try {
    await writeFile(file, formatWeights(network, file));
  } catch (cause) {
    const { errno = 0, message } = cause as NodeJS.ErrnoException;
    const [, why = message] = getSystemErrorMap().get(errno) ?? [];
    throw new DeltascopeError('output-not-writable', `Cannot write "${file}": ${why}`, {
      hint: 'Name a file in a directory you may write to.',
      cause,
    });
  }
}

function bad(message: string, hint: string): DeltascopeError {
  return new DeltascopeError('bad-option', message, { hint });
}
