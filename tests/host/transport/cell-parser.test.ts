import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellParser } from '../../../host/transport/cell-parser.ts';

async function cut(chunks: Uint8Array[]): Promise<Buffer[]> {
  const parser = new CellParser();
  Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(parser);
  const cells: Buffer[] = [];
  for await (const cell of parser) {
    cells.push(cell);
  }
  return cells;
}

const cell = (fill: number) => Uint8Array.from({ length: 64 }, (_, i) => (i === 63 ? 0 : fill));

describe('CellParser', () => {
  it('cuts cells out of any chunking', async () => {
    const stream = Buffer.concat([cell(1), cell(2), cell(3)]);
    const chunks = [stream.subarray(0, 10), stream.subarray(10, 150), stream.subarray(150)];
    expect((await cut(chunks)).map((c) => [c.length, c[0]])).toEqual([
      [64, 1],
      [64, 2],
      [64, 3],
    ]);
  });

  it('is in step again with the cell after a lost byte, and hands the short one on at once', async () => {
    const stream = Buffer.concat([cell(1).subarray(1), cell(2), cell(3)]);
    expect((await cut([stream])).map((c) => c.length)).toEqual([63, 64, 64]);
  });

  it('is in step again after bytes too many', async () => {
    const stream = Buffer.concat([Uint8Array.of(9, 9), cell(1), cell(2)]);
    expect((await cut([stream])).map((c) => c.length)).toEqual([64, 2, 64]);
  });

  it('passes on every byte in its order', async () => {
    const chunks = fc.array(fc.uint8Array({ max: 3, minLength: 1, maxLength: 150 }), {
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(chunks, async (parts) => {
        const cells = await cut(parts);
        expect(Buffer.concat(cells)).toEqual(Buffer.concat(parts));
        expect(cells.every(({ length }) => length <= 64)).toBe(true);
      }),
    );
  });
});
