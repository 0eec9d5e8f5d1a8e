/** ds_delta_unit: layers of elements with random exponents, zeros, carries and far distances. */
import { test } from 'vitest';
import { FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { blockNormalise } from '../../golden/fixed/network.ts';
import { type Random, signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const MANTISSA_BITS = FORMATS.delta.width;
const MANTISSA_MAX = 2 ** (MANTISSA_BITS - 1) - 1;
const SLOPE_MAX = 2 ** FORMATS.slope.width - 1;
const SLOPE_ONE = 2 ** FORMATS.slope.fraction;
/** What the pipeline can give: -E of an output's tail, or the shift of a back-propagated sum. */
const EXPONENTS = { min: -47, max: FORMATS.backSum.width - MANTISSA_BITS + 1 };
const SLOPE_EXPONENT_MAX = 48;

interface ElementWords {
  mantissa: number;
  exponent: number;
  slope: number;
  slopeExponent: number;
}

test('ds_delta_unit equals blockNormalise', async () => {
  await runModule('ds_delta_unit', {
    parameters: {
      DeltaBits: MANTISSA_BITS,
      SlopeBits: FORMATS.slope.width,
      SlopeExponentBits: FORMATS.slopeExponent.width,
      ExponentBits: FORMATS.productExponent.width,
      MaxWidth: LIMITS.width,
      IndexBits: Math.log2(LIMITS.width),
    },
    vectors: (random) => [...cornerLayers(), ...randomLayers(random)].map(vector),
  });
});

function cornerLayers(): ElementWords[][] {
  const element = (mantissa: number, slope: number, exponent = 0, slopeExponent = 0) => ({
    mantissa,
    exponent,
    slope,
    slopeExponent,
  });
  const { min, max } = EXPONENTS;
  const largest = element(MANTISSA_MAX, SLOPE_MAX, max);
  const smallest = element(1, 1, min, SLOPE_EXPONENT_MAX);
  const zero = element(0, SLOPE_MAX, max);
  const corners = signedCorners(MANTISSA_BITS);
  return [
    [zero],
    [zero, zero, element(-1, 0, max)],
    [smallest],
    [zero, smallest, zero], // a zero with the larger exponent does not count
    [largest, smallest, element(-MANTISSA_MAX - 1, SLOPE_MAX, max)],
    [smallest, largest],
    [element(1, SLOPE_MAX)], // rounds up beyond the mantissa: saturates
    [element(-1, SLOPE_MAX), element(1, SLOPE_MAX), element(3, 21845)],
    corners.map((m) => element(m, SLOPE_ONE)),
    ...corners.map((m) => corners.map((_, n) => element(m, SLOPE_MAX, n, 2 * n))),
    // Around the distance at which everything is rounded away.
    Array.from({ length: 40 }, (_, n) => element(n % 2 ? -MANTISSA_MAX - 1 : MANTISSA_MAX, 1, -n)),
    Array.from({ length: 40 }, (_, n) => element(n % 2 ? -1 : 1, SLOPE_MAX, -n)),
  ];
}

function randomLayers(random: Random): ElementWords[][] {
  const lengths = [LIMITS.width, LIMITS.width, ...random.list(60, () => random.integer(1, 40))];
  return lengths.map((length) => {
    const spread = random.pick([2, 12, SLOPE_EXPONENT_MAX]);
    const zeros = random.pick([0, 0.1, 0.9]);
    return random.list(length, () => ({
      mantissa: random.boolean(zeros) ? 0 : random.signed(MANTISSA_BITS),
      exponent: random.integer(Math.max(EXPONENTS.min, -spread), Math.min(EXPONENTS.max, spread)),
      slope: random.integer(0, random.pick([SLOPE_MAX, 15])),
      slopeExponent: random.integer(1, spread),
    }));
  });
}

function vector(words: ElementWords[]) {
  const elements = words.map(({ mantissa, slope, exponent, slopeExponent }) => ({
    product: mantissa * slope,
    exponent: exponent - slopeExponent,
  }));
  const { delta, deltaExponent, roundedToZero, deltaSaturated } = blockNormalise(elements, 0);
  return {
    elements: words.map(({ mantissa, exponent, slope, slopeExponent }) => [
      mantissa,
      exponent,
      slope,
      slopeExponent,
    ]),
    nonzero: deltaExponent !== NO_EXPONENT,
    exponent: deltaExponent,
    delta,
    roundedToZero,
    deltaSaturated,
  };
}
