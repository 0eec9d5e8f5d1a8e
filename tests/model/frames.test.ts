import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUEST } from '../../contract/protocol.ts';
import { encodeCobs } from '../../host/protocol/cobs.ts';
import { decodeReply, encodeRequest } from '../../host/protocol/frames.ts';
import { decodeRequest, encodeReply, RequestDecoder } from '../../model/frames.ts';

const byte = fc.integer({ min: 0, max: 255 });
const payload = fc.uint8Array({ maxLength: REQUEST.maxPayloadBytes });
const request = fc.record({ opcode: byte, sequence: byte, payload });

describe('RequestDecoder', () => {
  it('gives what encodeRequest took, however the bytes are cut, zeros in between', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 5 }),
        fc.integer({ min: 1, max: 300 }),
        (requests, size) => {
          const bytes = Buffer.concat(
            requests.flatMap((each) => [Uint8Array.of(0), encodeRequest(each), Uint8Array.of(0)]),
          );
          const decoder = new RequestDecoder();
          const found = [];
          for (let at = 0; at < bytes.length; at += size) {
            found.push(...decoder.push(Uint8Array.from(bytes.subarray(at, at + size))));
          }
          expect(found.map((each) => each && { ...each, payload: [...each.payload] })).toEqual(
            requests.map((each) => ({ ...each, payload: [...each.payload] })),
          );
        },
      ),
    );
  });

  it('takes no changed byte for a request', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, place, change) => {
        const cell = encodeRequest(each);
        const at = place % (cell.length - 1);
        cell[at] = (cell[at] as number) ^ change;
        expect(new RequestDecoder().push(cell).filter((found) => found !== undefined)).toEqual([]);
      }),
    );
  });

  it('counts an endless cell once, and goes on behind it', () => {
    const decoder = new RequestDecoder();
    for (let chunk = 0; chunk < 100; chunk++) {
      expect(decoder.push(new Uint8Array(1000).fill(1))).toEqual([]);
    }
    const good = encodeRequest({ opcode: 6, sequence: 3, payload: Uint8Array.of(0) });
    expect(decoder.push(Uint8Array.of(0, ...good))).toMatchObject([undefined, { sequence: 3 }]);
    expect(decoder.push(good.subarray(0, -1))).toEqual([]);
    expect(decoder.push(new Uint8Array(2000).fill(1))).toEqual([]);
    expect(decoder.push(Uint8Array.of(0))).toEqual([undefined]);
  });

  it('wants the length that the header says', () => {
    const cellOf = (length: number) => {
      const frame = Buffer.of(6, 3, length, 0, 1, 2, 0, 0, 0, 0);
      frame.writeUInt32LE(crc32(frame.subarray(0, 6)), 6);
      return encodeCobs(frame);
    };
    expect(decodeRequest(cellOf(2))?.payload).toEqual(Uint8Array.of(1, 2));
    expect([1, 3, 6].map((length) => decodeRequest(cellOf(length)))).toEqual(
      Array(3).fill(undefined),
    );
    expect(decodeRequest(Uint8Array.of(0))).toBeUndefined();
    expect(decodeRequest(Uint8Array.of(3, 1, 2, 0))).toBeUndefined();
  });
});

describe('encodeReply', () => {
  it('is the inverse of decodeReply, and refuses what does not fit', () => {
    const reply = { opcode: 3, sequence: 9, status: 4, payload: Uint8Array.of(0, 5) };
    expect(decodeReply(encodeReply(reply))).toEqual({ kind: 'reply', ...reply });
    const long = { ...reply, payload: new Uint8Array(55) };
    expect(() => encodeReply(long)).toThrow(RangeError);
  });
});
