import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DELTA_SUM_STEP,
  FORMATS,
  MAX_BATCH_IMAGES,
  NO_EXPONENT,
} from '../../../contract/formats.ts';
import { DeltaSum } from '../../../golden/fixed/delta-sum.ts';

const GUARD = FORMATS.deltaSum.fraction;
const LOWEST = -(2 ** (FORMATS.delta.width - 1));

interface Image {
  codes: number[];
  exponent: number;
}

const NEURONS = 3;
const mantissas = fc.integer({ min: LOWEST, max: -LOWEST - 1 });
const images = (spread: number): fc.Arbitrary<Image[]> =>
  fc.array(
    fc.record({
      codes: fc.array(mantissas, { minLength: NEURONS, maxLength: NEURONS }),
      exponent: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: -spread, max: spread }) },
        { weight: 1, arbitrary: fc.constant(NO_EXPONENT) },
      ),
    }),
    { maxLength: 20 },
  );

function sumOf(list: Image[]): DeltaSum {
  const sum = new DeltaSum(NEURONS);
  for (const { codes, exponent } of list) {
    sum.add(Int32Array.from(exponent === NO_EXPONENT ? [0, 0, 0] : codes), exponent);
  }
  return sum;
}

const stepBelow = (exponent: number) => Math.floor(exponent / DELTA_SUM_STEP) * DELTA_SUM_STEP;
const nonZero = (list: Image[]) => list.filter(({ exponent }) => exponent !== NO_EXPONENT);

test.each([0, 3, 20, 60, 500])('DeltaSum: half an LSB an image, exponents ± %i', (spread) => {
  fc.assert(
    fc.property(images(spread), (list) => {
      const sum = sumOf(list);
      const added = nonZero(list);
      if (added.length === 0) {
        expect(sum.exponent).toBe(NO_EXPONENT);
        return;
      }
      expect(sum.exponent).toBe(stepBelow(Math.max(...added.map(({ exponent }) => exponent))));
      // Both sides in units of 2^(lowest step - GUARD - 1): integers.
      const unit = stepBelow(Math.min(...added.map(({ exponent }) => exponent)));
      const lsb = 2n << BigInt(sum.exponent - unit);
      for (let j = 0; j < NEURONS; j++) {
        const exact = added.reduce(
          (total, { codes, exponent }) =>
            total + (BigInt(codes[j] as number) << BigInt(exponent - unit + GUARD + 1)),
          0n,
        );
        const error = BigInt(sum.codes[j] as number) * lsb - exact;
        expect(2n * (error < 0n ? -error : error) <= lsb * BigInt(added.length)).toBe(true);
      }
    }),
  );
});

test('DeltaSum equals the rule step by step in BigInt', () => {
  const roundShift = (x: bigint, n: number) => (n === 0 ? x : ((x >> BigInt(n - 1)) + 1n) >> 1n);
  fc.assert(
    fc.property(images(60), (list) => {
      let exponent: number | undefined;
      const codes = new Array<bigint>(NEURONS).fill(0n);
      for (const image of nonZero(list)) {
        const step = stepBelow(image.exponent);
        const old = exponent ?? step;
        const larger = Math.max(old, step);
        codes.forEach((code, j) => {
          const addend = BigInt(image.codes[j] as number) << BigInt(GUARD + image.exponent - step);
          const kept = larger - old < 2 * DELTA_SUM_STEP ? roundShift(code, larger - old) : 0n;
          codes[j] = kept + roundShift(addend, larger - step);
        });
        exponent = larger;
      }
      const sum = sumOf(list);
      expect(Array.from(sum.codes, BigInt)).toEqual(codes);
      expect(sum.exponent).toBe(exponent ?? NO_EXPONENT);
    }),
  );
});

test('DeltaSum is exact while all exponents are equal', () => {
  const sum = new DeltaSum(1);
  const most = DELTA_SUM_STEP - 1; // as far above the running exponent as it may be
  for (let i = 0; i < MAX_BATCH_IMAGES; i++) sum.add(Int32Array.of(LOWEST), -48 + most);
  expect(sum.codes[0]).toBe(MAX_BATCH_IMAGES * LOWEST * 2 ** (most + GUARD));
  expect(Math.abs(sum.codes[0] as number)).toBeLessThan(2 ** (FORMATS.deltaSum.width - 1));
});

test('DeltaSum survives exponents at both ends of their format', () => {
  const sum = new DeltaSum(1);
  const least = NO_EXPONENT + 2 * DELTA_SUM_STEP;
  sum.add(Int32Array.of(5), least);
  sum.add(Int32Array.of(7), -NO_EXPONENT - 1);
  sum.add(Int32Array.of(9), least);
  expect(sum).toMatchObject({ exponent: 32767 - 15 });
  expect(sum.codes[0]).toBe(7 * 2 ** (15 + GUARD));
});
