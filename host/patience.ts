/** How long the device has been silent: when to ask again, and when to give up. */
import { type Clock, WALL_CLOCK } from './clock.ts';

export interface PatienceOptions {
  readonly clock: Clock;
  /**
   * After this long without progress the device is asked again, `retries` times; twice as long after
   * each, up to `LONGEST`.
   */
  readonly replyMs: number;
  readonly retries: number;
  /** Whether there is anything to wait for. */
  readonly isWaiting: () => boolean;
  /** @param attempts how often it was asked so far */
  readonly askAgain: (attempts: number) => void;
  readonly giveUp: (silence: SilenceSoFar) => void;
}

export interface SilenceSoFar {
  readonly waitedMs: number;
  readonly attempts: number;
  /** What came since the last progress. */
  readonly replies: number;
  readonly discardedBytes: number;
}

/** Times the first wait. */
const LONGEST = 8;
/** Wall time in which a host that was busy hears what has come meanwhile. */
const HEARING_MS = 50;

export class Patience {
  readonly #options: PatienceOptions;
  /** Since the last progress. */
  #attempts = 1;
  #since = 0;
  #replies = 0;
  #discardedBytes = 0;
  /** Of the last progress or attempt. */
  #waitFrom = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Something is asked after a time without, or answered. */
  noteProgress(): void {
    this.#attempts = 1;
    this.#since = this.#options.clock.now();
    this.#waitFrom = this.#since;
    this.#replies = 0;
    this.#discardedBytes = 0;
    this.#arm(this.#waitMs);
  }

  noteReply(): void {
    this.#replies++;
  }

  noteDiscarded(bytes: number): void {
    this.#discardedBytes += bytes;
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** One timer at a time; it looks again when there was progress meanwhile. */
  #arm(ms: number): void {
    this.#cancelTimer ??= this.#options.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      if (!this.#options.isWaiting()) return;
      const left = this.#leftMs();
      if (left > 0) this.#arm(left);
      else this.#hearFirst();
    });
  }

  #hearFirst(): void {
    this.#cancelTimer = WALL_CLOCK.after(HEARING_MS, () => {
      this.#cancelTimer = undefined;
      if (!this.#options.isWaiting()) return;
      if (this.#leftMs() <= 0) this.#runOut();
      if (this.#options.isWaiting()) this.#arm(this.#waitMs);
    });
  }

  #leftMs(): number {
    return this.#waitFrom + this.#waitMs - this.#options.clock.now();
  }

  get #waitMs(): number {
    return this.#options.replyMs * Math.min(2 ** (this.#attempts - 1), LONGEST);
  }

  #runOut(): void {
    const { clock, retries, askAgain, giveUp } = this.#options;
    const attempts = this.#attempts;
    if (attempts > retries) {
      const waitedMs = clock.now() - this.#since;
      const came = { replies: this.#replies, discardedBytes: this.#discardedBytes };
      giveUp({ waitedMs, attempts, ...came });
    } else {
      this.#attempts++;
      this.#waitFrom = clock.now();
      askAgain(attempts);
    }
  }
}
