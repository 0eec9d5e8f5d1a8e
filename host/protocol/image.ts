/** An image as runs of non-zero values: MNIST is four fifths zeros (contract/protocol.ts, IMAGE). */
import { CODES_PER_PIXEL } from '../../contract/formats.ts';
import { IMAGE, REQUEST } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';

/** Pixels x, activation x/256, or codes of `FORMATS.activation`; `label` selects the 1 of y. */
export type Image =
  | { readonly pixels: Uint8Array; readonly label: number }
  | { readonly codes: Int16Array; readonly label: number };

interface Run {
  readonly start: number;
  readonly end: number;
}

const RUN_HEADER_BYTES = 2;
const PIXEL_MAX = 255;

/**
 * The bytes of one image in a `run` payload. Codes that are all pixels travel as pixels.
 * @throws DeltascopeError `bad-dataset` when it does not fit into one request.
 */
export function encodeImage(image: Image): Uint8Array {
  const narrow = 'pixels' in image ? image.pixels : asPixels(image.codes);
  const bytes = encodeRuns(narrow ?? ('codes' in image ? image.codes : image.pixels));
  const length = IMAGE.headerBytes + bytes.length;
  if (length > REQUEST.maxPayloadBytes) {
    throw new DeltascopeError(
      'bad-dataset',
      `An image takes ${length} bytes on the link, and a request holds ${REQUEST.maxPayloadBytes}`,
      { hint: 'use 8 bit pixels, or fewer inputs that are not zero' },
    );
  }
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  view.setUint8(0, image.label);
  view.setUint8(1, narrow === undefined ? IMAGE.wideFlag : 0);
  view.setUint16(2, bytes.length, true);
  out.set(bytes, IMAGE.headerBytes);
  return out;
}

/** The same image as pixels, or undefined where a code is not a multiple of 2^7 in 0 … 255·2^7. */
function asPixels(codes: Int16Array): Uint8Array | undefined {
  const isPixel = (code: number) =>
    code >= 0 && code <= PIXEL_MAX * CODES_PER_PIXEL && code % CODES_PER_PIXEL === 0;
  return codes.every(isPixel)
    ? Uint8Array.from(codes, (code) => code / CODES_PER_PIXEL)
    : undefined;
}

function encodeRuns(values: Uint8Array | Int16Array): Uint8Array {
  const out: number[] = [];
  let at = 0;
  for (const run of findRuns(values)) {
    let skip = run.start - at;
    for (; skip > IMAGE.maxSkip; skip -= IMAGE.maxSkip) {
      out.push(IMAGE.maxSkip, 0);
    }
    out.push(skip, run.end - run.start);
    for (const value of values.subarray(run.start, run.end)) {
      out.push(value & 0xff);
      if (values instanceof Int16Array) {
        out.push((value >> 8) & 0xff);
      }
    }
    at = run.end;
  }
  return Uint8Array.from(out);
}

/** Stretches of non-zero values of at most `maxLength`, across gaps cheaper than a new header. */
function findRuns(values: Uint8Array | Int16Array): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < values.length; at++) {
    if (values[at] === 0) {
      continue;
    }
    let end = at + 1;
    while (end < values.length && values[end] !== 0 && end - at < IMAGE.maxLength) {
      end++;
    }
    const last = runs.at(-1);
    const gapBytes = last === undefined ? 0 : (at - last.end) * values.BYTES_PER_ELEMENT;
    const joins =
      last !== undefined && gapBytes < RUN_HEADER_BYTES && end - last.start <= IMAGE.maxLength;
    if (joins) {
      runs.pop();
    }
    runs.push({ start: joins ? last.start : at, end });
    at = end - 1;
  }
  return runs;
}
