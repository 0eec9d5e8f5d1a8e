/**
 * Bytes ↔ frames, pure. Bytes from the device that are not a frame are a frame too, of kind
 * `discarded`: nothing that arrives is lost from the count.
 */
import { crc32 } from 'node:zlib';
import { REPLY, REQUEST } from '../../contract/protocol.ts';
import { decodeCobs, encodeCobs } from './cobs.ts';

export interface RequestFrame {
  /** Code of the opcode. */
  readonly opcode: number;
  /** 0 … 255. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export interface ReplyFrame {
  readonly kind: 'reply';
  /** Code of the opcode it answers. */
  readonly opcode: number;
  readonly sequence: number;
  /** Code of the status. */
  readonly status: number;
  readonly payload: Uint8Array;
}

/** `cobs`: not COBS; `length`, `crc`, `header`: decoded, then refused; `unfinished`: no zero. */
export type DiscardReason = 'cobs' | 'length' | 'crc' | 'header' | 'unfinished';

export interface DiscardedFrame {
  readonly kind: 'discarded';
  readonly reason: DiscardReason;
  /** As they came, zeros included. */
  readonly bytes: Uint8Array;
}

export type Frame = ReplyFrame | DiscardedFrame;

/** Bytes without a zero that are held back before they are given up as `unfinished`. */
const MAX_PENDING_BYTES = 4096;

/** Bytes on the wire of one request. @throws RangeError when the payload is too long. */
export function encodeRequest({ opcode, sequence, payload }: RequestFrame): Uint8Array {
  if (payload.length > REQUEST.maxPayloadBytes) {
    throw new RangeError(`payload of ${payload.length} bytes, at most ${REQUEST.maxPayloadBytes}`);
  }
  const crcAt = REQUEST.headerBytes + payload.length;
  const frame = new Uint8Array(crcAt + REQUEST.crcBytes);
  const view = new DataView(frame.buffer);
  view.setUint8(0, opcode);
  view.setUint8(1, sequence);
  view.setUint16(2, payload.length, true);
  frame.set(payload, REQUEST.headerBytes);
  view.setUint32(crcAt, crc32(frame.subarray(0, crcAt)), true);
  return encodeCobs(frame);
}

/** One cell, up to and including its zero, as a reply or as what was wrong with it. */
export function decodeReply(cell: Uint8Array): Frame {
  const frame = decodeCobs(cell);
  if (frame === undefined) {
    return discarded('cobs', cell);
  }
  if (frame.length !== REPLY.decodedBytes) {
    return discarded('length', cell);
  }
  const crcAt = REPLY.decodedBytes - REPLY.crcBytes;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (view.getUint32(crcAt, true) !== crc32(frame.subarray(0, crcAt))) {
    return discarded('crc', cell);
  }
  const opcode = view.getUint8(0);
  const length = view.getUint8(3);
  if ((opcode & REPLY.flag) === 0 || length > REPLY.payloadBytes) {
    return discarded('header', cell);
  }
  return {
    kind: 'reply',
    opcode: opcode & ~REPLY.flag,
    sequence: view.getUint8(1),
    status: view.getUint8(2),
    payload: frame.slice(REPLY.headerBytes, REPLY.headerBytes + length),
  };
}

/**
 * Replies and discarded bytes out of chunks of any size. Realigns at each zero; of a stretch that
 * is too long (stale bytes, a damaged zero) the last cell is still tried.
 */
export class Decoder {
  #pending: Uint8Array = new Uint8Array(0);

  /** What the chunk completes. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    const bytes = this.#pending.length === 0 ? chunk : concatenate(this.#pending, chunk);
    let start = 0;
    for (let zero = bytes.indexOf(0); zero >= 0; zero = bytes.indexOf(0, start)) {
      decodeStretch(bytes.subarray(start, zero + 1), frames);
      start = zero + 1;
    }
    this.#pending = bytes.slice(start);
    if (this.#pending.length > MAX_PENDING_BYTES) {
      frames.push(...this.end());
    }
    return frames;
  }

  /** What is left when no more bytes come. */
  end(): Frame[] {
    const left = this.#pending;
    this.#pending = new Uint8Array(0);
    return left.length > 0 ? [discarded('unfinished', left)] : [];
  }
}

/** `Decoder` over a stream. */
export async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new Decoder();
  for await (const chunk of chunks) {
    yield* decoder.push(chunk);
  }
  yield* decoder.end();
}

function decodeStretch(stretch: Uint8Array, frames: Frame[]): void {
  const excess = stretch.length - REPLY.wireBytes;
  if (excess > 0) {
    frames.push(discarded('length', stretch.subarray(0, excess)));
  }
  frames.push(decodeReply(stretch.subarray(Math.max(0, excess))));
}

function discarded(reason: DiscardReason, bytes: Uint8Array): DiscardedFrame {
  return { kind: 'discarded', reason, bytes: bytes.slice() };
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
