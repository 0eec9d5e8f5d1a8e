/** ds_round_shift: every shift, ties and corners, in each size that the pipeline uses. */
import { test } from 'vitest';
import { roundShift } from '../../golden/fixed/arithmetic.ts';
import { type Random, signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const CONFIGURATIONS = [
  { InBits: 42, ShiftBits: 5, OutBits: 42 }, // z
  { InBits: 40, ShiftBits: 6, OutBits: 17 }, // normalise
  { InBits: 32, ShiftBits: 6, OutBits: 17 }, // delta
  { InBits: 48, ShiftBits: 6, OutBits: 48 }, // sum of delta
];
const RANDOM_WORDS = 1000;

test.each(CONFIGURATIONS)('ds_round_shift equals roundShift: %o', async (parameters) => {
  await runModule('ds_round_shift', {
    parameters,
    vectors: (random) =>
      inputs(parameters, random)
        .map(([x, n]) => [[x, n], [roundShift(x, n)]])
        .filter(([, y]) => fits(y?.[0] ?? 0, parameters.OutBits)),
  });
});

function inputs(
  { InBits, ShiftBits }: (typeof CONFIGURATIONS)[number],
  random: Random,
): [x: number, n: number][] {
  const shifts = Array.from({ length: 2 ** ShiftBits }, (_, n) => n);
  const corners = shifts.flatMap((n) => signedCorners(InBits).map((x): [number, number] => [x, n]));
  const odd = [-5, -3, -1, 1, 3, 5];
  const ties = shifts
    .filter((n) => n > 0 && n < InBits - 3)
    .flatMap((n) => odd.map((m): [number, number] => [m * 2 ** (n - 1), n]));
  const drawn = random.list(RANDOM_WORDS, (): [number, number] => [
    random.signed(InBits),
    random.integer(0, 2 ** ShiftBits - 1),
  ]);
  return [...corners, ...ties, ...drawn];
}

function fits(y: number, width: number): boolean {
  return y >= -(2 ** (width - 1)) && y < 2 ** (width - 1);
}
