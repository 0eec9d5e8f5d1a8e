/** The command line: one file per command; this one only lists them. */
import { Command, CommanderError } from 'commander';
import { DeltascopeError } from '../host/error.ts';
import { benchCommand } from './bench.ts';
import { describeError } from './failure.ts';
import { runCommand } from './run.ts';

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const EXAMPLES = `
Examples:
  $ npx deltascope run                                  the network of the lecture slides
  $ npx deltascope run --layers 784,30,30,30,10 --seed 7
  $ npm run bench                                       the standard measurement, with software beside it
`;

/** Parses the arguments, runs the command, and returns the exit status. Never throws. */
export async function main(argv: string[]): Promise<number> {
  const program = new Command('deltascope')
    .description('An oscilloscope for the gradient: δ of every layer, measured on an FPGA')
    .exitOverride()
    .showHelpAfterError('(deltascope --help lists the commands)')
    .addHelpText('after', EXAMPLES);
  program.commandsGroup('Measure:');
  for (const command of [runCommand(), benchCommand()]) {
    program.addCommand(command.exitOverride().showHelpAfterError());
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    console.error(describeError(error));
    if (!(error instanceof DeltascopeError)) return EXIT.failed;
    if (error.code === 'interrupted') return EXIT.interrupted;
    return error.code === 'bad-option' ? EXIT.usage : EXIT.failed;
  }
}
