/** ds_norm: layers of δ with random flags; the largest layer at its limit. */
import { test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { blockNormalise } from '../../golden/fixed/network.ts';
import { signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const BITS = FORMATS.delta.width;

test('ds_norm equals the sum of squares of blockNormalise', async () => {
  await runModule('ds_norm', {
    parameters: { DeltaBits: BITS, SquareBits: FORMATS.sumSquares.width, CountBits: 16 },
    vectors: (random) => {
      const layers = [
        new Array<number>(LIMITS.width).fill(-(2 ** (BITS - 1))),
        ...signedCorners(BITS).map((code) => [code]),
        ...random.list(40, () => random.list(random.integer(1, 40), () => random.signed(BITS))),
      ];
      return layers.map((codes) => ({
        // Mantissas pass blockNormalise as they are: exponent 0, and none is too long.
        ...blockNormalise(
          codes.map((code) => ({ product: 2 * code, exponent: 0 })),
          0,
        ),
        zeroed: codes.map(() => random.boolean()),
        saturated: codes.map(() => random.boolean()),
      }));
    },
  });
});
