/** ds_narrow_shift: every shift in each size that the pipeline uses; words that fit, and not. */
import { test } from 'vitest';
import { type Random, signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const CONFIGURATIONS = [
  { InBits: 40, ShiftBits: 2, UnitLog: 3, OutBits: 28 }, // z, coarse
  { InBits: 28, ShiftBits: 3, UnitLog: 0, OutBits: 21 }, // z, fine
  { InBits: 22, ShiftBits: 3, UnitLog: 0, OutBits: 18 }, // identity
];
const RANDOM_WORDS = 1000;

test.each(CONFIGURATIONS)('ds_narrow_shift keeps what fits: %o', async (parameters) => {
  await runModule('ds_narrow_shift', {
    parameters,
    vectors: (random) => words(parameters, random).map(([x, n]) => vector(parameters, x, n)),
  });
});

type Sizes = (typeof CONFIGURATIONS)[number];

function words({ InBits, ShiftBits, UnitLog, OutBits }: Sizes, random: Random): [number, number][] {
  const shifts = Array.from({ length: 2 ** ShiftBits }, (_, n) => n);
  const limits = shifts
    .map((n) => 2 ** (OutBits - 1 + n * 2 ** UnitLog))
    .filter((limit) => limit < 2 ** (InBits - 1))
    .flatMap((limit) => [limit - 1, limit, -limit, -limit - 1]);
  return [
    ...shifts.flatMap((n) =>
      [...signedCorners(InBits), ...limits].map((x): [number, number] => [x, n]),
    ),
    ...random.list(RANDOM_WORDS, (): [number, number] => [
      random.signed(random.integer(2, InBits)),
      random.pick(shifts),
    ]),
  ];
}

function vector({ UnitLog, OutBits }: Sizes, x: number, n: number) {
  const shifted = Math.floor(x / 2 ** (n * 2 ** UnitLog));
  const spill = shifted < -(2 ** (OutBits - 1)) || shifted >= 2 ** (OutBits - 1);
  return { x, n, spill: spill ? 1 : 0, y: spill ? null : shifted };
}
