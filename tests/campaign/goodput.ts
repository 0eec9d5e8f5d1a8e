/** How much of the line's rate is payload, measured in the simulated board's own time. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BoardName } from '../../contract/boards.ts';
import type { GoodputFigures } from '../../contract/reliability.ts';
import { initialise } from '../../host/data/initialisers.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import { quantise } from '../../host/data/quantise.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { encodeImage, type Image } from '../../host/protocol/image.ts';
import { CampaignBoard } from './board.ts';

export const GOODPUT_BOARD: BoardName = 'ulx3s-25f';
/** Of all three rates a whole number of cycles. */
export const GOODPUT_CLOCK_HZ = 48_000_000;

export type GoodputCase = Pick<GoodputFigures, 'baud' | 'traffic' | 'bitErrors' | 'replyLatencyMs'>;

const HIGHEST_BAUD = 12_000_000;
const BITS_PER_BYTE_ON_WIRE = 10;
const WORD_BYTES = 4;
const NETWORK = quantise(initialise([784, 30, 30, 10], { seed: 1 }), { cost: 'cross-entropy' });
/** About as many bytes as the words of weights have. */
const IMAGES = 160;
const WORDS = 8192;
/** For the last statistics to be written; a longer pause would count where replies are late. */
const SETTLE_MS = 3;

/** `times` times; where replies are late once before, to find the pace. */
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
    const { bytes, send } = await TRAFFIC[traffic](device);
    if (replyLatencyMs > 0) await send(1);
    const before = await look(device, statsFile);
    await send(times);
    const after = await look(device, statsFile);
    // Where replies are late the board's idle time counts too.
    const seconds =
      replyLatencyMs > 0
        ? (after.ms - before.ms) / 1000
        : (after.cycles - before.cycles) / GOODPUT_CLOCK_HZ;
    const payloadBytes = times * bytes;
    return {
      ...what,
      payloadBytes,
      deviceSeconds: seconds,
      goodput: (payloadBytes * BITS_PER_BYTE_ON_WIRE) / (seconds * device.baud),
      resends: after.resends - before.resends,
      hostSecondsPerMegabyte: (after.cpu - before.cpu) / ((after.bytes - before.bytes) / 1e6),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Traffic {
  /** Of payload. */
  readonly bytes: number;
  /** So many times, without waiting in between. */
  readonly send: (times: number) => Promise<unknown>;
}

const TRAFFIC: Readonly<Record<GoodputCase['traffic'], (device: Device) => Promise<Traffic>>> = {
  weights: async (device) => {
    const words = Int32Array.from({ length: WORDS }, (_, at) => Math.imul(at + 1, 0x9e3779b1));
    const send = (times: number) =>
      Promise.all(Array.from({ length: times }, () => device.write('weights', 0, words)));
    return { bytes: WORD_BYTES * words.length, send };
  },
  images: async (device) => {
    await device.loadNetwork(NETWORK);
    const images = await loadImages();
    const send = async (times: number) => {
      await device.beginBatch();
      await device.run(Array<Image[]>(times).fill(images).flat());
    };
    return { bytes: bytesOf(images, device), send };
  },
  'images, records read back': async (device) => {
    await device.loadNetwork(NETWORK);
    const images = await loadImages();
    return {
      bytes: bytesOf(images, device),
      send: (times) => measure(device, Array<Image[]>(times).fill(images).flat()),
    };
  },
};

async function loadImages(): Promise<Image[]> {
  const { images, labels } = await loadDataset({ split: 'train', limit: IMAGES });
  return Array.from(labels, (label, index) => ({
    pixels: images.subarray(784 * index, 784 * (index + 1)),
    label,
  }));
}

function bytesOf(images: readonly Image[], device: Device): number {
  const parts = images.flatMap((image) => encodeImage(image, device.payloadBytes));
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** Counters once all is at rest. */
async function look(device: Device, statsFile: string) {
  const cpu = process.cpuUsage();
  await delay(SETTLE_MS);
  const { cycles, ms } = JSON.parse(await readFile(statsFile, 'utf8')) as {
    cycles: number;
    ms: number;
  };
  const { bytesSent, bytesReceived, resends } = device.statistics;
  return {
    ...{ cycles, ms, resends, bytes: bytesSent + bytesReceived },
    cpu: (cpu.user + cpu.system) / 1e6,
  };
}
