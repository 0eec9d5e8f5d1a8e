/** What the goodput campaign sends: always the same, some 200 kB of payload. */
import { asImages } from '../../bench/inputs.ts';
import type { GoodputFigures } from '../../contract/reliability.ts';
import { initialise } from '../../host/data/initialisers.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import { quantise } from '../../host/data/quantise.ts';
import type { Device } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { encodeImage, type Image } from '../../host/protocol/image.ts';

export interface Traffic {
  /** Of payload. */
  readonly bytes: number;
  /** So many times, without waiting in between. */
  readonly send: (times: number) => Promise<unknown>;
}

const NETWORK = quantise(initialise([784, 30, 30, 10], { seed: 1 }), { cost: 'cross-entropy' });
/** A batch of the lectures. */
const IMAGES = 1000;
/** Of the weights, and how often they are written: about as many bytes as the images have. */
const WORDS = 8192;
const WRITES = 6;
const WORD_BYTES = 4;

/** With a network that is loaded, as it always is by then: the link has found its pace. */
export async function prepareTraffic(
  kind: GoodputFigures['traffic'],
  device: Device,
): Promise<Traffic> {
  await device.loadNetwork(NETWORK);
  return TRAFFIC[kind](device);
}

const TRAFFIC: Readonly<Record<GoodputFigures['traffic'], (device: Device) => Promise<Traffic>>> = {
  weights: async (device) => {
    const words = Int32Array.from({ length: WORDS }, (_, at) => Math.imul(at + 1, 0x9e3779b1));
    return {
      bytes: WRITES * WORD_BYTES * WORDS,
      send: (times) => repeat(WRITES * times, () => device.write('weights', 0, words)),
    };
  },
  images: async (device) => {
    const images = await loadImages();
    return {
      bytes: bytesOf(images, device),
      send: (times) => repeat(times, () => Promise.all([device.beginBatch(), device.run(images)])),
    };
  },
  'images, records read back': async (device) => {
    const images = await loadImages();
    return {
      bytes: bytesOf(images, device),
      send: (times) => measure(device, Array<Image[]>(times).fill(images).flat()),
    };
  },
};

function repeat(times: number, work: () => Promise<unknown>): Promise<unknown> {
  return Promise.all(Array.from({ length: times }, work));
}

async function loadImages(): Promise<Image[]> {
  return asImages(await loadDataset({ split: 'train', limit: IMAGES }));
}

function bytesOf(images: readonly Image[], device: Device): number {
  const parts = images.flatMap((image) => encodeImage(image, device.payloadBytes));
  return parts.reduce((sum, { length }) => sum + length, 0);
}
