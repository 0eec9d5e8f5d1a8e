/** `deltascope selftest`: is this very device to be trusted? */
import { Command, Option } from 'commander';
import { z } from 'zod';
import { selftestJob } from '../bench/selftest.ts';
import { SELFTEST_FAULTS, type SelftestFault } from '../contract/result.ts';
import { renderCheck } from '../report/selftest.ts';
import {
  chooseTarget,
  ON_HELP,
  onFlag,
  parseFlags,
  REQUIRE_BOARD_HELP,
  requireBoardFlag,
} from './flags.ts';
import { withTerminal } from './job.ts';
import { requireSound } from './verdict.ts';

const EXAMPLES = `
Echoes over the link, patterns through every memory, and networks whose every bit is known. What the
device held before is lost. A clean link damages nothing in so few bytes: one echo that has to be sent
again is a failure. With a fault injected the checks that must see it are to fail, and the exit status
is 1 in any case.

Examples:
  $ npx deltascope selftest
  $ npx deltascope selftest --on serial:ib1234
  $ npx deltascope selftest --inject-fault weight    a bit of a weight, after it was written
  $ npx deltascope selftest --on model --json
`;

const flags = z.object({
  injectFault: z.custom<SelftestFault>().optional(),
  on: onFlag,
  requireBoard: requireBoardFlag,
  json: z.boolean().default(false),
});

export function selftestCommand(): Command {
  return new Command('selftest')
    .description('check link, memories and arithmetic of a device')
    .addOption(
      new Option(
        '--inject-fault <where>',
        'break one bit on purpose, to see the selftest fail',
      ).choices(Object.keys(SELFTEST_FAULTS)),
    )
    .option('--on <device>', ON_HELP)
    .option('--require-board', REQUIRE_BOARD_HELP)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => selftest(parseFlags(flags, raw)));
}

async function selftest({
  json,
  on,
  requireBoard,
  injectFault,
}: z.infer<typeof flags>): Promise<void> {
  await withTerminal(json, async ({ options: job, announce }) => {
    const result = await selftestJob(
      { on: chooseTarget({ on, requireBoard }), injectFault },
      { ...job, onCheck: (check) => announce(renderCheck(check)) },
    );
    if (json) console.log(JSON.stringify(result, null, 2));
    requireSound(result);
    if (!json) console.log('All checks passed.');
  });
}
