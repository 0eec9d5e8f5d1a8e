/** Wires that damage what is written to them, the same way for the same seed. */
import type { Transport } from '../../host/transport/transport.ts';

export interface Damage {
  readonly seed: number;
  /** Share of the frames that are damaged. */
  readonly rate: number;
}

/** What becomes of a frame: the pieces that go on in its place. */
type Fate = (frame: Uint8Array) => readonly Uint8Array[];

/** `transport` with each frame written to it (up to its zero) changed by `fate`. */
export function perFrame(transport: Transport, fate: Fate): Transport {
  return {
    incoming: transport.incoming,
    async write(bytes) {
      for (const frame of framesOf(bytes)) {
        for (const part of fate(frame)) {
          await transport.write(part);
        }
      }
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** Loses the frame with number `lost`, from 1; empty ones do not count. `left` comes in its place. */
export function losing(transport: Transport, lost: number, ...left: Uint8Array[]): Transport {
  let frames = 0;
  return perFrame(transport, (frame) => (frame.length > 1 && ++frames === lost ? left : [frame]));
}

export function lossy(transport: Transport, { seed, rate }: Damage): Transport {
  const random = mulberry32(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return perFrame(transport, (frame) => (random() >= rate ? [frame] : damage(frame)));

  function damage(bytes: Uint8Array): readonly Uint8Array[] {
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

function framesOf(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start) + 1 || bytes.length;
    frames.push(bytes.slice(start, end));
    start = end;
  }
  return frames;
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
