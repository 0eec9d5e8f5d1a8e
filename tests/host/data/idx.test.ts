import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readIdxImages, readIdxLabels } from '../../../host/data/idx.ts';
import { DeltascopeError } from '../../../host/error.ts';
import { expectReadsCleanly } from './reads-cleanly.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deltascope-idx-'));
});
afterAll(() => rm(directory, { recursive: true }));

let files = 0;
async function save(bytes: Uint8Array): Promise<string> {
  files += 1;
  const path = join(directory, `file-${files}`);
  await writeFile(path, bytes);
  return path;
}

function idx(shape: number[], elements: Iterable<number>, type = 8): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, type);
  header.setUint8(3, shape.length);
  shape.forEach((length, i) => {
    header.setUint32(4 + 4 * i, length);
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...elements]);
}

async function refusal(attempt: Promise<unknown>): Promise<DeltascopeError> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeltascopeError);
  expect((error as DeltascopeError).code).toBe('bad-dataset');
  return error as DeltascopeError;
}

describe('readIdxImages', () => {
  test('reads back any images, all or the first few', async () => {
    const sizes = fc.record({
      total: fc.integer({ min: 1, max: 5 }),
      rows: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 1, max: 4 }),
      limit: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.uint8Array({ minLength: 80, maxLength: 80 }), async (s, noise) => {
        const pixels = noise.subarray(0, s.total * s.rows * s.columns);
        const path = await save(idx([s.total, s.rows, s.columns], pixels));
        const count = Math.min(s.total, s.limit ?? s.total);
        expect(await readIdxImages(path, { limit: s.limit })).toEqual({
          images: Uint8Array.from(pixels.subarray(0, count * s.rows * s.columns)),
          rows: s.rows,
          columns: s.columns,
          count,
          total: s.total,
        });
      }),
      { numRuns: 40 },
    );
  });

  const whole = idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  test.each<[title: string, bytes: Uint8Array, message: RegExp]>([
    ['an empty file', new Uint8Array(), /is empty$/],
    ['half a magic number', whole.subarray(0, 2), /is truncated: it has 2 bytes/],
    ['half a header', whole.subarray(0, 9), /truncated: it ends within its header, after 9 bytes/],
    ['one byte too few', whole.subarray(0, 23), /truncated.* 2 × 2 × 2 \(24 bytes\), it has 23/],
    ['one byte too many', idx([2, 2, 2], new Uint8Array(9)), /longer.*24 bytes\), it has 25/],
    ['sizes far beyond the file', idx([0xffffffff, 0xffffffff, 0xffffffff], [1]), /truncated/],
    ['no image', idx([0, 28, 28], []), /holds no images: its header says 0 × 28 × 28/],
    ['images without width', idx([3, 0, 28], []), /holds no images/],
    [
      'a file of labels',
      idx([3], [1, 2, 3]),
      /is an IDX file of labels, where images are expected/,
    ],
    ['floats', idx([2, 2, 2], new Uint8Array(32), 13), /IDX file of 32 bit floats in 3 dimensions/],
    [
      'a picture',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0),
      /starts with 89 50 4e 47, not 00 00 08 03/,
    ],
    [
      'an unknown type',
      idx([2, 2, 2], [], 7),
      /is not an IDX file of images: it starts with 00 00 07/,
    ],
  ])('refuses %s', async (_title, bytes, message) => {
    const error = await refusal(readIdxImages(await save(bytes)));
    expect(error.message).toMatch(message);
  });

  test('names the command that unpacks a compressed file', async () => {
    const path = await save(gzipSync(whole));
    const error = await refusal(readIdxImages(path));
    expect(error.message).toBe(`"${path}" is compressed with gzip`);
    expect(error.hint).toBe(`Unpack it first: mv "${path}" "${path}.gz" && gunzip "${path}.gz"`);
  });

  test('names a file that is missing or a directory', async () => {
    const missing = await refusal(readIdxImages(join(directory, 'nowhere')));
    expect(missing.message).toMatch(/nowhere": no such file$/);
    const folder = await refusal(readIdxImages(directory));
    expect(folder.message).toMatch(/not a regular file$/);
  });
});

describe('readIdxLabels', () => {
  test('reads the first labels and says how many there are', async () => {
    const path = await save(idx([4], [3, 1, 4, 1]));
    expect(await readIdxLabels(path, { limit: 3 })).toEqual({
      labels: Uint8Array.of(3, 1, 4),
      count: 3,
      total: 4,
    });
  });

  test('refuses a file of images', async () => {
    const error = await refusal(readIdxLabels(await save(idx([1, 1, 1], [7]))));
    expect(error.message).toMatch(/is an IDX file of images, where labels are expected$/);
    expect(error.hint).toMatch(/swapped/);
  });
});

test('whatever is in a file is read or refused by an error of ours', async () => {
  const pixels = new Uint8Array(12).fill(7);
  const path = await save(new Uint8Array());
  await expectReadsCleanly(
    async (bytes) => {
      await writeFile(path, bytes);
      await readIdxImages(path);
    },
    {
      valid: [idx([3, 2, 2], pixels), idx([1, 3, 4], pixels)],
      prefix: Uint8Array.of(0, 0, 8, 3, 0, 0, 0),
      code: 'bad-dataset',
    },
  );
});
