/** What is on its way to the device or in its buffer, oldest first: the credit in use. */

interface Transmission<T> {
  readonly item: T;
  readonly bytes: number;
}

/**
 * The device takes frames in order and answers each that it takes. So an answer says that its
 * frame and all that were sent before it no longer occupy the buffer, lost ones included.
 */
export class Flight<T> {
  #transmissions: Transmission<T>[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#transmissions.length;
  }

  get newest(): T | undefined {
    return this.#transmissions.at(-1)?.item;
  }

  add(item: T, bytes: number): void {
    this.#transmissions.push({ item, bytes });
    this.#bytes += bytes;
  }

  has(item: T): boolean {
    return this.#transmissions.some((transmission) => transmission.item === item);
  }

  /** @returns the items of the oldest transmission that `matches` and of all before it. */
  landUpTo(matches: (item: T) => boolean): T[] {
    const at = this.#transmissions.findIndex(({ item }) => matches(item));
    return this.#land(at + 1);
  }

  /** Nothing is on its way any more. */
  clear(): void {
    this.#land(this.#transmissions.length);
  }

  #land(count: number): T[] {
    return this.#transmissions.splice(0, count).map(({ item, bytes }) => {
      this.#bytes -= bytes;
      return item;
    });
  }
}
