import fc from 'fast-check';
import { dump, parse } from 'npyjs';
import { describe, expect, test } from 'vitest';
import { readNpy, writeNpy } from '../../../host/data/npy.ts';

/** A version 1.0 file with any header, to build what NumPy would not. */
function npy(header: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = `\x93NUMPY\x01\x00..${header.padEnd(117)}\n`;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  bytes.set([118, 0], 8);
  return Uint8Array.from([...bytes, ...data]);
}

const doubles = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer);
const header = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;

describe('writeNpy', () => {
  test('writes what npyjs and readNpy read back, of any shape', () => {
    const shape = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2000 }));
    fc.assert(
      fc.property(shape, fc.double({ noNaN: true, noDefaultInfinity: true }), (size, x) => {
        const data = Float64Array.from({ length: size[0] * size[1] }, (_, i) => x / (i + 1));
        const bytes = writeNpy(data, size);
        const { data: back, shape: shapeBack, dtype } = parse(new Uint8Array(bytes).buffer);
        expect([back, shapeBack, dtype]).toEqual([data, size, 'f8']);
        expect(readNpy(bytes, 'x')).toEqual({ shape: size, values: data });
      }),
      { numRuns: 30 },
    );
  });

  test('has the header of format 1.0: version, length, text, data from a multiple of 64', () => {
    const bytes = writeNpy(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const text = String.fromCharCode(...bytes.subarray(0, 128));
    const padded = header('<f8', '2, 3').padEnd(117);
    expect(text).toBe(`\x93NUMPY\x01\x00\x76\x00${padded}\n`);
    expect(bytes.length).toBe(128 + 48);
    expect([...bytes.subarray(128, 136)]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  });

  test('writes vectors of one dimension', () => {
    const bytes = writeNpy(Float64Array.of(1, 2), [2]);
    expect(String.fromCharCode(...bytes.subarray(10, 70))).toContain("'shape': (2,), }");
    expect(readNpy(bytes, 'x')).toEqual({ shape: [2], values: Float64Array.of(1, 2) });
  });

  test('refuses data that are not rows × columns', () => {
    expect(() => writeNpy(new Float64Array(5), [2, 3])).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('readNpy', () => {
  test('reads every integer and float type', () => {
    const arrays = [
      Int8Array.of(-1, 2),
      Uint8Array.of(255, 2),
      Int16Array.of(-300, 2),
      Uint16Array.of(65535, 2),
      Int32Array.of(-70000, 2),
      Uint32Array.of(2 ** 32 - 1, 2),
      Float32Array.of(0.5, 2),
      Float64Array.of(1e-300, 2),
      BigInt64Array.of(-5n, 2n),
      BigUint64Array.of(5n, 2n),
    ];
    for (const array of arrays) {
      const { values } = readNpy(new Uint8Array(dump(array)), 'x');
      expect([...values]).toEqual(Array.from(array as ArrayLike<number | bigint>, Number));
    }
  });

  test('turns Fortran order into rows', () => {
    const bytes = npy(header('<f8', '2, 3', 'True'), doubles(1, 4, 2, 5, 3, 6));
    expect([...readNpy(bytes, 'x').values]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test.each<[title: string, bytes: Uint8Array, message: RegExp]>([
    ['nothing', new Uint8Array(), /^W1 is damaged or not a NumPy array/],
    ['text', doubles(1, 2), /^W1 is damaged or not a NumPy array: Not an .npy file/],
    ['a cut header', npy('').subarray(0, 60), /^W1 is damaged/],
    ['a header without type', npy('{}'), /^W1 is damaged .*Malformed/],
    ['float16', npy(header('<f2', '1'), new Uint8Array(2)), /has the NumPy type "<f2"/],
    ['complex', npy(header('<c16', '1'), new Uint8Array(16)), /has the NumPy type "<c16"/],
    ['booleans', npy(header('|b1', '1'), new Uint8Array(1)), /has the NumPy type "\|b1"/],
    ['big-endian', npy(header('>f8', '1'), doubles(1)), /has the NumPy type ">f8"/],
    ['a scalar', npy(header('<f8', ''), doubles(1)), /has the shape \(\); one or two dimensions/],
    ['three dimensions', npy(header('<f8', '1, 1, 1'), doubles(1)), /has the shape \(1, 1, 1\)/],
    ['no elements', npy(header('<f8', '0, 3')), /has the shape \(0, 3\)/],
    ['strings of length 0', npy(header('<U0', '2'), doubles(1)), /has the NumPy type "<U0"/],
    ['too few data', npy(header('<f8', '2, 2'), doubles(1, 2, 3)), /holds 3 elements.*needs 4$/],
    ['too many data', npy(header('<f8', '2'), doubles(1, 2, 3)), /holds 3 elements.*needs 2$/],
    ['half an element', npy(header('<f8', '1'), new Uint8Array(12)), /^W1 is damaged/],
    ['a huge shape', npy(header('<f8', '99999999, 99999999'), doubles(1)), /holds 1 elements/],
    ['NaN', npy(header('<f8', '2, 2'), doubles(1, 2, 3, Number.NaN)), /^W1\[1, 1\] is NaN/],
    ['an infinity', npy(header('<f8', '2'), doubles(1, -Infinity)), /^W1\[1\] is -Infinity/],
    [
      'NaN in Fortran order',
      npy(header('<f8', '2, 3', 'True'), doubles(1, Number.NaN, 3, 4, 5, 6)),
      /^W1\[1, 0\] is NaN/,
    ],
  ])('refuses %s', (_title, bytes, message) => {
    expect(() => readNpy(bytes, 'W1')).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(message) }),
    );
  });
});
