/** A bad cable costs resends, never a wrong result and never a hang; nor does the kind of link. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { initialise } from '../../host/data/initialisers.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import { quantise } from '../../host/data/quantise.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { type MeasurementStopped, measure } from '../../host/measure.ts';
import type { Image } from '../../host/protocol/image.ts';
import { openTarget, type TargetOptions } from '../../host/transport/target.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';

const SEED = 5;
const FRAMES = 10_000;
/** Per byte and kind of fault: about 1 % of the frames, requests and replies together. */
const RATE = 4e-5;
const NETWORK = quantise(initialise([784, 30, 30, 10], { seed: 1 }), { cost: 'cross-entropy' });

async function open(on: string, options: TargetOptions = {}): Promise<Device> {
  const environment = projectEnvironment();
  const target = await openTarget(on, { environment, seed: SEED, ...options });
  const { description, timeouts, transport } = target;
  return openDevice(transport, { label: description.label, timeouts });
}

async function loadImages(count: number): Promise<Image[]> {
  const { images, labels } = await loadDataset({ split: 'train', limit: count });
  return Array.from(labels, (label, index) => ({
    pixels: images.subarray(784 * index, 784 * (index + 1)),
    label,
  }));
}

/** What the images gave, without the times at which they came. */
async function resultsOf(device: Device, images: readonly Image[]) {
  const measurement = await measure(device, images);
  const flags = await device.readUnitFlags();
  const records = measurement.images.map(({ startTime: _, endTime: __, ...record }) => record);
  return { records, sums: measurement.layers, flags };
}

test(`${FRAMES} frames with about 1 % damaged, either direction: all results are right`, async () => {
  const images = await loadImages(1000);
  await using clean = await open('sim:icebreaker');
  await clean.loadNetwork(NETWORK);
  const expected = await resultsOf(clean, images);
  expect(clean.statistics).toMatchObject({ resends: 0, staleReplies: 0, discardedBytes: 0 });

  const faults = { bitErrors: RATE, drop: RATE, duplicate: RATE };
  await using lossy = await open('sim:icebreaker', { faults });
  await lossy.loadNetwork(NETWORK);
  while (lossy.statistics.framesSent < FRAMES) {
    expect(await resultsOf(lossy, images)).toEqual(expected);
  }
  expect(lossy.statistics.discardedFrames).toBeGreaterThan(FRAMES / 1000);
  expect(lossy.statistics.resends).toBeGreaterThan(FRAMES / 100);
}, 600_000);

test.each([
  ['UART pins at 3 Mbaud', { link: 'pins' }],
  ['UART pins with a host clock 1.5 % fast', { link: 'pins', baudSkew: 1.5 }],
  ['standard input and output', { stdio: true }],
] satisfies [string, TargetOptions][])(
  '20 images through %s give the same bits',
  async (_, options) => {
    const images = await loadImages(20);
    await using bytes = await open('sim:icebreaker');
    await using other = await open('sim:icebreaker', options);
    await Promise.all([bytes.loadNetwork(NETWORK), other.loadNetwork(NETWORK)]);
    expect(other.baud).toBe(3_000_000);
    expect(await resultsOf(other, images)).toEqual(await resultsOf(bytes, images));
    expect(other.statistics).toMatchObject({ resends: 0, staleReplies: 0, discardedBytes: 0 });
  },
);

test('a request that is lost while the board idles times out in simulated time', async () => {
  const began = performance.now();
  await expect(open('sim:icebreaker', { faults: { drop: 1 } })).rejects.toMatchObject({
    code: 'not-a-deltascope-device',
    message: expect.stringMatching(/with faulty link: nothing came back in 4\.2 s$/),
  });
  const seconds = (performance.now() - began) / 1000;
  expect(seconds).toBeGreaterThan(3.5);
  expect(seconds).toBeLessThan(30);
});

test.runIf(process.platform === 'linux')(
  'a board that is killed in mid-batch is named, and what was done is kept',
  async () => {
    const images = await loadImages(1000);
    await using device = await open('sim:icebreaker');
    await device.loadNetwork(NETWORK);
    const stopped = await measure(device, images, {
      onProgress: ({ done }) => {
        if (done >= 100) for (const pid of simulators()) process.kill(pid, 'SIGKILL');
      },
    }).then(
      () => expect.fail('it did not stop'),
      (error: unknown) => error as MeasurementStopped,
    );
    expect(stopped).toMatchObject({
      code: 'simulator-died',
      message: expect.stringMatching(/SIGKILL/),
    });
    expect(stopped.partial.layers).toBeUndefined();
    expect(stopped.partial.images.length).toBeGreaterThanOrEqual(100);
    expect(stopped.partial.images.length).toBeLessThan(1000);
  },
);

test('an interrupted batch has the sums of exactly the images that it finished', async () => {
  const images = await loadImages(1000);
  await using device = await open('sim:icebreaker');
  await device.loadNetwork(NETWORK);
  const abort = new AbortController();
  const onProgress = ({ done }: { done: number }) => {
    if (done >= 100) abort.abort();
  };
  const stopped = await measure(device, images, { signal: abort.signal, onProgress }).then(
    () => expect.fail('it did not stop'),
    (error: unknown) => error as MeasurementStopped,
  );
  const { images: done, layers } = stopped.partial;
  expect(stopped.code).toBe('interrupted');
  expect(done.length).toBeGreaterThanOrEqual(100);
  expect(done.length).toBeLessThan(200);
  expect(layers).toEqual((await measure(device, images.slice(0, done.length))).layers);
});

test('waves of one image are recorded, with the same results', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
  const file = path.join(folder, 'image.vcd');
  const images = await loadImages(3);
  {
    await using plain = await open('sim:icebreaker');
    await using traced = await open('sim:icebreaker', { trace: { file, image: 1 } });
    await Promise.all([plain.loadNetwork(NETWORK), traced.loadNetwork(NETWORK)]);
    expect(await resultsOf(traced, images)).toEqual(await resultsOf(plain, images));
  }
  const waves = await readFile(file, 'utf8');
  expect(waves).toMatch(/\$enddefinitions/);
  expect(waves.length).toBeGreaterThan(100_000);
  await rm(folder, { recursive: true });
});

test('another number of lanes is another device with the same results', async () => {
  const images = await loadImages(20);
  await using four = await open('sim:icebreaker');
  await using eight = await open('sim:icebreaker/8');
  expect([four.identity.lanes, eight.identity.lanes]).toEqual([4, 8]);
  await Promise.all([four.loadNetwork(NETWORK), eight.loadNetwork(NETWORK)]);
  const [a, b] = [await resultsOf(four, images), await resultsOf(eight, images)];
  expect(b.sums).toEqual(a.sums);
  expect(b.flags).toEqual(a.flags);
});

/** The children of this process that are simulated boards. */
function simulators(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return children
    .split(' ')
    .filter((pid) => pid !== '' && /simulator/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))
    .map(Number);
}
