/** ds_mul, the generic one: exact products, all signedness, latency 3. */
import { expect, test } from 'vitest';
import { chooseSeed, expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = { toplevel: 'ds_mul', sources: ['rtl/platform/generic/ds_mul.v'] };
const RANDOM_PAIRS = 500;

const CONFIGURATIONS = [
  { AWidth: 16, ASigned: 1, BWidth: 16, BSigned: 1 },
  { AWidth: 16, ASigned: 0, BWidth: 16, BSigned: 1 },
  { AWidth: 9, ASigned: 1, BWidth: 13, BSigned: 0 },
];

test.each(CONFIGURATIONS)('ds_mul is exact with latency 3: %o', async (parameters) => {
  const seed = chooseSeed();
  const vectors = pairs(parameters, seed).map(([a, b]) => [a, b, product(a, b, parameters)]);
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_mul', parameters, vectors, seed }));
});

test.each(CONFIGURATIONS)('ds_mul is lint-clean: %o', async (parameters) => {
  expect(await lint({ ...MODULE, parameters })).toEqual([]);
});

type Parameters = (typeof CONFIGURATIONS)[number];

/** Every pair of corners, then seeded random bit patterns. */
function pairs({ AWidth, BWidth }: Parameters, seed: number): [number, number][] {
  const next = xorshift(seed);
  const random = Array.from({ length: RANDOM_PAIRS }, (): [number, number] => [
    next() % 2 ** AWidth,
    next() % 2 ** BWidth,
  ]);
  const cross = corners(AWidth).flatMap((a) =>
    corners(BWidth).map((b): [number, number] => [a, b]),
  );
  return [...cross, ...random];
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

function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
