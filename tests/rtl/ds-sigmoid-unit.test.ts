/** ds_sigmoid_unit: every z against golden/fixed; latency, idle cycles and reset. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'vitest';
import { FORMATS, SATURATED_EXPONENT, TAIL_TABLE } from '../../contract/formats.ts';
import { roundShift } from '../../golden/fixed/arithmetic.ts';
import { sigmoid } from '../../golden/fixed/sigmoid.ts';
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

test.each([1, 2])('ds_sigmoid_unit answers on time, a z in %i cycles', async (interval) => {
  await runModule('ds_sigmoid_unit', {
    parameters: { Interval: interval },
    vectors: (random) => {
      const borders = Array.from({ length: TAIL_TABLE.segments }, (_, i) => i * SEGMENT);
      const codes = [
        ...[0, 1, -1, Z_MAX, -Z_MAX],
        ...borders.flatMap((z) => [z, -z]),
        ...random.list(500, () => random.integer(-Z_MAX, Z_MAX)),
      ];
      return codes.map((z) => [[z], resultFields(z)]);
    },
  });
});

/** In the order of OUTPUTS in test_ds_sigmoid_unit.py. */
function resultFields(z: number): number[][] {
  const { activation, tail, tailExponent, slope, slopeExponent, ...s } = sigmoid(z);
  const complement = Math.min(s.complement, COMPLEMENT_MAX);
  // sigma that would be 1: told apart, and the largest code in place of 0.
  const isOne = z >= 0 && roundShift(tail, tailExponent + 1) === 0;
  const saturated = tailExponent >= SATURATED_EXPONENT ? 1 : 0;
  return [
    [z < 0 ? 1 : 0, isOne ? 0 : activation, isOne ? 1 : 0, tail, complement],
    [saturated],
    [slope, slopeExponent, tailExponent],
  ];
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
