import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { IntegerLayer } from '../../contract/network.ts';
import { REGISTERS } from '../../contract/protocol.ts';
import { openDevice } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { decodeCobs, encodeCobs } from '../../host/protocol/cobs.ts';
import { createLoop } from '../../host/transport/memory.ts';
import { network, open, TIMEOUTS } from './fake-bench.ts';
import { FakeDevice, IDENTITY_OF_FAKE } from './fake-device.ts';

describe('openDevice', () => {
  it('returns the identity', async () => {
    const { fake, device } = await open();
    expect(device.identity).toEqual(fake.identity);
  });

  it.each([
    [{ protocolVersion: 0 }, /the device is older/, /load a ulx3s-85f built from this very tree/],
    [{ protocolVersion: 2 }, /the program is older/, /update deltascope/],
    [{ contractCrc: 5 }, /another contract: CRC 00000005, here/, /built from this very tree/],
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
    const words = Int32Array.from({ length: 3000 }, (_, i) => 70_001 * i - 9000);
    await device.write('weights', 5, words);
    expect(await device.read('weights', 5, 3000)).toEqual(words);
    expect(fake.effects.length).toBe(Math.ceil(3000 / 159));
    expect(device.statistics).toMatchObject({ resends: 0, discardedBytes: 0, staleReplies: 0 });
  });

  it('carries out calls in their order without waiting for each', async () => {
    const { device } = await open();
    const all = [device.write('biases', 0, [1]), device.read('biases', 0, 1)];
    const [, first] = [...all, device.write('biases', 0, [2])];
    expect(await first).toEqual(Int32Array.of(1));
    expect(await device.read('biases', 0, 1)).toEqual(Int32Array.of(2));
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
      ['weights', 1],
      ['biases', 1],
      // Behind the biases: α.
      ['biases', IDENTITY_OF_FAKE.neurons + 1],
    ] as const) {
      const { fake, device } = await open({ identity: { activations: 0b11111 } });
      const set = fake.memory.set.bind(fake.memory);
      fake.memory.set = (key, value) => set(key, key === `${region}:${word}` ? value ^ 4 : value);
      const { layers, cost } = network([5, 4, 3]);
      const [first, last] = layers as [IntegerLayer, IntegerLayer];
      const alphas = Int32Array.of(1, 2, 3, 4);
      const relu = { ...first, activation: 'relu' as const, alphas };
      await expect(device.loadNetwork({ layers: [relu, last], cost })).rejects.toMatchObject({
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
    expect(fake.memory.get(`units:${fake.unitAddress('neurons') + 3}`)).toBe(-(2 ** 31));
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
    fake.memory.set('slopes:0', 1 << 22);
    fake.memory.set('slopes:1', 2 << 22);
    fake.memory.set('slopes:2', 3 << 22);
    expect(await device.readUnitFlags()).toEqual([
      { alive: [true, false], responsive: [false, true] },
      { alive: [true], responsive: [true] },
    ]);
  });
});
