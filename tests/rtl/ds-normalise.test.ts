/** ds_normalise: around every power of two, mantissas that carry, random words. */
import { test } from 'vitest';
import { FORMATS, LEAST_SHIFT } from '../../contract/formats.ts';
import { normalise } from '../../golden/fixed/arithmetic.ts';
import { powerNeighbours } from './random.ts';
import { runModule } from './run-module.ts';

const IN_BITS = FORMATS.backSum.width;
const OUT_BITS = FORMATS.delta.width;
const RANDOM_WORDS = 1000;
const SHIFT_OFFSET = OUT_BITS - 3;

test('ds_normalise equals normalise', async () => {
  await runModule('ds_normalise', {
    parameters: {
      InBits: IN_BITS,
      OutBits: OUT_BITS,
      ShiftBits: 7,
      LeastShift: LEAST_SHIFT,
      ShiftOffset: SHIFT_OFFSET,
    },
    vectors: (random) =>
      [
        ...powerNeighbours(IN_BITS),
        ...carries(),
        ...random.list(RANDOM_WORDS, () => random.signed(IN_BITS)),
      ].map((x) => {
        const { mantissa, shift } = normalise(x);
        return [[x], [mantissa, shift + SHIFT_OFFSET]];
      }),
  });
});

/** The mantissa's ones followed by a half, more or less: rounding up reaches 2^15, or not. */
function carries(): number[] {
  const ones = 2 ** (OUT_BITS - 1) - 1;
  const shifts = Array.from({ length: IN_BITS - OUT_BITS }, (_, n) => n + 1);
  return shifts.flatMap((n) => {
    const half = ones * 2 ** n + 2 ** (n - 1);
    return [half - 1, half, half + 1, -half - 1, -half, -half + 1];
  });
}
