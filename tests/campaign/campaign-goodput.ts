/** `npm run campaign:goodput`: payload, as a share of the line's rate, over UART pins. */
import type { GoodputCampaign, GoodputFigures } from '../../contract/reliability.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  readResult,
  type Session,
  writeResult,
} from './command.ts';
import { GOODPUT_BOARD, GOODPUT_CLOCK_HZ, type GoodputCase, measureGoodput } from './goodput.ts';

const NAME = 'campaign:goodput';
const CLEAN = { bitErrors: 0, replyLatencyMs: 0 };
/** Of FTDI chips, unless told otherwise. */
const LATE = { bitErrors: 0, replyLatencyMs: 16 };
const NOISY = { bitErrors: 1e-5, replyLatencyMs: 0 };
const RECORDS = 'images, records read back';

/** `times`: that the traffic of some 32 kB is sent, some tenths of a second of the line. */
const CASES: readonly (GoodputCase & { readonly times: number })[] = [
  ...casesAt(3_000_000, { clean: 2, late: 8, noisy: 4 }),
  ...[CLEAN, LATE].map(
    (line) => ({ baud: 3_000_000, traffic: RECORDS, times: 2, ...line }) as const,
  ),
  ...casesAt(12_000_000, { clean: 6, late: 24, noisy: 8 }),
  ...casesAt(1_000_000, { clean: 1, late: 3, noisy: 2 }),
];

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
  const before = await readResult<GoodputCampaign>(out);
  const done = new Map(before?.figures.map((found) => [nameOf(found), found]));
  const result = (): GoodputCampaign => ({
    ...{ kind: 'goodput-campaign', schema: 1, board: GOODPUT_BOARD, clockHz: GOODPUT_CLOCK_HZ },
    ...{ environment, time: new Date().toISOString(), commandLine },
    figures: CASES.flatMap((one) => done.get(nameOf(one)) ?? []),
  });
  for (const { times, ...what } of CASES.filter((one) => nameOf(one).includes(only))) {
    if (signal.aborted) break;
    status.show(nameOf(what), { lasting: false });
    const found = await measureGoodput(what, { seed, times });
    done.set(nameOf(what), found);
    status.show(lineOf(found), { lasting: true });
    await writeResult(out, result());
  }
  status.finish();
  if (json) process.stdout.write(`${JSON.stringify(result(), null, 2)}\n`);
}

function casesAt(baud: number, times: { clean: number; late: number; noisy: number }) {
  return (['weights', 'images'] as const).flatMap((traffic) => [
    { baud, traffic, ...CLEAN, times: times.clean },
    { baud, traffic, ...LATE, times: times.late },
    { baud, traffic, ...NOISY, times: times.noisy },
  ]);
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
