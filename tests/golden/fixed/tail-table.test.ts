import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS, TAIL_TABLE } from '../../../contract/formats.ts';
import {
  EXPONENTIAL_SEGMENTS,
  SIGMOID_SEGMENTS,
  segmentWord,
} from '../../../golden/fixed/tail-table.ts';
import { ROOT } from '../../../tools/setup/environment.mjs';

const MANTISSA = 2 ** FORMATS.tail.width;
const { segments, segmentBits, baseBits, dropBits, exponentBits } = TAIL_TABLE;

const TABLES = [
  { curve: 'σ(-v)', table: SIGMOID_SEGMENTS, first: 0, file: 'ds_sigmoid_table.vh' },
  {
    curve: 'e^(-v/2)',
    table: EXPONENTIAL_SEGMENTS,
    first: segments,
    file: 'ds_exponential_table.vh',
  },
];

describe.each(TABLES)('the segments of $curve', ({ table, first, file }) => {
  test('cover v up to the end of its format', () => {
    expect(table).toHaveLength(segments);
    expect(segments * 2 ** segmentBits).toBe(2 ** (FORMATS.z.width - 1));
  });

  test('hold a normalised base and fit their columns', () => {
    for (const { base, drop, exponent } of table) {
      expect(base).toBeGreaterThanOrEqual(MANTISSA / 2);
      expect(base).toBeLessThan(MANTISSA);
      expect(drop).toBeGreaterThanOrEqual(0);
      expect(drop).toBeLessThan(2 ** dropBits);
      expect(exponent).toBeGreaterThanOrEqual(0);
      // The slope's exponent may be one more, or that of α more, and has the same width.
      const more = file.includes('sigmoid') ? 1 : 2 ** FORMATS.alphaExponent.width - 1;
      expect(exponent + more).toBeLessThan(2 ** exponentBits);
    }
  });

  test('fall without a gap wider than the error bound', () => {
    const value = (mantissa: number, exponent: number) => mantissa * 2 ** -exponent;
    table.slice(1).forEach(({ base, exponent }, i) => {
      const before = table[i] as (typeof table)[number];
      const end = value(before.base - 2 * before.drop, before.exponent);
      expect(Math.abs(end / value(base, exponent) - 1)).toBeLessThan(1e-3);
    });
  });

  test('are what the committed ROM holds', () => {
    const text = readFileSync(path.join(ROOT, 'rtl', 'core', file), 'utf8');
    const rows = [...text.matchAll(/rom\[(\d+)\] = 32'h([0-9a-f]{8});/g)];
    const rom = rows.map(([, index, word]) => [Number(index), Number.parseInt(word ?? '', 16)]);
    expect(rom).toEqual(table.map((segment, index) => [first + index, segmentWord(segment)]));
  });
});

test('the segments of σ(-v) begin at exactly 1/2', () => {
  expect(SIGMOID_SEGMENTS[0]).toMatchObject({ base: MANTISSA / 2, exponent: 0 });
});

test('segmentWord packs exponent, base and drop without overlap', () => {
  for (const segment of [...SIGMOID_SEGMENTS, ...EXPONENTIAL_SEGMENTS]) {
    const word = BigInt(segmentWord(segment));
    const field = (lsb: number, width: number) =>
      Number((word >> BigInt(lsb)) & ((1n << BigInt(width)) - 1n));
    expect(field(0, dropBits)).toBe(segment.drop);
    expect(field(dropBits, baseBits) + MANTISSA / 2).toBe(segment.base);
    expect(field(dropBits + baseBits, exponentBits)).toBe(segment.exponent);
  }
});
