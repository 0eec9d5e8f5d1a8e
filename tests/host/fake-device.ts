/** A device that speaks the protocol and remembers what it executed; no arithmetic. */
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import {
  IMAGE,
  PROTOCOL_VERSION,
  RECORD_HEADER,
  REGISTERS,
  UNIT_MEMORY,
} from '../../contract/protocol.ts';
import { recordWords } from '../../host/protocol/records.ts';
import type { Identity, RegionName } from '../../host/protocol/requests.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { type Core, Endpoint, type LineEnd } from '../../model/endpoint.ts';

export const IDENTITY_OF_FAKE: Identity = {
  protocolVersion: PROTOCOL_VERSION,
  contractCrc: CONTRACT_CRC,
  board: 2,
  lanes: 4,
  clockHz: 1_000_000,
  baud: 115_200,
  weightRows: 1024,
  neurons: 64,
  inputs: 64,
  width: 32,
  layers: 8,
  activations: 0b11,
  recordWords: 64,
  bufferBytes: 2048,
  trainRows: 0,
};

export class FakeDevice implements Core {
  readonly identity: Identity;
  /** `region:address` → word. */
  readonly memory = new Map<string, number>();
  /** Labels of the images it ran since the last `beginBatch`, in order. */
  labels: number[] = [];
  /** Bytes of runs of the image that is not yet whole. */
  openBytes = 0;
  /** Bytes of runs of each image since the last `beginBatch`. */
  imageBytes: number[] = [];
  /** Effects executed, as `opcode` names. */
  readonly effects: string[] = [];
  /** Its replies are lost while true. */
  mute = false;
  readonly #endpoint: Endpoint;

  constructor(
    transport: Transport,
    { line, ...identity }: Partial<Identity> & { line?: LineEnd | undefined } = {},
  ) {
    this.identity = { ...IDENTITY_OF_FAKE, ...identity };
    const write = (bytes: Uint8Array) => (this.mute ? Promise.resolve() : transport.write(bytes));
    const wire = { incoming: transport.incoming, write, [Symbol.asyncDispose]: async () => {} };
    const options = { core: this, identity: this.identity };
    this.#endpoint = new Endpoint(wire, line === undefined ? options : { ...options, line });
  }

  /** Most bytes of header and payload that ever waited to be executed. */
  get mostHeldBytes(): number {
    return this.#endpoint.statistics.mostHeldBytes;
  }

  /** Frames dropped for want of room. */
  get overflows(): number {
    return this.#endpoint.statistics.overflows;
  }

  async serve(): Promise<void> {
    await this.#endpoint.serve();
  }

  write(region: RegionName, address: number, words: Int32Array): void {
    this.effects.push('write');
    for (const [i, word] of words.entries()) {
      this.memory.set(`${region}:${address + i}`, word);
    }
    if (region === 'registers' && address === REGISTERS.beginBatch.address) {
      this.labels = [];
      this.imageBytes = [];
    }
  }

  read(region: RegionName, address: number): number {
    if (region === 'registers' && address === REGISTERS.images.address) {
      return this.labels.length;
    }
    return this.memory.get(`${region}:${address}`) ?? 0;
  }

  /** The record of an image holds its place in the batch as `endTime`, its label as `rows`. */
  run(payload: Uint8Array): boolean {
    this.effects.push('run');
    const layers = this.memory.get(`registers:${REGISTERS.layerCount.address}`) ?? 1;
    const words = recordWords(layers);
    const slots = Math.floor(this.identity.recordWords / words);
    const records = this.unitAddress('records');
    for (let at = 0; at < payload.length; ) {
      const [label = 0, flags = 0, low = 0, high = 0] = payload.subarray(at, at + 4);
      const bytes = low + 256 * high;
      at += IMAGE.headerBytes + bytes;
      this.openBytes = bytes + (flags & IMAGE.continuedFlag ? this.openBytes : 0);
      if ((flags & IMAGE.openFlag) === 0) {
        const slot = this.labels.length % slots;
        const { endTime, rows } = RECORD_HEADER;
        this.memory.set(`units:${records + slot * words + endTime.word}`, this.labels.length);
        this.memory.set(`units:${records + slot * words + rows.word}`, label);
        this.labels.push(label);
        this.imageBytes.push(this.openBytes);
        this.openBytes = 0;
      }
    }
    return true;
  }

  /** Of the first word of a part of the unit memory. */
  unitAddress(name: keyof typeof UNIT_MEMORY): number {
    return 2 * this.identity.neurons * UNIT_MEMORY[name].part;
  }
}
