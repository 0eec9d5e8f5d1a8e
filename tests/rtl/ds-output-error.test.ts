/** ds_output_error: target or not, either sign, near 0 and in the tails. */
import { test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { outputElement } from '../../golden/fixed/network.ts';
import { sigmoid } from '../../golden/fixed/sigmoid.ts';
import { powerNeighbours } from './random.ts';
import { runModule } from './run-module.ts';

const Z_BITS = FORMATS.z.width;
const Z_MAX = 2 ** (Z_BITS - 1) - 1;
const RANDOM_CODES = 1000;

test.each([1, 2])('ds_output_error equals outputElement, every %i cycles', async (interval) => {
  await runModule('ds_output_error', {
    parameters: {
      TailBits: FORMATS.tail.width,
      ExponentBits: FORMATS.tailExponent.width,
      Interval: interval,
    },
    vectors: (random) =>
      [
        ...powerNeighbours(Z_BITS).filter((z) => Math.abs(z) <= Z_MAX),
        ...random.list(RANDOM_CODES, () => random.signed(Z_BITS)).map((z) => Math.max(z, -Z_MAX)),
      ].flatMap((z) => [vector(z, true), vector(z, false)]),
  });
});

/** Lowest bits of mantissa · slope, which an element does not keep. */
const DROPPED = FORMATS.delta.width + FORMATS.slope.width - FORMATS.product.width;

/** With the cross-entropy cost the product is the error times the slope's one. */
function vector(z: number, isTarget: boolean): [number[], number[][], number] {
  const unit = sigmoid(z);
  const { product, exponent } = outputElement(z, unit, isTarget, 'cross-entropy');
  const { tail, tailExponent } = unit;
  const complement = Math.min(unit.complement, 2 ** FORMATS.tail.width - 1);
  return [
    [isTarget ? 1 : 0, z < 0 ? 1 : 0, tail, complement],
    [[product / 2 ** (FORMATS.slope.fraction - DROPPED), DROPPED + 1 - exponent]],
    tailExponent,
  ];
}
