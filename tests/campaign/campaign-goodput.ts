/** `npm run campaign:goodput`: payload, as a share of the line's rate, over UART pins. */
import type { GoodputCampaign, GoodputFigures } from '../../contract/reliability.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  type Session,
  writeResult,
} from './command.ts';
import { GOODPUT_BOARD, GOODPUT_CLOCK_HZ, type GoodputCase, measureGoodput } from './goodput.ts';

const NAME = 'campaign:goodput';
const TRAFFICS = ['weights', 'images', 'images, records read back'] as const;
/** Times that each traffic of some 32 kB is sent: some tenths of a second of the line. */
const TIMES = { 1000000: 2, 3000000: 6, 12000000: 24 };
const CLEAN = { bitErrors: 0, replyLatencyMs: 0 };
/** Of FTDI chips, unless told otherwise. */
const LATE = { bitErrors: 0, replyLatencyMs: 16 };
const NOISY = { bitErrors: 1e-5, replyLatencyMs: 0 };

interface Flags extends CommonFlags {
  readonly only?: string;
}

await campaignCommand(NAME, { about: 'goodput over UART pins', out: 'goodput.json' })
  .option('--only <text>', 'cases whose line has this in it, as "3 Mbaud, weights"')
  .addHelpText(
    'after',
    `\nExamples:\n  $ npm run ${NAME}\n  $ npm run ${NAME} -- --only "12 Mbaud"`,
  )
  .action((flags: Flags) => inSession(NAME, (session) => campaign(flags, session)))
  .parseAsync();

async function campaign({ out, seed, only = '', json }: Flags, session: Session): Promise<void> {
  const { signal, status, environment, commandLine } = session;
  const figures: GoodputFigures[] = [];
  for (const what of cases().filter((one) => nameOf(one).includes(only))) {
    if (signal.aborted) break;
    status.show(nameOf(what), { lasting: false });
    const times = TIMES[what.baud as keyof typeof TIMES];
    const found = await measureGoodput(what, { seed, times });
    figures.push(found);
    status.show(lineOf(found), { lasting: true });
  }
  status.finish();
  const result: GoodputCampaign = {
    ...{ kind: 'goodput-campaign', schema: 1, board: GOODPUT_BOARD, clockHz: GOODPUT_CLOCK_HZ },
    ...{ environment, time: new Date().toISOString(), commandLine, figures },
  };
  if (!signal.aborted) await writeResult(out, result);
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

function cases(): GoodputCase[] {
  return Object.keys(TIMES).flatMap((baud) =>
    TRAFFICS.flatMap((traffic) =>
      [CLEAN, LATE, NOISY].map((line) => ({ baud: Number(baud), traffic, ...line })),
    ),
  );
}

function nameOf({ baud, traffic, bitErrors, replyLatencyMs }: GoodputCase): string {
  return `${baud / 1e6} Mbaud, ${traffic}, bit errors ${bitErrors}, latency ${replyLatencyMs} ms`;
}

function lineOf(found: GoodputFigures): string {
  const { goodput, resends, deviceSeconds, hostSecondsPerMegabyte } = found;
  return (
    `${nameOf(found)}: ${(100 * goodput).toFixed(1)} % in ${deviceSeconds.toFixed(3)} s, ` +
    `${resends} resends, host ${hostSecondsPerMegabyte.toFixed(3)} s CPU a MB`
  );
}
