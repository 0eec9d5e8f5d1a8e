/**
 * When to ask a silent device long before its answer is late. A loss shows by an answer to what was
 * sent after it; where all that was under way is lost nothing is answered, unless something is sent.
 */
import { type Clock, WALL_CLOCK } from './clock.ts';
import { RoundTrip } from './round-trip.ts';

export interface TailProbeOptions {
  readonly clock: Clock;
  /** From here on it is for `Patience`. */
  readonly replyMs: number;
  /**
   * Whether there is anything to wait for, on a line that has lost something before: on a clean one
   * a device that takes longer than usual is asked nothing twice.
   */
  readonly isDoubtful: () => boolean;
  readonly probe: () => void;
}

/** Wall time in which a host that was busy hears what has come meanwhile. */
const HEARING_MS = 2;

export class TailProbe {
  readonly #options: TailProbeOptions;
  readonly #roundTrip: RoundTrip;
  #cancelTimer: (() => void) | undefined;

  constructor(options: TailProbeOptions) {
    this.#options = options;
    this.#roundTrip = new RoundTrip(options.replyMs);
  }

  /** @param carryMs what the line takes for all that is under way */
  noteSent(carryMs: number): void {
    this.#arm(carryMs);
  }

  /** @param carriedAt when the line had carried a request that was sent once */
  noteAnswer(carriedAt: number | undefined, carryMs: number): void {
    if (carriedAt !== undefined) {
      this.#roundTrip.note(Math.max(0, this.#options.clock.now() - carriedAt));
    }
    this.#arm(carryMs);
  }

  /** The line is another. */
  reset(): void {
    this.#roundTrip.forget();
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** From the last request or answer on; anew each time, since `now` of a simulated clock may be old. */
  #arm(carryMs: number): void {
    const { clock, replyMs, isDoubtful } = this.#options;
    this.stop();
    const timeoutMs = this.#roundTrip.timeoutMs + carryMs;
    if (!isDoubtful() || timeoutMs >= replyMs) return;
    this.#cancelTimer = clock.after(timeoutMs, () => {
      this.#cancelTimer = WALL_CLOCK.after(HEARING_MS, () => this.#runOut(carryMs));
    });
  }

  #runOut(carryMs: number): void {
    this.#roundTrip.backOff();
    this.#arm(carryMs);
    this.#options.probe();
  }
}
