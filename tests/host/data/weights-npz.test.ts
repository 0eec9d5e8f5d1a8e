import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { AssembleOptions } from '../../../host/data/assemble-network.ts';
import { initialise } from '../../../host/data/initialisers.ts';
import { writeNpy } from '../../../host/data/npy.ts';
import { formatWeightsNpz, parseWeightsNpz } from '../../../host/data/weights-npz.ts';

const parse = (bytes: Uint8Array, options: Partial<AssembleOptions> = {}) =>
  parseWeightsNpz(bytes, { name: 'the archive', ...options });

type Shapes = Record<string, [rows: number, columns: number]>;

function archive(shapes: Shapes, fill = 1): Uint8Array {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const data = new Float64Array(shape[0] * shape[1]).fill(fill);
    return [`${name}.npy`, writeNpy(data, shape)] as const;
  });
  return zipSync(Object.fromEntries(entries));
}

function refused(attempt: () => unknown, message: RegExp, hint?: RegExp): void {
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 'bad-weights',
      message: expect.stringMatching(message),
      ...(hint === undefined ? {} : { hint: expect.stringMatching(hint) }),
    }),
  );
}

describe('parseWeightsNpz', () => {
  test('refuses what is not a zip archive', () => {
    refused(() => parse(new Uint8Array()), /is not a zip archive/, /numpy.savez/);
    const npy = writeNpy(Float64Array.of(1), [1, 1]);
    refused(() => parse(npy), /is not a zip archive/, /single .npy array/);
  });

  test('refuses a cut archive, wherever it is cut', () => {
    const bytes = archive({ W1: [2, 3], b1: [2, 1] });
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
        refused(() => parse(bytes.subarray(0, length)), /./);
      }),
    );
  });

  test('refuses, or reads the same, with any one bit changed', () => {
    const bytes = archive({ W1: [2, 3], b1: [2, 1], W2: [1, 2], b2: [1, 1] });
    const whole = JSON.stringify(parse(bytes));
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const damaged = bytes.slice();
      const at = bit >> 3;
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
      let network: unknown;
      try {
        network = parse(damaged);
      } catch (error) {
        if ((error as { code?: unknown }).code === 'bad-weights') continue;
        throw error;
      }
      expect(JSON.stringify(network), `bit ${bit & 7} of byte ${at}`).toBe(whole);
    }
  });

  test('refuses a directory in which one length hides the entries after it', () => {
    const bytes = archive({ W1: [2, 3], b1: [2, 1], W2: [1, 2], b2: [1, 1] });
    const name = Buffer.from(bytes.buffer).lastIndexOf('W2.npy');
    expect(bytes[name - 18]).toBe('W2.npy'.length);
    // From 6 to 12: the walk then goes through garbage and happens to stop at the end record.
    bytes[name - 18] = 12;
    refused(() => parse(bytes), /damaged zip archive: its directory does not lead/);
  });

  test('names the entry whose CRC-32 is wrong', () => {
    const entry = [writeNpy(Float64Array.of(1), [1, 1]), { level: 0 }] as const;
    const bytes = zipSync({ 'W1.npy': [...entry], 'b1.npy': [...entry] });
    expect(parse(bytes).layers).toHaveLength(1);
    // The last byte of the first stored entry, an exponent: 1 becomes 2^-1008 or so.
    bytes[30 + 'W1.npy'.length + entry[0].length - 1] = 1;
    refused(() => parse(bytes), /is a damaged zip archive: the CRC-32 of "W1.npy" is wrong/);
  });

  test.each<[title: string, shapes: Shapes, message: RegExp]>([
    ['no layer', { weights: [2, 3] }, /holds no array W1, b1/],
    [
      'W3 without W2',
      { W1: [2, 3], b1: [2, 1], W3: [1, 2], b3: [1, 1] },
      /no array W2; it holds W1, W3, b1, b3$/,
    ],
    ['W1 without b1', { W1: [2, 3] }, /has no array b1; it holds W1$/],
    ['b1 without W1', { b1: [2, 1] }, /has no array W1; it holds b1$/],
    ['layer 129', { W129: [1, 1] }, /array of layer 129; at most 128/],
    ['a matrix for b1', { W1: [4, 3], b1: [2, 2] }, /b1 has the shape \(2, 2\); n_out elements/],
    ['other biases', { W1: [4, 3], b1: [2, 1] }, /W1 is 4 × 3, but layer 1 needs .* 2 × 4/],
    [
      'layers that do not meet',
      { W1: [4, 3], b1: [4, 1], W2: [2, 5], b2: [2, 1] },
      /W2 is 2 × 5, .* = 2 × 4$/,
    ],
    [
      'rows without biases',
      { W1: [4, 3], b1: [4, 1], W2: [3, 4], b2: [2, 1] },
      /W2 is 3 × 4, .* = 2 × 4$/,
    ],
    [
      'too wide a layer',
      { W1: [257, 3], b1: [257, 1] },
      /W1 has 3 inputs and 257 neurons; the protocol allows 1024 and 256/,
    ],
    [
      'too wide an input',
      { W1: [3, 1025], b1: [3, 1] },
      /W1 has 1025 inputs and 3 neurons; the protocol allows/,
    ],
  ])('refuses %s', (_title, shapes, message) => {
    refused(() => parse(archive(shapes)), message);
  });

  test('recognises transposed matrices, by their biases, the layer before or --layers', () => {
    const whole = archive({ W1: [3, 2], b1: [2, 1], W2: [2, 4], b2: [4, 1] });
    const message =
      /^The matrices of "the archive" are transposed: .* n_in × n_out \(3 × 2, 2 × 4\)$/;
    refused(() => parse(whole), message, /--transpose --to net.npz$/);
    expect(parse(whole, { transpose: true }).layers.map(({ nOut }) => nOut)).toEqual([2, 4]);
    const second = archive({ W1: [4, 3], b1: [4, 1], W2: [4, 2], b2: [2, 1] });
    const partly = /^W2 is 4 × 2, .* = 2 × 4; it is transposed$/;
    refused(() => parse(second), partly, /^Save the transpose of W2\.$/);
  });

  test('refuses a network of other widths than --layers', () => {
    const bytes = archive({ W1: [2, 3], b1: [2, 1] });
    expect(parse(bytes, { layers: [3, 2] }).layers).toHaveLength(1);
    refused(() => parse(bytes, { layers: [3, 2, 1] }), /has 1 layer, .* asks for 2$/);
    refused(() => parse(bytes, { layers: [4, 2] }), /W1 is 2 × 3, .* = 2 × 4$/);
    refused(() => parse(bytes, { layers: [2, 3] }), /needs n_out × n_in = 3 × 2; it is tr/);
    const biases = archive({ W1: [2, 3], b1: [3, 1] });
    refused(() => parse(biases, { layers: [3, 2] }), /b1 has 3 elements, .* 2 neurons$/);
  });

  test('refuses an array that is not finite', () => {
    const bytes = archive({ W1: [1, 1], b1: [1, 1] }, Number.NaN);
    refused(() => parse(bytes), /^W1\[0, 0\] is NaN/);
  });

  test('refuses to unpack an entry larger than any matrix, and too many entries', () => {
    const bomb = zipSync({ 'W1.npy': new Uint8Array(2 ** 22) });
    expect(bomb.length).toBeLessThan(2 ** 14);
    refused(() => parse(bomb), /"W1.npy" in .* has 4194304 bytes/);
    const names = Array.from({ length: 513 }, (_, i) => [`x${i}`, new Uint8Array()]);
    const crowd = zipSync(Object.fromEntries(names));
    refused(() => parse(crowd), /more than 512 entries/);
  });

  test('refuses two entries of one name', () => {
    const bytes = archive({ W1: [1, 1], b1: [1, 1], X1: [1, 1] });
    const X = 'X'.charCodeAt(0);
    bytes.forEach((byte, at) => {
      if (byte === X && bytes[at + 1] === '1'.charCodeAt(0)) bytes[at] = 'W'.charCodeAt(0);
    });
    refused(() => parse(bytes), /has two entries "W1.npy"$/);
  });

  test('reads an archive with comments, and misses an entry that its end record leaves out', () => {
    const npy = writeNpy(Float64Array.of(1), [1, 1]);
    const attributes = { comment: 'a remark' };
    const names = ['W1', 'b1', 'W2', 'b2'];
    const bytes = zipSync(
      Object.fromEntries(names.map((name) => [`${name}.npy`, [npy, attributes]])),
    );
    expect(parse(bytes).layers).toHaveLength(2);
    const entriesOnDisk = bytes.length - 22 + 8;
    expect(bytes[entriesOnDisk]).toBe(4);
    bytes[entriesOnDisk] = 2;
    refused(() => parse(bytes), /damaged zip archive: .* "W2.npy"/);
    bytes[entriesOnDisk + 2] = 2;
    refused(() => parse(bytes), /damaged zip archive: its directory does not lead/);
  });

  test('never takes an entry by its path', () => {
    const npy = writeNpy(Float64Array.of(1), [1, 1]);
    const bytes = zipSync({ '../W1.npy': npy, '/tmp/b1.npy': npy });
    refused(() => parse(bytes), /holds no array/);
  });
});

describe('formatWeightsNpz', () => {
  test('writes what parseWeightsNpz reads back, without the time of writing', () => {
    const network = initialise([5, 4, 3], { seed: 2 });
    const bytes = formatWeightsNpz(network);
    expect(parse(bytes)).toEqual(network);
    // Time and date of the first entry: the earliest that zip can say, not now.
    expect([...bytes.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
  });
});
