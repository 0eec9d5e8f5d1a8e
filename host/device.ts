/** The verbs of a device. What they mean on the wire is in link.ts and protocol/. */
import { randomInt } from 'node:crypto';
import type { Injection, IntegerNetwork } from '../contract/network.ts';
import {
  LAYER_FIELDS,
  LAYER_WORDS,
  REGISTERS,
  TRAINING,
  TRAINING_PLANES,
  UNIT_FLAGS,
  UNIT_MEMORY,
} from '../contract/protocol.ts';
import type {
  Gradient,
  TrainingCodes,
  TrainingCounts,
  TrainingState,
} from '../contract/training.ts';
import { type Clock, WALL_CLOCK } from './clock.ts';
import { type Connection, openConnection } from './connection.ts';
import type { TrainableNetwork } from './data/masters.ts';
import { DeltascopeError } from './error.ts';
import type { HandshakeTimeouts } from './handshake.ts';
import { checkInjection } from './injection.ts';
import { checkOutput, type Layout, layOut } from './layout.ts';
import type { Link, LinkStatistics, LinkTimeouts } from './link.ts';
import { Memories, type Words } from './memories.ts';
import { getSignedField } from './protocol/fields.ts';
import { type EncodedImage, encodeImage, type Image } from './protocol/image.ts';
import { decodeRecord, type ImageRecord, recordWords } from './protocol/records.ts';
import { echoRequest, type Identity, type RegionName, runRequest } from './protocol/requests.ts';
import type { RateKeeper } from './rate-keeper.ts';
import {
  decodeGradient,
  decodePlanes,
  encodeGradient,
  encodePlanes,
  PLANE_NAMES,
  type PlaneName,
  type Planes,
} from './training-planes.ts';
import type { Transport } from './transport/transport.ts';

export interface DeviceOptions {
  /** Whom messages name, e.g. `serial /dev/ttyUSB1`. */
  readonly label?: string;
  /** Aborts everything the device is asked, now and later. */
  readonly signal?: AbortSignal | undefined;
  /** The transport's own by default, else wall time. */
  readonly clock?: Clock;
  /** 32 random bits. */
  readonly nonce?: number;
  readonly timeouts?: LinkTimeouts & HandshakeTimeouts;
}

/** δ summed over the images of the batch, one layer: code · 2^(exponent - 1). */
export interface LayerSums {
  readonly exponent: number;
  /** Integers of 48 bits, n_out. */
  readonly sums: Float64Array;
}

/** Codes of one layer of the last image, see contract/formats.ts. */
export interface LayerObservation {
  /** e of the layer: `activationValue` takes it. */
  readonly activationScale: number;
  readonly z: Int32Array;
  readonly activations: Int32Array;
  /** Mantissas D and exponents E′ of σ′. */
  readonly slopes: Int32Array;
  readonly slopeExponents: Int32Array;
  /** Mantissas of δ; their exponent is in the record. */
  readonly deltas: Int32Array;
}

/** What some image of the batch showed of each unit of a layer. */
export type LayerUnitFlags = { readonly [Flag in keyof typeof UNIT_FLAGS]: readonly boolean[] };

/** Since the batch began, and of the last commit. */
export interface TrainingReading extends TrainingCounts {
  /** Images whose label has the largest z^L. */
  readonly correct: number;
  /** Clock cycles of the last commit; 0 from the model. */
  readonly cycles: number;
}

export interface LoadOptions {
  /** δ for a layer, in place of the cost; as `inject`, which needs a network to be loaded. */
  readonly injection?: Injection | undefined;
}

/**
 * Identifies the device, which owns the transport from here on, also when this fails. On a line
 * with a rate the fastest clean one is used from then on.
 * @throws DeltascopeError `not-a-deltascope-device`, `contract-mismatch`, `interrupted`, or what
 *   the transport throws.
 */
export async function openDevice(
  transport: Transport,
  options: DeviceOptions = {},
): Promise<Device> {
  const { label = 'the device', signal, timeouts, nonce = randomInt(2 ** 32) } = options;
  const clock = options.clock ?? transport.clock ?? WALL_CLOCK;
  try {
    const connection = await openConnection(transport, { label, nonce, clock, signal, timeouts });
    return new Device(transport, connection);
  } catch (error) {
    await transport[Symbol.asyncDispose]();
    throw error;
  }
}

export class Device implements AsyncDisposable {
  readonly identity: Identity;
  readonly #transport: Transport;
  readonly #link: Link;
  readonly #memories: Memories;
  readonly #keeper: RateKeeper | undefined;
  #network: IntegerNetwork | undefined;
  #layout: Layout | undefined;

  constructor(transport: Transport, { identity, link, keeper }: Connection) {
    this.#transport = transport;
    this.identity = identity;
    this.#link = link;
    this.#keeper = keeper;
    this.#memories = new Memories(link, identity);
  }

  /** Since the link is at its final rate. */
  get statistics(): LinkStatistics {
    return this.#link.statistics;
  }

  /** Bits per second in use; the board's own highest where whole bytes are handed over. */
  get baud(): number {
    return this.#transport.line?.baud ?? this.identity.baud;
  }

  /** How often the rate went down since the device was opened, for silence or errors. */
  get stepDowns(): number {
    return this.#keeper?.stepDowns ?? 0;
  }

  /** Of the network that was loaded last. @throws DeltascopeError before any was. */
  get layout(): Layout {
    return this.#layout ?? noNetwork();
  }

  /** Payload of a request of which the device's buffer holds two. */
  get payloadBytes(): number {
    return this.#memories.payloadBytes;
  }

  /** Calls are carried out in their order; the promises need not be awaited one by one. */
  async write(region: RegionName, address: number, words: Words): Promise<void> {
    await this.#memories.write(region, address, words);
  }

  /** Words as signed numbers of 32 bits. The device reads when no image is in work. */
  async read(region: RegionName, address: number, count: number): Promise<Int32Array> {
    return this.#memories.read(region, address, count);
  }

  /** Sends up to `REPLY.payloadBytes` there and back. */
  async echo(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#link.request(echoRequest(bytes));
  }

  /**
   * Has the device sum up what it holds from an address on.
   * @throws DeltascopeError `wrong-result` naming the region when that is not `words`.
   */
  async verify(region: RegionName, words: Words, address = 0): Promise<void> {
    await this.#memories.verify(region, words, address);
  }

  /**
   * Writes the network, and compares check sums of what the device then holds. An earlier
   * injection ends.
   * @throws DeltascopeError `network-too-big`, `no-activation` or `bad-layers`, before anything is sent;
   *   `wrong-result` naming the region that holds something else.
   */
  async loadNetwork(network: IntegerNetwork, { injection }: LoadOptions = {}): Promise<void> {
    const layout = layOut(network, this.identity, { injected: injection !== undefined });
    if (injection) {
      checkInjection(injection, layout.places);
    }
    this.#layout = undefined;
    const weights = packWeights(layout.weights);
    await this.confirmSession();
    await Promise.all([
      this.write('weights', 0, weights),
      this.#loadLayout(layout),
      injection ? this.#inject(injection) : this.#setRegister('injectLayer', 0),
      // Only where there is that register at all.
      this.identity.trainRows > 0 && this.setTraining(false),
      this.verify('weights', weights),
      this.confirmSession(),
    ]);
    this.#network = network;
    this.#layout = layout;
  }

  /** @throws DeltascopeError `device-reset` when it was reset since a network was loaded first. */
  async confirmSession(): Promise<void> {
    await this.#link.confirmSession();
  }

  /**
   * Writes a network with its training state, and compares check sums, as `loadNetwork`. Images do
   * not train it before `setTraining`.
   * @throws DeltascopeError `no-training` and those of `loadNetwork`.
   */
  async loadTraining({ network, states }: TrainableNetwork): Promise<void> {
    const layout = layOut(network, this.identity, { training: true });
    this.#layout = undefined;
    await this.confirmSession();
    await Promise.all([
      this.#loadLayout(layout),
      this.#setRegister('injectLayer', 0),
      this.setTraining(false),
      ...this.#packPlanes(states, layout).flatMap(({ address, words }) => [
        this.write('weights', address, words),
        this.verify('weights', words, address),
      ]),
      this.confirmSession(),
    ]);
    this.#network = network;
    this.#layout = layout;
  }

  /** Whether each image adds its gradient to V. */
  async setTraining(on: boolean): Promise<void> {
    await this.#writeTraining('train', on ? 1 : 0);
  }

  /** Of the images and steps to come. */
  async setDescent(codes: TrainingCodes): Promise<void> {
    const { gradientShift, step, stepShift, decay, decayShift, momentum } = codes;
    await Promise.all([
      this.#writeTraining('gradientShift', gradientShift),
      this.#writeTraining('step', step + stepShift * 2 ** 16),
      this.#writeTraining('decay', decay + decayShift * 2 ** 16),
      this.#writeTraining('momentum', momentum),
    ]);
  }

  /** The step of the batch. */
  async commit(): Promise<void> {
    await this.#writeTraining('commit', 1);
  }

  async readTrainingCounts(): Promise<TrainingReading> {
    const names = ['roundedToZero', 'clamped', 'shiftClamped', 'cycles', 'correct'] as const;
    const words = await this.read('training', 0, names.length);
    return Object.fromEntries(
      names.map((name) => [name, (words[TRAINING[name].address] ?? 0) >>> 0]),
    ) as unknown as TrainingReading;
  }

  /**
   * Compares check sums of what the device holds.
   * @throws DeltascopeError `wrong-result` when its W, B or V are not these.
   */
  async verifyTraining(states: readonly TrainingState[]): Promise<void> {
    const planes = this.#packPlanes(states, this.layout);
    await Promise.all(planes.map(({ address, words }) => this.verify('weights', words, address)));
  }

  /** W, B and V of each layer, as they are now. */
  async readTraining(): Promise<TrainingState[]> {
    const planes = await this.#readPlanes(PLANE_NAMES);
    return decodePlanes(planes, this.layout.places, this.identity.lanes);
  }

  /** V of each layer, as it is now. */
  async readGradient(): Promise<Gradient[]> {
    const planes = await this.#readPlanes(['gradientHigh', 'gradientLow']);
    return decodeGradient(planes, this.layout.places, this.identity.lanes);
  }

  /** V of each layer, for the step to come. */
  async writeGradient(gradients: readonly Gradient[]): Promise<void> {
    const { places } = this.layout;
    const planes = encodeGradient(gradients, places, this.#planeSize(this.layout));
    await Promise.all(
      this.#placePlanes(planes).map(({ address, words }) => this.write('weights', address, words)),
    );
  }

  /**
   * From the next image on δ of a layer is this, and zero above it, until `clearInjection`.
   * @throws DeltascopeError `bad-option` when layer, mantissas or exponent are out of range.
   */
  async inject(injection: Injection): Promise<void> {
    checkInjection(injection, this.layout.places);
    await this.#inject(injection);
  }

  /** δ comes from the cost again. @throws DeltascopeError `bad-layers` as `loadNetwork`. */
  async clearInjection(): Promise<void> {
    checkOutput(this.#network ?? noNetwork());
    await this.#setRegister('injectLayer', 0);
  }

  /**
   * Clears the sums, the counts, the records and the units' flags.
   * @param options.observe keep z and a of each image for `observe`, at some cost in time
   */
  async beginBatch({ observe = false }: { observe?: boolean } = {}): Promise<void> {
    await Promise.all([
      this.#setRegister('observe', observe ? 1 : 0),
      this.#setRegister('beginBatch', 1),
    ]);
  }

  /**
   * Several images share a request, and one that is too long for it comes in parts; an image may
   * come encoded. Resolves when the device has taken the last one.
   */
  async run(images: readonly (Image | EncodedImage)[]): Promise<void> {
    const replies: Promise<Uint8Array>[] = [];
    let parts: Uint8Array[] = [];
    let bytes = 0;
    let ended = 0;
    const send = () => {
      replies.push(this.#link.request(runRequest(parts, ended)));
      parts = [];
      bytes = 0;
      ended = 0;
    };
    for (const image of images) {
      const encoded = 'label' in image ? encodeImage(image, this.payloadBytes) : image;
      for (const part of encoded) {
        if (parts.length > 0 && bytes + part.length > this.payloadBytes) {
          send();
        }
        parts.push(part);
        bytes += part.length;
      }
      ended++;
    }
    if (parts.length > 0) {
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
        this.read('units', this.#unitAddress('records') + slot * words, part * words).then(
          (found) =>
            Array.from({ length: part }, (_, i) =>
              decodeRecord(found, { base: i * words, layers }),
            ),
        ),
      );
      at += part;
    }
    return (await Promise.all(parts)).flat();
  }

  /** Σδ of the batch, per layer. */
  async readDeltaSums(): Promise<LayerSums[]> {
    const { places, neurons } = this.layout;
    const [table, words] = await Promise.all([
      this.read('units', this.#unitAddress('layerTable'), LAYER_WORDS * places.length),
      this.read('units', this.#unitAddress('sums'), 2 * neurons),
    ]);
    return places.map(({ neuronBase, nOut }, index) => ({
      exponent: getSignedField(table, LAYER_WORDS * index, LAYER_FIELDS.sumExponent),
      sums: Float64Array.from({ length: nOut }, (_, neuron) => {
        const at = 2 * (neuronBase + neuron);
        return lowerHalf(words[at + 1]) * 2 ** 32 + ((words[at] ?? 0) >>> 0);
      }),
    }));
  }

  /** What the images of the batch have shown of each unit, per layer. */
  async readUnitFlags(): Promise<LayerUnitFlags[]> {
    const { places, neurons } = this.layout;
    const words = await this.read('slopes', 0, neurons);
    return places.map(({ neuronBase, nOut }) => {
      const units = Array.from(words.subarray(neuronBase, neuronBase + nOut));
      const read = ({ bit }: { bit: number }) => units.map((word) => ((word >> bit) & 1) === 1);
      return { alive: read(UNIT_FLAGS.alive), responsive: read(UNIT_FLAGS.responsive) };
    });
  }

  /** z of the output layer of the last image, n_L codes, if the batch was begun with `observe`. */
  async readOutputs(): Promise<Int32Array> {
    const { neuronBase, nOut } = this.layout.places.at(-1) ?? noNetwork();
    const from = this.#unitAddress('neurons') + 2 * neuronBase;
    return (await this.read('units', from, 2 * nOut)).filter((_, index) => index % 2 === 0);
  }

  /** z, a, σ′ and δ of the last image, per layer; z and a if the batch was begun with `observe`. */
  async observe(): Promise<LayerObservation[]> {
    const { places, neurons } = this.layout;
    const [units, slopes, sums] = await Promise.all([
      this.read('units', this.#unitAddress('neurons'), 2 * neurons),
      this.read('slopes', 0, neurons),
      this.read('units', this.#unitAddress('sums'), 2 * neurons),
    ]);
    const z = units.filter((_, index) => index % 2 === 0);
    const activations = units.filter((_, index) => index % 2 === 1).map(lowerHalf);
    const deltas = sums.filter((_, index) => index % 2 === 1).map((word) => word >> 16);
    return places.map(({ neuronBase: from, nOut, activationScale }) => {
      const to = from + nOut;
      return {
        activationScale,
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

  async #loadLayout({ layerTable, biases, alphas, inputWidth, cost }: Layout): Promise<void> {
    const alphasFrom = this.identity.neurons;
    await Promise.all([
      this.write('units', this.#unitAddress('layerTable'), layerTable),
      this.write('biases', 0, biases),
      alphas && this.write('biases', alphasFrom, alphas),
      this.#setRegister('inputWidth', inputWidth),
      this.#setRegister('cost', cost),
      this.#setRegister('layerCount', layerTable.length / LAYER_WORDS),
      this.verify('biases', biases),
      alphas && this.verify('biases', alphas, alphasFrom),
    ]);
  }

  #packPlanes(states: readonly TrainingState[], layout: Layout) {
    return this.#placePlanes(encodePlanes(states, layout.places, this.#planeSize(layout)));
  }

  #planeSize({ weights }: Layout) {
    const { lanes } = this.identity;
    return { rows: weights.length / lanes, lanes };
  }

  #placePlanes(planes: Partial<Planes>) {
    return (Object.entries(planes) as [PlaneName, Int16Array][]).map(([name, plane]) => ({
      address: this.#planeAddress(name),
      words: packWeights(plane),
    }));
  }

  async #readPlanes<Name extends PlaneName>(names: readonly Name[]): Promise<Pick<Planes, Name>> {
    const count = this.layout.weights.length / 2;
    const planes = await Promise.all(
      names.map(async (name) => {
        const words = await this.read('weights', this.#planeAddress(name), count);
        return [name, new Int16Array(words.buffer)] as const;
      }),
    );
    return Object.fromEntries(planes) as Pick<Planes, Name>;
  }

  #planeAddress(name: PlaneName): number {
    const { lanes, trainRows } = this.identity;
    return (TRAINING_PLANES[name] * trainRows * lanes) / 2;
  }

  async #writeTraining(name: keyof typeof TRAINING, word: number): Promise<void> {
    await this.write('training', TRAINING[name].address, [word]);
  }

  async #inject({ layer, delta, exponent }: Injection): Promise<void> {
    await Promise.all([
      this.write('units', this.#unitAddress('neurons'), givenWords(delta)),
      this.#setRegister('injectExponent', exponent),
      this.#setRegister('injectLayer', layer),
    ]);
  }

  #unitAddress(name: keyof typeof UNIT_MEMORY): number {
    return 2 * this.identity.neurons * UNIT_MEMORY[name].part;
  }

  async #setRegister(name: keyof typeof REGISTERS, value: number): Promise<void> {
    await this.write('registers', REGISTERS[name].address, [value]);
  }
}

/** Two lanes a word, the lower one in the lower half. */
function packWeights(weights: Int16Array): Int32Array {
  const words = new Int32Array(weights.length / 2);
  for (let pair = 0; pair < words.length; pair++) {
    words[pair] = ((weights[2 * pair + 1] ?? 0) << 16) | ((weights[2 * pair] ?? 0) & 0xffff);
  }
  return words;
}

/** z and a of a neuron are those of the image before, so nothing is lost with them. */
function givenWords(delta: ArrayLike<number>): number[] {
  return Array.from(delta).flatMap((mantissa) => [0, mantissa << 16]);
}

/** Bits 15:0, signed. */
function lowerHalf(word = 0): number {
  return (word << 16) >> 16;
}

function noNetwork(): never {
  throw new DeltascopeError('internal', 'No network is loaded into the device');
}
