/** ds_identity_unit: every scale; corners and random z, clamped where the scale is too small. */
import { test } from 'vitest';
import { ACTIVATION_SCALE, FORMATS } from '../../contract/formats.ts';
import { LAYER_FIELDS } from '../../contract/protocol.ts';
import { activate } from '../../golden/fixed/unit.ts';
import { powerNeighbours } from './random.ts';
import { runModule } from './run-module.ts';

const RANDOM_CODES = 500;

test('ds_identity_unit equals activate', async () => {
  await runModule('ds_identity_unit', {
    parameters: {
      ZBits: FORMATS.z.width,
      ActivationBits: FORMATS.activation.width,
      ScaleBits: LAYER_FIELDS.activationScale.width,
    },
    vectors: (random) => {
      const codes = [
        ...powerNeighbours(FORMATS.z.width),
        ...random.list(RANDOM_CODES, () => random.signed(FORMATS.z.width)),
      ];
      const scales = Array.from({ length: ACTIVATION_SCALE.max + 1 }, (_, scale) => scale);
      return codes.flatMap((z) =>
        scales.map((activationScale) => {
          const unit = activate(z, { activation: 'identity', activationScale });
          return [
            [z, activationScale],
            [unit.activation, unit.clamped ? 1 : 0],
          ];
        }),
      );
    },
  });
});
