/** One encoder per opcode, driven by the contract's tables, and the decoder of what comes back. */
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import {
  IDENTITY,
  type OPCODES,
  REGION_WORD_BYTES,
  REGIONS,
  REPLY,
  STATUS,
} from '../../contract/protocol.ts';

export type OpcodeName = keyof typeof OPCODES;
export type RegionName = keyof typeof REGIONS;
export type StatusName = keyof typeof STATUS;

export interface Request {
  readonly opcode: OpcodeName;
  readonly payload: Uint8Array;
  /** What is asked, for messages: `write of 500 words to weights at 0`. */
  readonly about: string;
}

export type Identity = { readonly [Field in keyof typeof IDENTITY]: number };

/** Region u8, address u24. */
const PLACE_BYTES = 4;
const MAX_ADDRESS = 2 ** 24;
const NONCE_BYTES = 4;

/** @param nonce 32 bits; the reply repeats it, so that a stale identity is not taken for one. */
export function identifyRequest(nonce: number): Request {
  const payload = new Uint8Array(NONCE_BYTES);
  new DataView(payload.buffer).setUint32(0, nonce, true);
  return { opcode: 'identify', payload, about: 'identify' };
}

/** Words from `address` on; each is cut to the word size of the region. */
export function writeRequest(
  region: RegionName,
  { address, words }: { address: number; words: ArrayLike<number> },
): Request {
  const encoded = encodeWords(words);
  const payload = new Uint8Array(PLACE_BYTES + encoded.length);
  placeIn(payload, region, address);
  payload.set(encoded, PLACE_BYTES);
  const about = `write of ${words.length} words to ${region} at ${address}`;
  return { opcode: 'write', payload, about };
}

/** Words as they are written. */
export function encodeWords(words: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(REGION_WORD_BYTES * words.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < words.length; index++) {
    view.setInt32(REGION_WORD_BYTES * index, words[index] as number, true);
  }
  return bytes;
}

/** Words that fit into a write of `payloadBytes`. */
export function wordsPerWrite(payloadBytes: number): number {
  return Math.floor((payloadBytes - PLACE_BYTES) / REGION_WORD_BYTES);
}

/** @param place.count at most `MAX_READ_WORDS`. */
export function readRequest(
  region: RegionName,
  { address, count }: { address: number; count: number },
): Request {
  const payload = new Uint8Array(PLACE_BYTES + 1);
  placeIn(payload, region, address).setUint8(PLACE_BYTES, count);
  return { opcode: 'read', payload, about: `read of ${count} words of ${region} at ${address}` };
}

/**
 * @param parts parts of encoded images, in their order, see image.ts.
 * @param images how many the last of them ends, for messages.
 */
export function runRequest(parts: readonly Uint8Array[], images: number): Request {
  const payload = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    payload.set(part, at);
    at += part.length;
  }
  return { opcode: 'run', payload, about: `run of ${images} image${images === 1 ? '' : 's'}` };
}

/** The CRC-32 of `count` words of a region as they are written. */
export function checksumRequest(
  region: RegionName,
  { address, count }: { address: number; count: number },
): Request {
  const payload = new Uint8Array(PLACE_BYTES + 4);
  placeIn(payload, region, address).setUint32(PLACE_BYTES, count, true);
  const about = `check sum of ${count} words of ${region} at ${address}`;
  return { opcode: 'checksum', payload, about };
}

/** Asks for the same bytes back. @throws RangeError when no reply could hold them. */
export function echoRequest(payload: Uint8Array): Request {
  if (payload.length > REPLY.payloadBytes) {
    throw new RangeError(`echo of ${payload.length} bytes, at most ${REPLY.payloadBytes}`);
  }
  return { opcode: 'echo', payload, about: `echo of ${payload.length} bytes` };
}

/** The CRC-32 of a `checksum` reply; undefined when it holds something else. */
export function decodeChecksum(payload: Uint8Array): number | undefined {
  if (payload.length !== 4) {
    return undefined;
  }
  return new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0, true);
}

/** The words of a `read` reply as signed 32 bit numbers; undefined when there are not `count`. */
export function decodeWords(payload: Uint8Array, count: number): Int32Array | undefined {
  if (payload.length !== 4 * count) {
    return undefined;
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const words = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    words[index] = view.getInt32(4 * index, true);
  }
  return words;
}

/**
 * Nonce and identity of an `identify` reply. Fields that an older device does not send are 0: its
 * protocol version, the first, tells why.
 */
export function decodeIdentity(payload: Uint8Array): { nonce: number; identity: Identity } {
  let at = 0;
  const take = (bytes: number): number => {
    let value = 0;
    for (let index = 0; index < bytes; index++) {
      value += (payload[at++] ?? 0) * 2 ** (8 * index);
    }
    return value;
  };
  const nonce = take(NONCE_BYTES);
  const fields = Object.entries(IDENTITY).map(([name, { bytes }]) => [name, take(bytes)]);
  return { nonce, identity: Object.fromEntries(fields) as Identity };
}

/** The board's key in contract/boards.ts, undefined for a board this version does not know. */
export function boardName({ board }: Identity): BoardName | undefined {
  const names = Object.keys(BOARDS) as BoardName[];
  return names.find((name) => BOARDS[name].id === board);
}

export function statusName(code: number): StatusName | undefined {
  const names = Object.keys(STATUS) as StatusName[];
  return names.find((name) => STATUS[name].code === code);
}

function placeIn(payload: Uint8Array, region: RegionName, address: number): DataView {
  if (!Number.isInteger(address) || address < 0 || address >= MAX_ADDRESS) {
    throw new RangeError(`address ${address} does not fit in 24 bits`);
  }
  const view = new DataView(payload.buffer);
  view.setUint32(0, address * 256 + REGIONS[region].code, true);
  return view;
}
