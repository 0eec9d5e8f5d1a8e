/** A device whose answers take simulated time: what is asked again long before an answer is late. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SimulatedClock, sleep } from '../../host/clock.ts';
import { openDevice } from '../../host/device.ts';
import { createLoop } from '../../host/transport/memory.ts';
import { FakeDevice } from './fake-device.ts';
import { perFrame } from './lossy.ts';

const TIMEOUTS = { replyMs: 250, retries: 2, identifyMs: 1000 };
const WORDS = new Int32Array(300).fill(7);
/** Wall time of a simulated millisecond: more than a host takes to hear what has come. */
const WALL_MS = 4;

let clock: SimulatedClock;
let ticking: NodeJS.Timeout;
beforeEach(() => {
  clock = new SimulatedClock();
  ticking = setInterval(() => clock.advanceTo(clock.now() + 1), WALL_MS);
});
afterEach(() => clearInterval(ticking));

/** `wire.lose` more frames are lost on their way to the device; answers take `wire.latencyMs`. */
async function open(history: 'clean' | 'has lost a frame' = 'has lost a frame') {
  const wire = { lose: 0, latencyMs: 10 };
  const [host, board] = createLoop();
  const fake = new FakeDevice({
    ...board,
    async write(bytes) {
      sleep(clock, wire.latencyMs).done.then(() => board.write(bytes));
    },
  });
  fake.serve();
  const losing = perFrame(host, (frame) => {
    if (frame.length === 1 || wire.lose === 0) return [frame];
    wire.lose--;
    return [];
  });
  const device = await openDevice(losing, { label: 'the fake', timeouts: TIMEOUTS, clock });
  wire.lose = history === 'clean' ? 0 : 1;
  for (let turn = 0; turn < 6; turn++) await device.write('biases', 0, WORDS);
  const { resends } = device.statistics;
  expect(resends > 0).toBe(history !== 'clean');
  return { wire, fake, device, resends: () => device.statistics.resends - resends };
}

/** What `work` takes, in simulated ms. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = clock.now();
  await work();
  return clock.now() - begin;
}

it('mends a flight that is lost altogether after about the time of an answer', async () => {
  const { wire, fake, device, resends } = await open();
  const before = fake.effects.length;
  wire.lose = 2;
  const ms = await timeOf(() => device.write('biases', 0, WORDS));
  expect(ms).toBeGreaterThan(20);
  expect(ms).toBeLessThan(100);
  expect(fake.effects.length - before).toBe(2);
  // The probe, and both again.
  expect(resends()).toBe(3);
});

it('is no attempt: of a dead device the same is said, and little more is sent', async () => {
  const { fake, device, resends } = await open();
  fake.mute = true;
  const ms = await timeOf(() =>
    expect(device.read('biases', 7, 2)).rejects.toMatchObject({
      code: 'device-timeout',
      message: expect.stringMatching(/in 17\d\d ms, asked 3 times; nothing arrived meanwhile$/),
    }),
  );
  expect(ms).toBeGreaterThanOrEqual(250 + 500 + 1000);
  expect(resends()).toBeGreaterThan(2);
  expect(resends()).toBeLessThan(2 + 6);
}, 30_000);

it('sends nothing twice to a device whose answers take 16 ms longer, once that is measured', async () => {
  const { wire, device, resends } = await open();
  wire.latencyMs += 16;
  for (let turn = 0; turn < 12; turn++) await device.read('biases', 0, 60);
  const soFar = resends();
  expect(soFar).toBeLessThan(4);
  for (let turn = 0; turn < 12; turn++) await device.read('biases', 0, 60);
  expect(resends()).toBe(soFar);
}, 30_000);

it('sends nothing twice on a line that has lost nothing, however much slower an answer is', async () => {
  const { wire, device, resends } = await open('clean');
  wire.latencyMs = 150;
  await device.read('biases', 0, 60);
  expect(resends()).toBe(0);
});

it('has no check sum worked out twice', async () => {
  const { wire, device, resends } = await open();
  wire.latencyMs = 150;
  await device.verify('biases', WORDS);
  expect(resends()).toBe(0);
});
