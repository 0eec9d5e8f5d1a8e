/** The rate of a line while it is in use: down when it is silent or too much is damaged. */
import { BAUD, REGISTERS } from '../contract/protocol.ts';
import { divisorFor, usableRates } from './baud.ts';
import { DeltascopeError } from './error.ts';
import { echoRequest, type Identity, type Request, writeRequest } from './protocol/requests.ts';
import type { Line } from './transport/transport.ts';

/** Frames of a look, and the share of them that may be lost. */
const LOOK_FRAMES = 256;
const TOLERABLE = 0.25;
/** Of the times a silent device was asked: before this one the line goes down to the safe rate. */
const GIVE_RATE_UP_AT = 2;
const PATTERN = Uint8Array.from({ length: 32 }, (_, at) => (at % 2 === 0 ? 0x55 : 0x00));

/** What it needs of a link. */
export interface Held {
  hold(): Promise<void>;
  requestHeld(request: Request): Promise<Uint8Array>;
  release(): void;
}

export class RateKeeper {
  readonly #link: Held;
  readonly #line: Line;
  readonly #identity: Identity;
  #stepDowns = 0;
  /** Too fast, as was seen. */
  #failed: number | undefined;
  #isMoving = false;
  #frames = 0;
  #lost = 0;

  constructor(link: Held, { line, identity }: { line: Line; identity: Identity }) {
    this.#link = link;
    this.#line = line;
    this.#identity = identity;
  }

  /** How often the rate went down. */
  get stepDowns(): number {
    return this.#stepDowns;
  }

  /**
   * A device that is reset listens at the safe rate, and one at another rate takes what is sent at
   * the safe one for a break, and goes there too.
   * @param attempts how often it was asked so far
   */
  async onSilence(attempts: number): Promise<void> {
    if (attempts < GIVE_RATE_UP_AT || this.#line.baud === BAUD.safe) return;
    this.#failed = this.#line.baud;
    this.#stepDowns++;
    await this.#line.setBaud(BAUD.safe);
  }

  /** @param lost frames of either direction that were damaged, since the last call */
  onAnswer(lost: number): void {
    this.#frames++;
    this.#lost += lost;
    if (this.#isMoving) return;
    if (this.#failed !== undefined) {
      this.#goBelow(this.#failed);
    } else if (this.#frames >= LOOK_FRAMES) {
      const tooMany = this.#lost > TOLERABLE * this.#frames;
      if (tooMany && this.#line.baud > BAUD.safe) {
        this.#stepDowns++;
        this.#goBelow(this.#line.baud);
      }
      this.#frames = 0;
      this.#lost = 0;
    }
  }

  /** To the next rate below; when the link fails meanwhile, whoever waits for it is told. */
  #goBelow(failed: number): void {
    this.#failed = undefined;
    const rate = usableRates(this.#identity).findLast((usable) => usable < failed);
    if (rate === undefined || rate === this.#line.baud) return;
    this.#isMoving = true;
    this.#moveTo(rate)
      .catch((error: unknown) => {
        if (!(error instanceof DeltascopeError)) throw error;
      })
      .finally(() => {
        this.#isMoving = false;
        this.#frames = 0;
        this.#lost = 0;
      });
  }

  async #moveTo(rate: number): Promise<void> {
    const { address } = REGISTERS.baudDivisor;
    const words = [divisorFor(this.#identity.clockHz, rate)];
    await this.#link.hold();
    try {
      await this.#link.requestHeld(writeRequest('registers', { address, words }));
      await this.#line.setBaud(rate);
      // The device gives the rate up unless it hears something good soon.
      await this.#link.requestHeld(echoRequest(PATTERN));
    } finally {
      this.#link.release();
    }
  }
}
