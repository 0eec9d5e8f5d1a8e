/** The command line: one file per command; this one only lists them. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { benchCommand } from './bench.ts';
import { boardsCommand } from './boards.ts';
import { buildCommand } from './build.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { DONE, exitStatus } from './exit-status.ts';
import { experimentCommand } from './experiment.ts';
import { describeError } from './failure.ts';
import { flashCommand } from './flash.ts';
import { formatsCommand } from './formats.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { selftestCommand } from './selftest.ts';
import { trainCommand } from './train.ts';
import { weightsCommand } from './weights.ts';

/** As people come to them; a group without commands is not shown. */
const GROUPS: Readonly<Record<string, readonly (() => Command)[]>> = {
  'Learn:': [experimentCommand, reportCommand],
  'Measure:': [runCommand, trainCommand, benchCommand, diffCommand, formatsCommand, weightsCommand],
  'Board:': [doctorCommand, boardsCommand, buildCommand, flashCommand, selftestCommand],
};

const EXAMPLES = `
Examples:
  $ npx deltascope run                                      the network of the lecture slides
  $ npx deltascope run --layers 784,30,30,30,10 --seed 7    another one
  $ npx deltascope run --on sim:icebreaker                  on another simulated board
  $ npx deltascope train --epochs 20                        gradient descent, δ at every epoch
  $ npx deltascope experiment                               what the lectures claim, measured
  $ npm run bench                                           the standard measurement

deltascope COMMAND --help shows the options of a command.
`;

/** Parses the arguments, runs the command, and returns the exit status. Never throws. */
export async function main(argv: string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv, { from: 'user' });
    return DONE;
  } catch (error) {
    // commander has already said it.
    if (!(error instanceof CommanderError)) console.error(describeError(error));
    return exitStatus(error);
  }
}

function createProgram(): Command {
  const { version } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const program = new Command('deltascope')
    .description('An oscilloscope for the gradient: δ of every layer, measured on an FPGA')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .configureHelp({ visibleCommands: ({ commands }) => [...commands] })
    .exitOverride()
    .showHelpAfterError('(deltascope --help lists the commands)')
    .addHelpText('after', EXAMPLES);
  for (const [heading, commands] of Object.entries(GROUPS)) {
    for (const create of commands) program.addCommand(inStyle(create().helpGroup(heading)));
  }
  return program;
}

function inStyle(command: Command): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this')
    .showHelpAfterError(`(deltascope ${command.name()} --help lists the options)`);
}
