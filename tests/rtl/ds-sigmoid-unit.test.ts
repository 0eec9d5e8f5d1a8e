/** ds_sigmoid_unit: every z against golden/fixed; latency, idle cycles and reset. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'vitest';
import { FORMATS, SATURATED_EXPONENT, TAIL_TABLE } from '../../contract/formats.ts';
import { roundShift } from '../../golden/fixed/arithmetic.ts';
import { sigmoid, tanh } from '../../golden/fixed/sigmoid.ts';
import { doubled as doubledOf, tailOf } from '../../golden/fixed/tail.ts';
import { EXPONENTIAL_SEGMENTS, SIGMOID_SEGMENTS } from '../../golden/fixed/tail-table.ts';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { designOf } from './design.ts';
import { runModule } from './run-module.ts';

const LATENCY = 9;
const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;
const COMPLEMENT_MAX = 2 ** FORMATS.tail.width - 1; // stands for 1 as well
const SEGMENT = 2 ** TAIL_TABLE.segmentBits;

test('ds_sigmoid_unit equals sigmoid for every z', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'deltascope-sigmoid-'));
  try {
    const expected = path.join(folder, 'expected.hex');
    await writeFile(expected, everyResult());
    const { sources, includeDirs } = designOf('ds_sigmoid_unit');
    expectAllPassed(
      await runCocotb({
        module: 'test_sigmoid_bench',
        toplevel: 'sigmoid_bench',
        sources: ['tests/rtl/sigmoid_bench.v', ...sources],
        includeDirs,
        vectors: { expected, latency: LATENCY },
      }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

const CASES = [
  { curve: 'σ(-|z|)', interval: 1, doubled: 0, exponential: 0 },
  { curve: 'σ(-|z|)', interval: 2, doubled: 0, exponential: 0 },
  { curve: 'σ(-2|z|)', interval: 1, doubled: 1, exponential: 0 },
  { curve: 'e^-|z|', interval: 1, doubled: 1, exponential: 1 },
] as const;

test.each(CASES)(
  'ds_sigmoid_unit answers on time, $curve, a z in $interval cycles',
  async (mode) => {
    await runModule('ds_sigmoid_unit', {
      parameters: {
        Interval: mode.interval,
        Doubled: mode.doubled,
        Exponential: mode.exponential,
      },
      vectors: (random) => {
        const borders = Array.from({ length: TAIL_TABLE.segments }, (_, i) => i * SEGMENT);
        const codes = [
          ...[0, 1, -1, Z_MAX, -Z_MAX],
          ...borders.flatMap((z) => [z, -z]),
          ...random.list(500, () => random.integer(-Z_MAX, Z_MAX)),
        ];
        const items = codes.map((z) => {
          const factor = random.integer(0, COMPLEMENT_MAX);
          return [[z], ...resultFields(z, { ...mode, factor })];
        });
        return { doubled: mode.doubled, exponential: mode.exponential, items };
      },
    });
  },
);

/** Results in the order of GROUPS in test_ds_sigmoid_unit.py, and the factor of the slope. */
function resultFields(
  z: number,
  { doubled, exponential, factor: alpha }: (typeof CASES)[number] & { factor: number },
): [number[][], number] {
  const v = doubled ? doubledOf(z) : Math.abs(z);
  const t = tailOf(v, exponential ? EXPONENTIAL_SEGMENTS : SIGMOID_SEGMENTS);
  const { tail, tailExponent } = t;
  const complement = Math.min(t.complement, COMPLEMENT_MAX);
  const factor = exponential ? alpha : complement;
  const slope = exponential
    ? roundShift(tail * alpha, FORMATS.tail.width)
    : (doubled ? tanh : sigmoid)(z).slope;
  const small = roundShift(tail, tailExponent + 1);
  // sigma that would be 1: told apart, and the largest code in place of 0.
  const isOne = z >= 0 && small === 0;
  const activation = isOne ? 0 : z < 0 ? small : COMPLEMENT_MAX / 2 + 0.5 - small;
  const saturated = tailExponent >= SATURATED_EXPONENT ? 1 : 0;
  const fields = [
    [z < 0 ? 1 : 0, activation, isOne ? 1 : 0, tail, complement],
    [saturated],
    [slope, tailExponent + 1, tailExponent],
  ];
  return [fields, factor];
}

/** The words of sigmoid_bench.v, two halves of 40 bits, by code of z; -2^19 never occurs. */
function everyResult(): string {
  const half = (code: number) => code.toString(16).padStart(10, '0');
  const lines: string[] = [];
  for (let code = 0; code < 2 ** FORMATS.z.width; code++) {
    const z = code > Z_MAX ? code - 2 ** FORMATS.z.width : code;
    const s = sigmoid(Math.max(z, -Z_MAX));
    const upper = (z < 0 ? 2 ** 38 : 0) + s.activation * 2 ** 22 + s.tail * 2 ** 6 + s.tailExponent;
    const complement = Math.min(s.complement, COMPLEMENT_MAX);
    lines.push(half(upper) + half(complement * 2 ** 22 + s.slope * 2 ** 6 + s.slopeExponent));
  }
  return `${lines.join('\n')}\n`;
}
