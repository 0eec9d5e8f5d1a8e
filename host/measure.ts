/** Images through the device, everything it measured about them back: one job, no hidden state. */
import { MAX_BATCH_IMAGES } from '../contract/formats.ts';
import type { Device, LayerObservation, LayerSums } from './device.ts';
import { DeltascopeError } from './error.ts';
import { encodeImage, type Image } from './protocol/image.ts';
import type { ImageRecord } from './protocol/records.ts';

export interface MeasuredImage extends ImageRecord {
  /** Per layer, when `observe` was asked for. */
  readonly observation?: readonly LayerObservation[];
}

export interface Measurement {
  /** In the order they came. */
  readonly images: readonly MeasuredImage[];
  /** Σδ per layer. */
  readonly layers: readonly LayerSums[];
}

export interface MeasureProgress {
  readonly kind: 'images';
  /** Images whose record is back. */
  readonly done: number;
}

export interface MeasureOptions {
  /** Read z, a, σ′ and δ of every image back; each image then runs alone. */
  readonly observe?: boolean;
  readonly onProgress?: (progress: MeasureProgress) => void;
}

/**
 * One batch through the network that is loaded. Records are read before the device overwrites
 * them: a record's place is used again only when its reply is here.
 * @throws DeltascopeError of the device; `bad-option` for more images than Σδ can hold.
 */
export async function measure(
  device: Device,
  images: AsyncIterable<Image> | Iterable<Image>,
  options: MeasureOptions = {},
): Promise<Measurement> {
  const done: MeasuredImage[] = [];
  const underWay: { count: number; results: Promise<MeasuredImage[]> }[] = [];
  const room = options.observe ? 1 : device.layout.records;
  let sent = 0;
  const finishOldest = async () => {
    const oldest = underWay.shift();
    done.push(...((await oldest?.results) ?? []));
    options.onProgress?.({ kind: 'images', done: done.length });
  };

  await device.beginBatch();
  for await (const group of groupImages(images, groupLimits(device, room))) {
    while (sent - done.length + group.length > room) {
      await finishOldest();
    }
    if (sent + group.length > MAX_BATCH_IMAGES) {
      throw tooManyImages();
    }
    const results = measureGroup(device, { group, first: sent, observe: options.observe });
    // A later one may fail while an earlier one is awaited; its error is that of the link.
    results.catch(() => {});
    underWay.push({ count: group.length, results });
    sent += group.length;
  }
  while (underWay.length > 0) {
    await finishOldest();
  }
  const [count, layers] = await Promise.all([device.countImages(), device.readDeltaSums()]);
  if (count !== sent) {
    throw new DeltascopeError('internal', `The device counted ${count} images of ${sent}`, {
      hint: 'npx deltascope selftest',
    });
  }
  return { images: done, layers };
}

async function measureGroup(
  device: Device,
  { group, first, observe }: { group: Uint8Array[]; first: number; observe: boolean | undefined },
): Promise<MeasuredImage[]> {
  // The device works in order: the reads stand in line behind the images.
  const [, records, observation] = await Promise.all([
    device.run(group),
    device.readRecords(first, group.length),
    observe ? device.observe() : undefined,
  ]);
  return records.map((record) => (observation ? { ...record, observation } : record));
}

interface GroupLimits {
  readonly images: number;
  readonly bytes: number;
}

/** A group fills one request, and at most half of the records: the other half is under way. */
function groupLimits(device: Device, room: number): GroupLimits {
  return { images: Math.max(1, Math.floor(room / 2)), bytes: device.payloadBytes };
}

async function* groupImages(
  images: AsyncIterable<Image> | Iterable<Image>,
  limits: GroupLimits,
): AsyncGenerator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for await (const image of images) {
    const encoded = encodeImage(image);
    const full = group.length === limits.images || bytes + encoded.length > limits.bytes;
    if (full && group.length > 0) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(encoded);
    bytes += encoded.length;
  }
  if (group.length > 0) {
    yield group;
  }
}

function tooManyImages(): DeltascopeError {
  return new DeltascopeError(
    'bad-option',
    `A batch holds at most ${MAX_BATCH_IMAGES} images: the sums of δ would overflow`,
    { hint: `--images ${MAX_BATCH_IMAGES}` },
  );
}
