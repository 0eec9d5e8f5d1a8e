/** `npm run campaign:goodput`: payload, as a share of the line's rate, and what it costs the host. */
import type { GoodputCampaign, GoodputFigures, HostFigures } from '../../contract/reliability.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  readResult,
  type Session,
  writeResult,
} from './command.ts';
import { type GoodputCase, measureGoodput } from './goodput.ts';
import { GOODPUT_BOARD, GOODPUT_CLOCK_HZ } from './goodput-board.ts';
import { measureHost } from './host-cost.ts';

const NAME = 'campaign:goodput';
const CLEAN = { bitErrors: 0, replyLatencyMs: 0 };
/** Of FTDI chips, unless told otherwise. */
const LATE = { bitErrors: 0, replyLatencyMs: 16 };
const NOISY = { bitErrors: 1e-5, replyLatencyMs: 0 };
const RECORDS = 'images, records read back';

/** `times`: that it takes the line half a second or more. */
const CASES: readonly (GoodputCase & { readonly times: number })[] = [
  ...casesAt(3_000_000, 1),
  ...[CLEAN, LATE].map(
    (line) => ({ baud: 3_000_000, traffic: RECORDS, times: 1, ...line }) as const,
  ),
  ...casesAt(12_000_000, 4),
  ...casesAt(1_000_000, 1),
];
const HOST_CASES = ['weights', 'images'] as const;
const HOST_TIMES = 4;

interface Flags extends CommonFlags {
  readonly only?: string;
}

await campaignCommand(NAME, {
  about: 'goodput over UART pins, and CPU time of the host',
  out: 'goodput.json',
})
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
  const figures = new Map(before?.figures.map((found) => [nameOf(found), found]));
  const host = new Map(before?.host?.map((found) => [hostNameOf(found), found]));
  const result = (): GoodputCampaign => ({
    ...{ kind: 'goodput-campaign', schema: 1, board: GOODPUT_BOARD, clockHz: GOODPUT_CLOCK_HZ },
    ...{ environment, time: new Date().toISOString(), commandLine },
    figures: CASES.flatMap((one) => figures.get(nameOf(one)) ?? []),
    host: HOST_CASES.flatMap((one) => host.get(hostNameOf({ traffic: one })) ?? []),
  });
  const work = async (name: string, measure: () => Promise<string>) => {
    if (signal.aborted || !name.includes(only)) return;
    status.show(name, { lasting: false });
    status.show(`${name}: ${await measure()}`, { lasting: true });
    await writeResult(out, result());
  };
  for (const traffic of HOST_CASES) {
    const name = hostNameOf({ traffic });
    await work(name, async () => {
      const found = await measureHost(traffic, { times: HOST_TIMES });
      host.set(name, found);
      return describeHost(found);
    });
  }
  for (const { times, ...what } of CASES) {
    const name = nameOf(what);
    await work(name, async () => {
      const found = await measureGoodput(what, { seed, times });
      figures.set(name, found);
      return describe(found);
    });
  }
  status.finish();
  if (json) process.stdout.write(`${JSON.stringify(result(), null, 2)}\n`);
}

function casesAt(baud: number, times: number) {
  return (['weights', 'images'] as const).flatMap((traffic) =>
    [CLEAN, LATE, NOISY].map((line) => ({ baud, traffic, times, ...line })),
  );
}

function nameOf({ baud, traffic, bitErrors, replyLatencyMs }: GoodputCase): string {
  return `${baud / 1e6} Mbaud, ${traffic}, bit errors ${bitErrors}, latency ${replyLatencyMs} ms`;
}

function describe({ goodput, resends, deviceSeconds }: GoodputFigures): string {
  return `${(100 * goodput).toFixed(1)} % in ${deviceSeconds.toFixed(3)} s, ${resends} resends`;
}

function hostNameOf({ traffic }: Pick<HostFigures, 'traffic'>): string {
  return `host alone, ${traffic}`;
}

function describeHost({ cpuSeconds, lineSeconds, bytes, wallSeconds }: HostFigures): string {
  const cpu = (cpuSeconds / (bytes / 1e6)).toFixed(3);
  const busy = ((100 * lineSeconds) / wallSeconds).toFixed(1);
  return `${cpu} s CPU a MB, line busy for ${busy} % of the time`;
}
