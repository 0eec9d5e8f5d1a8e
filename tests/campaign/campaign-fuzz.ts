/**
 * `npm run campaign:fuzz`: strange bytes into the device's receiver in the RTL, and into the host's
 * decoder. `tests/system/fuzz.test.ts` is its short form.
 */
import { openTarget } from '../../host/transport/target.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';
import { fuzzDevice } from '../system/fuzz-device.ts';
import { fuzzHost } from '../system/fuzz-host.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  type Session,
  wholeNumber,
  writeResult,
} from './command.ts';

const NAME = 'campaign:fuzz';
const BOARD = 'icebreaker';
const MOST_PAYLOAD = 1024;
/** From here on the grid has every length: it takes about half of them. */
const WHOLE_GRID_BYTES = 1e7;

interface Flags extends CommonFlags {
  readonly bytes: number;
}

await campaignCommand(NAME, { about: 'strange bytes to device and host', out: 'fuzz.json' })
  .option('--bytes <number>', 'to each', wholeNumber, WHOLE_GRID_BYTES)
  .action((flags: Flags) => inSession(NAME, (session) => campaign(flags, session)))
  .parseAsync();

async function campaign(flags: Flags, session: Session): Promise<void> {
  const { out, seed, bytes, json } = flags;
  const { signal, status, environment, commandLine } = session;
  const step = Math.max(1, Math.round(WHOLE_GRID_BYTES / bytes));
  const started = Date.now();
  const { transport } = await openTarget(`sim:${BOARD}`, {
    environment: projectEnvironment(),
    seed,
  });
  await using wire = transport;
  const device = await fuzzDevice(wire, {
    ...{ board: BOARD, seed, bytes, signal, grid: { length: MOST_PAYLOAD, step } },
    onProgress: (sent) =>
      status.show(`${sent} bytes of ${bytes} to the device`, { lasting: false }),
  });
  const host = fuzzHost({ seed, bytes: signal.aborted ? 1 : bytes });
  const seconds = (Date.now() - started) / 1000;
  const result = {
    ...{ kind: 'fuzz-campaign', board: BOARD, seed, environment, commandLine },
    ...{ device, host, seconds },
  };
  await writeResult(out, result);
  const text =
    `device: ${device.bytes} bytes in ${device.batches} batches, ${device.replies} replies as the ` +
    `model's, then a network bit for bit\nhost: ${host.bytes} bytes, ${host.replies} replies and ` +
    `${host.discarded} discarded frames, no byte lost\n${seconds.toFixed(0)} s in all\n`;
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : text);
}
