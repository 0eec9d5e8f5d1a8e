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
/** Bits of mantissa · slope that no element keeps. */
const DROPPED_BITS = MANTISSA_BITS + FORMATS.slope.width - FORMATS.product.width;
/** What the pipeline can give: -E of an output's tail, or the shift of a back-propagated sum. */
const EXPONENTS = { min: -47, max: FORMATS.backSum.width - MANTISSA_BITS + 1 };
const SLOPE_EXPONENT_MAX = 48;

interface ElementWords {
  mantissa: number;
  exponent: number;
  slope: number;
  slopeExponent: number;
}

/** Mantissas that are δ already. */
interface GivenWords {
  given: number[];
}

test.each([1, 2])('ds_delta_unit equals blockNormalise, a δ in %i cycles', async (Interval) => {
  await runModule('ds_delta_unit', {
    parameters: {
      DeltaBits: MANTISSA_BITS,
      SlopeBits: FORMATS.slope.width,
      SlopeExponentBits: FORMATS.slopeExponent.width,
      ExponentBits: FORMATS.productExponent.width,
      CodeBits: FORMATS.product.width,
      MaxWidth: LIMITS.width,
      IndexBits: Math.log2(LIMITS.width),
      Interval,
    },
    vectors: (random) => {
      const given = [[0], [1], signedCorners(MANTISSA_BITS), [0, 0, -3], []].map((codes) => ({
        given: codes,
      }));
      return [...cornerLayers(), ...given, ...randomLayers(random)].map((words) => ({
        ...('given' in words ? givenVector(words) : vector(words)),
        scale: 2 ** random.integer(0, MANTISSA_BITS - 1),
      }));
    },
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
    // Every excess of a product over the shortest, each at the largest exponent once.
    ...[SLOPE_MAX, 2 ** 15, 2 ** 14].map((slope) => [
      element(2 ** 14, 2 ** 14),
      element(-MANTISSA_MAX - 1, slope),
      element(MANTISSA_MAX, slope),
    ]),
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
    product: Math.floor((mantissa * slope) / 2 ** DROPPED_BITS),
    exponent: exponent - slopeExponent,
  }));
  const { delta, deltaExponent, roundedToZero, deltaSaturated } = blockNormalise(elements, 0);
  return {
    given: [],
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

/** No codes at all: a layer whose elements are zero and do not come. */
function givenVector({ given }: GivenWords) {
  const width = given.length === 0 ? 3 : given.length;
  const delta = given.length === 0 ? new Array<number>(width).fill(0) : given;
  return {
    elements: [],
    given,
    nonzero: delta.some((code) => code !== 0),
    exponent: 0,
    delta,
    roundedToZero: 0,
    deltaSaturated: 0,
  };
}
