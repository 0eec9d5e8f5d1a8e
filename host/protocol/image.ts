/** An image as runs of non-zero values: MNIST is four fifths zeros (contract/protocol.ts, IMAGE). */
import { CODES_PER_PIXEL } from '../../contract/formats.ts';
import { IMAGE, REQUEST } from '../../contract/protocol.ts';

/** Pixels x, activation x/256, or codes of `FORMATS.activation`; `label` selects the 1 of y. */
export type Image =
  | { readonly pixels: Uint8Array; readonly label: number }
  | { readonly codes: Int16Array; readonly label: number };

/** Its parts in their order, each with a header of its own; one where it fits. */
export type EncodedImage = readonly Uint8Array[];

type Values = Uint8Array | Int16Array;

const RUN_HEADER_BYTES = 2;
const PIXEL_MAX = 255;

/**
 * The bytes of one image in `run` payloads. Codes that are all pixels travel as pixels.
 * @param partBytes most bytes of a part: what a payload holds.
 */
export function encodeImage(
  image: Image,
  partBytes: number = REQUEST.maxPayloadBytes,
): EncodedImage {
  const narrow = 'pixels' in image ? image.pixels : asPixels(image.codes);
  const values: Values = narrow ?? ('codes' in image ? image.codes : image.pixels);
  const writer = new PartWriter(image.label, {
    partBytes,
    flags: narrow === undefined ? IMAGE.wideFlag : 0,
  });
  let written = 0;
  for (let start = nextNonZero(values, 0); start < values.length; ) {
    const end = endOfRun(values, start);
    writer.skip(start - written);
    writer.run(values, start, end);
    written = end;
    start = nextNonZero(values, end);
  }
  return writer.finish();
}

/** The same image as pixels, or undefined where a code is not a multiple of 2^7 in 0 … 255·2^7. */
function asPixels(codes: Int16Array): Uint8Array | undefined {
  const isPixel = (code: number) =>
    code >= 0 && code <= PIXEL_MAX * CODES_PER_PIXEL && code % CODES_PER_PIXEL === 0;
  return codes.every(isPixel)
    ? Uint8Array.from(codes, (code) => code / CODES_PER_PIXEL)
    : undefined;
}

function nextNonZero(values: Values, from: number, limit = values.length): number {
  let at = from;
  while (at < limit && values[at] === 0) {
    at++;
  }
  return at;
}

function nextZero(values: Values, from: number, limit: number): number {
  let at = from;
  while (at < limit && values[at] !== 0) {
    at++;
  }
  return at;
}

/** End of the run from `start`: at most `maxLength`, across gaps cheaper than a new header. */
function endOfRun(values: Values, start: number): number {
  const last = Math.min(values.length, start + IMAGE.maxLength);
  const gap = Math.ceil(RUN_HEADER_BYTES / values.BYTES_PER_ELEMENT) - 1;
  let end = nextZero(values, start, last);
  for (;;) {
    const next = nextNonZero(values, end, Math.min(last, end + gap));
    const after = next > end ? nextZero(values, next, Math.min(values.length, last + 1)) : next;
    // A stretch that would have to be cut begins a run of its own.
    if (after === next || after > last) {
      return end;
    }
    end = after;
  }
}

/** Runs one after the other, a new part where one is full. */
class PartWriter {
  readonly #label: number;
  readonly #flags: number;
  readonly #parts: Uint8Array[] = [];
  readonly #bytes: Uint8Array;
  #at = IMAGE.headerBytes;
  /** Zero inputs before the next run, not yet written. */
  #zeros = 0;

  constructor(label: number, { partBytes, flags }: { partBytes: number; flags: number }) {
    this.#label = label;
    this.#flags = flags;
    this.#bytes = new Uint8Array(partBytes);
  }

  skip(zeros: number): void {
    this.#zeros = zeros;
  }

  run(values: Values, start: number, end: number): void {
    for (; this.#zeros > IMAGE.maxSkip; this.#zeros -= IMAGE.maxSkip) {
      this.#header(IMAGE.maxSkip, 0);
    }
    const width = values.BYTES_PER_ELEMENT;
    for (let from = start; from < end; ) {
      this.#require(RUN_HEADER_BYTES + width);
      const fits = Math.floor((this.#bytes.length - this.#at - RUN_HEADER_BYTES) / width);
      const to = Math.min(end, from + fits);
      this.#header(this.#zeros, to - from);
      this.#zeros = 0;
      this.#values(values, from, to);
      from = to;
    }
  }

  finish(): EncodedImage {
    this.#endPart(0);
    return this.#parts;
  }

  #values(values: Values, from: number, to: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = from; index < to; index++) {
      const value = values[index] as number;
      bytes[at++] = value;
      if (values.BYTES_PER_ELEMENT === 2) {
        bytes[at++] = value >> 8;
      }
    }
    this.#at = at;
  }

  #header(skip: number, length: number): void {
    this.#require(RUN_HEADER_BYTES);
    this.#bytes[this.#at++] = skip;
    this.#bytes[this.#at++] = length;
  }

  #require(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) {
      this.#endPart(IMAGE.openFlag);
    }
  }

  #endPart(openFlag: number): void {
    const continued = this.#parts.length > 0 ? IMAGE.continuedFlag : 0;
    const view = new DataView(this.#bytes.buffer);
    view.setUint8(0, this.#label);
    view.setUint8(1, this.#flags | continued | openFlag);
    view.setUint16(2, this.#at - IMAGE.headerBytes, true);
    this.#parts.push(this.#bytes.slice(0, this.#at));
    this.#at = IMAGE.headerBytes;
  }
}
