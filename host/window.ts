/** How many bytes may be on their way to the device: its buffer, and more where answers come late. */
import { BITS_PER_BYTE_ON_WIRE } from '../contract/boards.ts';
import type { Line } from './transport/transport.ts';

/** As much as is under way at 12 Mbaud in 50 ms. */
const MAX_BYTES = 65_536;
/** Two requests of the usual length. */
const LEAST_BYTES = 1300;
/** Of a look at how busy the line is; from what share on it is busy enough. */
const LOOK_MS = 25;
const BUSY = 0.93;
/** What was answered is in proportion to the window: at once to what fills the line, and some. */
const ROOM_TO_SPARE = 1.3;
const MAX_GROWTH = 8;
/** Without a loss, before it grows: a bad line is not mended by more under way. */
const CALM_LOOKS = 8;

/**
 * The device's buffer is all that is ever safe, and where whole bytes are handed over it is enough.
 * On a line most of what is under way may still be in a chip or a cable: there the window grows
 * while the sender waits for answers, nothing is lost for a while and the line is not busy. A loss halves it,
 * down to what keeps the line busy when answers are prompt: all that is under way is sent again.
 */
export class Window {
  readonly #bufferBytes: number;
  readonly #leastBytes: number;
  readonly #line: Line | undefined;
  #bytes: number;
  #since: number | undefined;
  #answeredBytes = 0;
  #wasFull = false;
  /** Looks since the last loss. */
  #calmLooks = CALM_LOOKS;

  constructor(bufferBytes: number, line: Line | undefined) {
    this.#bufferBytes = bufferBytes;
    this.#leastBytes = line === undefined ? bufferBytes : Math.min(bufferBytes, LEAST_BYTES);
    this.#line = line;
    this.#bytes = bufferBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** More than the device can buffer: what is lost may have found no room there. */
  get isDaring(): boolean {
    return this.#bytes > this.#bufferBytes;
  }

  /** The sender has more to send. */
  noteFull(): void {
    this.#wasFull = true;
  }

  /** @param wireBytes of the request that was answered; @param now in ms */
  noteAnswer(wireBytes: number, now: number): void {
    if (this.#line === undefined) return;
    this.#since ??= now;
    this.#answeredBytes += wireBytes;
    const ms = now - this.#since;
    if (ms < LOOK_MS) return;
    const busy = (this.#answeredBytes * BITS_PER_BYTE_ON_WIRE) / ((this.#line.baud * ms) / 1000);
    if (this.#wasFull && this.#calmLooks >= CALM_LOOKS && busy < BUSY) {
      const factor = Math.min(MAX_GROWTH, ROOM_TO_SPARE / busy);
      this.#bytes = Math.min(MAX_BYTES, factor * this.#bytes);
    }
    this.#calmLooks++;
    this.#startLook(now);
  }

  noteLoss(): void {
    this.#calmLooks = 0;
    this.#bytes = Math.max(this.#leastBytes, this.#bytes / 2);
  }

  /** The device was silent, or the line is another. */
  reset(): void {
    this.#bytes = this.#bufferBytes;
    this.#startLook(undefined);
  }

  #startLook(now: number | undefined): void {
    this.#since = now;
    this.#answeredBytes = 0;
    this.#wasFull = false;
  }
}
