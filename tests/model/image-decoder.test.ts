import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IMAGE } from '../../contract/protocol.ts';
import { encodeImage } from '../../host/protocol/image.ts';
import { ImageDecoder } from '../../model/image-decoder.ts';

const CAPACITY = 1024;
const { wideFlag, continuedFlag, openFlag } = IMAGE;

/** All payloads, one after the other, with the images they end as [label, ...codes]. */
function decodeAll(payloads: readonly ArrayLike<number>[], width = CAPACITY) {
  const decoder = new ImageDecoder(CAPACITY);
  const images: number[][] = [];
  const good = payloads.map((payload) =>
    decoder.decode(Uint8Array.from(payload), {
      width,
      onImage: ({ codes, label }) => images.push([label, ...codes.subarray(0, width)]),
    }),
  );
  return { good, images };
}

const code = fc.oneof(fc.constant(0), fc.integer({ min: -32768, max: 32767 }));
const codes = fc.array(code, { minLength: 1, maxLength: CAPACITY });

describe('ImageDecoder', () => {
  it('gives what encodeImage took, in parts of any size', () => {
    fc.assert(
      fc.property(
        fc.array(codes, { maxLength: 3 }),
        fc.integer({ min: 8, max: 1024 }),
        (images, partBytes) => {
          const parts = images.flatMap((values, label) =>
            encodeImage({ codes: Int16Array.from(values), label }, partBytes),
          );
          const { good, images: found } = decodeAll(parts);
          expect(good.every(Boolean)).toBe(true);
          const padded = (values: number[]) => [
            ...values,
            ...Array(CAPACITY - values.length).fill(0),
          ];
          expect(found).toEqual(images.map((values, label) => [label, ...padded(values)]));
        },
      ),
    );
  });

  it('takes several images of a payload, and pixels as x/256', () => {
    const { images } = decodeAll([[3, 0, 4, 0, 1, 2, 1, 255, 4, 0, 0, 0]], 3);
    expect(images).toEqual([
      [3, 0, 128, 255 * 128],
      [4, 0, 0, 0],
    ]);
  });

  it.each([
    ['a header that is cut', [1, 0, 3]],
    ['fewer bytes than it says', [1, 0, 4, 0, 0, 1, 7]],
    ['a run beyond its bytes', [1, 0, 3, 0, 0, 2, 7]],
    ['half a run header', [1, 0, 1, 0, 0]],
    ['half a wide value', [1, wideFlag, 3, 0, 0, 1, 7]],
    ['a value beyond the input width', [1, 0, 3, 0, 4, 1, 7]],
    ['a part that continues nothing', [1, continuedFlag, 3, 0, 0, 1, 7]],
  ])('refuses %s, and forgets what is behind it', (_, bytes) => {
    const first = [9, 0, 3, 0, 3, 1, 1];
    const { good, images } = decodeAll([[...first, ...bytes], first], 4);
    expect(good).toEqual([false, true]);
    expect(images).toEqual([
      [9, 0, 0, 0, 128],
      [9, 0, 0, 0, 128],
    ]);
  });

  it('drops an open image for a new one, and at one that is malformed', () => {
    const open = [1, openFlag, 3, 0, 0, 1, 1];
    const rest = [2, continuedFlag, 3, 0, 1, 1, 2];
    expect(decodeAll([open, rest], 3).images).toEqual([[2, 128, 0, 256]]);
    const whole = [3, 0, 3, 0, 2, 1, 3];
    expect(decodeAll([open, whole, rest], 3)).toEqual({
      good: [true, true, false],
      images: [[3, 0, 0, 384]],
    });
    expect(decodeAll([open, [1], rest], 3).good).toEqual([true, false, false]);
  });
});
