/** The images of `run` requests, as rtl/link/ds_image_decoder.v takes them: malformed ones too. */
import { CODES_PER_PIXEL } from '../contract/formats.ts';
import { IMAGE } from '../contract/protocol.ts';

export interface DecodedImage {
  /** Codes of `FORMATS.activation`; as many as the device holds, 0 beyond the input width. */
  readonly codes: Int32Array;
  readonly label: number;
}

export class ImageDecoder {
  readonly #codes: Int32Array;
  /** Open parts of an image are in `#codes`. */
  #isOpen = false;
  #index = 0;

  /** @param inputs that the device holds. */
  constructor(inputs: number) {
    this.#codes = new Int32Array(inputs);
  }

  /**
   * Every image that the payload ends, in order, up to one that is malformed; that one is forgotten,
   * with everything behind it.
   * @param options.onImage must be done with the codes when it returns.
   * @returns whether all were well-formed
   */
  decode(
    payload: Uint8Array,
    { width, onImage }: { width: number; onImage: (image: DecodedImage) => void },
  ): boolean {
    let at = 0;
    while (at < payload.length) {
      const end = this.#decodePart(payload.subarray(at), width);
      if (end === undefined) {
        this.#forget();
        return false;
      }
      const [label = 0] = payload.subarray(at);
      at += end;
      if (!this.#isOpen) {
        onImage({ codes: this.#codes, label });
        this.#forget();
      }
    }
    return true;
  }

  /** @returns its bytes; undefined when it is malformed */
  #decodePart(bytes: Uint8Array, width: number): number | undefined {
    if (bytes.length < IMAGE.headerBytes) return undefined;
    const [, flags = 0, low = 0, high = 0] = bytes;
    const end = IMAGE.headerBytes + low + 256 * high;
    const isContinued = (flags & IMAGE.continuedFlag) !== 0;
    if (end > bytes.length || (isContinued && !this.#isOpen)) return undefined;
    // A new image takes the place of one that was left open.
    if (!isContinued) this.#forget();
    const runs = bytes.subarray(IMAGE.headerBytes, end);
    const step = (flags & IMAGE.wideFlag) !== 0 ? 2 : 1;
    if (!this.#decodeRuns(runs, { step, width })) return undefined;
    this.#isOpen = (flags & IMAGE.openFlag) !== 0;
    return end;
  }

  #decodeRuns(runs: Uint8Array, { step, width }: { step: number; width: number }): boolean {
    let at = 0;
    while (at < runs.length) {
      const length = runs[at + 1];
      if (length === undefined) return false;
      this.#index += runs[at] as number;
      const first = at + 2;
      at = first + step * length;
      const isOutside = this.#index + length > Math.min(width, this.#codes.length);
      if (at > runs.length || (length > 0 && isOutside)) return false;
      for (let value = first; value < at; value += step) {
        const code =
          step === 2
            ? (((runs[value + 1] as number) << 24) >> 16) | (runs[value] as number)
            : (runs[value] as number) * CODES_PER_PIXEL;
        this.#codes[this.#index++] = code;
      }
    }
    return true;
  }

  #forget(): void {
    this.#codes.fill(0);
    this.#index = 0;
    this.#isOpen = false;
  }
}
