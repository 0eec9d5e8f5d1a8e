/** ds_delta_sum: batches of images on several layers; exponents near, far and at the limits. */
import { test } from 'vitest';
import { DELTA_SUM_STEP, FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import { DeltaSum } from '../../golden/fixed/delta-sum.ts';
import type { Random } from './random.ts';
import { runModule } from './run-module.ts';

const NEURONS = 64;
const LAYERS = 4;
const BATCHES = 8;
const IMAGES = 12;
const DELTA_BITS = FORMATS.delta.width;
const LOWEST = -(2 ** (DELTA_BITS - 1));
const EXPONENT_MAX = 2 ** (FORMATS.deltaExponent.width - 1) - 1;
/** Below this no layer of 128 can get; the device takes it for no exponent at all. */
const EXPONENT_MIN = NO_EXPONENT + 2 * DELTA_SUM_STEP;
/** First neuron of each layer and one past the last layer. */
const BASES = [0, 5, 6, 30, NEURONS];

test.each([1, 2])('ds_delta_sum equals DeltaSum, a δ in %i cycles', async (Interval) => {
  await runModule('ds_delta_sum', {
    parameters: {
      NeuronBits: Math.log2(NEURONS),
      DeltaBits: DELTA_BITS,
      GuardBits: FORMATS.deltaSum.fraction,
      SumBits: FORMATS.deltaSum.width,
      ExponentBits: FORMATS.deltaExponent.width,
      Interval,
    },
    vectors: (random) =>
      [...cornerBatches(), ...random.list(BATCHES, () => batch(random))].map(run),
  });
});

/** δ and exponent of one layer; all zero is `NO_EXPONENT`. */
interface LayerDelta {
  delta: Int32Array;
  exponent: number;
}
type Image = LayerDelta[];

function width(layer: number): number {
  return (BASES[layer + 1] as number) - (BASES[layer] as number);
}

/** Every distance at which something changes, both ways, with the largest and smallest δ. */
function cornerBatches(): Image[][] {
  const image = (exponent: number, codes: number[]): Image =>
    Array.from({ length: LAYERS }, (_, layer) => ({
      exponent,
      delta: Int32Array.from({ length: width(layer) }, (_, j) => codes[j % codes.length] as number),
    }));
  const codes = [LOWEST, -1, 1, -LOWEST - 1, 0, 3];
  const distances = [0, 1, 15, 16, 17, 31, 32, 33, 46, 47, 48, 49, 63, 64, 128];
  return [
    ...distances.flatMap((d) => [
      [image(0, codes), image(d, codes), image(0, codes)],
      [image(d, codes), image(0, codes), image(-d, codes)],
      [image(-1 - d, codes), image(15, codes), image(-1, codes)],
    ]),
    [image(EXPONENT_MIN, codes), image(EXPONENT_MAX, codes), image(EXPONENT_MIN, codes)],
    [image(NO_EXPONENT, [0]), image(NO_EXPONENT, [0])],
    [image(NO_EXPONENT, [0]), image(-300, codes), image(NO_EXPONENT, [0]), image(-290, codes)],
  ];
}

function batch(random: Random): Image[] {
  const centre = random.integer(-EXPONENT_MAX + 3000, EXPONENT_MAX - 3000);
  const spread = random.pick([0, 5, 20, 60, 3000]);
  const zeros = random.pick([0, 0.2, 0.8]);
  return random.list(IMAGES, () =>
    random.list(LAYERS, (layer) =>
      random.boolean(zeros)
        ? { exponent: NO_EXPONENT, delta: new Int32Array(width(layer)) }
        : {
            exponent: centre + random.integer(-spread, spread),
            delta: Int32Array.from(random.list(width(layer), () => random.signed(DELTA_BITS))),
          },
    ),
  );
}

/** The images of a batch with what the memories must hold after each. */
function run(images: Image[]) {
  const sums = Array.from({ length: LAYERS }, (_, layer) => new DeltaSum(width(layer)));
  return images.map((image) =>
    image.map(({ delta, exponent }, layer) => {
      const sum = sums[layer] as DeltaSum;
      sum.add(delta, exponent);
      return {
        base: BASES[layer],
        exponent,
        delta,
        sumExponent: sum.exponent,
        sums: sum.codes.slice(),
      };
    }),
  );
}
