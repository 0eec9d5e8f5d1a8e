/** ds_mul, generic and on yosys's model of SB_MAC16: exact products, all signedness, latency 3. */
import { expect, test } from 'vitest';
import { lint } from '../bridge/verilator.ts';
import { designOf } from './design.ts';
import type { Random } from './random.ts';
import { runModule } from './run-module.ts';

const RANDOM_PAIRS = 500;

const CONFIGURATIONS = [
  { AWidth: 16, ASigned: 1, BWidth: 16, BSigned: 1 },
  { AWidth: 16, ASigned: 0, BWidth: 16, BSigned: 1 },
  { AWidth: 9, ASigned: 1, BWidth: 13, BSigned: 0 },
];

const FAMILIES = ['generic', 'ice40'] as const;

test.each(
  FAMILIES.flatMap((family) => CONFIGURATIONS.map((parameters) => ({ family, parameters }))),
)('ds_mul is exact with latency 3: $family $parameters', async ({ family, parameters }) => {
  await runModule('ds_mul', {
    parameters,
    family,
    vectors: (random) =>
      pairs(parameters, random).map(([a, b]) => [[a, b], [product(a, b, parameters)]]),
  });
});

test.each(CONFIGURATIONS)('ds_mul is lint-clean: %o', async (parameters) => {
  expect(await lint({ ...designOf('ds_mul'), parameters })).toEqual([]);
});

type Parameters = (typeof CONFIGURATIONS)[number];

/** Every pair of corners, then random bit patterns. */
function pairs({ AWidth, BWidth }: Parameters, random: Random): [number, number][] {
  const drawn = random.list(RANDOM_PAIRS, (): [number, number] => [
    random.integer(0, 2 ** AWidth - 1),
    random.integer(0, 2 ** BWidth - 1),
  ]);
  const cross = corners(AWidth).flatMap((a) =>
    corners(BWidth).map((b): [number, number] => [a, b]),
  );
  return [...cross, ...drawn];
}

function corners(width: number): number[] {
  const half = 2 ** (width - 1);
  return [0, 1, half - 1, half, half + 1, 2 * half - 1];
}

function product(a: number, b: number, { AWidth, ASigned, BWidth, BSigned }: Parameters): number {
  const exact = BigInt(value(a, AWidth, ASigned)) * BigInt(value(b, BWidth, BSigned));
  return Number(BigInt.asUintN(AWidth + BWidth, exact));
}

function value(bits: number, width: number, signed: number): number {
  return signed === 1 && bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
}
