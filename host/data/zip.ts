/**
 * Unpacks chosen entries of a zip archive into memory: sizes are bounded before anything is
 * allocated, and each entry is checked against its CRC-32, which fflate does not do.
 * Source: PKWARE APPNOTE.TXT 6.3, §4.3.12 (central directory) and §4.3.16 (its end record).
 */
import { crc32 } from 'node:zlib';
import { unzipSync } from 'fflate';
import { DeltascopeError } from '../error.ts';

export interface UnzipOptions {
  /** What the archive is called in messages. */
  name: string;
  /** Entries whose whole name matches are unpacked, the others skipped. */
  wanted: RegExp;
  /** Of one unpacked entry. */
  maxEntryBytes: number;
  /** In the archive, wanted or not. */
  maxEntries: number;
}

const END_RECORD = { signature: 0x06054b50, bytes: 22, entries: 10, directory: 16 } as const;
const DIRECTORY = {
  signature: 0x02014b50,
  bytes: 46,
  crc: 16,
  nameLength: 28,
  extraLength: 30,
  commentLength: 32,
} as const;

/**
 * The wanted entries by name, in the order of the archive. Names are compared, never followed.
 * @throws DeltascopeError `bad-weights` when the archive is damaged, or holds more than allowed.
 */
export function unzip(bytes: Uint8Array, options: UnzipOptions): Map<string, Uint8Array> {
  const { name } = options;
  try {
    const files = new Map(Object.entries(unpack(bytes, options)));
    const checksums = readChecksums(bytes);
    for (const entry of new Set([...files.keys(), ...checksums.keys()])) {
      if (!options.wanted.test(entry)) continue;
      const content = files.get(entry);
      if (content === undefined || crc32(content) !== checksums.get(entry)) {
        throw new Error(`the CRC-32 of "${entry}" is wrong`);
      }
    }
    return files;
  } catch (error) {
    if (error instanceof DeltascopeError) throw error;
    const message = `"${name}" is a damaged zip archive: ${(error as Error).message}`;
    throw new DeltascopeError('bad-weights', message, {
      hint: 'Copy or write the file again.',
      cause: error,
    });
  }
}

function unpack(bytes: Uint8Array, options: UnzipOptions): Record<string, Uint8Array> {
  const { name, wanted, maxEntryBytes, maxEntries } = options;
  const seen = new Set<string>();
  let entries = 0;
  return unzipSync(bytes, {
    filter: (entry) => {
      entries += 1;
      if (entries > maxEntries) throw bad(`"${name}" has more than ${maxEntries} entries`);
      if (!wanted.test(entry.name)) return false;
      if (seen.has(entry.name)) throw bad(`"${name}" has two entries "${entry.name}"`);
      seen.add(entry.name);
      const size = Math.max(entry.originalSize, entry.compression === 0 ? entry.size : 0);
      if (size <= maxEntryBytes) return true;
      throw bad(
        `"${entry.name}" in "${name}" has ${size} bytes; at most ${maxEntryBytes} are read`,
      );
    },
  });
}

const BAD_DIRECTORY = 'its directory does not lead from entry to entry to the end record';

/** CRC-32 of every entry, from the central directory, which must end where the end record begins. */
function readChecksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - END_RECORD.bytes;
  while (view.getUint32(end, true) !== END_RECORD.signature) end -= 1;
  const checksums = new Map<string, number>();
  let at = view.getUint32(end + END_RECORD.directory, true);
  for (let left = view.getUint16(end + END_RECORD.entries, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== DIRECTORY.signature) throw new Error(BAD_DIRECTORY);
    const nameLength = view.getUint16(at + DIRECTORY.nameLength, true);
    const nameAt = at + DIRECTORY.bytes;
    const name = String.fromCharCode(...bytes.subarray(nameAt, nameAt + nameLength));
    checksums.set(name, view.getUint32(at + DIRECTORY.crc, true));
    const extraLength = view.getUint16(at + DIRECTORY.extraLength, true);
    const commentLength = view.getUint16(at + DIRECTORY.commentLength, true);
    at = nameAt + nameLength + extraLength + commentLength;
  }
  if (at !== end) throw new Error(BAD_DIRECTORY);
  return checksums;
}

function bad(message: string): DeltascopeError {
  return new DeltascopeError('bad-weights', message);
}
