/** Images through the device, everything it measured about them back: one job, no hidden state. */
import { MAX_BATCH_IMAGES } from '../contract/formats.ts';
import type { Injection } from '../contract/network.ts';
import { interrupted } from './abort.ts';
import type { Device, LayerObservation, LayerSums } from './device.ts';
import { DeltascopeError } from './error.ts';
import { type EncodedImage, encodeImage, type Image } from './protocol/image.ts';
import type { ImageRecord } from './protocol/records.ts';
import { checkPasses, noError, softmaxInjection } from './softmax.ts';

export interface MeasuredImage extends ImageRecord {
  /** Per layer, when `observe` was asked for. */
  readonly observation?: readonly LayerObservation[];
  /** With `softmax`: the pass before, z^L that it gave, and δ^L that the host gave for it. */
  readonly softmax?: SoftmaxPass;
}

export interface SoftmaxPass {
  readonly record: ImageRecord;
  /** Codes of `FORMATS.z`, n_L. */
  readonly z: Int32Array;
  readonly injection: Injection;
}

export interface Measurement {
  /** In the order they came. */
  readonly images: readonly MeasuredImage[];
  /** Σδ per layer, of exactly these images. */
  readonly layers: readonly LayerSums[];
}

/** What was done when a measurement stopped: the first images, whole. */
export interface PartialMeasurement {
  readonly images: readonly MeasuredImage[];
  /** Σδ of exactly these images; undefined when the device no longer answered. */
  readonly layers: readonly LayerSums[] | undefined;
}

/**
 * What stopped a measurement, with what was done until then: its code is `interrupted`, or that of
 * the fault (`simulator-died`, `port-failed`, `device-timeout`, …), its cause that very error.
 */
export class MeasurementStopped extends DeltascopeError {
  readonly partial: PartialMeasurement;

  constructor(cause: DeltascopeError, partial: PartialMeasurement) {
    const { code, message, hint } = cause;
    super(code, message, { cause, ...(hint !== undefined && { hint }) });
    this.partial = partial;
  }
}

export interface MeasureProgress {
  readonly kind: 'images';
  /** Images whose record is back. */
  readonly done: number;
}

export interface MeasureOptions {
  /** Read z, a, σ′ and δ of every image back; each image then runs alone. */
  readonly observe?: boolean;
  /**
   * δ^L is softmax(z^L) - y, from the host: each image runs alone and twice. The network is loaded
   * with an injection at its output layer, whose activation is the identity.
   */
  readonly softmax?: boolean;
  readonly onProgress?: (progress: MeasureProgress) => void;
  /** Stops after the images that are under way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * One batch through the network that is loaded. Records are read before the device overwrites
 * them: a record's place is used again only when its reply is here.
 *
 * To keep what is done at Ctrl-C, give the signal to `measure` and not to `openDevice`: the images
 * under way are then finished, Σδ is read back, and `MeasurementStopped` with code `interrupted`
 * carries both (`partial.images`, `partial.layers`). A device that vanishes or falls silent in
 * mid-batch throws it too, with the code of the fault; its `partial.layers` is then undefined. A
 * signal given to `openDevice` cuts the link at once: `interrupted` without `partial.layers`.
 * Close the device as usual afterwards.
 * @throws MeasurementStopped; `bad-option` is for more images than Σδ can hold. DeltascopeError
 *   `interrupted` when the signal came before.
 */
export async function measure(
  device: Device,
  images: AsyncIterable<Image> | Iterable<Image>,
  options: MeasureOptions = {},
): Promise<Measurement> {
  if (options.signal?.aborted) {
    throw interrupted();
  }
  const { observe = false, softmax = false } = options;
  // The images stand in line behind it.
  const begun = device.beginBatch({ observe: observe || softmax });
  begun.catch(() => {});
  const batch = new Batch(device, options);
  let stopped: DeltascopeError | undefined;
  try {
    await batch.runAll(images);
    await begun;
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    stopped = error;
    await batch.keepWhatIsDone();
  }
  const layers = await batch.readSums().catch((error: DeltascopeError) => {
    stopped ??= error;
    return undefined;
  });
  if (stopped !== undefined || layers === undefined) {
    const cause = stopped ?? interrupted();
    throw new MeasurementStopped(cause, { images: batch.done, layers });
  }
  return { images: batch.done, layers };
}

/** Groups of images under way, oldest first, and the images that are done. */
class Batch {
  readonly done: MeasuredImage[] = [];
  readonly #device: Device;
  readonly #options: MeasureOptions;
  /** Records that the device keeps before it overwrites the first. */
  readonly #room: number;
  #underWay: Promise<MeasuredImage[]>[] = [];
  #sent = 0;

  constructor(device: Device, options: MeasureOptions) {
    this.#device = device;
    this.#options = options;
    this.#room = options.observe ? 1 : device.layout.records;
  }

  /** @throws DeltascopeError; `interrupted` when its signal comes, with images under way. */
  async runAll(images: AsyncIterable<Image> | Iterable<Image>): Promise<void> {
    const { signal, observe, softmax } = this.#options;
    if (softmax) {
      await this.#runAllTwice(images);
      return;
    }
    const limits = groupLimits(this.#device, this.#room);
    for await (const group of groupImages(images, limits)) {
      while (this.#sent - this.done.length + group.length > this.#room) {
        await this.#finishOldest();
      }
      if (signal?.aborted) {
        throw interrupted();
      }
      if (this.#sent + group.length > MAX_BATCH_IMAGES) {
        throw tooManyImages();
      }
      const results = measureGroup(this.#device, { group, first: this.#sent, observe });
      // A later one may fail while an earlier one is awaited; its error is that of the link.
      results.catch(() => {});
      this.#underWay.push(results);
      this.#sent += group.length;
    }
    await this.#finishAll();
  }

  /** Waits for what is under way, up to the first that fails. */
  async keepWhatIsDone(): Promise<void> {
    await this.#finishAll().catch(() => {});
  }

  /** @throws DeltascopeError when the device has counted other images than are done. */
  async readSums(): Promise<LayerSums[]> {
    const [count, layers] = await Promise.all([
      this.#device.countImages(),
      this.#device.readDeltaSums(),
      this.#device.confirmSession(),
    ]);
    const passes = this.done.length * (this.#options.softmax ? 2 : 1);
    if (count !== passes) {
      const message = `The device counted ${count} images of ${passes}`;
      throw new DeltascopeError('internal', message, {
        hint: 'reset the board, then run the same command again',
      });
    }
    return layers;
  }

  /** One image after the other: its z^L must be here before its δ^L can be formed. */
  async #runAllTwice(images: AsyncIterable<Image> | Iterable<Image>): Promise<void> {
    for await (const image of images) {
      if (this.#options.signal?.aborted) {
        throw interrupted();
      }
      checkPasses(this.done.length + 1);
      const first = 2 * this.done.length;
      this.done.push(await measureTwice(this.#device, { image, first, ...this.#options }));
      this.#options.onProgress?.({ kind: 'images', done: this.done.length });
    }
  }

  async #finishAll(): Promise<void> {
    while (this.#underWay.length > 0) {
      await this.#finishOldest();
    }
  }

  async #finishOldest(): Promise<void> {
    const [oldest] = this.#underWay;
    this.done.push(...((await oldest) ?? []));
    this.#underWay.shift();
    this.#options.onProgress?.({ kind: 'images', done: this.done.length });
  }
}

async function measureGroup(
  device: Device,
  { group, first, observe }: { group: EncodedImage[]; first: number; observe: boolean | undefined },
): Promise<MeasuredImage[]> {
  // The device works in order: the reads stand in line behind the images.
  const [, records, observation] = await Promise.all([
    device.run(group),
    device.readRecords(first, group.length),
    observe ? device.observe() : undefined,
  ]);
  return records.map((record) => (observation ? { ...record, observation } : record));
}

/** δ of the first pass is zero, so that it adds nothing to Σδ. */
async function measureTwice(
  device: Device,
  { image, first, observe }: { image: Image; first: number; observe?: boolean },
): Promise<MeasuredImage> {
  const encoded = encodeImage(image, device.payloadBytes);
  const { places } = device.layout;
  const layer = places.length;
  const [, , records, z] = await Promise.all([
    device.inject(noError(layer, places.at(-1)?.nOut ?? 0)),
    device.run([encoded]),
    device.readRecords(first, 1),
    device.readOutputs(),
  ]);
  const injection = softmaxInjection(layer, z, image.label);
  const [, measured] = await Promise.all([
    device.inject(injection),
    measureGroup(device, { group: [encoded], first: first + 1, observe }),
  ]);
  const softmax = { record: records[0] as ImageRecord, z, injection };
  return { ...(measured[0] as MeasuredImage), softmax };
}

interface GroupLimits {
  readonly images: number;
  readonly bytes: number;
}

/** A group fills one request, and at most half of the records: the other half is under way. */
function groupLimits(device: Device, room: number): GroupLimits {
  return { images: Math.max(1, Math.floor(room / 2)), bytes: device.payloadBytes };
}

/** Images that share a request; one that takes several is a group by itself. */
async function* groupImages(
  images: AsyncIterable<Image> | Iterable<Image>,
  limits: GroupLimits,
): AsyncGenerator<EncodedImage[]> {
  let group: EncodedImage[] = [];
  let bytes = 0;
  for await (const image of images) {
    const encoded = encodeImage(image, limits.bytes);
    const length = encoded.reduce((sum, part) => sum + part.length, 0);
    const full = group.length === limits.images || bytes + length > limits.bytes;
    if (full && group.length > 0) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(encoded);
    bytes += length;
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
