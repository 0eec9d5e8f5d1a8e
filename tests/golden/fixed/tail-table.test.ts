import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS, TAIL_TABLE } from '../../../contract/formats.ts';
import { SIGMOID_SEGMENTS, segmentWord } from '../../../golden/fixed/tail-table.ts';
import { ROOT } from '../../../tools/setup/environment.mjs';

const MANTISSA = 2 ** FORMATS.tail.width;
const { segments, segmentBits, baseBits, dropBits, exponentBits } = TAIL_TABLE;

describe('SIGMOID_SEGMENTS', () => {
  test('cover |z| up to the end of its format', () => {
    expect(SIGMOID_SEGMENTS).toHaveLength(segments);
    expect(segments * 2 ** segmentBits).toBe(2 ** (FORMATS.z.width - 1));
  });

  test('hold a normalised base and fit their columns', () => {
    for (const { base, drop, exponent } of SIGMOID_SEGMENTS) {
      expect(base).toBeGreaterThanOrEqual(MANTISSA / 2);
      expect(base).toBeLessThan(MANTISSA);
      expect(drop).toBeGreaterThanOrEqual(0);
      expect(drop).toBeLessThan(2 ** dropBits);
      expect(exponent).toBeGreaterThanOrEqual(0);
      // The slope's exponent is one more and has the same width.
      expect(exponent + 1).toBeLessThan(2 ** exponentBits);
    }
  });

  test('begin at 1/2 and fall without a gap wider than the error bound', () => {
    expect(SIGMOID_SEGMENTS[0]).toMatchObject({ base: MANTISSA / 2, exponent: 0 });
    const value = (mantissa: number, exponent: number) => mantissa * 2 ** -exponent;
    SIGMOID_SEGMENTS.slice(1).forEach(({ base, exponent }, i) => {
      const before = SIGMOID_SEGMENTS[i] as (typeof SIGMOID_SEGMENTS)[number];
      const end = value(before.base - 2 * before.drop, before.exponent);
      expect(Math.abs(end / value(base, exponent) - 1)).toBeLessThan(1e-3);
    });
  });
});

describe('segmentWord', () => {
  test('packs exponent, base and drop without overlap', () => {
    for (const segment of SIGMOID_SEGMENTS) {
      const word = BigInt(segmentWord(segment));
      const field = (lsb: number, width: number) =>
        Number((word >> BigInt(lsb)) & ((1n << BigInt(width)) - 1n));
      expect(field(0, dropBits)).toBe(segment.drop);
      expect(field(dropBits, baseBits) + MANTISSA / 2).toBe(segment.base);
      expect(field(dropBits + baseBits, exponentBits)).toBe(segment.exponent);
    }
  });

  test('is what the committed ROM holds', () => {
    const text = readFileSync(path.join(ROOT, 'rtl', 'core', 'ds_sigmoid_table.vh'), 'utf8');
    const rows = [...text.matchAll(/rom\[(\d+)\] = 32'h([0-9a-f]{8});/g)];
    const rom = rows.map(([, index, word]) => [Number(index), Number.parseInt(word ?? '', 16)]);
    expect(rom).toEqual(SIGMOID_SEGMENTS.map((segment, index) => [index, segmentWord(segment)]));
  });
});
