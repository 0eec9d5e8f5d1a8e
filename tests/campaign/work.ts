/** What a host does with a device, in small, with every value known beforehand. */
import { isDeepStrictEqual } from 'node:util';
import { compareWithFixed } from '../../bench/compare-fixed.ts';
import type { IntegerNetwork } from '../../contract/network.ts';
import type { Device } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import type { Image } from '../../host/protocol/image.ts';
import { type Case, createDraw, type Draw, drawCase } from '../system/random-network.ts';

const WIDTHS = [64, 24, 16, 8];
const IMAGES = 60;
/** Words written to the end of the weight memory, and read back. */
const SPARE_WORDS = 400;

export interface Work {
  readonly network: IntegerNetwork;
  readonly images: readonly Image[];
  /** What a right device gives, all of it. */
  readonly expected: unknown;
  /** That one piece of it takes on a clean link, both directions. */
  readonly cleanBytes: number;
}

/** The device gave something else than golden/fixed. */
export class WrongResult extends Error {}

/** @param device on a clean link, whose results are compared with golden/fixed value by value */
export async function prepareWork(device: Device, seed: number): Promise<Work> {
  const draw = createDraw(seed);
  const { network, inputs, labels } = drawPlainCase(draw, device);
  const codes = Array.from({ length: IMAGES }, (_, image) =>
    Int16Array.from(inputs[image % inputs.length] as Int32Array, (code, k) =>
      (k + image) % 3 === 0 ? code : 0,
    ),
  );
  const images = codes.map((code, image) => ({
    codes: code,
    label: labels[image % labels.length] as number,
  }));
  await device.loadNetwork(network);
  const measured = await measure(device, images);
  const unitFlags = await device.readUnitFlags();
  const { equal, firstDifference } = compareWithFixed(
    network,
    {
      inputs: codes.map((code) => Int32Array.from(code)),
      labels: images.map(({ label }) => label),
    },
    { ...measured, unitFlags },
  );
  if (!equal) throw new WrongResult(JSON.stringify(firstDifference));
  const work = { network, images, expected: resultOf(measured, unitFlags), cleanBytes: 0 };
  const before = device.statistics;
  await doWork(device, work, draw);
  const { bytesSent, bytesReceived } = device.statistics;
  const cleanBytes = bytesSent + bytesReceived - before.bytesSent - before.bytesReceived;
  return { ...work, cleanBytes };
}

/** With a cost, not a given δ. */
function drawPlainCase(draw: Draw, device: Device): Case {
  for (;;) {
    const drawn = drawCase(draw, device.identity, WIDTHS);
    if (drawn.injection === undefined) return drawn;
  }
}

/** @throws WrongResult when any value is not the expected one; else DeltascopeError. */
export async function doWork(device: Device, { network, images, expected }: Work, draw: Draw) {
  const { weightRows, lanes } = device.identity;
  const spare = (weightRows * lanes) / 2 - SPARE_WORDS;
  const words = Int32Array.from({ length: SPARE_WORDS }, () => draw(2 ** 32) | 0);
  await device.write('weights', spare, words);
  await device.loadNetwork(network);
  const measured = await measure(device, images);
  const result = resultOf(measured, await device.readUnitFlags());
  if (!isDeepStrictEqual(result, expected)) throw new WrongResult('measurement');
  const read = await device.read('weights', spare, SPARE_WORDS);
  if (!isDeepStrictEqual(read, words)) throw new WrongResult('memory');
}

function resultOf({ images, layers }: Awaited<ReturnType<typeof measure>>, unitFlags: unknown) {
  // The times at which they came differ.
  const records = images.map(({ startTime: _, endTime: __, ...record }) => record);
  return { records, layers, unitFlags };
}
