/** ds_round_sat: every shift, ties, corners and both ends of the range, in the sizes in use. */
import { test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { roundShift, saturate } from '../../golden/fixed/arithmetic.ts';
import { type Random, signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const CONFIGURATIONS = [
  { InBits: 28, ShiftBits: 3, OutBits: FORMATS.z.width, Symmetric: 1 },
  { InBits: 22, ShiftBits: 3, OutBits: FORMATS.activation.width, Symmetric: 0 },
];
const RANDOM_WORDS = 2000;

test.each(CONFIGURATIONS)('ds_round_sat equals roundShift and saturate: %o', async (sizes) => {
  await runModule('ds_round_sat', {
    parameters: sizes,
    vectors: (random) => [
      ...words(sizes, random).map(([x, n]) => vector(sizes, x, n)),
      ...[0, 1].flatMap((sign) => random.list(20, () => spilled(sizes, sign, random))),
    ],
  });
});

type Sizes = (typeof CONFIGURATIONS)[number];

function words({ InBits, ShiftBits, OutBits }: Sizes, random: Random): [number, number][] {
  const shifts = Array.from({ length: 2 ** ShiftBits }, (_, n) => n);
  return [
    ...shifts.flatMap((n) => {
      // Around both ends of the range, in halves of an LSB of the result.
      const ends = [-1, 1].flatMap((side) =>
        [-3, -2, -1, 0, 1, 2, 3].map((near) => (side * 2 ** OutBits + near) * 2 ** n),
      );
      const corners = [...signedCorners(InBits), ...ends, ...ends.map((end) => end - 1)];
      return corners
        .filter((x) => x >= -(2 ** (InBits - 1)) && x < 2 ** (InBits - 1))
        .map((x): [number, number] => [x, n]);
    }),
    ...random.list(RANDOM_WORDS, (): [number, number] => [
      random.signed(random.integer(2, InBits)),
      random.pick(shifts),
    ]),
  ];
}

/** x is in halves: its lowest bit is below the point. */
function vector({ OutBits, Symmetric }: Sizes, x: number, n: number) {
  const rounded = roundShift(x, n + 1);
  const format = { width: OutBits, signed: true, fraction: 0, scaled: false } as never;
  const y = saturate(rounded, format, { symmetric: Symmetric === 1 });
  return [
    [x, 0, x < 0 ? 1 : 0, n],
    [y, y === rounded ? 0 : 1],
  ];
}

/** Upper bits are lost: whatever is left, it is clamped towards its sign. */
function spilled({ InBits, OutBits, Symmetric, ShiftBits }: Sizes, sign: number, random: Random) {
  const largest = 2 ** (OutBits - 1) - 1;
  const y = sign === 0 ? largest : Symmetric === 1 ? -largest : -largest - 1;
  return [
    [random.signed(InBits), 1, sign, random.integer(0, 2 ** ShiftBits - 1)],
    [y, 1],
  ];
}
