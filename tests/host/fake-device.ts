/** A device that speaks the protocol and remembers what it executed; no arithmetic. */
import { crc32 } from 'node:zlib';
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import {
  IDENTITY,
  OPCODES,
  PROTOCOL_VERSION,
  REGIONS,
  REGISTERS,
  REPLY,
  STATUS,
} from '../../contract/protocol.ts';
import { decodeCobs, encodeCobs } from '../../host/protocol/cobs.ts';
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

interface Held {
  readonly frame: Uint8Array;
  readonly wireBytes: number;
}

export class FakeDevice {
  readonly identity: Identity;
  /** `region:address` → word. */
  readonly memory = new Map<string, number>();
  /** Labels of the images it ran since the last `beginBatch`, in order. */
  labels: number[] = [];
  /** Effects executed, as `opcode` names. */
  readonly effects: string[] = [];
  /** Most bytes that ever waited to be executed. */
  mostHeldBytes = 0;
  /** Answers nothing while true. */
  mute = false;
  readonly #transport: Transport;
  #expected = 0;
  #held: Held[] = [];
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
    this.#held.push({ frame: frame.slice(0, crcAt), wireBytes: cell.length });
    this.#heldBytes += cell.length;
    this.mostHeldBytes = Math.max(this.mostHeldBytes, this.#heldBytes);
    setImmediate(() => this.#executeOldest());
  }

  #executeOldest(): void {
    const held = this.#held.shift();
    if (held && !this.mute) {
      this.#execute(held.frame);
    }
    this.#heldBytes -= held?.wireBytes ?? 0;
  }

  #execute(frame: Uint8Array): void {
    const [opcode = 0, sequence = 0] = frame;
    const payload = frame.slice(4);
    const reply = (status: number, data: Uint8Array = new Uint8Array()) =>
      this.#reply(Uint8Array.of(opcode | REPLY.flag, sequence, status, data.length), data);
    if (opcode === OPCODES.identify.code) {
      this.#expected = (sequence + 1) & 0xff;
      reply(STATUS.ok.code, Uint8Array.of(...payload, ...this.#identityBytes()));
      return;
    }
    const behind = (this.#expected - sequence) & 0xff;
    const isRead = opcode === OPCODES.read.code;
    if (behind > 128) {
      reply(STATUS.outOfOrder.code, Uint8Array.of(this.#expected));
    } else if (behind > 0 && !isRead) {
      reply(STATUS.duplicate.code);
    } else {
      if (behind === 0) {
        this.#expected = (sequence + 1) & 0xff;
      }
      reply(...this.#carryOut(opcode, payload));
    }
  }

  #carryOut(opcode: number, payload: Uint8Array): [status: number, data?: Uint8Array] {
    if (opcode === OPCODES.run.code) {
      return [this.#run(payload)];
    }
    const region = Object.entries(REGIONS).find(([, { code }]) => code === payload[0]);
    const address = uint32(payload, 0) >>> 8;
    if (region === undefined) {
      return [STATUS.badRegion.code];
    }
    const [name, { wordBytes, write }] = region;
    if (opcode === OPCODES.read.code) {
      const words = Array.from({ length: payload[4] ?? 0 }, (_, i) =>
        this.#word(name, address + i),
      );
      return [STATUS.ok.code, new Uint8Array(Int32Array.from(words).buffer)];
    }
    if (!write) {
      return [STATUS.badRegion.code];
    }
    this.effects.push('write');
    const words =
      wordBytes === 2
        ? new Int16Array(payload.slice(4).buffer)
        : new Int32Array(payload.slice(4).buffer);
    for (const [i, word] of words.entries()) {
      this.memory.set(`${name}:${address + i}`, word);
    }
    if (name === 'registers' && address === REGISTERS.beginBatch.address) {
      this.labels = [];
    }
    return [STATUS.ok.code];
  }

  /** The record of an image holds its place in the batch as `cycles`, its label as `rows`. */
  #run(payload: Uint8Array): number {
    this.effects.push('run');
    const layers = this.memory.get(`registers:${REGISTERS.layerCount.address}`) ?? 1;
    const words = 4 * (layers + 1);
    const slots = Math.floor(this.identity.recordWords / words);
    for (let at = 0; at < payload.length; ) {
      const label = payload[at] ?? 0;
      const slot = this.labels.length % slots;
      this.memory.set(`records:${slot * words}`, this.labels.length);
      this.memory.set(`records:${slot * words + 2}`, label);
      this.labels.push(label);
      at += 4 + (payload[at + 2] ?? 0) + 256 * (payload[at + 3] ?? 0);
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

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
