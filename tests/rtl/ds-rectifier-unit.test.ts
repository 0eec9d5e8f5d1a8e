/** ds_rectifier_unit: both families at every scale; corners and random z and α. */
import { test } from 'vitest';
import { ACTIVATION_SCALE, FORMATS, SATURATED_EXPONENT } from '../../contract/formats.ts';
import { LAYER_FIELDS } from '../../contract/protocol.ts';
import { roundShift } from '../../golden/fixed/arithmetic.ts';
import { identity } from '../../golden/fixed/rectifier.ts';
import { doubled, tailOf } from '../../golden/fixed/tail.ts';
import { EXPONENTIAL_SEGMENTS } from '../../golden/fixed/tail-table.ts';
import { activate } from '../../golden/fixed/unit.ts';
import { powerNeighbours, type Random } from './random.ts';
import { runModule } from './run-module.ts';

const RANDOM_CODES = 1000;
const Z_MAX = 2 ** (FORMATS.z.width - 1) - 1;
const SPAN = 2 ** FORMATS.alpha.width;

const CASES = (['relu', 'elu'] as const).flatMap((activation) =>
  Array.from({ length: ACTIVATION_SCALE.max + 1 }, (_, scale) => ({ activation, scale })),
);

test.each(CASES)('ds_rectifier_unit equals activate: $activation, scale $scale', async (layer) => {
  const { activation, scale } = layer;
  await runModule('ds_rectifier_unit', {
    parameters: {
      ZBits: FORMATS.z.width,
      WordBits: FORMATS.activation.width,
      AlphaExponentBits: FORMATS.alphaExponent.width,
      ExponentBits: FORMATS.slopeExponent.width,
      ScaleBits: LAYER_FIELDS.activationScale.width,
      SaturatedExponent: SATURATED_EXPONENT,
    },
    vectors: (random) => ({
      elu: activation === 'elu' ? 1 : 0,
      scale,
      items: [
        ...powerNeighbours(FORMATS.z.width),
        ...random.list(RANDOM_CODES, () => random.signed(FORMATS.z.width)),
      ].map((code) => {
        const z = Math.max(code, -Z_MAX);
        const alpha = drawAlpha(random);
        const unit = activate(z, { activation, activationScale: scale }, alpha);
        const outputs = [
          [unit.activation, unit.clamped ? 1 : 0],
          [unit.saturated ? 1 : 0],
          [unit.slope, unit.slopeExponent],
        ];
        return [[z], outputs, neighbours(z, { alpha, scale })];
      }),
    }),
  });
});

/** What the other units give it, by the name of the port. */
function neighbours(z: number, { alpha, scale }: { alpha: number; scale: number }) {
  const { activation, clamped } = identity(z, scale);
  const { tail, tailExponent, complement } = tailOf(doubled(z), EXPONENTIAL_SEGMENTS);
  const mantissa = alpha % SPAN;
  return {
    code_i: activation,
    clamped_i: clamped ? 1 : 0,
    alpha_i: mantissa,
    alpha_exponent_i: Math.floor(alpha / SPAN),
    fall_i: Math.min(complement, SPAN - 1),
    elu_slope_i: roundShift(tail * mantissa, FORMATS.tail.width),
    tail_exponent_i: tailExponent,
  };
}

/** 0, 1, any in between, and one that is not of full length. */
function drawAlpha(random: Random): number {
  const one = 2 ** FORMATS.alpha.fraction;
  const largest = 2 ** FORMATS.alphaExponent.width - 1;
  const exponent = random.integer(1, largest);
  switch (random.integer(0, 3)) {
    case 0:
      return 0;
    case 1:
      return one;
    case 2:
      return largest * SPAN + random.integer(0, one);
    default:
      return exponent * SPAN + random.integer(one, SPAN - 1);
  }
}
