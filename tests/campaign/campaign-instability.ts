/**
 * `npm run campaign:instability`: where gradient descent is unstable, rounding shows. Two runs in
 * float64 from one start, [784,30,30,30,10], η = 1, λ = 0; in one each weight is moved at random before
 * each step, by up to half the last bit of a 16 bit weight. No device takes part.
 */

import { mersenne } from 'pure-rand/generator/mersenne';
import { asImages } from '../../bench/inputs.ts';
import { descend, startDescent } from '../../golden/float64/training.ts';
import { initialise } from '../../host/data/initialisers.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import { quantise } from '../../host/data/quantise.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  type Session,
  wholeNumber,
  writeResult,
} from './command.ts';

const NAME = 'campaign:instability';
const LAYERS = [784, 30, 30, 30, 10];
const IMAGES = 1000;
/** The scale that `deltascope train` adds by default. */
const HEADROOM = 2;
const SHOWN_EVERY = 20;

interface Flags extends CommonFlags {
  readonly epochs: number;
}

await campaignCommand(NAME, { about: 'rounding in unstable descent', out: 'instability.json' })
  .option('--epochs <number>', 'of 1000 images', wholeNumber, 240)
  .action((flags: Flags) => inSession(NAME, (session) => compare(flags, session)))
  .parseAsync();

async function compare(
  { out, seed, epochs, json }: Flags,
  { signal, status, environment, commandLine }: Session,
): Promise<void> {
  const images = asImages(await loadDataset({ split: 'train', limit: IMAGES }));
  const network = initialise(LAYERS, { initialiser: 'nielsen', seed });
  const { layers } = quantise(network, { cost: 'cross-entropy', headroom: HEADROOM });
  const settings = {
    cost: 'cross-entropy',
    learningRate: 1,
    decay: 0,
    images: IMAGES,
    momentum: 0,
  } as const;
  const [exact, moved] = [startDescent(network), startDescent(network)];
  const generator = mersenne(seed);
  const rows: { epoch: number; norm: number; decades: number }[] = [];
  for (let epoch = 1; epoch <= epochs && !signal.aborted; epoch++) {
    moved.network.layers.forEach(({ weights }, index) => {
      const halfBit = 2 ** ((layers[index]?.scale ?? 0) - 16);
      for (let at = 0; at < weights.length; at++) {
        weights[at] = (weights[at] as number) + (halfBit * generator.next()) / 2 ** 31;
      }
    });
    const [a, b] = [exact, moved].map(
      (descent) => descend(descent, images, settings)[0]?.normOfMean ?? 0,
    );
    if (a === undefined || b === undefined) return;
    const row = { epoch, norm: a, decades: Math.log10(b / a) };
    rows.push(row);
    status.show(`epoch ${epoch} of ${epochs}`, { lasting: false });
    if (!json && epoch % SHOWN_EVERY === 0) {
      const parts = `${row.decades.toFixed(4)} decades apart`;
      status.show(`epoch ${epoch}: ‖mean δ¹‖ ${a.toExponential(2)}, ${parts}`, { lasting: true });
    }
  }
  const result = { kind: 'instability', environment, commandLine, seed, rows };
  await writeResult(out, result);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
}
