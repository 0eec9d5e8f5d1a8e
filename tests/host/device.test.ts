import { getEventListeners } from 'node:events';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntegerNetwork } from '../../contract/network.ts';
import { REGISTERS } from '../../contract/protocol.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { MeasurementStopped, measure } from '../../host/measure.ts';
import { decodeCobs, encodeCobs } from '../../host/protocol/cobs.ts';
import type { Image } from '../../host/protocol/image.ts';
import type { Identity } from '../../host/protocol/requests.ts';
import { createLoop } from '../../host/transport/memory.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { encodeReply, FakeDevice } from './fake-device.ts';
import { type Damage, losing, lossy } from './lossy.ts';

const TIMEOUTS = { replyMs: 15, retries: 60, identifyMs: 15 };
const PATIENT = { replyMs: 10_000, retries: 1, identifyMs: 1000 };

interface Bench {
  identity?: Partial<Identity>;
  damage?: Damage;
  signal?: AbortSignal;
  timeouts?: Partial<typeof TIMEOUTS>;
}

async function open(
  bench: Bench = {},
): Promise<{ fake: FakeDevice; board: Transport; device: Device }> {
  const { damage = { seed: 0, rate: 0 } } = bench;
  const [host, board] = createLoop();
  const fake = new FakeDevice(lossy(board, { ...damage, seed: damage.seed + 1 }), bench.identity);
  fake.serve();
  const device = await openDevice(lossy(host, damage), {
    label: 'the fake',
    timeouts: { ...(bench.damage ? TIMEOUTS : PATIENT), ...bench.timeouts },
    signal: bench.signal,
  });
  return { fake, board, device };
}

function network(widths: number[]): IntegerNetwork {
  const layers = widths.slice(1).map((nOut, index) => {
    const nIn = widths[index] ?? 0;
    const weights = Int16Array.from({ length: nIn * nOut }, (_, i) => i - 7);
    const biases = Int32Array.from({ length: nOut }, (_, i) => -i);
    return {
      nIn,
      nOut,
      scale: 0,
      activation: 'sigmoid' as const,
      activationScale: 0,
      weights,
      biases,
    };
  });
  return { layers, cost: 'cross-entropy' };
}

function images(count: number): Image[] {
  return Array.from({ length: count }, (_, index) => ({
    pixels: Uint8Array.of(index % 250, 1, 0, 0, 7),
    label: index % 10,
  }));
}

describe('openDevice', () => {
  it('returns the identity', async () => {
    const { fake, device } = await open();
    expect(device.identity).toEqual(fake.identity);
  });

  it.each([
    [{ protocolVersion: 0 }, /the device is older/, /flash --board ulx3s-85f/],
    [{ protocolVersion: 2 }, /the program is older/, /update deltascope/],
    [{ contractCrc: 5 }, /another contract: CRC 00000005, here/, /rebuild the device/],
  ])('refuses %o and says which side is older', async (identity, message, hint) => {
    await expect(open({ identity })).rejects.toMatchObject({
      code: 'contract-mismatch',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('says when nothing answers, and how much noise came', async () => {
    const [host, board] = createLoop();
    const opening = openDevice(host, { label: 'serial X', timeouts: { ...TIMEOUTS, retries: 2 } });
    await board.write(Uint8Array.of(1, 2, 3, 0));
    await expect(opening).rejects.toMatchObject({
      code: 'not-a-deltascope-device',
      message:
        'No deltascope device answers on serial X: 0 other replies and 4 bytes that are none came back in 0.045 s',
    });
  });

  it('is not taken in by the identity of an earlier session', async () => {
    const [host, board] = createLoop();
    new FakeDevice(board).serve();
    // The device answers, but what it answers was asked by somebody else.
    const asIfStale = { ...host, write: async (b: Uint8Array) => host.write(flipNonce(b)) };
    await expect(
      openDevice(asIfStale, { timeouts: { ...TIMEOUTS, retries: 1 }, nonce: 2 }),
    ).rejects.toMatchObject({ code: 'not-a-deltascope-device' });
  });

  it('ends with the wire', async () => {
    const [host, board] = createLoop();
    const opening = openDevice(host, { timeouts: TIMEOUTS });
    await board[Symbol.asyncDispose]();
    await expect(opening).rejects.toMatchObject({ code: 'port-failed' });
  });

  it('obeys its signal', async () => {
    const [host] = createLoop();
    const abort = new AbortController();
    const opening = openDevice(host, { signal: abort.signal });
    abort.abort();
    await expect(opening).rejects.toMatchObject({ code: 'interrupted' });
  });
});

/** An identify frame with another nonce, whole and valid. */
function flipNonce(bytes: Uint8Array): Uint8Array {
  const frame = decodeCobs(bytes.subarray(1)) ?? new Uint8Array();
  frame[4] = (frame[4] ?? 0) ^ 1;
  new DataView(frame.buffer).setUint32(8, crc32(frame.subarray(0, 8)), true);
  return Uint8Array.of(0, ...encodeCobs(frame));
}

describe('Device', () => {
  it('write and read back any region, in pieces', async () => {
    const { fake, device } = await open();
    const words = Int16Array.from({ length: 3000 }, (_, i) => 11 * i - 9000);
    await device.write('weights', 5, words);
    expect(await device.read('weights', 5, 3000)).toEqual(Int32Array.from(words));
    expect(fake.effects.length).toBeLessThan(8);
    expect(device.statistics).toMatchObject({ resends: 0, discardedBytes: 0, staleReplies: 0 });
  });

  it('keeps several requests under way, and never more than the device buffers', async () => {
    const { fake, device } = await open({ identity: { bufferBytes: 2048 } });
    await device.write('biases', 0, new Int32Array(5000).fill(0x01010101));
    expect(fake.mostHeldBytes).toBeLessThanOrEqual(2048);
    expect(fake.mostHeldBytes).toBeGreaterThan(1900);
    await device.read('biases', 0, 5000);
    expect(fake.mostHeldBytes).toBeLessThanOrEqual(2048);
    expect(device.statistics).toMatchObject({ resends: 0 });
  });

  it('carries out calls in their order without waiting for each', async () => {
    const { device } = await open();
    const all = [device.write('biases', 0, [1]), device.read('biases', 0, 1)];
    const [, first] = [...all, device.write('biases', 0, [2])];
    expect(await first).toEqual(Int32Array.of(1));
    expect(await device.read('biases', 0, 1)).toEqual(Int32Array.of(2));
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
    expect(fake.overflows).toBeLessThan(100);
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
    expect(fake.effects.length).toBe(Math.ceil(5000 / 254));
    expect(fake.overflows).toBe(0);
    expect(device.statistics.resends).toBeGreaterThan(0);
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
    await board.write(encodeReply(Uint8Array.of(0x82, 42, 0, 4), Uint8Array.of(9, 0, 0, 0)));
    await board.write(encodeReply(Uint8Array.of(0x83, 42, 0, 4), Uint8Array.of(5, 0, 0, 0)));
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
    await expect(device.write('records', 0, [1])).rejects.toMatchObject({
      code: 'device-refused',
      message: expect.stringMatching(
        /^the fake refused write of 1 words to records at 0: badRegion/,
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

  it('loadNetwork sends nothing of a network that does not fit', async () => {
    const { fake, device } = await open({ identity: { neurons: 6 } });
    await expect(device.loadNetwork(network([5, 4, 3]))).rejects.toMatchObject({
      code: 'network-too-big',
    });
    expect(fake.effects).toEqual([]);
  });

  it('loadNetwork names the region that the device holds otherwise', async () => {
    for (const [region, word] of [
      ['weights', 2],
      ['biases', 1],
    ] as const) {
      const { fake, device } = await open();
      const set = fake.memory.set.bind(fake.memory);
      fake.memory.set = (key, value) => set(key, key === `${region}:${word}` ? value ^ 4 : value);
      await expect(device.loadNetwork(network([5, 4, 3]))).rejects.toMatchObject({
        code: 'wrong-result',
        message: expect.stringMatching(
          `^The device holds other ${region} than were written: CRC-32 \\w{8}, not \\w{8}, of`,
        ),
      });
      expect(() => device.layout).toThrow(/No network is loaded/);
    }
  });

  it('runs an image of several parts, whole and in its place among others', async () => {
    const { fake, device } = await open({ identity: { bufferBytes: 200 } });
    const codes = Int16Array.from({ length: 150 }, (_, i) => i + 1);
    const short = { pixels: Uint8Array.of(1, 2, 3), label: 1 };
    await device.loadNetwork(network([5, 4, 3]));
    await device.run([short, { codes, label: 2 }, short, { codes, label: 3 }]);
    expect(fake.labels).toEqual([1, 2, 1, 3]);
    expect(fake.imageBytes).toEqual([5, 308, 5, 308]);
    const { images: measured } = await measure(device, [short, { codes, label: 7 }, short]);
    expect(measured.map(({ rows }) => rows)).toEqual([1, 7, 1]);
    expect(fake.mostHeldBytes).toBeLessThanOrEqual(200);
  });

  it('injects δ into a layer, clears it, and refuses what the device cannot take', async () => {
    const { fake, device } = await open();
    const register = (name: 'injectLayer' | 'injectExponent') =>
      fake.memory.get(`registers:${REGISTERS[name].address}`);
    await device.loadNetwork(network([5, 4, 3]));
    expect(register('injectLayer')).toBe(0);
    await device.inject({ layer: 1, delta: [0, -32768, 32767, 5], exponent: -4096 });
    expect([register('injectLayer'), register('injectExponent')]).toEqual([1, -4096]);
    expect(fake.memory.get('injection:1')).toBe(-32768);
    const delta = Int16Array.of(1, 2, 3);
    const bad = [
      [{ layer: 0, delta, exponent: 0 }, /there is no layer 0/],
      [{ layer: 3, delta, exponent: 0 }, /there is no layer 3/],
      [{ layer: 1.5, delta, exponent: 0 }, /there is no layer 1\.5/],
      [{ layer: 1, delta, exponent: 0 }, /3 elements for layer 1/],
      [{ layer: 2, delta: [1, 2, 32768], exponent: 0 }, /element 2 is 32768/],
      [{ layer: 2, delta: [1, 0.5, 3], exponent: 0 }, /element 1 is 0\.5/],
      [{ layer: 2, delta, exponent: 4097 }, /exponent 4097/],
    ] as const;
    for (const [injection, message] of bad) {
      await expect(device.inject(injection)).rejects.toMatchObject({
        code: 'bad-option',
        message: expect.stringMatching(message),
      });
    }
    await device.clearInjection();
    expect(register('injectLayer')).toBe(0);
  });

  it('takes an output layer that is not sigmoid only with δ injected', async () => {
    const { fake, device } = await open();
    const { layers, cost } = network([5, 4, 3]);
    const linear = {
      cost,
      layers: layers.map((l) => ({ ...l, activation: 'identity' as const, activationScale: 5 })),
    };
    await expect(device.loadNetwork(linear)).rejects.toMatchObject({ code: 'bad-layers' });
    const injection = { layer: 2, delta: [0, 1, 0], exponent: 3 };
    await device.loadNetwork(linear, { injection });
    expect(fake.memory.get(`registers:${REGISTERS.injectLayer.address}`)).toBe(2);
    await expect(device.clearInjection()).rejects.toMatchObject({ code: 'bad-layers' });
    await device.loadNetwork(network([5, 4, 3]));
    expect(fake.memory.get(`registers:${REGISTERS.injectLayer.address}`)).toBe(0);
  });

  it('reads the flags of each unit by layer', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 2, 1]));
    fake.memory.set('unitFlags:0', 1);
    fake.memory.set('unitFlags:1', 2);
    fake.memory.set('unitFlags:2', 3);
    expect(await device.readUnitFlags()).toEqual([
      { alive: [true, false], responsive: [false, true] },
      { alive: [true], responsive: [true] },
    ]);
  });

  it('takes a repeated refusal for one, and a duplicate for done', async () => {
    const [host, board] = createLoop();
    // The replies to the first two requests after the handshake are lost.
    new FakeDevice(losing(losing(board, 2), 2)).serve();
    const device = await openDevice(host, { timeouts: { ...PATIENT, replyMs: 20, retries: 9 } });
    const refused = device.write('records', 0, [1]);
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

describe('measure', () => {
  const stoppedBy = (measuring: Promise<unknown>) =>
    measuring.then(
      () => expect.fail('it did not stop'),
      (error: unknown) => error as MeasurementStopped,
    );

  it('finishes what is under way when interrupted, and hands it over with its sums', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 4, 3]));
    const abort = new AbortController();
    const stopped = await stoppedBy(
      measure(device, images(500), {
        signal: abort.signal,
        onProgress: ({ done }) => done >= 20 && abort.abort(),
      }),
    );
    expect(stopped).toBeInstanceOf(MeasurementStopped);
    expect(stopped.code).toBe('interrupted');
    const { images: done, layers } = stopped.partial;
    expect(done.length).toBeGreaterThanOrEqual(20);
    expect(done.length).toBeLessThan(100);
    expect(done.map(({ cycles }) => cycles)).toEqual(done.map((_, index) => index));
    expect(fake.labels.length).toBe(done.length);
    expect(layers?.map(({ sums }) => sums.length)).toEqual([4, 3]);
  });

  it('hands over what was done when the device vanishes in mid-batch', async () => {
    const { board, device } = await open();
    await device.loadNetwork(network([5, 4, 3]));
    const stopped = await stoppedBy(
      measure(device, images(500), {
        onProgress: ({ done }) => done >= 20 && board[Symbol.asyncDispose](),
      }),
    );
    expect(stopped).toMatchObject({
      code: 'port-failed',
      message: expect.stringMatching(/closed/),
      hint: expect.any(String),
      cause: { code: 'port-failed' },
    });
    expect(stopped.partial.layers).toBeUndefined();
    const { images: done } = stopped.partial;
    expect(done.length).toBeGreaterThanOrEqual(20);
    expect(done.map(({ cycles }) => cycles)).toEqual(done.map((_, index) => index));
  });

  it('hands over what was done when the device falls silent, or its link is cut', async () => {
    const abort = new AbortController();
    const timeouts = { replyMs: 15, retries: 1 };
    for (const [code, stop] of [
      ['device-timeout', (fake: FakeDevice) => Object.assign(fake, { mute: true })],
      ['interrupted', () => abort.abort()],
    ] as const) {
      const { fake, device } = await open({ timeouts, signal: abort.signal });
      await device.loadNetwork(network([5, 4, 3]));
      const onProgress = ({ done }: { done: number }) => {
        if (done >= 20) stop(fake);
      };
      const stopped = await stoppedBy(measure(device, images(500), { onProgress }));
      expect(stopped).toMatchObject({ code, partial: { layers: undefined } });
      expect(stopped.partial.images.length).toBeGreaterThanOrEqual(20);
    }
  });

  it('measures nothing when interrupted before it begins', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 4, 3]));
    const before = fake.effects.length;
    await expect(measure(device, images(5), { signal: AbortSignal.abort() })).rejects.toMatchObject(
      { code: 'interrupted' },
    );
    expect(fake.effects.length).toBe(before);
  });

  it.each([16, 32, 48, 1024])(
    'reads each record before it is overwritten: %i words',
    async (recordWords) => {
      const { device } = await open({ identity: { recordWords } });
      await device.loadNetwork(network([5, 4, 3]));
      const progress: number[] = [];
      const { images: measured, layers } = await measure(device, images(100), {
        onProgress: ({ done }) => progress.push(done),
      });
      expect(measured.map(({ cycles }) => cycles)).toEqual(
        Array.from({ length: 100 }, (_, i) => i),
      );
      expect(progress.at(-1)).toBe(100);
      expect(layers.map(({ sums }) => sums.length)).toEqual([4, 3]);
    },
  );

  it('joins the words of Σδ to 48 bit numbers', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 2]));
    fake.memory.set('sumExponents:0', -40);
    fake.memory.set('deltaSums:0', -1);
    fake.memory.set('deltaSums:1', -1);
    fake.memory.set('deltaSums:2', -2);
    fake.memory.set('deltaSums:3', 0x7fff);
    const { layers } = await measure(device, []);
    expect(layers).toEqual([{ exponent: -40, sums: Float64Array.of(-1, 2 ** 47 - 2) }]);
  });

  it('observes every image by itself', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 2, 1]));
    fake.memory.set('slopes:2', (9 << 16) | 0xfffe);
    fake.memory.set('z:0', -5);
    fake.memory.set('deltas:1', -6);
    const { images: measured } = await measure(device, images(3), { observe: true });
    expect(measured.length).toBe(3);
    expect(measured[1]?.observation?.[1]).toMatchObject({
      slopes: Int32Array.of(0xfffe),
      slopeExponents: Int32Array.of(9),
    });
    expect(measured[1]?.observation?.[0]).toMatchObject({
      z: Int32Array.of(-5, 0),
      deltas: Int32Array.of(0, -6),
    });
  });

  it('takes images from an async source', async () => {
    const { device } = await open();
    await device.loadNetwork(network([5, 2]));
    async function* source(): AsyncGenerator<Image> {
      yield* images(7);
    }
    expect((await measure(device, source())).images.length).toBe(7);
  });
});
