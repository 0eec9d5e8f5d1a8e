/** Files that somebody names: read whole, unless they cannot be what they should be. */
import { readFile, stat } from 'node:fs/promises';

/**
 * @param of what such a file is of, for the message, as in `any network`.
 * @throws Error when it is no regular file or larger than `maxBytes`, or what reading throws.
 */
export async function readWhole(
  file: string,
  { maxBytes, of }: { maxBytes: number; of: string },
): Promise<Buffer> {
  const entry = await stat(file);
  if (!entry.isFile()) throw new Error('it is not a regular file');
  if (entry.size > maxBytes) throw new Error(`${entry.size} bytes are more than ${of} needs`);
  return readFile(file);
}
