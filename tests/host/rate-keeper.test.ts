/** A line that gets worse while it is in use is used more slowly. */
import { expect, it } from 'vitest';
import { openDevice } from '../../host/device.ts';
import type { Request } from '../../host/protocol/requests.ts';
import { RateKeeper } from '../../host/rate-keeper.ts';
import { PATIENT } from './fake-bench.ts';
import { IDENTITY_OF_FAKE } from './fake-device.ts';
import { createLine } from './fake-line.ts';

const FAST = { clockHz: 36_000_000, baud: 3_000_000 };
const TIMEOUTS = { replyMs: 20, retries: 9, identifyMs: 100 };
const WORDS = Int32Array.from({ length: 2000 }, (_, at) => at * at);

async function open(timeouts = TIMEOUTS) {
  const broken: number[] = [];
  const line = createLine({ identity: FAST, broken });
  const device = await openDevice(line.host, { timeouts });
  expect(device.baud).toBe(3_000_000);
  return { ...line, broken, device };
}

it('goes down to the next rate when nothing comes through any more, and loses nothing', async () => {
  const { device, broken, deviceBaud } = await open();
  await device.write('biases', 0, WORDS);
  broken.push(3_000_000);
  expect(await device.read('biases', 0, WORDS.length)).toEqual(WORDS);
  expect(await device.read('biases', 0, WORDS.length)).toEqual(WORDS);
  expect([device.baud, deviceBaud(), device.stepDowns]).toEqual([1_000_000, 1_000_000, 1]);
});

it('goes down when more than a quarter of 256 frames are lost, not for fewer', async () => {
  const asked: string[] = [];
  const line = {
    baud: 3_000_000,
    async setBaud(baud: number) {
      asked.push(`set ${baud}`);
      line.baud = baud;
    },
  };
  const link = {
    hold: async () => void asked.push('hold'),
    requestHeld: async ({ opcode }: Request) => {
      asked.push(opcode);
      return new Uint8Array();
    },
    release: () => void asked.push('release'),
  };
  const keeper = new RateKeeper(link, { line, identity: { ...IDENTITY_OF_FAKE, ...FAST } });
  const lose = async (every: number) => {
    for (let frame = 0; frame < 256; frame++) keeper.onAnswer(frame % every === 0 ? 1 : 0);
    await new Promise(setImmediate);
  };
  await lose(5);
  expect(asked).toEqual([]);
  await lose(3);
  expect(asked).toEqual(['hold', 'write', 'set 1000000', 'echo', 'release']);
  await lose(3);
  expect([line.baud, keeper.stepDowns]).toEqual([115_200, 2]);
  await lose(1);
  expect([line.baud, keeper.stepDowns]).toEqual([115_200, 2]);
});

it('stays where it is on a clean line', async () => {
  const { device } = await open(PATIENT);
  for (let turn = 0; turn < 5; turn++) await device.read('biases', 0, WORDS.length);
  expect([device.baud, device.stepDowns, device.statistics.resends]).toEqual([3_000_000, 0, 0]);
});
