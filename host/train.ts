/** Epochs of training on a device: images in, the step of each batch taken there. */
import type { Gradient } from '../contract/training.ts';
import { interrupted } from './abort.ts';
import { type ClipPlan, clipGradient } from './clip.ts';
import type { Device, TrainingReading } from './device.ts';
import { type Measurement, measure } from './measure.ts';
import type { Image } from './protocol/image.ts';

export interface EpochReading {
  /** The first batch as it was measured, before its step. */
  readonly first: Measurement;
  readonly batches: number;
  readonly images: number;
  /** Over the whole epoch, steps included. */
  readonly counts: TrainingReading;
  /** Steps whose gradient was clipped, and elements beyond `clipValue`; undefined without a plan. */
  readonly clipped: ClipCounts | undefined;
}

export interface ClipCounts {
  steps: number;
  elements: number;
}

export interface TrainProgress {
  readonly kind: 'images';
  /** Images of this epoch that were sent. */
  readonly done: number;
}

export interface TrainOptions {
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Stops after the images that are under way; the epoch is then lost. */
  readonly signal?: AbortSignal | undefined;
  /** The gradient is read, and written back where it is too large, before each step. */
  readonly clip?: ClipPlan | undefined;
}

/** Batches after the first whose requests may wait for their replies. */
const BATCHES_UNDER_WAY = 8;

/**
 * One epoch, a step after each batch, of a network that was loaded with `loadTraining`. The device
 * takes requests in order, so that no batch waits for the reply to the one before it. Σδ is that of
 * the whole epoch, and read after the first batch only.
 * @throws DeltascopeError of the device, or `interrupted`; the step under way is then not defined.
 */
export async function trainEpoch(
  device: Device,
  batches: Iterable<readonly Image[]>,
  { signal, onProgress, clip }: TrainOptions = {},
): Promise<EpochReading> {
  await device.setTraining(true);
  let first: Measurement | undefined;
  const underWay: Promise<unknown>[] = [];
  const clipper = clip && new Clipper(device, clip);
  const send = (reply: Promise<unknown>) => {
    // An earlier one may fail while a later one is awaited; the error is that of the link.
    reply.catch(() => {});
    underWay.push(reply);
  };
  let images = 0;
  let count = 0;
  for (const batch of batches) {
    if (signal?.aborted) throw interrupted();
    await clipper?.begin();
    if (first === undefined) {
      first = await measure(device, batch, { signal, ...report(onProgress) });
    } else {
      send(device.run(batch));
    }
    await clipper?.clip();
    send(device.commit());
    while (underWay.length > 2 * BATCHES_UNDER_WAY) await underWay.shift();
    images += batch.length;
    count++;
    onProgress?.({ kind: 'images', done: images });
  }
  if (first === undefined) throw new RangeError('an epoch has at least one batch');
  await Promise.all(underWay);
  const [counts] = await Promise.all([device.readTrainingCounts(), device.confirmSession()]);
  return { first, batches: count, images, counts, clipped: clipper?.counts };
}

/** Between the images of a batch and its step. */
class Clipper {
  readonly counts: ClipCounts = { steps: 0, elements: 0 };
  readonly #device: Device;
  readonly #plan: ClipPlan;
  /** Something of the steps before may be in V, of another epoch's momentum even. */
  #hasKept = true;
  #kept: Gradient[] | undefined;

  constructor(device: Device, plan: ClipPlan) {
    this.#device = device;
    this.#plan = plan;
  }

  /** Before the images: what V has then is no gradient of theirs. */
  async begin(): Promise<void> {
    this.#kept = this.#hasKept ? await this.#device.readGradient() : undefined;
    this.#hasKept = this.#plan.hasMomentum;
  }

  async clip(): Promise<void> {
    const clipped = clipGradient(await this.#device.readGradient(), this.#kept, this.#plan);
    if (clipped === undefined) return;
    this.counts.steps++;
    this.counts.elements += clipped.elements;
    await this.#device.writeGradient(clipped.gradients);
  }
}

function report(onProgress: TrainOptions['onProgress']) {
  return onProgress === undefined
    ? {}
    : { onProgress: ({ done }: { done: number }) => onProgress({ kind: 'images', done }) };
}

/** How many of the images the network as it stands takes for what they are; it does not learn. */
export async function evaluate(
  device: Device,
  images: readonly Image[],
  { signal }: Pick<TrainOptions, 'signal'> = {},
): Promise<number> {
  await Promise.all([device.setTraining(false), device.beginBatch()]);
  for (let at = 0; at < images.length; at += EVALUATED_AT_ONCE) {
    if (signal?.aborted) throw interrupted();
    await device.run(images.slice(at, at + EVALUATED_AT_ONCE));
  }
  const [{ correct }] = await Promise.all([device.readTrainingCounts(), device.confirmSession()]);
  return correct;
}

const EVALUATED_AT_ONCE = 1000;
