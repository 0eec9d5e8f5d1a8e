/** A wire that damages what is written to it, the same way for the same seed. */
import type { Transport } from '../../host/transport/transport.ts';

export interface Damage {
  readonly seed: number;
  /** Share of the writes that are damaged. */
  readonly rate: number;
}

export function lossy(transport: Transport, { seed, rate }: Damage): Transport {
  const random = mulberry32(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    incoming: transport.incoming,
    async write(bytes) {
      for (const part of damage(bytes)) {
        await transport.write(part);
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };

  function damage(bytes: Uint8Array): Uint8Array[] {
    if (random() >= rate) {
      return [bytes];
    }
    const at = below(bytes.length);
    const changed = bytes.slice();
    changed[at] = below(256);
    const kinds: Uint8Array[][] = [
      [],
      [bytes, bytes],
      [changed],
      [bytes.slice(0, at)],
      [bytes.slice(0, at), bytes.slice(at + 1)],
      [bytes.slice(0, at), Uint8Array.of(below(256)), bytes.slice(at)],
    ];
    return kinds[below(kinds.length)] ?? [];
  }
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
