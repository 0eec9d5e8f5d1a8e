import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCobs, encodeCobs } from '../../../host/protocol/cobs.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('cobs', () => {
  // The examples of the Wikipedia article on COBS, with the final zero.
  it.each([
    [[0], [1, 1, 0]],
    [
      [0, 0],
      [1, 1, 1, 0],
    ],
    [
      [0, 0x11, 0],
      [1, 2, 0x11, 1, 0],
    ],
    [
      [0x11, 0x22, 0, 0x33],
      [3, 0x11, 0x22, 2, 0x33, 0],
    ],
    [
      [0x11, 0, 0, 0],
      [2, 0x11, 1, 1, 1, 0],
    ],
    [range(1, 254), [0xff, ...range(1, 254), 0]],
    [
      [0, ...range(1, 254)],
      [1, 0xff, ...range(1, 254), 0],
    ],
    [range(1, 255), [0xff, ...range(1, 254), 2, 255, 0]],
    [
      [...range(2, 255), 0],
      [0xff, ...range(2, 255), 1, 1, 0],
    ],
    [
      [...range(3, 255), 0, 1],
      [0xfe, ...range(3, 255), 2, 1, 0],
    ],
  ])('encodeCobs writes the published vector %#', (data, cell) => {
    expect([...encodeCobs(Uint8Array.from(data))]).toEqual(cell);
    expect(decodeCobs(Uint8Array.from(cell))).toEqual(Uint8Array.from(data));
  });

  it('decodeCobs takes the trailing block of one that other encoders write after 254 bytes', () => {
    const cell = Uint8Array.from([0xff, ...range(1, 254), 1, 0]);
    expect(decodeCobs(cell)).toEqual(Uint8Array.from(range(1, 254)));
  });

  it('round-trips, has one zero at the end, and costs 1 byte in 254 plus 2 at most', () => {
    const bytes = fc.uint8Array({ maxLength: 1100 });
    const noZeros = fc.uint8Array({ min: 1, maxLength: 1100 });
    fc.assert(
      fc.property(fc.oneof(bytes, noZeros), (data) => {
        const cell = encodeCobs(data);
        expect(decodeCobs(cell)).toEqual(data);
        expect(cell.indexOf(0)).toBe(cell.length - 1);
        expect(cell.length).toBeLessThanOrEqual(data.length + Math.ceil(data.length / 254) + 2);
      }),
    );
  });

  it('decodeCobs refuses a code that points beyond the end, a zero inside and nothing', () => {
    expect(decodeCobs(Uint8Array.of(5, 1, 2, 0))).toBeUndefined();
    expect(decodeCobs(Uint8Array.of(5, 1, 2))).toBeUndefined();
    expect(decodeCobs(Uint8Array.of(3, 0, 2, 0))).toBeUndefined();
    expect(decodeCobs(Uint8Array.of(2, 1, 0, 2, 1, 0))).toBeUndefined();
    expect(decodeCobs(Uint8Array.of(0))).toBeUndefined();
  });
});
