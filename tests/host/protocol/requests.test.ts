import { describe, expect, it } from 'vitest';
import { OPCODES, REGIONS, STATUS } from '../../../contract/protocol.ts';
import { getField, getSignedField, setField } from '../../../host/protocol/fields.ts';
import { decodeRecord, recordWords } from '../../../host/protocol/records.ts';
import {
  boardName,
  checksumRequest,
  decodeChecksum,
  decodeIdentity,
  decodeWords,
  echoRequest,
  identifyRequest,
  readRequest,
  runRequest,
  statusName,
  wordsPerWrite,
  writeRequest,
} from '../../../host/protocol/requests.ts';

describe('requests', () => {
  it('identifyRequest carries the nonce low byte first', () => {
    expect([...identifyRequest(0xdeadbeef).payload]).toEqual([0xef, 0xbe, 0xad, 0xde]);
  });

  it('writeRequest writes words of 32 bits after region and address', () => {
    const place = { address: 0x010203, words: [-2, 258] };
    expect([...writeRequest('biases', place).payload]).toEqual([
      ...[REGIONS.biases.code, 3, 2, 1],
      ...[0xfe, 0xff, 0xff, 0xff, 2, 1, 0, 0],
    ]);
  });

  it('writeRequest keeps the bits of an unsigned word', () => {
    const words = Uint32Array.of(0xffff0001);
    const { payload } = writeRequest('units', { address: 0, words });
    expect([...payload.slice(4)]).toEqual([1, 0, 0xff, 0xff]);
  });

  it('readRequest asks for a count, and refuses an address beyond 24 bits', () => {
    const { opcode, payload } = readRequest('slopes', { address: 5, count: 13 });
    expect(opcode).toBe('read');
    expect([...payload]).toEqual([REGIONS.slopes.code, 5, 0, 0, 13]);
    expect(() => readRequest('slopes', { address: 2 ** 24, count: 1 })).toThrow(RangeError);
    expect(() => readRequest('slopes', { address: -1, count: 1 })).toThrow(RangeError);
  });

  it('runRequest puts the images in a row', () => {
    const { payload, about } = runRequest([Uint8Array.of(1, 2), Uint8Array.of(3)], 2);
    expect([...payload]).toEqual([1, 2, 3]);
    expect(about).toBe('run of 2 images');
  });

  it('checksumRequest asks for a range of words, the count in 32 bits', () => {
    const { payload } = checksumRequest('weights', { address: 5, count: 0x20304 });
    expect([...payload]).toEqual([REGIONS.weights.code, 5, 0, 0, 4, 3, 2, 0]);
    expect(decodeChecksum(Uint8Array.of(0x26, 0x39, 0xf4, 0xcb))).toBe(0xcbf43926);
    expect(decodeChecksum(Uint8Array.of(1))).toBeUndefined();
  });

  it('echoRequest carries its bytes, and no more than a reply holds', () => {
    expect([...echoRequest(Uint8Array.of(0, 7)).payload]).toEqual([0, 7]);
    expect(() => echoRequest(new Uint8Array(55))).toThrow(RangeError);
  });

  it('wordsPerWrite leaves room for region and address', () => {
    expect(wordsPerWrite(1024)).toBe(255);
  });

  it('decodeWords is signed and wants exactly the words asked for', () => {
    const payload = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0x80);
    expect(decodeWords(payload, 2)).toEqual(Int32Array.of(-1, -(2 ** 31) + 1));
    expect(decodeWords(payload, 1)).toBeUndefined();
  });

  it('decodeIdentity reads the fields in the order of the contract', () => {
    const bytes = [
      ...[0xef, 0xbe, 0xad, 0xde],
      ...[1, 0],
      ...[4, 3, 2, 0xf1],
      ...[2, 32],
      ...[0, 0xa2, 0x4a, 4],
      ...[0xc0, 0xc6, 0x2d, 0],
      ...[0, 0x10],
      ...[0, 0x10],
      ...[0, 4],
      ...[0, 1],
      ...[0x80, 0b11111],
      ...[0, 0x10],
      ...[0, 0x10],
      ...[0, 0x04],
    ];
    const { nonce, identity } = decodeIdentity(Uint8Array.from(bytes));
    expect(nonce).toBe(0xdeadbeef);
    expect(identity).toEqual({
      protocolVersion: 1,
      contractCrc: 0xf1020304,
      board: 2,
      lanes: 32,
      clockHz: 72_000_000,
      baud: 3_000_000,
      weightRows: 4096,
      neurons: 4096,
      inputs: 1024,
      width: 256,
      layers: 128,
      activations: 0b11111,
      recordWords: 4096,
      bufferBytes: 4096,
      trainRows: 1024,
    });
    expect(boardName(identity)).toBe('ulx3s-85f');
    expect(boardName({ ...identity, board: 99 })).toBeUndefined();
  });

  it('statusName knows every status of the contract and no other', () => {
    for (const [name, { code }] of Object.entries(STATUS)) {
      expect(statusName(code)).toBe(name);
    }
    expect(statusName(99)).toBeUndefined();
  });

  it('every opcode has one encoder', () => {
    const opcodes = [
      identifyRequest(0),
      writeRequest('biases', { address: 0, words: [] }),
      readRequest('biases', { address: 0, count: 1 }),
      runRequest([], 0),
      checksumRequest('biases', { address: 0, count: 1 }),
      echoRequest(Uint8Array.of()),
    ].map(({ opcode }) => opcode);
    expect(opcodes.sort()).toEqual(Object.keys(OPCODES).sort());
  });
});

describe('fields', () => {
  const field = { word: 1, lsb: 16, width: 16 };

  it('setField and getSignedField keep negative numbers and the neighbours', () => {
    const words = Uint32Array.of(0, 0x1234, 0);
    setField(words, 0, field, -30);
    expect(words[1]).toBe(0xffe21234);
    expect(getSignedField(words, 0, field)).toBe(-30);
    expect(getField(words, 0, field)).toBe(65506);
  });

  it('setField refuses what does not fit', () => {
    const words = new Uint32Array(2);
    expect(() => setField(words, 0, field, 65536)).toThrow(RangeError);
    expect(() => setField(words, 0, field, -32769)).toThrow(RangeError);
    expect(() => setField(words, 0, field, 0.5)).toThrow(RangeError);
  });

  it('getField reads a whole word as unsigned, also from signed words', () => {
    expect(getField(Int32Array.of(-1), 0, { word: 0, lsb: 0, width: 32 })).toBe(2 ** 32 - 1);
  });
});

describe('decodeRecord', () => {
  it('reads the header as lengths, over a wrap of the counter, and each layer exactly', () => {
    const words = Int32Array.of(
      ...[777, 777, 777],
      ...[-7, 777, 383, (151 << 20) | 12, 600, (151 << 20) | 67, 271, 777],
      ...[-1, (-19 << 16) | 0xff, (2 << 9) | 3, (256 << 18) | (5 << 9) | 4],
      ...[5, -32768 << 16, 0, 0],
    );
    expect(recordWords(2)).toBe(16);
    expect(decodeRecord(words, { base: 3, layers: 2 })).toEqual({
      startTime: 2 ** 32 - 7,
      endTime: 600,
      cycles: 607,
      forwardCycles: 390,
      backwardCycles: 150,
      alignCycles: 67,
      rows: 271,
      drainStalls: 12,
      nonZeroInputs: 151,
      layers: [
        {
          sumSquares: 2 ** 40 - 1,
          deltaExponent: -19,
          roundedToZero: 3,
          deltaSaturated: 2,
          zSaturated: 4,
          activationSaturated: 5,
          saturatedUnits: 256,
        },
        {
          sumSquares: 5,
          deltaExponent: -32768,
          roundedToZero: 0,
          deltaSaturated: 0,
          zSaturated: 0,
          activationSaturated: 0,
          saturatedUnits: 0,
        },
      ],
    });
  });
});
