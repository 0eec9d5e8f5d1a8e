/**
 * The device's end of the link, as rtl/link has it: a buffer of frames, the sequence rule, the
 * judgement of each request, one reply for each, and one for a frame that was missed last. What the
 * requests are about is a `Core`.
 */
import { crc32 } from 'node:zlib';
import {
  IDENTITY,
  MAX_READ_WORDS,
  OPCODES,
  REGION_WORD_BYTES,
  REGIONS,
  REGISTERS,
  REPLY,
  REQUEST,
  STATUS,
} from '../contract/protocol.ts';
import type { ReplyFrame, RequestFrame } from '../host/protocol/frames.ts';
import {
  encodeWords,
  type Identity,
  type OpcodeName,
  type RegionName,
  type StatusName,
} from '../host/protocol/requests.ts';
import type { Transport } from '../host/transport/transport.ts';
import { encodeReply, RequestDecoder } from './frames.ts';

/** What lies behind the link. Accesses come one at a time, checked against `REGIONS`. */
export interface Core {
  /** Consecutive words, signed; addresses of 24 bits that may be beyond what there is. */
  write(region: RegionName, address: number, words: Int32Array): void;
  /** One word; of its 32 bits nothing else is taken. */
  read(region: RegionName, address: number): number;
  /** Images, see `IMAGE` of the contract. @returns false when one of them was malformed */
  run(payload: Uint8Array): boolean;
}

/** The device's side of a line with a rate, where there is one. */
export interface LineEnd {
  /** A frame with the right check sum has come. */
  goodFrame(): void;
  /** A write to `baudDivisor` was answered. */
  setDivisor(divisor: number): void;
}

export interface EndpointOptions {
  readonly core: Core;
  readonly identity: Identity;
  readonly line?: LineEnd;
}

interface Answer {
  readonly status: StatusName;
  readonly data?: Uint8Array;
}

const NONCE_BYTES = 4;
const PLACE_BYTES = 4;
const READ_BYTES = PLACE_BYTES + 1;
const CHECKSUM_BYTES = PLACE_BYTES + 4;
/** Words of a check sum that are taken at a time. */
const SUM_WORDS = 1024;
const SEQUENCES = 256;
const COUNT_MAX = 0xffff;

const OPCODE_NAMES = new Map<number, OpcodeName>(
  (Object.keys(OPCODES) as OpcodeName[]).map((name) => [OPCODES[name].code, name]),
);
const REGION_NAMES = new Map<number, RegionName>(
  (Object.keys(REGIONS) as RegionName[]).map((name) => [REGIONS[name].code, name]),
);

export class Endpoint {
  readonly #transport: Transport;
  readonly #options: EndpointOptions;
  readonly #decoder = new RequestDecoder();
  /** Frames received and not yet executed; each has a place of its own in the event loop. */
  readonly #held: RequestFrame[] = [];
  #heldBytes = 0;
  #mostHeldBytes = 0;
  #accepted = 0;
  #discarded = 0;
  #overflows = 0;
  /** The last frame was none. */
  #missed = false;
  #expected = 0;
  /** What each sequence number was answered with: a refusal is repeated. */
  readonly #answered: StatusName[] = Array(SEQUENCES).fill('ok');
  #fail: (error: unknown) => void = () => {};

  constructor(transport: Transport, options: EndpointOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  /** Frames dropped for want of room, and the most bytes that ever waited to be executed. */
  get statistics(): { readonly overflows: number; readonly mostHeldBytes: number } {
    return { overflows: this.#overflows, mostHeldBytes: this.#mostHeldBytes };
  }

  /** Resolves when the wire ends. @throws whatever the core throws. */
  async serve(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    await Promise.race([this.#receiveAll(), failed]);
  }

  async #receiveAll(): Promise<void> {
    for await (const chunk of this.#transport.incoming) {
      for (const request of this.#decoder.push(chunk)) this.#receive(request);
    }
  }

  #receive(request: RequestFrame | undefined): void {
    const bytes = REQUEST.headerBytes + (request?.payload.length ?? 0);
    const isTooMuch = this.#heldBytes + bytes > this.#options.identity.bufferBytes;
    if (request === undefined || isTooMuch) {
      this.#discarded = Math.min(COUNT_MAX, this.#discarded + 1);
      if (request !== undefined) this.#overflows++;
      this.#missed = true;
      setImmediate(() => this.#tellMissed());
      return;
    }
    this.#missed = false;
    this.#accepted = (this.#accepted + 1) & COUNT_MAX;
    this.#options.line?.goodFrame();
    this.#held.push(request);
    this.#heldBytes += bytes;
    this.#mostHeldBytes = Math.max(this.#mostHeldBytes, this.#heldBytes);
    setImmediate(() => this.#executeOldest());
  }

  /** After what is held; a good frame that came since says as much by its answer. */
  #tellMissed(): void {
    if (!this.#missed) return;
    this.#missed = false;
    const payload = Uint8Array.of(this.#expected);
    this.#reply({ opcode: 0, sequence: 0, status: STATUS.damaged.code, payload });
  }

  #reply(reply: Omit<ReplyFrame, 'kind'>): void {
    // The other end may be closed by now.
    this.#transport.write(encodeReply(reply)).catch(() => {});
  }

  #executeOldest(): void {
    const request = this.#held.shift() as RequestFrame;
    try {
      const { status, data = new Uint8Array() } = this.#answer(request);
      const { opcode, sequence } = request;
      this.#reply({ opcode, sequence, status: STATUS[status].code, payload: data });
      this.#moveLine(request, status);
    } catch (error) {
      this.#fail(error);
    }
    this.#heldBytes -= REQUEST.headerBytes + request.payload.length;
  }

  /** The sequence rule of rtl/link/ds_command_decoder.v. */
  #answer({ opcode, sequence, payload }: RequestFrame): Answer {
    const name = OPCODE_NAMES.get(opcode);
    const next = (sequence + 1) % SEQUENCES;
    if (name === 'identify') {
      this.#expected = next;
      if (payload.length !== NONCE_BYTES) return { status: 'badLength' };
      this.#answered.fill('ok');
      return { status: 'ok', data: Uint8Array.of(...payload, ...this.#identityBytes()) };
    }
    const ahead = (sequence - this.#expected + SEQUENCES) % SEQUENCES;
    if (ahead === 0) this.#expected = next;
    const answer = this.#judge(name, { ahead, sequence, payload });
    this.#answered[sequence] = answer.status;
    return answer;
  }

  #judge(
    name: OpcodeName | undefined,
    { ahead, sequence, payload }: { ahead: number; sequence: number; payload: Uint8Array },
  ): Answer {
    const wasBefore = ahead >= SEQUENCES / 2;
    const outOfOrder = { status: 'outOfOrder', data: Uint8Array.of(this.#expected) } as const;
    if (ahead > 0 && !wasBefore) return outOfOrder;
    if (wasBefore && (name === undefined || OPCODES[name].effect)) {
      const before = this.#answered[sequence] as StatusName;
      // It was ahead before a refused `identify` moved the numbers on.
      if (before === 'outOfOrder') return outOfOrder;
      return { status: before === 'ok' ? 'duplicate' : before };
    }
    return this.#execute(name, payload);
  }

  #execute(name: OpcodeName | undefined, payload: Uint8Array): Answer {
    switch (name) {
      case 'write':
        return this.#write(payload);
      case 'read':
        return this.#read(payload);
      case 'run':
        return { status: this.#options.core.run(payload) ? 'ok' : 'badImage' };
      case 'checksum':
        return this.#checksum(payload);
      case 'echo':
        return payload.length > REPLY.payloadBytes
          ? { status: 'badLength' }
          : { status: 'ok', data: payload };
      case 'identify':
      case undefined:
        return { status: 'badOpcode' };
    }
  }

  #write(payload: Uint8Array): Answer {
    if (payload.length < PLACE_BYTES) return { status: 'badLength' };
    const { region, address } = placeOf(payload);
    if (region === undefined || !REGIONS[region].write) return { status: 'badRegion' };
    const bytes = payload.subarray(PLACE_BYTES);
    if (bytes.length % REGION_WORD_BYTES !== 0) return { status: 'badLength' };
    const view = viewOf(bytes);
    const words = new Int32Array(bytes.length / REGION_WORD_BYTES);
    for (let index = 0; index < words.length; index++) {
      words[index] = view.getInt32(REGION_WORD_BYTES * index, true);
    }
    this.#options.core.write(region, address, words);
    return { status: 'ok' };
  }

  #read(payload: Uint8Array): Answer {
    if (payload.length !== READ_BYTES) return { status: 'badLength' };
    const { region, address } = placeOf(payload);
    if (region === undefined || !REGIONS[region].read) return { status: 'badRegion' };
    const count = payload[PLACE_BYTES] as number;
    if (count > MAX_READ_WORDS) return { status: 'badLength' };
    return { status: 'ok', data: encodeWords(this.#words(region, address, count)) };
  }

  #checksum(payload: Uint8Array): Answer {
    if (payload.length !== CHECKSUM_BYTES) return { status: 'badLength' };
    const { region, address } = placeOf(payload);
    if (region === undefined || !REGIONS[region].read) return { status: 'badRegion' };
    const count = viewOf(payload).getUint32(PLACE_BYTES, true);
    if (count >= 2 ** 24) return { status: 'badLength' };
    let sum = 0;
    for (let at = 0; at < count; at += SUM_WORDS) {
      const words = this.#words(region, address + at, Math.min(SUM_WORDS, count - at));
      sum = crc32(encodeWords(words), sum);
    }
    return { status: 'ok', data: encodeWords([sum]) };
  }

  #words(region: RegionName, address: number, count: number): Int32Array {
    const words = new Int32Array(count);
    for (let index = 0; index < count; index++) words[index] = this.#word(region, address + index);
    return words;
  }

  /** The counts of frames are the link's own. */
  #word(region: RegionName, address: number): number {
    if (region === 'registers' && address === REGISTERS.framesAccepted.address) {
      return this.#accepted;
    }
    if (region === 'registers' && address === REGISTERS.framesDiscarded.address) {
      return this.#discarded;
    }
    return this.#options.core.read(region, address);
  }

  #moveLine({ opcode, payload }: RequestFrame, status: StatusName): void {
    const { line } = this.#options;
    if (line === undefined || opcode !== OPCODES.write.code || status !== 'ok') return;
    const { region, address } = placeOf(payload);
    if (region === 'registers' && address === REGISTERS.baudDivisor.address) {
      line.setDivisor(viewOf(payload).getUint32(PLACE_BYTES, true));
    }
  }

  #identityBytes(): number[] {
    return (Object.keys(IDENTITY) as (keyof Identity)[]).flatMap((name) => {
      const value = this.#options.identity[name];
      return Array.from({ length: IDENTITY[name].bytes }, (_, i) => Math.floor(value / 256 ** i));
    });
  }
}

function placeOf(payload: Uint8Array): { region: RegionName | undefined; address: number } {
  const word = viewOf(payload).getUint32(0, true);
  return { region: REGION_NAMES.get(word & 0xff), address: word >>> 8 };
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
