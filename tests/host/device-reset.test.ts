/** A device that is reset while it is in use is named as such, soon. */
import { expect, it } from 'vitest';
import { type Device, openDevice } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { SessionCheck } from '../../host/session-check.ts';
import { createLoop } from '../../host/transport/memory.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { images, network, PATIENT } from './fake-bench.ts';
import { FakeDevice } from './fake-device.ts';

/** A device with a button. */
async function open(nonce: number): Promise<{ device: Device; reset: () => void }> {
  const [host, wire] = createLoop();
  let board: Transport;
  const reset = () => {
    const [near, far] = createLoop();
    board = near;
    new FakeDevice(far).serve();
    pump(near.incoming, async (chunk) => (near === board ? wire.write(chunk) : undefined));
  };
  reset();
  pump(wire.incoming, async (chunk) => board.write(chunk));
  return { device: await openDevice(host, { nonce, timeouts: PATIENT }), reset };
}

async function pump(
  from: AsyncIterable<Uint8Array>,
  to: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  for await (const chunk of from) await to(chunk);
}

it('by the number that it expects', async () => {
  const { device, reset } = await open(40);
  await device.loadNetwork(network([5, 4, 3]));
  reset();
  await expect(device.read('biases', 0, 1)).rejects.toMatchObject({
    code: 'device-reset',
    message: expect.stringMatching(/was reset while it was in use/),
  });
});

it('by its count of frames, where it takes what it is asked for a repetition', async () => {
  const { device, reset } = await open(150);
  await device.loadNetwork(network([5, 4, 3]));
  await measure(device, images(3));
  reset();
  await expect(measure(device, images(3))).rejects.toMatchObject({ code: 'device-reset' });
});

it('looks at that count often enough for its 16 bits', async () => {
  const { device } = await open(9);
  await device.loadNetwork(network([5, 4, 3]));
  const before = device.statistics.framesSent;
  await device.read('biases', 0, 13 * 17_000);
  expect(device.statistics.framesSent - before).toBe(17_001);
});

it('does not mistake many sessions, lost replies or the end of the counter for one', async () => {
  const { device } = await open(7);
  for (let turn = 0; turn < 3; turn++) {
    await device.loadNetwork(network([5, 4, 3]));
    await measure(device, images(40));
    await device.read('biases', 0, 13 * 300);
  }
  const check = new SessionCheck();
  const look = (counter: number, answered: number) =>
    check.look(counter, {
      asked: { sent: answered, answered },
      now: { sent: answered, answered },
    });
  expect(look(65_500, 10)).toBe(true);
  expect(look(20, 66)).toBe(true);
  expect(look(120, 160)).toBe(true);
  expect(look(5, 170)).toBe(false);
});
