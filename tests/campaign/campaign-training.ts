/**
 * `npm run campaign:training`: random networks and settings, trained in the RTL and in the model, bit
 * for bit. `tests/system/training.test.ts` is its short form.
 */
import { openDevice } from '../../host/device.ts';
import { openModel } from '../../model/open-model.ts';
import { createDraw } from '../system/random-network.ts';
import { openSimulated } from '../system/simulated.ts';
import { compareEpoch, drawTrainingCase, loadCase } from '../system/training-case.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  type Session,
  wholeNumber,
  writeResult,
} from './command.ts';

const NAME = 'campaign:training';
const BOARD = 'ulx3s-85f';

interface Flags extends CommonFlags {
  readonly cases: number;
  readonly epochs: number;
  readonly images: number;
}

await campaignCommand(NAME, { about: 'training in the RTL and in the model', out: 'training.json' })
  .option('--cases <number>', 'networks and settings', wholeNumber, 50)
  .option('--epochs <number>', 'of each', wholeNumber, 5)
  .option('--images <number>', 'of an epoch', wholeNumber, 100)
  .action((flags: Flags) => inSession(NAME, (session) => campaign(flags, session)))
  .parseAsync();

async function campaign(flags: Flags, session: Session): Promise<void> {
  const { out, seed, cases, epochs, images, json } = flags;
  const { signal, status, environment, commandLine } = session;
  await using rtl = await openSimulated(BOARD, seed);
  await using model = await openDevice(openModel(BOARD));
  const settings: string[] = [];
  while (settings.length < cases && !signal.aborted) {
    // A seed of its own: a case can be repeated without those before it.
    const own = seed + settings.length;
    const drawn = drawTrainingCase(createDraw(own), images);
    const { widths, activation, cost, descent } = drawn;
    const name = `[${widths}], ${activation}, ${cost}, ${JSON.stringify(descent)}, seed ${own}`;
    const loaded = await loadCase(drawn, { devices: [rtl, model], seed: own });
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const { difference } = await compareEpoch([rtl, model], loaded);
      if (difference !== undefined) throw new Error(`${name}, epoch ${epoch}: ${difference}`);
    }
    settings.push(name);
    status.show(`${settings.length} of ${cases}: ${name}`, { lasting: false });
  }
  const result = { kind: 'training-campaign', board: BOARD, environment, commandLine, settings };
  await writeResult(out, result);
  const count = `${settings.length} settings, ${epochs} epochs of ${images} images`;
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${count}: RTL = golden/fixed\n`);
}
