import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLY } from '../../../contract/protocol.ts';
import { decodeCobs, encodeCobs } from '../../../host/protocol/cobs.ts';
import { decode, decodeReply, encodeRequest, type Frame } from '../../../host/protocol/frames.ts';
import { encodeReply as wireOf } from '../../../model/frames.ts';

async function* inChunks(bytes: Uint8Array, sizes: number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.slice(at, at + size);
    at += size;
  }
}

async function decodeAll(bytes: Uint8Array, sizes = [bytes.length]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of decode(inChunks(bytes, sizes))) {
    frames.push(frame);
  }
  return frames;
}

function bytesOf(frames: Frame[]): number {
  return frames.reduce((n, f) => n + (f.kind === 'reply' ? REPLY.wireBytes : f.bytes.length), 0);
}

const reply = fc
  .record({
    opcode: fc.integer({ min: 0, max: 127 }),
    sequence: fc.integer({ min: 0, max: 255 }),
    status: fc.integer({ min: 0, max: 255 }),
    payload: fc.uint8Array({ maxLength: REPLY.payloadBytes }),
  })
  .map((fields) => ({ kind: 'reply' as const, ...fields }));
/** The cell with another byte in its header, its check sum right. */
const withByte = (cell: Uint8Array, at: number, byte: number) => {
  const frame = decodeCobs(cell)?.slice() ?? expect.fail('not COBS');
  frame[at] = byte;
  const crcAt = REPLY.decodedBytes - REPLY.crcBytes;
  new DataView(frame.buffer).setUint32(crcAt, crc32(frame.subarray(0, crcAt)), true);
  return encodeCobs(frame);
};
const join = (parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 });

describe('frames', () => {
  // Vectors from Python: struct.pack, zlib.crc32 and a COBS encoder written from the definition.
  it('encodeRequest writes an independently computed frame', () => {
    const payload = Uint8Array.of(0xef, 0xbe, 0xad, 0xde);
    const bytes = encodeRequest({ opcode: 1, sequence: 0x2a, payload });
    expect(Buffer.from(bytes).toString('hex')).toBe('04012a0409efbeadde3044ca6200');
  });

  it('decodeReply reads an independently computed cell', () => {
    const cell = Buffer.from(
      '03830706040102030401010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101050ae7c00e00',
      'hex',
    );
    expect(decodeReply(cell)).toEqual({
      kind: 'reply',
      opcode: 3,
      sequence: 7,
      status: 0,
      payload: Uint8Array.of(1, 2, 3, 4),
    });
  });

  it('encodeRequest refuses a payload beyond the contract', () => {
    const payload = new Uint8Array(1025);
    expect(() => encodeRequest({ opcode: 1, sequence: 0, payload })).toThrow(RangeError);
  });

  it('decode finds every reply in any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(reply, { maxLength: 8 }), sizes, async (replies, chunks) => {
        expect(await decodeAll(join(replies.map(wireOf)), chunks)).toEqual(replies);
      }),
    );
  });

  it('decode turns any corruption into discarded, loses no byte and no undamaged reply', async () => {
    const damage = fc.record({
      at: fc.nat(),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.uint8Array({ maxLength: 3 }),
    });
    const replies = fc.array(reply, { minLength: 3, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(replies, damage, sizes, async (sent, { at, remove, insert }, chunks) => {
        const bytes = join(sent.map(wireOf));
        const place = at % bytes.length;
        const hit = Math.floor(place / REPLY.wireBytes);
        const kept = bytes.slice(place, place + remove);
        fc.pre(Buffer.compare(kept, insert) !== 0);
        const damaged = join([bytes.slice(0, place), insert, bytes.slice(place + remove)]);
        const frames = await decodeAll(damaged, chunks);
        expect(bytesOf(frames)).toBe(damaged.length);
        const found = frames.filter((frame) => frame.kind === 'reply');
        const last = Math.floor((place + Math.max(1, remove) - 1) / REPLY.wireBytes);
        // Inserted right before a cell the damage is its own; a zero lost takes the next along,
        // unless that one is whole at the end of the stretch.
        const untouched = [...sent.slice(0, hit), ...sent.slice(last + 1)];
        for (const frame of untouched) {
          expect(found).toContainEqual(frame);
        }
        for (const frame of found) {
          expect(sent).toContainEqual(frame);
        }
        expect(frames.length).toBeGreaterThanOrEqual(found.length);
      }),
      { numRuns: 300 },
    );
  });

  it('decode skips stale bytes in front of a cell', async () => {
    const stale = Uint8Array.from({ length: 200 }, (_, i) => 1 + (i % 255));
    const good = { opcode: 1, sequence: 2, status: 0, payload: Uint8Array.of(9) };
    const frames = await decodeAll(join([stale, wireOf(good)]), [7]);
    expect(frames).toEqual([
      { kind: 'discarded', reason: 'length', bytes: stale },
      { kind: 'reply', ...good },
    ]);
  });

  it('decode gives up bytes without any zero before they fill the memory', async () => {
    const noise = new Uint8Array(20_000).fill(0x55);
    const frames = await decodeAll(noise, [1000]);
    expect(bytesOf(frames)).toBe(noise.length);
    expect(frames.every((frame) => frame.kind === 'discarded')).toBe(true);
    expect(frames.length).toBeGreaterThan(2);
  });

  it('decodeReply names what is wrong', () => {
    const cell = wireOf({ opcode: 1, sequence: 2, status: 0, payload: Uint8Array.of(9) });
    const flipped = cell.slice();
    flipped[2] = (cell[2] ?? 0) ^ 0x40;
    const noFlag = withByte(cell, 0, 1);
    const tooLong = withByte(cell, 3, 55);
    const reasonOf = (bytes: Uint8Array) => {
      const frame = decodeReply(bytes);
      return frame.kind === 'discarded' ? frame.reason : 'reply';
    };
    expect(reasonOf(flipped)).toBe('crc');
    expect(reasonOf(cell.subarray(1))).not.toBe('reply');
    expect(reasonOf(Uint8Array.of(0))).toBe('cobs');
    expect(reasonOf(Uint8Array.of(2, 1, 0))).toBe('length');
    expect(reasonOf(noFlag)).toBe('header');
    expect(reasonOf(tooLong)).toBe('header');
  });
});
