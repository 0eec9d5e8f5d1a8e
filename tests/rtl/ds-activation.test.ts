/** ds_activation: every z for each activation; the order of units and slopes, and α a neuron. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS, SATURATED_EXPONENT, TAIL_TABLE } from '../../contract/formats.ts';
import type { ActivationName } from '../../contract/network.ts';
import { ACTIVATIONS, LAYER_FIELDS } from '../../contract/protocol.ts';
import { activate, type UnitResult } from '../../golden/fixed/unit.ts';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { designOf } from './design.ts';
import { powerNeighbours, type Random } from './random.ts';
import { runModule } from './run-module.ts';

const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;
const RANDOM_CODES = 2000;
const ALPHA_SPAN = 2 ** FORMATS.alpha.width;
const ALPHA_ONE = 2 ** FORMATS.alpha.fraction;

interface Case {
  readonly activation: ActivationName;
  readonly activationScale: number;
  readonly interval: number;
}

const CASES: Case[] = [
  { activation: 'sigmoid', activationScale: 0, interval: 1 },
  { activation: 'sigmoid', activationScale: 0, interval: 2 },
  { activation: 'identity', activationScale: 0, interval: 1 },
  { activation: 'identity', activationScale: 5, interval: 2 },
  { activation: 'tanh', activationScale: 0, interval: 1 },
  { activation: 'relu', activationScale: 2, interval: 1 },
  { activation: 'elu', activationScale: 0, interval: 1 },
  { activation: 'elu', activationScale: 3, interval: 1 },
];

/** α = D · 2^(-15-F) of every neuron. */
const EXHAUSTIVE = [
  { activation: 'sigmoid', activationScale: 0, mantissa: 0, exponent: 0 },
  { activation: 'identity', activationScale: 2, mantissa: 0, exponent: 0 },
  { activation: 'tanh', activationScale: 0, mantissa: 0, exponent: 0 },
  { activation: 'relu', activationScale: 1, mantissa: 0, exponent: 0 },
  { activation: 'relu', activationScale: 5, mantissa: 0xa3d7, exponent: 7 }, // 0.01
  { activation: 'relu', activationScale: 0, mantissa: ALPHA_ONE, exponent: 0 },
  { activation: 'elu', activationScale: 0, mantissa: ALPHA_ONE, exponent: 0 },
  { activation: 'elu', activationScale: 3, mantissa: 0xb333, exponent: 15 },
] as const;

test('every activation of the contract is a case', () => {
  for (const list of [CASES, EXHAUSTIVE]) {
    const names = new Set(list.map(({ activation }) => activation));
    expect([...names].sort()).toEqual(Object.keys(ACTIVATIONS).sort());
  }
});

test.each(CASES)(
  'ds_activation equals activate: $activation, $activationScale, every $interval',
  async (layer) => {
    await runModule('ds_activation', {
      parameters: {
        ZBits: FORMATS.z.width,
        SegmentBits: TAIL_TABLE.segmentBits,
        BaseBits: TAIL_TABLE.baseBits,
        DropBits: TAIL_TABLE.dropBits,
        ExponentBits: FORMATS.tailExponent.width,
        TailBits: FORMATS.tail.width,
        ScaleBits: LAYER_FIELDS.activationScale.width,
        AlphaExponentBits: FORMATS.alphaExponent.width,
        SaturatedExponent: SATURATED_EXPONENT,
        Interval: layer.interval,
        Tanh: 2 - layer.interval,
        Rectifiers: 2 - layer.interval,
      },
      vectors: (random) => ({
        activation: layer.activation,
        scale: layer.activationScale,
        items: [
          ...powerNeighbours(FORMATS.z.width),
          ...random.list(RANDOM_CODES, () => random.signed(FORMATS.z.width)),
        ]
          .map((z) => Math.max(z, -Z_MAX))
          .map((z) => {
            const alpha = drawAlpha(random);
            const unit = activate(z, layer, alpha);
            return [
              [z],
              [
                [unit.activation, unit.clamped ? 1 : 0, unit.saturated ? 1 : 0],
                [unit.slope !== 0 ? 1 : 0, unit.slope, unit.slopeExponent],
                [],
              ],
              [alpha % ALPHA_SPAN, Math.floor(alpha / ALPHA_SPAN)],
            ];
          }),
      }),
    });
  },
);

describe('every z', () => {
  test.each(EXHAUSTIVE)(
    '$activation, scale $activationScale, α = $mantissa · 2^(-15-$exponent)',
    async ({ mantissa, exponent, ...layer }) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'deltascope-activation-'));
      try {
        const expected = path.join(folder, 'expected.hex');
        await writeFile(expected, everyResult(layer, mantissa + exponent * ALPHA_SPAN));
        const { sources, includeDirs } = designOf('ds_activation');
        const is = (name: ActivationName) => (layer.activation === name ? 1 : 0);
        expectAllPassed(
          await runCocotb({
            module: 'test_activation_bench',
            toplevel: 'activation_bench',
            sources: ['tests/rtl/activation_bench.v', ...sources],
            includeDirs,
            vectors: {
              expected,
              inputs: {
                identity_i: is('identity'),
                tanh_i: is('tanh'),
                relu_i: is('relu'),
                elu_i: is('elu'),
                scale_i: layer.activationScale,
                alpha_i: mantissa,
                alpha_exponent_i: exponent,
              },
            },
          }),
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** Words of α: 0 and 1 more often than others. */
function drawAlpha(random: Random): number {
  const exponent = random.integer(0, 2 ** FORMATS.alphaExponent.width - 1);
  const corner = random.integer(0, 3);
  if (corner < 2) return corner * ALPHA_ONE;
  return exponent * ALPHA_SPAN + random.integer(0, exponent === 0 ? ALPHA_ONE : ALPHA_SPAN - 1);
}

/** The words of activation_bench.v by code of z; -2^19 never occurs. */
function everyResult(layer: Omit<Case, 'interval'>, alpha: number): string {
  const lines: string[] = [];
  for (let code = 0; code < 2 ** FORMATS.z.width; code++) {
    const z = code > Z_MAX ? code - 2 ** FORMATS.z.width : code;
    lines.push(wordOf(activate(Math.max(z, -Z_MAX), layer, alpha)));
  }
  return `${lines.join('\n')}\n`;
}

/** Activation, clamped, saturated; not dead, slope, its exponent: 41 bits. */
function wordOf({ activation, clamped, saturated, slope, slopeExponent }: UnitResult): string {
  const upper = (activation & 0xffff) * 4 + (clamped ? 2 : 0) + (saturated ? 1 : 0);
  const lower = (slope === 0 ? 0 : 2 ** 22) + slope * 2 ** 6 + slopeExponent;
  return (upper * 2 ** 23 + lower).toString(16).padStart(12, '0');
}
