import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { createLoop } from '../../host/transport/memory.ts';
import { encodeReply } from '../../model/frames.ts';
import { images, network, open, PATIENT } from './fake-bench.ts';
import { FakeDevice } from './fake-device.ts';
import { losing } from './lossy.ts';

describe('Link', () => {
  it('keeps several requests under way, and never more than the device buffers', async () => {
    const { fake, device } = await open({ identity: { bufferBytes: 2048 } });
    await device.write('biases', 0, new Int32Array(5000).fill(0x01010101));
    expect(fake.mostHeldBytes).toBeLessThanOrEqual(2048);
    expect(fake.mostHeldBytes).toBeGreaterThan(1900);
    await device.read('biases', 0, 5000);
    expect(fake.mostHeldBytes).toBeLessThanOrEqual(2048);
    expect(device.statistics).toMatchObject({ resends: 0 });
  });

  it('loses, repeats and changes nothing on a wire that does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(0.02, 0.1, 0.3), async (seed, rate) => {
        const { fake, device } = await open({ damage: { seed, rate } });
        await device.loadNetwork(network([5, 4, 3]));
        const { images: measured } = await measure(device, images(40));
        expect(measured.map(({ cycles }) => cycles)).toEqual(
          Array.from({ length: 40 }, (_, i) => i),
        );
        expect(measured.map(({ rows }) => rows)).toEqual(images(40).map(({ label }) => label));
        expect(fake.labels.length).toBe(40);
        await device[Symbol.asyncDispose]();
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('carries 10 000 frames with 1 % damaged either way, without a wrong word', async () => {
    const { fake, device } = await open({ damage: { seed: 11, rate: 0.01 } });
    const words = Int32Array.from({ length: 2000 }, (_, i) => Math.imul(i, 0x9e3779b1));
    for (let turn = 0; device.statistics.framesSent < 10_000; turn++) {
      const turned = words.map((word) => word ^ turn);
      await device.write('biases', turn % 7, turned);
      expect(await device.read('biases', turn % 7, words.length)).toEqual(turned);
    }
    expect(device.statistics.resends).toBeGreaterThan(100);
    expect(device.statistics.discardedFrames).toBeGreaterThan(20);
    expect(fake.overflows).toBeLessThan(1000);
  }, 60_000);

  it('begins what it sends again with a zero, which ends what was cut off', async () => {
    const [host, board] = createLoop();
    new FakeDevice(losing(board, 2)).serve();
    const sent: Uint8Array[] = [];
    const spied = {
      ...host,
      write: async (bytes: Uint8Array) => {
        sent.push(bytes);
        await host.write(bytes);
      },
    };
    const device = await openDevice(spied, { timeouts: { ...PATIENT, replyMs: 20, retries: 9 } });
    await device.read('biases', 0, 1);
    expect(sent.map((bytes) => bytes[0] === 0)).toEqual([true, false, true]);
  });

  it('waits with small requests while the device has plenty to do', async () => {
    const [host, board] = createLoop();
    new FakeDevice(board).serve();
    let writes = 0;
    const spied = {
      ...host,
      write: async (bytes: Uint8Array) => {
        writes++;
        await host.write(bytes);
      },
    };
    const device = await openDevice(spied, { timeouts: PATIENT });
    await device.read('biases', 0, 13 * 1000);
    // 9 bytes each, 128 at a time, of which half is plenty.
    expect(writes).toBeLessThan(50);
  });

  it('leaves nothing behind at its signal, however many devices were opened with it', async () => {
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count++) {
      const { device } = await open({ signal });
      await device.read('biases', 0, 100);
      expect(getEventListeners(signal, 'abort').length).toBe(1);
      await device[Symbol.asyncDispose]();
    }
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  it('mends a single lost frame without waiting for the time-out', async () => {
    const [host, board] = createLoop();
    const fake = new FakeDevice(board);
    fake.serve();
    const timeouts = { replyMs: 60_000, retries: 1, identifyMs: 1000 };
    const device = await openDevice(losing(host, 4), { timeouts });
    await device.write('biases', 0, new Int32Array(5000));
    expect(fake.effects.length).toBe(Math.ceil(5000 / 159));
    expect(fake.overflows).toBe(0);
    expect(device.statistics.resends).toBeGreaterThan(0);
  });

  it('sends a damaged frame again as soon as the device says so, with nothing behind it', async () => {
    const [host, board] = createLoop();
    new FakeDevice(board).serve();
    const damaged = losing(host, 2, Uint8Array.of(3, 1, 2, 0));
    const device = await openDevice(damaged, { timeouts: { ...PATIENT, replyMs: 60_000 } });
    await device.read('biases', 0, 1);
    expect(device.statistics).toMatchObject({ resends: 1, staleReplies: 0 });
  });

  it('sends nothing again for noise on an idle line', async () => {
    const [host, board] = createLoop();
    new FakeDevice(board).serve();
    const device = await openDevice(host, { timeouts: { ...PATIENT, replyMs: 60_000 } });
    await device.read('biases', 0, 1);
    await host.write(Uint8Array.of(3, 1, 2, 0));
    await expect.poll(() => device.statistics.staleReplies).toBe(1);
    await device.read('biases', 0, 1);
    expect(device.statistics).toMatchObject({ resends: 0, staleReplies: 1 });
  });

  it('mends a single lost reply without waiting for the time-out', async () => {
    const [host, board] = createLoop();
    new FakeDevice(losing(board, 4)).serve();
    const device = await openDevice(host, { timeouts: { ...PATIENT, replyMs: 60_000 } });
    await device.read('biases', 0, 130);
    expect(device.statistics).toMatchObject({ resends: 1, staleReplies: 0 });
  });

  it('resends each outstanding request once for one that is lost', async () => {
    const [host, board] = createLoop();
    new FakeDevice(board).serve();
    const device = await openDevice(losing(host, 4), { timeouts: PATIENT });
    await device.read('biases', 0, 13 * 100);
    expect(device.statistics.resends).toBeGreaterThan(0);
    expect(device.statistics.resends).toBeLessThanOrEqual(100);
  });

  it('leaves at most 128 requests outstanding, however large the buffer', async () => {
    const { fake, device } = await open({ identity: { bufferBytes: 60_000 } });
    fake.mute = true;
    device.read('biases', 0, 13 * 500).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(device.statistics.framesSent).toBe(128);
    await device[Symbol.asyncDispose]();
  });

  it('does not take the reply to another opcode for the one it waits for', async () => {
    const [host, board] = createLoop();
    const fake = new FakeDevice(board);
    fake.serve();
    const device = await openDevice(host, { timeouts: PATIENT, nonce: 41 });
    fake.mute = true;
    const reading = device.read('biases', 0, 1);
    for (const [opcode, word] of [
      [2, 9],
      [3, 5],
    ] as const) {
      const payload = Uint8Array.of(word, 0, 0, 0);
      await board.write(encodeReply({ opcode, sequence: 42, status: 0, payload }));
    }
    expect(await reading).toEqual(Int32Array.of(5));
    expect(device.statistics.staleReplies).toBe(1);
  });

  it('gives up with what was asked, of whom, how long, and what came meanwhile', async () => {
    const { fake, device } = await open({ timeouts: { replyMs: 15, retries: 2 } });
    fake.mute = true;
    await expect(device.read('biases', 7, 2)).rejects.toMatchObject({
      code: 'device-timeout',
      message: expect.stringMatching(
        /^No reply from the fake to read of 2 words of biases at 7 \(sequence \d+\) in \d+ ms, asked 3 times; nothing arrived meanwhile$/,
      ),
    });
    await expect(device.beginBatch()).rejects.toMatchObject({ code: 'device-timeout' });
  });

  it('passes a refusal on by name and goes on', async () => {
    const { device } = await open();
    await expect(device.write('slopes', 0, [1])).rejects.toMatchObject({
      code: 'device-refused',
      message: expect.stringMatching(
        /^the fake refused write of 1 words to slopes at 0: badRegion/,
      ),
    });
    await device.write('biases', 0, [3]);
    expect(await device.read('biases', 0, 1)).toEqual(Int32Array.of(3));
  });

  it('stops at once when its signal is aborted, also while it waits for room', async () => {
    const abort = new AbortController();
    const { fake, device } = await open({ signal: abort.signal });
    fake.mute = true;
    const writing = device.write('biases', 0, new Int32Array(5000));
    setTimeout(() => abort.abort(), 5);
    await expect(writing).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('takes a repeated refusal for one, and a duplicate for done', async () => {
    const [host, board] = createLoop();
    // The replies to the first two requests after the handshake are lost.
    new FakeDevice(losing(losing(board, 2), 2)).serve();
    const device = await openDevice(host, { timeouts: { ...PATIENT, replyMs: 20, retries: 9 } });
    const refused = device.write('slopes', 0, [1]);
    const done = device.write('biases', 0, [1]);
    await expect(refused).rejects.toMatchObject({ code: 'device-refused' });
    await done;
    expect(device.statistics.resends).toBeGreaterThan(1);
  });

  it('survives more requests than there are sequence numbers', async () => {
    const { device } = await open();
    const words = await device.read('biases', 0, 13 * 700);
    expect(words.length).toBe(13 * 700);
    expect(device.statistics).toMatchObject({ resends: 0, staleReplies: 0 });
  });
});
