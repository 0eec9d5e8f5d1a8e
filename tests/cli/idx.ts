/** Images and labels as files. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Zeros, or all the same, behind the header of an IDX file. */
export function idx(magic: readonly number[], shape: readonly number[], element = 0): Uint8Array {
  const elements = shape.reduce((product, length) => product * length, 1);
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + elements).fill(element, header);
  bytes.set(magic);
  shape.forEach((length, index) => {
    new DataView(bytes.buffer).setUint32(4 + 4 * index, length);
  });
  return bytes;
}

/** The training set of a data set. */
export async function writeDataset(
  directory: string,
  files: { images?: Uint8Array; labels?: Uint8Array },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [kind, bytes] of Object.entries(files)) {
    const file = `train-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte`;
    await writeFile(path.join(directory, file), bytes);
  }
}
