/** A wire that damages one frame on purpose, for a selftest that must see it. */
import type { Transport } from '../host/transport/transport.ts';

export interface FaultyWire {
  readonly transport: Transport;
  /** From now on: one bit of the frame after so many others is turned over on its way out. */
  damageFrame(after: number): void;
}

export function faultyWire(inner: Transport): FaultyWire {
  let left = Number.POSITIVE_INFINITY;
  const transport: Transport = {
    incoming: inner.incoming,
    clock: inner.clock,
    line: inner.line,
    write: (bytes, options) => inner.write(damaged(bytes), options),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };

  /** Several frames share a write; each ends in a zero. */
  function damaged(bytes: Uint8Array): Uint8Array {
    let end = -1;
    for (;;) {
      const start = end + 1;
      end = bytes.indexOf(0, start);
      if (end < 0) return bytes;
      // Empty ones only end what was before.
      if (end === start || left-- > 0) continue;
      left = Number.POSITIVE_INFINITY;
      const copy = bytes.slice();
      const middle = (start + end) >> 1;
      const byte = copy[middle] as number;
      copy[middle] = byte ^ (byte === 1 ? 2 : 1);
      return copy;
    }
  }

  return {
    transport,
    damageFrame(after) {
      left = after;
    },
  };
}
