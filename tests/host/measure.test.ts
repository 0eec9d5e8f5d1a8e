import { describe, expect, it, vi } from 'vitest';
import { MeasurementStopped, measure } from '../../host/measure.ts';
import type { Image } from '../../host/protocol/image.ts';
import { images, network, open } from './fake-bench.ts';
import type { FakeDevice } from './fake-device.ts';

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

  it('waits for no answer before it sends the images', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 4, 3]));
    fake.mute = true;
    const stopped = stoppedBy(measure(device, images(2)));
    await vi.waitFor(() => expect(fake.labels).toEqual([0, 1]));
    await device[Symbol.asyncDispose]();
    expect(await stopped).toMatchObject({ code: 'interrupted', partial: { images: [] } });
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
    const sums = fake.unitAddress('sums');
    fake.memory.set(`units:${fake.unitAddress('layerTable') + 3}`, (-40 << 16) | 5);
    fake.memory.set(`units:${sums}`, -1);
    fake.memory.set(`units:${sums + 1}`, 0x1234ffff);
    fake.memory.set(`units:${sums + 2}`, -2);
    fake.memory.set(`units:${sums + 3}`, 0x7fff);
    const { layers } = await measure(device, []);
    expect(layers).toEqual([{ exponent: -40, sums: Float64Array.of(-1, 2 ** 47 - 2) }]);
  });

  it('observes every image by itself', async () => {
    const { fake, device } = await open();
    await device.loadNetwork(network([5, 2, 1]));
    fake.memory.set('slopes:2', (9 << 16) | 0xfffe);
    fake.memory.set(`units:${fake.unitAddress('neurons')}`, -5);
    fake.memory.set(`units:${fake.unitAddress('neurons') + 3}`, 0x4321fffe);
    fake.memory.set(`units:${fake.unitAddress('sums') + 3}`, (-6 << 16) | 7);
    const { images: measured } = await measure(device, images(3), { observe: true });
    expect(measured.length).toBe(3);
    expect(measured[1]?.observation?.[1]).toMatchObject({
      slopes: Int32Array.of(0xfffe),
      slopeExponents: Int32Array.of(9),
    });
    expect(measured[1]?.observation?.[0]).toMatchObject({
      z: Int32Array.of(-5, 0),
      activations: Int32Array.of(0, -2),
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
