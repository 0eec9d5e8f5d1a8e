import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeImage, type Image } from '../../../host/protocol/image.ts';

/** Independent reader of one image in one part, after the text in contract/protocol.ts. */
function readImage(parts: readonly Uint8Array[], width: number) {
  expect(parts.length).toBe(1);
  return readParts(parts, width);
}

/** … in any number of parts. */
function readParts(parts: readonly Uint8Array[], width: number) {
  const codes = new Array<number>(width).fill(0);
  let input = 0;
  for (const [index, part] of parts.entries()) {
    expect(part[0]).toBe(parts[0]?.[0]);
    expect(((part[1] ?? 0) & 2) !== 0).toBe(index > 0);
    expect(((part[1] ?? 0) & 4) !== 0).toBe(index < parts.length - 1);
    expect(((part[1] ?? 0) & 1) !== 0).toBe(((parts[0]?.[1] ?? 0) & 1) !== 0);
    input = readPart(part, { codes, input });
  }
  expect(input).toBeLessThanOrEqual(width);
  return { label: parts[0]?.[0], codes };
}

/** @returns the input after the part's last run. */
function readPart(bytes: Uint8Array, state: { codes: number[]; input: number }): number {
  const { codes } = state;
  let { input } = state;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = (view.getUint8(1) & 1) === 1;
  expect(view.getUint16(2, true)).toBe(bytes.length - 4);
  let at = 4;
  while (at < bytes.length) {
    input += view.getUint8(at);
    const length = view.getUint8(at + 1);
    at += 2;
    for (let i = 0; i < length; i++) {
      codes[input++] = wide ? view.getInt16(at, true) : 128 * view.getUint8(at);
      at += wide ? 2 : 1;
    }
  }
  expect(at).toBe(bytes.length);
  return input;
}

/** Bytes with a run per stretch of non-zero values, no gap bridged. */
function plainLength(values: ArrayLike<number>, valueBytes: number): number {
  let bytes = 4;
  let skip = 0;
  let length = 0;
  for (let i = 0; i <= values.length; i++) {
    const value = values[i] ?? 0;
    if (value !== 0 && length < 255) {
      length++;
      continue;
    }
    if (length > 0) {
      bytes += 2 * Math.max(1, Math.ceil(skip / 255)) + length * valueBytes;
      skip = 0;
    }
    length = value === 0 ? 0 : 1;
    skip += value === 0 ? 1 : 0;
  }
  return bytes;
}

const sparse = (value: fc.Arbitrary<number>, maxLength: number) =>
  fc
    .array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: value }), {
      maxLength,
    })
    .chain((values) =>
      fc
        .nat({ max: 600 })
        .map((gap) => [...values.slice(0, 9), ...new Array(gap).fill(0), ...values]),
    );

describe('encodeImage', () => {
  it('round-trips pixels and is never longer than without bridged gaps', () => {
    fc.assert(
      fc.property(sparse(fc.integer({ min: 1, max: 255 }), 700), (values) => {
        fc.pre(plainLength(values, 1) <= 1024);
        const bytes = encodeImage({ pixels: Uint8Array.from(values), label: 3 });
        const image = readImage(bytes, values.length);
        expect(image).toEqual({ label: 3, codes: values.map((x) => 128 * x) });
        expect(bytes[0]?.length).toBeLessThanOrEqual(plainLength(values, 1));
      }),
    );
  });

  it('round-trips activation codes', () => {
    fc.assert(
      fc.property(sparse(fc.integer({ min: -32768, max: 32767 }), 400), (values) => {
        fc.pre(plainLength(values, 2) <= 1024);
        const bytes = encodeImage({ codes: Int16Array.from(values), label: 200 });
        expect(readImage(bytes, values.length)).toEqual({ label: 200, codes: values });
      }),
    );
  });

  it('sends codes that are all pixels as pixels', () => {
    const codes = Int16Array.of(0, 128, 255 * 128, 0, 0, 0, 256);
    const pixels = Uint8Array.of(0, 1, 255, 0, 0, 0, 2);
    expect(encodeImage({ codes, label: 1 })).toEqual(encodeImage({ pixels, label: 1 }));
  });

  it('bridges a gap of one zero between pixels, and not of two', () => {
    expect(bytesOf({ pixels: Uint8Array.of(0, 5, 0, 6), label: 1 })).toEqual([
      ...[1, 0, 5, 0],
      ...[1, 3, 5, 0, 6],
    ]);
    expect(bytesOf({ pixels: Uint8Array.of(5, 0, 0, 6), label: 1 })).toEqual([
      ...[1, 0, 6, 0],
      ...[0, 1, 5],
      ...[2, 1, 6],
    ]);
  });

  it('keeps runs and skips within a byte, and uses a byte fully', () => {
    const ones = (count: number) => new Array<number>(count).fill(1);
    const values = [...ones(200), 0, ...ones(100), ...new Array(255).fill(0), ...ones(256)];
    const parts = encodeImage({ pixels: Uint8Array.from(values), label: 0 });
    const [bytes = new Uint8Array()] = parts;
    expect(readImage(parts, values.length).codes).toEqual(values.map((x) => 128 * x));
    const headers = [
      bytes.slice(4, 6),
      bytes.slice(206, 208),
      bytes.slice(308, 310),
      bytes.slice(565, 567),
    ];
    expect(headers.map((h) => [...h])).toEqual([
      [0, 200],
      [1, 100],
      [255, 255],
      [0, 1],
    ]);
  });

  it('sends nothing for an image of zeros', () => {
    expect(bytesOf({ pixels: new Uint8Array(784), label: 9 })).toEqual([9, 0, 0, 0]);
  });

  it('splits what does not fit into parts, of which each fits and all are the image', () => {
    const pixel = sparse(fc.integer({ min: 1, max: 255 }), 1024);
    const code = sparse(fc.integer({ min: -32768, max: 32767 }), 1024);
    fc.assert(
      fc.property(
        fc.oneof(
          pixel.map((values) => ({ pixels: Uint8Array.from(values), label: 3 })),
          code.map((values) => ({ codes: Int16Array.from(values), label: 3 })),
        ),
        fc.integer({ min: 8, max: 1024 }),
        (image, partBytes) => {
          const parts = encodeImage(image, partBytes);
          const codes =
            'pixels' in image ? [...image.pixels].map((x) => 128 * x) : [...image.codes];
          expect(readParts(parts, codes.length)).toEqual({ label: 3, codes });
          expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(partBytes);
        },
      ),
    );
  });

  it('fills its parts', () => {
    const codes = new Int16Array(1024).fill(1);
    const lengths = encodeImage({ codes, label: 0 }).map(({ length }) => length);
    expect(lengths).toEqual([1024, 1024, 26]);
  });

  it('fills a part to its last byte', () => {
    // Two runs of a header and a pixel each, behind the header of the part.
    const image: Image = { pixels: Uint8Array.of(9, 0, 0, 0, 0, 0, 7), label: 3 };
    expect(encodeImage(image, 10).map(({ length }) => length)).toEqual([10]);
    expect(encodeImage(image, 9).map(({ length }) => length)).toEqual([7, 7]);
  });
});

function bytesOf(image: Image): number[] {
  const parts = encodeImage(image);
  expect(parts.length).toBe(1);
  return [...(parts[0] ?? [])];
}
