/** ds_update_lanes: results of one to five operations, exact, clamped and counted. */
import { expect, test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { roundShift } from '../../golden/fixed/arithmetic.ts';
import { clampCode, highHalf, lowHalf } from '../../golden/fixed/training.ts';
import { type Random, signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const BITS = FORMATS.weight.width;
const CODE_BITS = FORMATS.master.width;
const RANDOM_JOBS = 400;
const Y_BITS = BITS + 2;
/** Of twice a product, in threes. */
const SHIFTS = 15;
const X = { delta: 0, weightHigh: 1, gradientHigh: 2, gradientLow: 3 } as const;
const BASES = { zero: 0, weight: 1, gradient: 2 } as const;

interface Operation {
  readonly x: keyof typeof X;
  readonly y: number;
  readonly shift: number;
  readonly subtract: boolean;
}

interface Lane {
  readonly weight: number;
  readonly gradient: number;
  readonly delta: number;
  readonly used: boolean;
}

interface Job {
  readonly lanes: readonly Lane[];
  readonly base: keyof typeof BASES;
  readonly operations: readonly Operation[];
}

test.each([4, 32])('ds_update_lanes with %i lanes is exact and on time', async (lanes) => {
  await runModule('ds_update_lanes', {
    parameters: { Lanes: lanes, WordBits: BITS, RowBits: 6, YBits: Y_BITS, CountBits: 6 },
    vectors: (random) => {
      const vectors = [...cornerJobs(lanes), ...randomJobs(lanes, random)].map(asVector);
      expect(vectors.some(({ clamped }) => clamped > 0)).toBe(true);
      expect(vectors.some(({ zeroed }) => zeroed.some((count) => count > 0))).toBe(true);
      return vectors;
    },
  });
});

/** Each pair of operands at every shift; each code at either end. */
function cornerJobs(lanes: number): Job[] {
  const corners = signedCorners(BITS);
  const codes = signedCorners(CODE_BITS).map(clampCode);
  const all = (lane: Omit<Lane, 'used'>) =>
    Array.from({ length: lanes }, () => ({ ...lane, used: true }));
  const products = corners.flatMap((delta) =>
    [0, 1, 4, 5, 10, 11, SHIFTS].flatMap((shift) =>
      signedCorners(shift === 0 ? BITS : Y_BITS).map(
        (y): Job => ({
          lanes: all({ weight: 0, gradient: 0, delta }),
          base: 'zero',
          operations: [{ x: 'delta', y, shift, subtract: false }],
        }),
      ),
    ),
  );
  const ends = codes.flatMap((code) =>
    [true, false].flatMap((subtract) =>
      [-1, 1].map(
        (y): Job => ({
          lanes: all({ weight: code, gradient: -1, delta: 0 }),
          base: 'weight',
          operations: [
            { x: 'weightHigh', y, shift: 0, subtract },
            { x: 'gradientLow', y, shift: 1, subtract },
          ],
        }),
      ),
    ),
  );
  return [...products, ...ends];
}

function randomJobs(lanes: number, random: Random): Job[] {
  const names = Object.keys(X) as (keyof typeof X)[];
  const bases = Object.keys(BASES) as (keyof typeof BASES)[];
  return random.list(RANDOM_JOBS, () => ({
    lanes: random.list(lanes, () => ({
      weight: clampCode(random.signed(CODE_BITS)),
      gradient: clampCode(random.signed(CODE_BITS)),
      delta: random.signed(BITS),
      used: random.boolean(0.8),
    })),
    base: random.pick(bases),
    operations: random.list(random.integer(1, 5), () => {
      const shift = random.pick([0, 1, random.integer(0, SHIFTS)]);
      const y = random.signed(shift === 0 ? BITS : Y_BITS);
      return { x: random.pick(names), y, shift, subtract: random.boolean() };
    }),
  }));
}

function asVector({ lanes, base, operations }: Job) {
  const zeroed = operations.map(() => 0);
  let clamped = 0;
  const results = lanes.map((lane) => {
    let sum = base === 'zero' ? 0 : lane[base];
    for (const [index, operation] of operations.entries()) {
      const product = operand(lane, operation.x) * operation.y;
      const term = roundShift(2 * product, 3 * operation.shift);
      if (product !== 0 && term === 0) zeroed[index] = (zeroed[index] ?? 0) + 1;
      sum += operation.subtract ? -term : term;
    }
    const result = clampCode(sum);
    if (result !== sum) clamped++;
    return result;
  });
  const words = (half: (code: number) => number, codes: readonly number[]) => codes.map(half);
  const weights = lanes.map(({ weight }) => weight);
  const gradients = lanes.map(({ gradient }) => gradient);
  return {
    base: BASES[base],
    operations: operations.map(({ x, ...rest }) => ({ ...rest, x: X[x] })),
    deltas: lanes.map(({ delta }) => delta),
    used: lanes.map(({ used }) => used),
    planes: [weights, gradients].flatMap((codes) => [
      words(highHalf, codes),
      words(lowHalf, codes),
    ]),
    result: [words(highHalf, results), words(lowHalf, results)],
    ...{ zeroed, clamped },
  };
}

function operand({ weight, gradient, delta, used }: Lane, x: Operation['x']): number {
  if (x === 'delta') return used ? delta : 0;
  if (x === 'weightHigh') return highHalf(weight);
  return x === 'gradientHigh' ? highHalf(gradient) : lowHalf(gradient);
}
