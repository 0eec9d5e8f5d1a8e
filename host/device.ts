/** The verbs of a device. What they mean on the wire is in link.ts and protocol/. */
import { randomInt } from 'node:crypto';
import type { IntegerNetwork } from '../contract/network.ts';
import { LAYER_WORDS, MAX_READ_WORDS, REGISTERS, REQUEST } from '../contract/protocol.ts';
import { DeltascopeError } from './error.ts';
import { shakeHands } from './handshake.ts';
import { type Layout, layOut } from './layout.ts';
import { Link, type LinkStatistics, type LinkTimeouts } from './link.ts';
import { decode, type Frame } from './protocol/frames.ts';
import { encodeImage, type Image } from './protocol/image.ts';
import { decodeRecord, type ImageRecord, recordWords } from './protocol/records.ts';
import {
  decodeWords,
  type Identity,
  type RegionName,
  readRequest,
  runRequest,
  wordsPerWrite,
  writeRequest,
} from './protocol/requests.ts';
import type { Transport } from './transport/transport.ts';

export interface DeviceOptions {
  /** Whom messages name, e.g. `serial /dev/ttyUSB1`. */
  readonly label?: string;
  /** Aborts everything the device is asked, now and later. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** 32 random bits. */
  readonly nonce?: number;
  readonly timeouts?: LinkTimeouts & { readonly identifyMs: number };
}

/** δ summed over the images of the batch, one layer: code · 2^(exponent - 16). */
export interface LayerSums {
  readonly exponent: number;
  /** Integers of 48 bits, n_out. */
  readonly sums: Float64Array;
}

/** Codes of one layer of the last image, see contract/formats.ts. */
export interface LayerObservation {
  readonly z: Int32Array;
  readonly activations: Int32Array;
  /** Mantissas D and exponents E′ of σ′. */
  readonly slopes: Int32Array;
  readonly slopeExponents: Int32Array;
  /** Mantissas of δ; their exponent is in the record. */
  readonly deltas: Int32Array;
}

/** Bytes of framing that a request adds at most: header, CRC, COBS, its zero. */
const FRAMING_BYTES = 16;

/**
 * Identifies the device, which owns the transport from here on, also when this fails.
 * @throws DeltascopeError `not-a-deltascope-device`, `contract-mismatch`, `interrupted`, or what
 *   the transport throws.
 */
export async function openDevice(
  transport: Transport,
  options: DeviceOptions = {},
): Promise<Device> {
  const { label = 'the device', signal, timeouts, now = () => performance.now() } = options;
  const nonce = options.nonce ?? randomInt(2 ** 32);
  const handshake = shakeHands(transport, { label, nonce, signal, ...(timeouts && { timeouts }) });
  const receiver = new Receiver(transport, handshake.accept);
  try {
    const identity = await Promise.race([handshake.identity, receiver.failed]);
    const { bufferBytes } = identity;
    const sequence = nonce + 1;
    const link = new Link(transport, {
      ...{ label, sequence, bufferBytes, now, signal },
      ...(timeouts && { timeouts }),
    });
    receiver.deliverTo(link);
    return new Device(transport, { identity, link });
  } catch (error) {
    handshake.identity.catch(() => {});
    await transport[Symbol.asyncDispose]();
    throw error;
  }
}

export class Device implements AsyncDisposable {
  readonly identity: Identity;
  readonly #transport: Transport;
  readonly #link: Link;
  #layout: Layout | undefined;

  constructor(transport: Transport, parts: { identity: Identity; link: Link }) {
    this.#transport = transport;
    this.identity = parts.identity;
    this.#link = parts.link;
  }

  get statistics(): LinkStatistics {
    return this.#link.statistics;
  }

  /** Of the network that was loaded last. @throws DeltascopeError before any was. */
  get layout(): Layout {
    if (this.#layout === undefined) {
      throw new DeltascopeError('internal', 'No network is loaded into the device');
    }
    return this.#layout;
  }

  /** Payload of a request of which the device's buffer holds two. */
  get payloadBytes(): number {
    const half = Math.floor(this.identity.bufferBytes / 2) - FRAMING_BYTES;
    return Math.min(REQUEST.maxPayloadBytes, half);
  }

  /** Calls are carried out in their order; the promises need not be awaited one by one. */
  async write(region: RegionName, address: number, words: ArrayLike<number>): Promise<void> {
    const step = wordsPerWrite(region, this.payloadBytes);
    const all = Array.from(words);
    const replies: Promise<Uint8Array>[] = [];
    for (let at = 0; at < all.length; at += step) {
      const part = { address: address + at, words: all.slice(at, at + step) };
      replies.push(this.#link.request(writeRequest(region, part)));
    }
    await Promise.all(replies);
  }

  /** Words as signed numbers of 32 bits. The device reads when no image is in work. */
  async read(region: RegionName, address: number, count: number): Promise<Int32Array> {
    const words = new Int32Array(count);
    const replies: Promise<void>[] = [];
    for (let at = 0; at < count; at += MAX_READ_WORDS) {
      const part = { address: address + at, count: Math.min(MAX_READ_WORDS, count - at) };
      replies.push(this.#readPart(region, part).then((found) => words.set(found, at)));
    }
    await Promise.all(replies);
    return words;
  }

  /** @throws DeltascopeError `network-too-big` or `bad-layers`, before anything is sent. */
  async loadNetwork(network: IntegerNetwork): Promise<void> {
    const layout = layOut(network, this.identity);
    this.#layout = undefined;
    await Promise.all([
      this.write('layerTable', 0, layout.layerTable),
      this.write('weights', 0, layout.weights),
      this.write('biases', 0, layout.biases),
      this.write('registers', REGISTERS.inputWidth.address, [layout.inputWidth]),
      this.write('registers', REGISTERS.cost.address, [layout.cost]),
      this.write('registers', REGISTERS.layerCount.address, [
        layout.layerTable.length / LAYER_WORDS,
      ]),
    ]);
    this.#layout = layout;
  }

  /** Clears the sums, the counts and the records. */
  async beginBatch(): Promise<void> {
    await this.write('registers', REGISTERS.beginBatch.address, [1]);
  }

  /**
   * Several images share a request; one may come encoded (`encodeImage`). Resolves when the device
   * has taken the last one.
   */
  async run(images: readonly (Image | Uint8Array)[]): Promise<void> {
    const replies: Promise<Uint8Array>[] = [];
    let request: Uint8Array[] = [];
    let bytes = 0;
    const send = () => {
      replies.push(this.#link.request(runRequest(request)));
      request = [];
      bytes = 0;
    };
    for (const image of images) {
      const encoded = image instanceof Uint8Array ? image : encodeImage(image);
      if (request.length > 0 && bytes + encoded.length > this.payloadBytes) {
        send();
      }
      request.push(encoded);
      bytes += encoded.length;
    }
    if (request.length > 0) {
      send();
    }
    await Promise.all(replies);
  }

  /** Images finished in this batch. */
  async countImages(): Promise<number> {
    const [images = 0] = await this.read('registers', REGISTERS.images.address, 1);
    return images;
  }

  /** Records of images `first` … of the batch; the memory holds the last `layout.records`. */
  async readRecords(first: number, count: number): Promise<ImageRecord[]> {
    const { places, records } = this.layout;
    const layers = places.length;
    const words = recordWords(layers);
    const parts: Promise<ImageRecord[]>[] = [];
    for (let at = 0; at < count; ) {
      const slot = (first + at) % records;
      const part = Math.min(count - at, records - slot);
      parts.push(
        this.read('records', slot * words, part * words).then((found) =>
          Array.from({ length: part }, (_, i) => decodeRecord(found, { base: i * words, layers })),
        ),
      );
      at += part;
    }
    return (await Promise.all(parts)).flat();
  }

  /** Σδ of the batch, per layer. */
  async readDeltaSums(): Promise<LayerSums[]> {
    const { places, neurons } = this.layout;
    const [exponents, words] = await Promise.all([
      this.read('sumExponents', 0, places.length),
      this.read('deltaSums', 0, 2 * neurons),
    ]);
    return places.map(({ neuronBase, nOut }, index) => ({
      exponent: exponents[index] ?? 0,
      sums: Float64Array.from({ length: nOut }, (_, neuron) => {
        const at = 2 * (neuronBase + neuron);
        return (words[at + 1] ?? 0) * 2 ** 32 + ((words[at] ?? 0) >>> 0);
      }),
    }));
  }

  /** z, a, σ′ and δ of the last image, per layer. */
  async observe(): Promise<LayerObservation[]> {
    const { places, neurons } = this.layout;
    const [z, activations, slopes, deltas] = await Promise.all([
      this.read('z', 0, neurons),
      this.read('activations', 0, neurons),
      this.read('slopes', 0, neurons),
      this.read('deltas', 0, neurons),
    ]);
    return places.map(({ neuronBase: from, nOut }) => {
      const to = from + nOut;
      return {
        z: z.slice(from, to),
        activations: activations.slice(from, to),
        slopes: slopes.slice(from, to).map((word) => word & 0xffff),
        slopeExponents: slopes.slice(from, to).map((word) => (word >> 16) & 0x3f),
        deltas: deltas.slice(from, to),
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#link.fail(new DeltascopeError('interrupted', 'The device was closed'));
    await this.#transport[Symbol.asyncDispose]();
  }

  async #readPart(
    region: RegionName,
    part: { address: number; count: number },
  ): Promise<Int32Array> {
    const request = readRequest(region, part);
    const payload = await this.#link.request(request);
    const words = decodeWords(payload, part.count);
    if (words === undefined) {
      throw new DeltascopeError(
        'internal',
        `The ${request.about} came back with ${payload.length} bytes`,
      );
    }
    return words;
  }
}

/** Hands on what arrives, first to the handshake and then to the link. */
class Receiver {
  /** Rejects when the wire ends. */
  readonly failed: Promise<never>;
  #accept: (frame: Frame) => void;
  #fail: (error: Error) => void = () => {};

  constructor(transport: Transport, accept: (frame: Frame) => void) {
    this.#accept = accept;
    this.failed = this.#receive(transport);
    this.failed.catch((error: Error) => this.#fail(error));
  }

  deliverTo(link: Link): void {
    this.#accept = (frame) => link.accept(frame);
    this.#fail = (error) => link.fail(error);
    this.failed.catch(this.#fail);
  }

  async #receive(transport: Transport): Promise<never> {
    for await (const frame of decode(transport.incoming)) {
      this.#accept(frame);
    }
    throw new DeltascopeError('port-failed', 'The device closed the connection', {
      hint: 'check the cable and the board, then run the same command again',
    });
  }
}
