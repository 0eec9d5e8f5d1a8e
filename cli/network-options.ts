/** Which network, on which images: the options of every command that takes one to a device. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { ACTIVATION_FORMS, parseActivations } from '../host/data/activations.ts';
import { parseLayers } from '../host/data/layers.ts';
import { WEIGHTS_EXTENSIONS } from '../host/data/weights.ts';
import {
  fillSeedFlag,
  INIT_HELP,
  imagesFlag,
  initFlag,
  ON_HELP,
  onFlag,
  seedFlag,
} from './flags.ts';

/** Of the lecture slides. */
const DEFAULT_LAYERS = '784,30,30,10';

export const networkFlags = {
  layers: z.string().optional(),
  init: initFlag,
  /** Whether there are as many as layers is seen when these are known. */
  activation: z
    .string()
    .overwrite((text) => {
      parseActivations(text);
      return text;
    })
    .optional(),
  seed: seedFlag,
  weights: z.string().optional(),
  images: imagesFlag,
  dataset: z.string().optional(),
  on: onFlag,
  fillSeed: fillSeedFlag,
};

interface Defaults {
  readonly layers?: string;
  readonly images: string;
  /** Names, the default first. */
  readonly costs: readonly string[];
  /** What else is to be said. */
  readonly costHelp?: string;
  readonly seedHelp?: string;
}

export function addNetworkOptions(
  command: Command,
  { layers = DEFAULT_LAYERS, images, costs, costHelp = '', seedHelp = '' }: Defaults,
): Command {
  return command
    .option(
      '--layers <widths>',
      `inputs, then neurons of each layer (default: those of --weights, else ${layers})`,
    )
    .option('--init <name>', INIT_HELP, 'nielsen')
    .option(
      '--activation <names>',
      `of all hidden layers, or a list of one for each: ${ACTIVATION_FORMS.join(', ')} (default: sigmoid)`,
    )
    .option('--seed <n>', `of the initialisation${seedHelp}`, '1')
    .option('--weights <file>', `instead of --init: ${WEIGHTS_EXTENSIONS}; weights --help has more`)
    .addOption(
      new Option('--cost <name>', `of which δ is the derivative${costHelp}`)
        .choices(costs)
        .default(costs[0]),
    )
    .option('--images <n>', 'the first n training images', images)
    .option('--dataset <dir>', 'directory of the four MNIST files (default: built in)')
    .option('--on <device>', ON_HELP)
    .option(
      '--fill-seed <n>',
      "of what the simulated board's memories hold at power-up (default: drawn anew)",
    );
}

/**
 * Undefined: the file of weights has them.
 * @throws DeltascopeError `bad-layers`.
 */
export function networkWidths(
  { layers, weights }: { layers?: string | undefined; weights?: string | undefined },
  fallback: string = DEFAULT_LAYERS,
): number[] | undefined {
  if (layers === undefined && weights !== undefined) return undefined;
  return parseLayers(layers ?? fallback);
}
