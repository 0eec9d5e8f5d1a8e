/** `deltascope train`: gradient descent on the device, one record an epoch. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { z } from 'zod';
import { trainJob } from '../bench/train-job.ts';
import { type SeedsOutcome, trainSeeds } from '../bench/train-seeds.ts';
import type { CostName } from '../contract/network.ts';
import { COSTS } from '../contract/protocol.ts';
import type { TrainRequest, TrainResult, TrainResults } from '../contract/result.ts';
import { checkExtension, WEIGHTS_EXTENSIONS } from '../host/data/weights.ts';
import { DeltascopeError } from '../host/error.ts';
import { renderTrain, renderTrains } from '../report/train.ts';
import {
  chooseTarget,
  countFlag,
  headroomFlag,
  isSimulated,
  momentumFlag,
  numberFlag,
  outFlag,
  parseFlags,
  REQUIRE_BOARD_HELP,
  requireBoardFlag,
  seedListFlag,
} from './flags.ts';
import { type Terminal, withTerminal } from './job.ts';
import { addNetworkOptions, networkFlags, networkWidths } from './network-options.ts';
import { OutputDirectory } from './output.ts';
import { requireTrained } from './verdict.ts';
import { writeWeights } from './weights.ts';

/** NN&DL ch. 5, fig/training_speed_4_layers.png. */
const DEFAULT_LAYERS = '784,30,30,30,30,10';

const HELP = `
The images stay on this side of the link; weights, gradients and the step are in the device. Before
the first step of each epoch ‖mean δ‖ of its first batch is recorded, as NN&DL chapter 5 plots it.
The defaults are its settings, but for the 500 epochs. Ctrl-C stops after the images under way: the
last checkpoint is whole, and --resume goes on from it to the very bits of a run that was not stopped.
The device has no cost: --stats sends n images through it once more after each epoch, reads z and a
of every unit back, and gives the cost with its decay, λ/2n Σw², and mean and deviation of a.
Clipping is done on this side of the link: the gradient is read before each step, and written back
where it was too large.

Examples:
  $ npx deltascope train
  $ npx deltascope train --epochs 500 --checkpoint curves.json --out results/curves
  $ npx deltascope train --epochs 500 --checkpoint curves.json --resume curves.json
  $ npx deltascope train --layers 784,30,10 --cost quadratic --eta 3 --lambda 0 --batch 10 --shuffle \\
      --headroom 4 --images 10000 --epochs 30 --test 10000 --save net.npz
  $ npx deltascope train --layers 784,30,30,10 --eta 1 --lambda 0 --momentum 0.5,20:0.9 \\
      --epochs 100
  $ npx deltascope train --layers 784,30,30,30,30,30,10 --init normal --activation relu --clip-norm 1
  $ npx deltascope train --seeds 1,2,3,4 --json > seeds.json && npx deltascope report seeds.json
  $ npx deltascope train --on model --json > train.json && npx deltascope report train.json
`;

const flags = z.object({
  ...networkFlags,
  seeds: seedListFlag,
  epochs: countFlag,
  eta: numberFlag,
  lambda: numberFlag,
  batch: countFlag.optional(),
  momentum: momentumFlag,
  clipValue: numberFlag.optional(),
  clipNorm: numberFlag.optional(),
  shuffle: z.boolean().default(false),
  headroom: headroomFlag,
  cost: z.custom<CostName>(),
  test: countFlag.optional(),
  stats: countFlag.optional(),
  compare: z.boolean(),
  verify: z.boolean().optional(),
  checkpoint: z.string().min(1, 'takes a file').optional(),
  checkpointEvery: countFlag,
  resume: z.string().min(1, 'takes a file').optional(),
  save: z.string().min(1, 'takes a file').optional(),
  requireBoard: requireBoardFlag,
  out: outFlag,
  json: z.boolean().default(false),
});

type Flags = z.infer<typeof flags>;

export function trainCommand(): Command {
  const command = new Command('train').description(
    'gradient descent on the device: δ of every layer at every epoch',
  );
  return addNetworkOptions(command, {
    layers: DEFAULT_LAYERS,
    images: '1000',
    costs: Object.keys(COSTS),
    seedHelp: ', and of --shuffle',
  })
    .option('--seeds <list>', 'one run for each, on simulated boards at once; instead of --seed')
    .option('--epochs <n>', 'how often all of them', '10')
    .option('--eta <η>', 'learning rate', '0.1')
    .option('--lambda <λ>', 'weight decay: each step takes ηλ/n of a weight', '5')
    .option('--batch <n>', 'images of a step; divides --images (default: all)')
    .option(
      '--momentum <μ>',
      'of the gradient, what is kept for the next step, below 1; 0.5,100:0.9 is 0.9 from epoch 100 on',
      '0',
    )
    .option('--clip-value <c>', 'each element of the mean gradient of a batch to ±c')
    .option('--clip-norm <c>', 'the mean gradient, over all layers, to norm c; after --clip-value')
    .option('--shuffle', 'another order of the images in each epoch')
    .option('--headroom <bits>', 'by which weights may outgrow the scale they start with', '2')
    .option('--test <n>', 'judge the first n test images after each epoch')
    .option('--stats <n>', 'cost and activations of the first n images after each epoch')
    .option('--no-compare', 'do not train in float64 as well')
    .option('--verify', 'train in golden/fixed as well, and compare every bit (default: if short)')
    .option('--no-verify', 'never')
    .option('--checkpoint <file>', 'write the state there, and at the end')
    .option('--checkpoint-every <n>', 'epochs', '10')
    .option('--resume <file>', 'go on from a checkpoint, with the same options')
    .option('--save <file>', `write the trained weights there: ${WEIGHTS_EXTENSIONS}`)
    .option('--require-board', REQUIRE_BOARD_HELP)
    .option('--out <dir>', 'write result.json there')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (raw: unknown) => train(parseFlags(flags, raw)));
}

async function train(all: Flags) {
  const { out, json, save, requireBoard, eta, lambda, seeds, momentum, ...options } = all;
  if (save !== undefined) checkExtension(save);
  if (seeds !== undefined) checkOneFile(all);
  const named = chooseTarget({ on: options.on, requireBoard });
  const request: TrainRequest = {
    ...options,
    ...momentum,
    layers: networkWidths(options, DEFAULT_LAYERS),
    learningRate: eta,
    decay: lambda,
    on: seeds === undefined ? named : (named ?? 'sim'),
  };
  await using directory = out === undefined ? undefined : await OutputDirectory.create(out);
  await withTerminal(json, async ({ options: job }) => {
    const { outcomes, failure } = await runAll(request, seeds, job);
    job.onProgress.finish();
    const [first, ...others] = outcomes.map(({ result }) => result);
    if (first === undefined) throw failure;
    const whole: TrainResult | TrainResults =
      seeds === undefined ? first : { kind: 'trains', schema: 1, results: [first, ...others] };
    const asText = () =>
      seeds === undefined ? renderTrain(first) : renderTrains([first, ...others]);
    console.log(json ? JSON.stringify(whole, null, 2) : asText());
    const trained = outcomes[0]?.trained;
    if (save !== undefined && trained !== undefined) await writeWeights(save, trained);
    await directory?.writeResult(whole);
    if (!json && directory !== undefined) console.log(`\nwritten to ${directory.path}`);
    for (const { result } of outcomes) requireTrained(result);
    const stopped = failure ?? outcomes.find((outcome) => outcome.stopped)?.stopped;
    if (stopped !== undefined) throw stopped;
  });
}

async function runAll(
  request: TrainRequest,
  seeds: readonly number[] | undefined,
  job: Terminal['options'],
): Promise<SeedsOutcome> {
  if (seeds === undefined) {
    return { outcomes: [await trainJob(request, job)], failure: undefined };
  }
  const atOnce = isSimulated(request.on ?? '') ? availableParallelism() : 1;
  return trainSeeds(request, { ...job, seeds, atOnce });
}

/** @throws DeltascopeError `bad-option` for a file that every seed would write. */
function checkOneFile({ save, checkpoint, resume }: Pick<Flags, 'save' | 'checkpoint' | 'resume'>) {
  const named = Object.entries({ save, checkpoint, resume }).find(([, file]) => file !== undefined);
  if (named === undefined) return;
  throw new DeltascopeError(
    'bad-option',
    `--seeds does not go with --${named[0]}, which is one file`,
    {
      hint: 'Take --seed, and a file of its own for each',
    },
  );
}
