/**
 * Bytes that no host should send, driven by the contract: every opcode with every length, wrong
 * fields, damaged frames, noise. What could stop a device by right (its registers, its layer table, a
 * check sum of millions of words) is left out.
 */
import { crc32 } from 'node:zlib';
import { MAX_READ_WORDS, OPCODES, REGIONS, REQUEST } from '../../contract/protocol.ts';
import { encodeCobs } from '../../host/protocol/cobs.ts';
import { encodeRequest, type RequestFrame } from '../../host/protocol/frames.ts';
import type { Draw } from './random-network.ts';

const BYTE = 256;
const ILLEGAL_OPCODES = [0, 7, 0x55, 0x7f, 0x80 | OPCODES.write.code, 0xff];
const HARMLESS = [REGIONS.weights.code, REGIONS.biases.code, REGIONS.slopes.code] as const;
const REGION_END = Math.max(...Object.values(REGIONS).map(({ code }) => code)) + 1;
const MOST_ADDRESS = 200;
/** Of a check sum that may be good. */
const MOST_WORDS = 300;
/** Words of a memory that good requests reach: the longest write is shorter. */
export const REACHED_WORDS = MOST_ADDRESS + MOST_WORDS;
const NOISE_BYTES = 200;
const TOO_LONG_BYTES = 3000;
const EDGE_LENGTHS = [0, 1, 3, 4, 5, 7, 8, 9, 12, 54, 55, 58, 500];

export const STRANGE_OPCODES: readonly number[] = [
  ...Object.values(OPCODES).map(({ code }) => code),
  ...ILLEGAL_OPCODES,
];

/** A request of any content; `length` bytes of payload. */
export function strangeRequest(
  draw: Draw,
  { opcode, length, sequence }: { opcode: number; length: number; sequence: number },
): RequestFrame {
  const payload = Uint8Array.from({ length }, () => (draw(4) === 0 ? 0 : draw(BYTE)));
  // Within the memories of every board: beyond them, what is read is nobody's.
  if (length >= 4) payload.set([strangeRegion(draw), draw(MOST_ADDRESS), 0, 0]);
  if (opcode === OPCODES.read.code && length > 4) payload[4] = draw(MAX_READ_WORDS + 4);
  if (opcode === OPCODES.checksum.code && length >= 8) {
    const view = new DataView(payload.buffer);
    view.setUint32(4, draw(MOST_WORDS) + (draw(4) === 0 ? (1 + draw(255)) * 2 ** 24 : 0), true);
  }
  if (opcode === OPCODES.run.code && length >= 4) {
    // Often an image that is nearly one: its bytes as many as there are.
    payload[1] = draw(8);
    new DataView(payload.buffer).setUint16(2, draw(3) === 0 ? draw(2048) : length - 4, true);
  }
  return { opcode, sequence, payload };
}

function strangeRegion(draw: Draw): number {
  if (draw(3) > 0) return HARMLESS[draw(HARMLESS.length)] as number;
  return REGION_END + draw(BYTE - REGION_END);
}

/** Bytes up to a zero: mostly a frame, mostly damaged. `sequence`: what the device expects. */
export function strangeCell(draw: Draw, sequence: number): Uint8Array {
  const opcode = STRANGE_OPCODES[draw(STRANGE_OPCODES.length)] as number;
  const length = draw(2) === 0 ? (EDGE_LENGTHS[draw(EDGE_LENGTHS.length)] as number) : draw(80);
  const number = [sequence, sequence, sequence - 1, sequence + 1, draw(BYTE)][draw(5)] as number;
  const request = strangeRequest(draw, { opcode, length, sequence: number & (BYTE - 1) });
  const cell = encodeRequest(request);
  const at = draw(cell.length);
  switch (draw(9)) {
    case 0:
      return noise(draw, draw(NOISE_BYTES));
    case 1:
      return Uint8Array.of(...cell.slice(0, at), 0);
    case 2:
      cell[at] = (cell[at] as number) ^ (1 << draw(8));
      return Uint8Array.of(...cell, 0);
    case 3:
      return Uint8Array.of(...cell.slice(0, at), draw(BYTE), ...cell.slice(at));
    case 4:
      return Uint8Array.of(...cell.slice(0, -1), ...cell);
    case 5:
      return wrongLength(draw, request);
    case 6:
      return draw(8) === 0 ? tooLong(draw, request) : Uint8Array.of(0, 0, ...cell);
    default:
      return cell;
  }
}

function noise(draw: Draw, length: number): Uint8Array {
  return Uint8Array.from({ length: length + 1 }, (_, at) => (at === length ? 0 : draw(BYTE)));
}

/** Its check sum is right, its length is not. */
function wrongLength(draw: Draw, request: RequestFrame): Uint8Array {
  const wrong = [-1, 1, 2, BYTE, 0x8000][draw(5)] as number;
  const length = request.payload.length + wrong;
  return encodeFrame(request, length);
}

/** All is right but that it is longer than any request. */
function tooLong(draw: Draw, request: RequestFrame): Uint8Array {
  const length = REQUEST.maxPayloadBytes + 1 + draw(TOO_LONG_BYTES - REQUEST.maxPayloadBytes);
  const payload = new Uint8Array(length).fill(1 + draw(BYTE - 1));
  return encodeFrame({ ...request, payload }, length);
}

function encodeFrame({ opcode, sequence, payload }: RequestFrame, length: number): Uint8Array {
  const crcAt = REQUEST.headerBytes + payload.length;
  const frame = new Uint8Array(crcAt + REQUEST.crcBytes);
  const view = new DataView(frame.buffer);
  frame.set([opcode, sequence]);
  view.setUint16(2, length & 0xffff, true);
  frame.set(payload, REQUEST.headerBytes);
  view.setUint32(crcAt, crc32(frame.subarray(0, crcAt)), true);
  return encodeCobs(frame);
}
