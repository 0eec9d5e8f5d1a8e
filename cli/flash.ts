/** `deltascope flash`: a bitstream into a board, and proof that the board then answers. */
import path from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { findBuilds, findCurrentBuilds } from '../fpga/builds.ts';
import { DeltascopeError } from '../host/error.ts';
import { type FlashProgress, type FlashResult, flash } from '../host/flash.ts';
import { findBoard } from '../host/nearest.ts';
import { ROOT } from '../tools/setup/environment.mjs';
import { onFlag, parseFlags } from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';
import { createStatusLine } from './status-line.ts';

const EXAMPLES = `
Without --flash the bitstream is gone when the board loses power.

Examples:
  $ npx deltascope flash --board ulx3s-85f
  $ npx deltascope flash --board icebreaker --flash
  $ npx deltascope flash --board ulx3s-85f --on serial:D00123
  $ npx deltascope flash --board ulx3s-85f --bitstream mine.bit
`;

const flags = z.object({
  board: z.string(),
  flash: z.boolean().default(false),
  bitstream: z.string().min(1, 'takes a file').optional(),
  on: onFlag,
  json: z.boolean().default(false),
});

type Flags = z.infer<typeof flags>;

export function flashCommand(): Command {
  return new Command('flash')
    .description('load a bitstream into a board with openFPGALoader')
    .requiredOption('--board <name>', 'which kind; deltascope boards lists them')
    .option('--flash', 'into the flash memory of the board, to stay (default: into the FPGA)')
    .option('--bitstream <file>', 'instead of the newest that was built here')
    .option('--on <device>', 'serial:NUMBER or a port, where several are attached')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => load(parseFlags(flags, raw)));
}

async function load({ board: name, flash: persist, on, json, ...options }: Flags): Promise<void> {
  const board = findBoard(name);
  const bitstream = options.bitstream ?? (await findBitstream(board));
  const progress = createProgress(json ? console.error : console.log);
  const interrupt = abortOnInterrupt();
  try {
    const result = await flash(
      { board, bitstream, persist, on },
      { environment: process.env, signal: interrupt.signal, onProgress: progress.show },
    );
    progress.finish();
    console.log(json ? JSON.stringify(result, null, 2) : render(result));
  } finally {
    progress.finish();
    interrupt.release();
  }
}

/** The newest of the RTL as it is that meets its clock. @throws DeltascopeError `no-bitstream`. */
async function findBitstream(board: BoardName): Promise<string> {
  const builds = await findCurrentBuilds(ROOT, board);
  const file = builds.find(({ timing }) => timing?.met)?.bitstream?.file;
  if (file !== undefined) return path.join(ROOT, file);
  const [older] = await findBuilds(ROOT, board);
  const why =
    builds.length > 0
      ? `No bitstream of ${board} meets its clock`
      : older === undefined
        ? `No bitstream was built for ${board} yet`
        : `What was built for ${board} is of another version of the Verilog`;
  throw new DeltascopeError('no-bitstream', why, {
    hint: `npx deltascope build --board ${board}, or --bitstream FILE`,
  });
}

function createProgress(say: (line: string) => void) {
  const line = createStatusLine();
  let step = '';
  return {
    finish: line.finish,
    show(progress: FlashProgress): void {
      switch (progress.kind) {
        case 'board':
          say(`BOARD ${progress.label}`);
          break;
        case 'load':
          // Where lines stay, one for each step.
          line.show(`${progress.step} ${progress.percent.toFixed(0)} %`, {
            lasting: progress.step !== step,
          });
          step = progress.step;
          break;
        case 'confirm':
          line.show('waiting for the board to answer', { lasting: true });
          break;
      }
    },
  };
}

function render({ board, bitstream, persistent, key, port, baud, identity, seconds }: FlashResult) {
  const where = persistent ? 'its flash memory, to stay' : 'the FPGA, until it loses power';
  return [
    `loaded ${path.relative(process.cwd(), bitstream)} into ${where}, in ${seconds.toFixed(1)} s`,
    `${BOARDS[board].title} ${key} answers on ${port}: ${identity.lanes} lanes, ` +
      `${identity.clockHz / 1e6} MHz, ${baud / 1e6} Mbaud`,
    `  npx deltascope run --on ${key === port ? port : `serial:${key}`}`,
  ].join('\n');
}
