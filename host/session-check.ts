/**
 * Whether the device is still the one that was greeted: a reset sets its count of good frames back,
 * and with it whatever it was told.
 */
const MODULO = 2 ** 16;
/** Frames that the device may have counted beyond those sent: a wire may double some. */
const MARGIN = 256;

/** Of the link, when the device is asked or has answered. */
export interface FrameCounts {
  readonly sent: number;
  readonly answered: number;
}

export class SessionCheck {
  /** Frames that the device has counted since the first look. */
  #accepted = 0;
  #first: { counter: number; answered: number } | undefined;
  #counter = 0;
  #sent = 0;

  /** There was a first look. */
  get hasBegun(): boolean {
    return this.#first !== undefined;
  }

  /**
   * @param counter of good frames, as the device gives it
   * @param asked when it was asked
   * @param now when it has answered; the first time nothing else is under way
   * @returns false when it cannot have counted from the first look on
   */
  look(counter: number, { asked, now }: { asked: FrameCounts; now: FrameCounts }): boolean {
    if (this.#first === undefined) {
      this.#first = { counter, answered: now.answered };
      this.#counter = counter;
      this.#sent = now.sent;
      return true;
    }
    const more = (counter - this.#counter + MODULO) % MODULO;
    const most = 2 * (now.sent - this.#sent) + MARGIN;
    this.#accepted += more;
    this.#counter = counter;
    this.#sent = now.sent;
    return more <= most && this.#accepted >= asked.answered - this.#first.answered;
  }
}
