/** How long an answer takes, as TCP measures it (RFC 6298). Times in ms. */

/** Of the operating system and its timers. */
const SLACK_MS = 4;

export class RoundTrip {
  readonly #mostMs: number;
  #smoothMs: number | undefined;
  #deviationMs = 0;
  #backoff = 1;

  /** @param mostMs of a time-out, and what it is before anything was measured */
  constructor(mostMs: number) {
    this.#mostMs = mostMs;
  }

  /** After so long without an answer something is lost, as far as is known. */
  get timeoutMs(): number {
    if (this.#smoothMs === undefined) return this.#mostMs;
    const usual = this.#smoothMs + Math.max(SLACK_MS, 4 * this.#deviationMs);
    return Math.min(this.#mostMs, this.#backoff * usual);
  }

  /** @param ms of a request that was sent once: of others nobody knows what was answered (Karn) */
  note(ms: number): void {
    this.#backoff = 1;
    if (this.#smoothMs === undefined) {
      this.#smoothMs = ms;
      this.#deviationMs = ms / 2;
    } else {
      this.#deviationMs += (Math.abs(ms - this.#smoothMs) - this.#deviationMs) / 4;
      this.#smoothMs += (ms - this.#smoothMs) / 8;
    }
  }

  /** The time-out ran out; the next one is twice as long, until something is measured. */
  backOff(): void {
    this.#backoff *= 2;
  }

  /** The line is another. */
  forget(): void {
    this.#smoothMs = undefined;
    this.#backoff = 1;
  }
}
