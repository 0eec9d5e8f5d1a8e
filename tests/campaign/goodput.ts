/** How much of the line's rate is payload, measured in the simulated board's own time. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BITS_PER_BYTE_ON_WIRE } from '../../contract/boards.ts';
import type { GoodputFigures } from '../../contract/reliability.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { CampaignBoard } from './board.ts';
import { GOODPUT_BOARD, GOODPUT_CLOCK_HZ, HIGHEST_BAUD } from './goodput-board.ts';
import { prepareTraffic } from './traffic.ts';

export type GoodputCase = Pick<GoodputFigures, 'baud' | 'traffic' | 'bitErrors' | 'replyLatencyMs'>;

/** For the last statistics to be written. */
const SETTLE_MS = 3;

export async function measureGoodput(
  what: GoodputCase,
  { seed, times }: { seed: number; times: number },
): Promise<GoodputFigures> {
  const { baud, traffic, bitErrors, replyLatencyMs } = what;
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-goodput-'));
  const statsFile = path.join(folder, 'stats.json');
  try {
    await using board = await CampaignBoard.start({
      ...{ board: GOODPUT_BOARD, clockHz: GOODPUT_CLOCK_HZ, baud: HIGHEST_BAUD, link: 'pins' },
      ...{ seed, statsFile },
      faults: { lineErrors: bitErrors, replyLatency: replyLatencyMs },
    });
    await using device = await openDevice(await board.open({ highestBaud: baud }));
    const { bytes, send } = await prepareTraffic(traffic, device);
    const before = await look(device, statsFile);
    await send(times);
    const after = await look(device, statsFile);
    const seconds = after.seconds - before.seconds;
    const payloadBytes = times * bytes;
    return {
      ...what,
      payloadBytes,
      deviceSeconds: seconds,
      goodput: (payloadBytes * BITS_PER_BYTE_ON_WIRE) / (seconds * baud),
      resends: after.resends - before.resends,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Once all is at rest. `seconds`: of the board, while anything was under way; with errors all. */
async function look(device: Device, statsFile: string) {
  await delay(SETTLE_MS);
  const { cycles, waitedMs } = JSON.parse(await readFile(statsFile, 'utf8')) as {
    cycles: number;
    waitedMs: number;
  };
  const seconds = cycles / GOODPUT_CLOCK_HZ + waitedMs / 1000;
  return { seconds, resends: device.statistics.resends };
}
