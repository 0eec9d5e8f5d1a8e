/** The device's half of host/protocol/frames.ts: cells to requests, replies to cells. Pure. */
import { crc32 } from 'node:zlib';
import { REPLY, REQUEST } from '../contract/protocol.ts';
import { decodeCobs, encodeCobs } from '../host/protocol/cobs.ts';
import type { ReplyFrame, RequestFrame } from '../host/protocol/frames.ts';

/** A frame on the wire: header, payload, check sum, a COBS code for each 254 bytes, the zero. */
const MAX_CELL_BYTES =
  1.01 * (REQUEST.headerBytes + REQUEST.maxPayloadBytes + REQUEST.crcBytes) + 2;

/** One cell, with its zero, as a request; undefined when check sum or length are wrong. */
export function decodeRequest(cell: Uint8Array): RequestFrame | undefined {
  const frame = decodeCobs(cell);
  const crcAt = (frame?.length ?? 0) - REQUEST.crcBytes;
  if (frame === undefined || crcAt < REQUEST.headerBytes) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const length = view.getUint16(2, true);
  const isWhole = length === crcAt - REQUEST.headerBytes && length <= REQUEST.maxPayloadBytes;
  if (!isWhole || view.getUint32(crcAt, true) !== crc32(frame.subarray(0, crcAt))) return undefined;
  const payload = frame.subarray(REQUEST.headerBytes, crcAt);
  return { opcode: view.getUint8(0), sequence: view.getUint8(1), payload };
}

/** Bytes on the wire of one reply. @throws RangeError when the payload is too long. */
export function encodeReply(reply: Omit<ReplyFrame, 'kind'>): Uint8Array {
  const { opcode, sequence, status, payload } = reply;
  const frame = new Uint8Array(REPLY.decodedBytes);
  const crcAt = REPLY.decodedBytes - REPLY.crcBytes;
  if (payload.length > REPLY.payloadBytes) {
    throw new RangeError(`payload of ${payload.length} bytes, at most ${REPLY.payloadBytes}`);
  }
  frame.set([opcode | REPLY.flag, sequence, status, payload.length]);
  frame.set(payload, REPLY.headerBytes);
  new DataView(frame.buffer).setUint32(crcAt, crc32(frame.subarray(0, crcAt)), true);
  return encodeCobs(frame);
}

/** Requests out of chunks of any size. Realigns at each zero; never holds more than one cell. */
export class RequestDecoder {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  /** What the chunk completes: a request, or undefined for a cell that is none. */
  push(chunk: Uint8Array): (RequestFrame | undefined)[] {
    const found: (RequestFrame | undefined)[] = [];
    let start = 0;
    for (let zero = chunk.indexOf(0); zero >= 0; zero = chunk.indexOf(0, start)) {
      this.#hold(chunk.subarray(start, zero + 1));
      start = zero + 1;
      // A zero after a zero is no frame.
      if (this.#pendingBytes > 1) found.push(this.#decode());
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    this.#hold(chunk.slice(start));
    return found;
  }

  #hold(part: Uint8Array): void {
    this.#pendingBytes += part.length;
    if (part.length > 0 && this.#pendingBytes <= MAX_CELL_BYTES) this.#pending.push(part);
  }

  #decode(): RequestFrame | undefined {
    if (this.#pendingBytes > MAX_CELL_BYTES) return undefined;
    const [first, ...others] = this.#pending;
    return decodeRequest(first && others.length === 0 ? first : Buffer.concat(this.#pending));
  }
}
