/** The one seeded generator of the RTL tests' vectors. */
/** Marsaglia's xorshift32 with the draws that the tests need. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** 32 bits, unsigned. */
  word(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  /** 0 ≤ x < 1, 53 bits. */
  fraction(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }

  /** low ≤ x ≤ high, up to 53 bits apart. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** A signed number whose length, up to `bits` with the sign, is random too. */
  signed(bits: number): number {
    const size = 2 ** this.integer(0, bits - 1);
    return this.integer(-size, size - 1);
  }

  boolean(probability = 0.5): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }

  list<T>(length: number, item: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => item(index));
  }
}

/** The signed numbers of `bits` bits at which arithmetic goes wrong. */
export function signedCorners(bits: number): number[] {
  const half = 2 ** (bits - 1);
  return [-half, -half + 1, -half / 2, -2, -1, 0, 1, 2, half / 2 - 1, half / 2, half - 2, half - 1];
}

/** Signed numbers of `bits` bits around every power of two: where lengths and carries change. */
export function powerNeighbours(bits: number): number[] {
  const powers = Array.from({ length: bits - 1 }, (_, n) => 2 ** n);
  const around = powers.flatMap((p) => [p - 1, p, p + 1, -p - 1, -p, -p + 1]);
  const half = 2 ** (bits - 1);
  return [...around, half - 1, -half + 1, -half];
}
