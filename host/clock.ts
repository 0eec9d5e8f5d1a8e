/** Time as the driver counts it: wall time, or that of a simulated board, for which slow is not dead. */

export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number;
  /** Calls `callback` once, when `ms` have passed. @returns what calls it off. */
  after(ms: number, callback: () => void): () => void;
}

export const WALL_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** @returns what resolves, to undefined, after `ms` or when `stop` is called. */
export function sleep(clock: Clock, ms: number): { done: Promise<undefined>; stop: () => void } {
  let stop = () => {};
  const done = new Promise<undefined>((resolve) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    stop = () => {
      cancel();
      resolve(undefined);
    };
  });
  return { done, stop };
}

interface Timer {
  readonly ms: number;
  readonly callback: () => void;
  due: number | undefined;
}

/** Moved by whoever knows the simulated time. */
export class SimulatedClock implements Clock {
  #now = 0;
  /** When nobody moved it any more, in wall time. */
  #endedAt: number | undefined;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now + (this.#endedAt === undefined ? 0 : WALL_CLOCK.now() - this.#endedAt);
  }

  /** Counts from the next `advanceTo`: the last one may be long ago. */
  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { ms, callback, due: undefined };
    this.#timers.add(timer);
    if (this.#endedAt !== undefined) this.#leaveToWall(timer);
    return () => this.#timers.delete(timer);
  }

  /** Nobody will move it any more: it goes on with the wall's, so that whoever waits is told. */
  end(): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = WALL_CLOCK.now();
    for (const timer of this.#timers) this.#leaveToWall(timer);
  }

  #leaveToWall(timer: Timer): void {
    const ms = timer.due === undefined ? timer.ms : timer.due - this.now();
    WALL_CLOCK.after(ms, () => {
      if (this.#timers.delete(timer)) timer.callback();
    });
  }

  advanceTo(ms: number): void {
    if (this.#endedAt !== undefined) return;
    this.#now = Math.max(this.#now, ms);
    for (const timer of [...this.#timers]) {
      timer.due ??= this.#now + timer.ms;
      if (timer.due <= this.#now && this.#timers.delete(timer)) {
        timer.callback();
      }
    }
  }
}
