/** `deltascope formats`: which format of δ lasts through how many layers. */
import { Command } from 'commander';
import { z } from 'zod';
import { sweepFormats } from '../bench/formats.ts';
import { renderFormats } from '../report/formats.ts';
import { INIT_HELP, imagesFlag, initFlag, outFlag, parseFlags, seedFlag } from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { commandLine } from './job.ts';
import { OutputDirectory } from './output.ts';
import { createStatusLine } from './status-line.ts';

const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30];
const DEEPEST = 100;
const TAKES = `takes numbers of hidden layers from 1 to ${DEEPEST}, with commas`;

const EXAMPLES = `
No device: golden/float64, with nothing but δ rounded.

Examples:
  $ npx deltascope formats
  $ npx deltascope formats --out results/formats        table, formats.svg and result.json
  $ npx deltascope formats --init xavier-normal --depths 5,10,20,40
`;

const flags = z.object({
  depths: z
    .string()
    .regex(/^\d+(,\d+)*$/, TAKES)
    .transform((text) => [...new Set(text.split(',').map(Number))].sort((a, b) => a - b))
    .refine((depths) => depths.every((depth) => depth >= 1 && depth <= DEEPEST), TAKES),
  images: imagesFlag,
  init: initFlag,
  seed: seedFlag,
  out: outFlag,
  json: z.boolean().default(false),
});

export function formatsCommand(): Command {
  return new Command('formats')
    .description('how many layers δ survives in plain fixed point and with a shared exponent')
    .option('--depths <list>', 'numbers of hidden layers of 30', DEPTHS.join())
    .option('--images <n>', 'the first n training images', '100')
    .option('--init <name>', INIT_HELP, 'nielsen')
    .option('--seed <n>', 'of the initialisation', '1')
    .option('--out <dir>', 'write formats.svg and result.json there')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => formats(parseFlags(flags, raw)));
}

async function formats({ out, json, ...request }: z.infer<typeof flags>): Promise<void> {
  await using directory = out === undefined ? undefined : await OutputDirectory.create(out);
  const line = createStatusLine();
  const interrupt = abortOnInterrupt();
  try {
    const result = await sweepFormats(request, {
      commandLine: commandLine(),
      onDepth: (depth) => line.show(`${depth} hidden layers done`, { lasting: false }),
      signal: interrupt.signal,
    });
    line.finish();
    console.log(json ? JSON.stringify(result, null, 2) : renderFormats(result));
    if (directory !== undefined) {
      // Plotting takes longer to load than most commands to run.
      const { drawFormats } = await import('../report/formats-picture.ts');
      await directory.writeText('formats.svg', drawFormats(result));
      await directory.writeResult(result);
    }
    if (!json && directory !== undefined) console.log(`\nwritten to ${directory.path}`);
  } finally {
    line.finish();
    interrupt.release();
  }
}
