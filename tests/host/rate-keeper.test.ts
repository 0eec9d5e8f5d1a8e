/** A line that gets worse while it is in use is used more slowly. */
import { expect, it } from 'vitest';
import { openDevice } from '../../host/device.ts';
import { createLine } from './fake-line.ts';

const FAST = { clockHz: 36_000_000, baud: 3_000_000 };
const TIMEOUTS = { replyMs: 20, retries: 9, identifyMs: 100 };
const WORDS = Int32Array.from({ length: 2000 }, (_, at) => at * at);

async function open() {
  const bad = { broken: [] as number[], noisy: [] as number[] };
  const line = createLine({ identity: FAST, ...bad });
  const device = await openDevice(line.host, { timeouts: TIMEOUTS });
  expect(device.baud).toBe(3_000_000);
  return { ...line, ...bad, device };
}

it('goes down to the next rate when nothing comes through any more, and loses nothing', async () => {
  const { device, broken, deviceBaud } = await open();
  await device.write('biases', 0, WORDS);
  broken.push(3_000_000);
  expect(await device.read('biases', 0, WORDS.length)).toEqual(WORDS);
  expect(await device.read('biases', 0, WORDS.length)).toEqual(WORDS);
  expect([device.baud, deviceBaud(), device.stepDowns]).toEqual([1_000_000, 1_000_000, 1]);
});

it('goes down when too many frames are damaged', async () => {
  const { device, noisy, deviceBaud } = await open();
  noisy.push(3_000_000);
  for (let turn = 0; turn < 20 && device.stepDowns === 0; turn++) {
    await device.write('biases', 0, WORDS);
    expect(await device.read('biases', 0, WORDS.length)).toEqual(WORDS);
  }
  await device.read('biases', 0, WORDS.length);
  expect(device.stepDowns).toBeGreaterThan(0);
  expect(device.baud).toBeLessThan(3_000_000);
  expect(deviceBaud()).toBe(device.baud);
});

it('stays where it is on a clean line', async () => {
  const { device } = await open();
  for (let turn = 0; turn < 5; turn++) await device.read('biases', 0, WORDS.length);
  expect([device.baud, device.stepDowns, device.statistics.resends]).toEqual([3_000_000, 0, 0]);
});
