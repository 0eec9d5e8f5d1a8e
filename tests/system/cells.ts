/** Bytes of the wire, cut at their zeros. */
import type { Transport } from '../../host/transport/transport.ts';

/** Each cell with its zero. */
export async function* cellsFrom(transport: Transport): AsyncGenerator<Uint8Array> {
  let pending: number[] = [];
  for await (const chunk of transport.incoming) {
    for (const byte of chunk) {
      pending.push(byte);
      if (byte !== 0) continue;
      yield Uint8Array.from(pending);
      pending = [];
    }
  }
}

/** The cells of bytes that end with a zero; a zero alone is none. */
export function split(bytes: Uint8Array): Uint8Array[] {
  const cells: Uint8Array[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = bytes.indexOf(0, start) + 1;
    if (end - start > 1) cells.push(bytes.slice(start, end));
  }
  return cells;
}
