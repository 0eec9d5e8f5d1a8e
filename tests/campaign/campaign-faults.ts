/**
 * `npm run campaign:faults`: faults of link, device, port and host against a simulated board. What is
 * done is kept: stopped, it goes on from there. `tests/system/faults.test.ts` is its short form.
 */
import type { FaultCampaign, FaultFigures } from '../../contract/reliability.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  readResult,
  type Session,
  wholeNumber,
  writeResult,
} from './command.ts';
import { CAMPAIGN_BOARD, keyOf, runCampaign } from './faults.ts';
import { SCENARIOS } from './scenarios.ts';

const NAME = 'campaign:faults';

interface Flags extends CommonFlags {
  readonly frames: number;
  readonly only?: string;
  readonly seconds?: number;
}

await campaignCommand(NAME, { about: 'faults against a simulated board', out: 'faults.json' })
  .option('--frames <number>', 'requests on the wire, of all faults', wholeNumber, 1_000_000)
  .option('--only <text>', 'faults whose name has this in it, as "pins: breaks"')
  .option('--seconds <number>', 'of one fault at most', wholeNumber)
  .addHelpText(
    'after',
    `
Examples:
  $ npm run ${NAME}
  $ npm run ${NAME} -- --frames 20000 --only reset
  $ npm run ${NAME} -- --out docs/reliability/faults.json && npm run gen`,
  )
  .action((flags: Flags) => inSession(NAME, (session) => campaign(flags, session)))
  .parseAsync();

async function campaign(
  { out, seed, frames, only = '', seconds, json }: Flags,
  { signal, status, environment, commandLine }: Session,
): Promise<void> {
  const scenarios = SCENARIOS.filter((scenario) => keyOf(scenario).includes(only));
  const before = await readResult<FaultCampaign>(out);
  const done = new Map<string, FaultFigures>();
  for (const figures of before?.seed === seed ? before.figures : []) {
    done.set(keyOf(figures), figures);
  }
  const result = (): FaultCampaign => ({
    ...{ kind: 'fault-campaign', schema: 1, board: CAMPAIGN_BOARD, seed, environment },
    time: new Date().toISOString(),
    commandLine,
    figures: SCENARIOS.flatMap((scenario) => done.get(keyOf(scenario)) ?? []),
  });
  const options = { scenarios, frames, seed, done: new Map(done), signal };
  for await (const { figures, wanted, finished } of runCampaign({
    ...options,
    ...(seconds !== undefined && { secondsEach: seconds }),
  })) {
    done.set(keyOf(figures), figures);
    if (finished) await writeResult(out, result());
    status.show(`${lineOf(figures)}${finished ? '' : ` of ${wanted}`}`, { lasting: finished });
  }
  status.finish();
  const all = result();
  if (json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  const bad = all.figures.filter(({ wrong, hangs, unclear }) => wrong + hangs + unclear > 0);
  const total = all.figures.reduce((sum, figures) => sum + figures.frames, 0);
  process.stderr.write(`${total} frames in ${out}; ${bad.length} faults not borne\n`);
  if (bad.length > 0) process.exitCode = 1;
}

function lineOf(figures: FaultFigures): string {
  const { rounds, right, wrong, hangs, unclear, frames, resends } = figures;
  const errors = Object.entries(figures.errors).map(([code, count]) => `${count} ${code}`);
  const bad = `${wrong} wrong, ${hangs} hangs, ${unclear} unclear`;
  return `${keyOf(figures)}: ${right} of ${rounds} right, ${[bad, ...errors].join(', ')}; ${resends} resends; ${frames} frames`;
}
