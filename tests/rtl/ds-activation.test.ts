/** ds_activation: each activation through the one port, each with its own latency. */
import { expect, test } from 'vitest';
import { FORMATS, SATURATED_EXPONENT, TAIL_TABLE } from '../../contract/formats.ts';
import type { ActivationName } from '../../contract/network.ts';
import { ACTIVATIONS, LAYER_FIELDS } from '../../contract/protocol.ts';
import { activate } from '../../golden/fixed/unit.ts';
import { powerNeighbours } from './random.ts';
import { runModule } from './run-module.ts';

const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;
const RANDOM_CODES = 2000;
const CASES: { activation: ActivationName; activationScale: number; interval: number }[] = [
  { activation: 'sigmoid', activationScale: 0, interval: 1 },
  { activation: 'sigmoid', activationScale: 0, interval: 2 },
  { activation: 'identity', activationScale: 0, interval: 1 },
  { activation: 'identity', activationScale: 5, interval: 2 },
];

test('every activation of the contract is a case', () => {
  const names = new Set(CASES.map(({ activation }) => activation));
  expect([...names].sort()).toEqual(Object.keys(ACTIVATIONS).sort());
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
        SaturatedExponent: SATURATED_EXPONENT,
        Interval: layer.interval,
      },
      vectors: (random) => ({
        identity: layer.activation === 'identity' ? 1 : 0,
        scale: layer.activationScale,
        items: [
          ...powerNeighbours(FORMATS.z.width),
          ...random.list(RANDOM_CODES, () => random.signed(FORMATS.z.width)),
        ]
          .map((z) => Math.max(z, -Z_MAX))
          .map((z) => {
            const unit = activate(z, layer);
            return [
              [z],
              [
                [unit.activation, unit.clamped ? 1 : 0, unit.saturated ? 1 : 0],
                [unit.slope !== 0 ? 1 : 0, unit.slope, unit.slopeExponent],
                [],
              ],
            ];
          }),
      }),
    });
  },
);
