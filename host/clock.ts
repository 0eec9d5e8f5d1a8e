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
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  /** Counts from the next `advanceTo`: the last one may be long ago. */
  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { ms, callback, due: undefined };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advanceTo(ms: number): void {
    this.#now = Math.max(this.#now, ms);
    for (const timer of [...this.#timers]) {
      timer.due ??= this.#now + timer.ms;
      if (timer.due <= this.#now && this.#timers.delete(timer)) {
        timer.callback();
      }
    }
  }
}
