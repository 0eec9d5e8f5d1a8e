/** A device that speaks the protocol and remembers what it executed; no arithmetic. */
import { crc32 } from 'node:zlib';
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import {
  IDENTITY,
  IMAGE,
  OPCODES,
  PROTOCOL_VERSION,
  RECORD_HEADER,
  REGIONS,
  REGISTERS,
  REPLY,
  STATUS,
} from '../../contract/protocol.ts';
import { decodeCobs, encodeCobs } from '../../host/protocol/cobs.ts';
import { recordWords } from '../../host/protocol/records.ts';
import type { Identity } from '../../host/protocol/requests.ts';
import type { Transport } from '../../host/transport/transport.ts';

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
  recordWords: 64,
  bufferBytes: 2048,
};

const OPCODE_NAMES = new Map<number, { name: string; effect: boolean }>(
  Object.entries(OPCODES).map(([name, { code, effect }]) => [code, { name, effect }]),
);

export class FakeDevice {
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
  /** Most bytes of header and payload that ever waited to be executed. */
  mostHeldBytes = 0;
  /** Frames dropped for want of room. */
  overflows = 0;
  /** Answers nothing while true. */
  mute = false;
  /** Called after the reply to a write of `baudDivisor`. */
  onBaudDivisor: (divisor: number) => void = () => {};
  /** Called with each frame that is whole. */
  onGoodFrame: () => void = () => {};
  readonly #transport: Transport;
  #expected = 0;
  /** Status of each effect, by sequence number: a refusal is repeated. */
  readonly #statuses = new Map<number, number>();
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(transport: Transport, identity: Partial<Identity> = {}) {
    this.#transport = transport;
    this.identity = { ...IDENTITY_OF_FAKE, ...identity };
  }

  async serve(): Promise<void> {
    let pending: number[] = [];
    for await (const chunk of this.#transport.incoming) {
      for (const byte of chunk) {
        pending.push(byte);
        if (byte === 0) {
          this.#receive(Uint8Array.from(pending));
          pending = [];
        }
      }
    }
  }

  #receive(cell: Uint8Array): void {
    const frame = decodeCobs(cell);
    const crcAt = (frame?.length ?? 0) - 4;
    if (frame === undefined || crcAt < 4 || uint32(frame, crcAt) !== crc32(frame.slice(0, crcAt))) {
      return;
    }
    this.onGoodFrame();
    if (this.#heldBytes + crcAt > this.identity.bufferBytes) {
      this.overflows++;
      return;
    }
    this.#held.push(frame.slice(0, crcAt));
    this.#heldBytes += crcAt;
    this.mostHeldBytes = Math.max(this.mostHeldBytes, this.#heldBytes);
    setImmediate(() => this.#executeOldest());
  }

  #executeOldest(): void {
    const held = this.#held.shift();
    if (held && !this.mute) {
      this.#execute(held);
    }
    this.#heldBytes -= held?.length ?? 0;
  }

  #execute(frame: Uint8Array): void {
    const [opcode = 0, sequence = 0] = frame;
    const payload = frame.slice(4);
    const reply = (status: number, data: Uint8Array = new Uint8Array()) =>
      this.#reply(Uint8Array.of(opcode | REPLY.flag, sequence, status, data.length), data);
    if (opcode === OPCODES.identify.code) {
      this.#expected = (sequence + 1) & 0xff;
      this.#statuses.clear();
      reply(STATUS.ok.code, Uint8Array.of(...payload, ...this.#identityBytes()));
      return;
    }
    const behind = (this.#expected - sequence) & 0xff;
    if (behind > 128) {
      reply(STATUS.outOfOrder.code, Uint8Array.of(this.#expected));
    } else if (behind > 0 && OPCODE_NAMES.get(opcode)?.effect) {
      reply(this.#statuses.get(sequence) || STATUS.duplicate.code);
    } else {
      if (behind === 0) {
        this.#expected = (sequence + 1) & 0xff;
      }
      const [status, data] = this.#carryOut(opcode, payload);
      this.#statuses.set(sequence, status);
      reply(status, data);
      if (payload[0] === REGIONS.registers.code && uint32(payload, 0) >>> 8 === 9) {
        this.onBaudDivisor(this.#word('registers', REGISTERS.baudDivisor.address));
      }
    }
  }

  #carryOut(opcode: number, payload: Uint8Array): [status: number, data?: Uint8Array] {
    const name = OPCODE_NAMES.get(opcode)?.name;
    switch (name) {
      case 'run':
        return [this.#run(payload)];
      case 'echo':
        return [STATUS.ok.code, payload];
      case 'write':
        return [this.#write(payload)];
      case 'read': {
        const address = uint32(payload, 0) >>> 8;
        const words = Array.from({ length: payload[4] ?? 0 }, (_, i) =>
          this.#word(regionName(payload[0]), address + i),
        );
        return [STATUS.ok.code, new Uint8Array(Int32Array.from(words).buffer)];
      }
      case 'checksum': {
        const region = regionName(payload[0]);
        const address = uint32(payload, 0) >>> 8;
        const words = Array.from({ length: uint32(payload, 4) }, (_, i) =>
          this.#word(region, address + i),
        );
        const short = REGIONS[region].wordBytes === 2;
        const crc = crc32(new Uint8Array((short ? Int16Array : Int32Array).from(words).buffer));
        return [STATUS.ok.code, new Uint8Array(Uint32Array.of(crc).buffer)];
      }
      default:
        return [STATUS.badOpcode.code];
    }
  }

  #write(payload: Uint8Array): number {
    const name = regionName(payload[0]);
    const address = uint32(payload, 0) >>> 8;
    if (!REGIONS[name]?.write) {
      return STATUS.badRegion.code;
    }
    this.effects.push('write');
    const { buffer } = payload.slice(4);
    const words = REGIONS[name].wordBytes === 2 ? new Int16Array(buffer) : new Int32Array(buffer);
    for (const [i, word] of words.entries()) {
      this.memory.set(`${name}:${address + i}`, word);
    }
    if (name === 'registers' && address === REGISTERS.beginBatch.address) {
      this.labels = [];
      this.imageBytes = [];
    }
    return STATUS.ok.code;
  }

  /** The record of an image holds its place in the batch as `endTime`, its label as `rows`. */
  #run(payload: Uint8Array): number {
    this.effects.push('run');
    const layers = this.memory.get(`registers:${REGISTERS.layerCount.address}`) ?? 1;
    const words = recordWords(layers);
    const slots = Math.floor(this.identity.recordWords / words);
    for (let at = 0; at < payload.length; ) {
      const [label = 0, flags = 0, low = 0, high = 0] = payload.subarray(at, at + 4);
      const bytes = low + 256 * high;
      at += IMAGE.headerBytes + bytes;
      this.openBytes = bytes + (flags & IMAGE.continuedFlag ? this.openBytes : 0);
      if ((flags & IMAGE.openFlag) === 0) {
        const slot = this.labels.length % slots;
        const { endTime, rows } = RECORD_HEADER;
        this.memory.set(`records:${slot * words + endTime.word}`, this.labels.length);
        this.memory.set(`records:${slot * words + rows.word}`, label);
        this.labels.push(label);
        this.imageBytes.push(this.openBytes);
        this.openBytes = 0;
      }
    }
    return STATUS.ok.code;
  }

  #word(region: string, address: number): number {
    if (region === 'registers' && address === REGISTERS.images.address) {
      return this.labels.length;
    }
    return this.memory.get(`${region}:${address}`) ?? 0;
  }

  #identityBytes(): number[] {
    return Object.entries(IDENTITY).flatMap(([name, { bytes }]) => {
      const value = this.identity[name as keyof Identity];
      return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) & 0xff);
    });
  }

  #reply(header: Uint8Array, data: Uint8Array): void {
    // The other end may be closed by now.
    this.#transport.write(encodeReply(header, data)).catch(() => {});
  }
}

/** A reply cell as the device sends it. `header`: opcode with flag, sequence, status, length. */
export function encodeReply(header: Uint8Array, data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(REPLY.decodedBytes);
  frame.set(header);
  frame.set(data, REPLY.headerBytes);
  const crcAt = REPLY.decodedBytes - REPLY.crcBytes;
  new DataView(frame.buffer).setUint32(crcAt, crc32(frame.subarray(0, crcAt)), true);
  return encodeCobs(frame);
}

function regionName(code: number | undefined): keyof typeof REGIONS {
  const found = Object.entries(REGIONS).find(([, region]) => region.code === code);
  return found?.[0] as keyof typeof REGIONS;
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
