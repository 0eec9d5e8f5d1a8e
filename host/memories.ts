/** The device's memories, by region and address; long ranges in as many requests as they take. */
import { crc32 } from 'node:zlib';
import { MAX_READ_WORDS, REQUEST } from '../contract/protocol.ts';
import { DeltascopeError } from './error.ts';
import type { Link } from './link.ts';
import {
  checksumRequest,
  decodeChecksum,
  decodeWords,
  encodeWords,
  type RegionName,
  type Request,
  readRequest,
  wordsPerWrite,
  writeRequest,
} from './protocol/requests.ts';

export type Words = Int32Array | Uint32Array | readonly number[];

/** Of a request: what surrounds it is then below 3 %, and one that is damaged costs little. */
const LONG_ENOUGH_BYTES = 640;

export class Memories {
  readonly #link: Link;
  /** Payload of a request of which the device's buffer holds two. */
  readonly payloadBytes: number;

  constructor(link: Link, { bufferBytes }: { bufferBytes: number }) {
    this.#link = link;
    const half = Math.floor(bufferBytes / 2) - REQUEST.headerBytes;
    this.payloadBytes = Math.min(LONG_ENOUGH_BYTES, half);
  }

  async write(region: RegionName, address: number, words: Words): Promise<void> {
    const step = wordsPerWrite(this.payloadBytes);
    const replies: Promise<Uint8Array>[] = [];
    for (let at = 0; at < words.length; at += step) {
      const part = 'subarray' in words ? words.subarray(at, at + step) : words.slice(at, at + step);
      replies.push(
        this.#link.request(writeRequest(region, { address: address + at, words: part })),
      );
    }
    await Promise.all(replies);
  }

  /** Words as signed numbers of 32 bits. */
  async read(region: RegionName, address: number, count: number): Promise<Int32Array> {
    const words = new Int32Array(count);
    const replies: Promise<void>[] = [];
    for (let at = 0; at < count; at += MAX_READ_WORDS) {
      const part = { address: address + at, count: Math.min(MAX_READ_WORDS, count - at) };
      const request = readRequest(region, part);
      replies.push(
        this.#link.request(request).then((payload) => {
          words.set(decodeWords(payload, part.count) ?? fail(request, payload), at);
        }),
      );
    }
    await Promise.all(replies);
    return words;
  }

  /**
   * Asks the device what it holds.
   * @throws DeltascopeError `wrong-result` naming the region when that is not `words`.
   */
  async verify(region: RegionName, words: Words, address = 0): Promise<void> {
    if (words.length === 0) {
      return;
    }
    const request = checksumRequest(region, { address, count: words.length });
    const payload = await this.#link.request(request);
    const found = decodeChecksum(payload) ?? fail(request, payload);
    const written = crc32(encodeWords(words));
    if (found !== written) {
      throw new DeltascopeError(
        'wrong-result',
        `The device holds other ${region} than were written: CRC-32 ${hex(found)}, ` +
          `not ${hex(written)}, of ${words.length} words`,
        { hint: 'run the same command again; if it repeats, the link or the memory is damaged' },
      );
    }
  }
}

function fail(request: Request, payload: Uint8Array): never {
  throw new DeltascopeError(
    'internal',
    `The ${request.about} came back with ${payload.length} bytes`,
  );
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
