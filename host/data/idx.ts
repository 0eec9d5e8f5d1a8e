/**
 * Reads IDX files, the format of the four MNIST files: a big-endian header, then unsigned bytes.
 * Source: http://yann.lecun.com/exdb/mnist (magic 0x00 0x00 type dimensions, then one u32 a
 * dimension, then the elements, last dimension fastest).
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { DeltascopeError } from '../error.ts';

export interface IdxOptions {
  /** Read only the first `limit` items; the rest of the file is not touched. Default: all. */
  limit?: number | undefined;
}

export interface IdxImages {
  /** count × (rows · columns), row-major, 0 (background) … 255. */
  readonly images: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  /** Images read. */
  readonly count: number;
  /** Images in the file. */
  readonly total: number;
}

export interface IdxLabels {
  /** One a image. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly total: number;
}

type Kind = 'images' | 'labels';

const UNSIGNED_BYTE = 0x08;
const ELEMENT_TYPES: Record<number, string> = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: '16 bit integers',
  12: '32 bit integers',
  13: '32 bit floats',
  14: '64 bit floats',
};
const DIMENSIONS: Record<Kind, number> = { images: 3, labels: 1 };

/** No file may make the host allocate more than this. */
const MAX_BYTES = 2 ** 30;

/**
 * The first `limit` images of an IDX file of images (magic 0x00000803).
 * @throws DeltascopeError `bad-dataset` when the file is missing, empty, compressed, truncated,
 *   longer than its header says, or not an IDX file of images.
 */
export async function readIdxImages(path: string, options: IdxOptions = {}): Promise<IdxImages> {
  const { shape, elements } = await readIdx(path, 'images', options.limit);
  const [total = 0, rows = 0, columns = 0] = shape;
  return { images: elements, rows, columns, count: elements.length / (rows * columns), total };
}

/**
 * The first `limit` labels of an IDX file of labels (magic 0x00000801).
 * @throws DeltascopeError `bad-dataset`, as {@link readIdxImages}.
 */
export async function readIdxLabels(path: string, options: IdxOptions = {}): Promise<IdxLabels> {
  const { shape, elements } = await readIdx(path, 'labels', options.limit);
  return { labels: elements, count: elements.length, total: shape[0] ?? 0 };
}

async function readIdx(path: string, kind: Kind, limit = Number.POSITIVE_INFINITY) {
  const file = await openRegularFile(path);
  try {
    const { size } = await file.stat();
    const headerBytes = 4 + 4 * DIMENSIONS[kind];
    const header = await readExactly(file, 0, Math.min(size, headerBytes));
    checkMagic(path, kind, header);
    if (header.length < headerBytes) {
      throw bad(`"${path}" is truncated: it ends within its header, after ${size} bytes`);
    }
    const view = new DataView(header.buffer, header.byteOffset);
    const shape = Array.from({ length: DIMENSIONS[kind] }, (_, i) => view.getUint32(4 + 4 * i));
    checkSize(path, { kind, shape, headerBytes, size });

    const [total = 0, ...rest] = shape;
    const itemBytes = rest.reduce((product, length) => product * length, 1);
    const bytes = Math.min(total, limit) * itemBytes;
    if (bytes > MAX_BYTES) {
      throw bad(
        `"${path}" holds ${bytes} bytes of ${kind}; at most ${MAX_BYTES} are read at once`,
        'Read fewer images.',
      );
    }
    return { shape, elements: await readExactly(file, headerBytes, bytes) };
  } catch (error) {
    if (error instanceof DeltascopeError) throw error;
    throw bad(`Cannot read "${path}": ${reason(error)}`, undefined, error);
  } finally {
    await file.close();
  }
}

async function openRegularFile(path: string): Promise<FileHandle> {
  try {
    const isFile = (await stat(path)).isFile();
    if (isFile) return await open(path);
  } catch (error) {
    throw bad(`Cannot open "${path}": ${reason(error)}`, undefined, error);
  }
  throw bad(`Cannot open "${path}": it is not a regular file`);
}

async function readExactly(file: FileHandle, position: number, bytes: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, position + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    filled += bytesRead;
  }
  return buffer;
}

/** The first bytes say what a file is, however short it is otherwise. */
function checkMagic(path: string, kind: Kind, header: Uint8Array): void {
  const [b0, b1, type = 0, dimensions] = header;
  if (b0 === undefined) throw bad(`"${path}" is empty`);
  if (b0 === 0x1f && b1 === 0x8b) {
    throw bad(`"${path}" is compressed with gzip`, gunzipHint(path));
  }
  if (header.length < 4) throw bad(`"${path}" is truncated: it has ${header.length} bytes`);
  if (b0 !== 0 || b1 !== 0 || ELEMENT_TYPES[type] === undefined) {
    const bytes = [...header.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0'));
    const expected = `00 00 08 0${DIMENSIONS[kind]}`;
    throw bad(
      `"${path}" is not an IDX file of ${kind}: it starts with ${bytes.join(' ')}, not ${expected}`,
    );
  }
  if (type === UNSIGNED_BYTE && dimensions === DIMENSIONS[kind]) return;
  const other = kind === 'images' ? 'labels' : 'images';
  if (type === UNSIGNED_BYTE && dimensions === DIMENSIONS[other]) {
    throw bad(
      `"${path}" is an IDX file of ${other}, where ${kind} are expected`,
      'Are the file of images and the file of labels swapped?',
    );
  }
  throw bad(
    `"${path}" is an IDX file of ${ELEMENT_TYPES[type]} in ${dimensions} dimensions; ` +
      `${kind} are unsigned bytes in ${DIMENSIONS[kind]}`,
  );
}

interface Sizes {
  kind: Kind;
  shape: number[];
  headerBytes: number;
  size: number;
}

function checkSize(path: string, { kind, shape, headerBytes, size }: Sizes): void {
  const elements = shape.reduce((product, length) => product * length, 1);
  if (elements === 0) throw bad(`"${path}" holds no ${kind}: its header says ${shape.join(' × ')}`);
  const expected = headerBytes + elements;
  if (size === expected) return;
  const announced = `its header announces ${shape.join(' × ')} (${expected} bytes), it has ${size}`;
  if (size < expected) {
    throw bad(`"${path}" is truncated: ${announced}`, 'Download or copy the file again.');
  }
  throw bad(`"${path}" is longer than an IDX file of its header: ${announced}`);
}

/** The command that unpacks a gzip file of any name. */
export function gunzipHint(path: string): string {
  return path.endsWith('.gz')
    ? `Unpack it first: gunzip -k "${path}"`
    : `Unpack it first: mv "${path}" "${path}.gz" && gunzip "${path}.gz"`;
}

function bad(message: string, hint?: string, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-dataset', message, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
