/** ds_drain: z of whole layers, with 4 and 32 lanes, partial groups, every shift, saturations. */
import { test } from 'vitest';
import { ACTIVATION_SCALE, FORMATS, WEIGHT_SCALE } from '../../contract/formats.ts';
import { LAYER_FIELDS } from '../../contract/protocol.ts';
import { weightedInputs } from '../../golden/fixed/network.ts';
import type { Random } from './random.ts';
import { runModule } from './run-module.ts';

const NEURONS = 512;
const { accumulator, bias, weight, activation, z } = FORMATS;
const Z_SHIFT = accumulator.fraction - z.fraction; // at scales 0
const SHIFT_MIN = Z_SHIFT - WEIGHT_SCALE.max - ACTIVATION_SCALE.max;
const SHIFT_MAX = Z_SHIFT - WEIGHT_SCALE.min;
const SHIFTS = Array.from({ length: SHIFT_MAX - SHIFT_MIN + 1 }, (_, index) => SHIFT_MIN + index);
const WEIGHT_MIN = -(2 ** (weight.width - 1));
const BIAS_MIN = -(2 ** (bias.width - 1));

test.each([4, 32])('ds_drain with %i lanes equals weightedInputs', async (lanes) => {
  await runModule('ds_drain', {
    parameters: {
      Lanes: lanes,
      AccBits: accumulator.width,
      BiasBits: bias.width,
      BiasShift: accumulator.fraction - bias.fraction,
      ZBits: z.width,
      ShiftBits: LAYER_FIELDS.zShift.width,
      ShiftMin: SHIFT_MIN,
      WidthBits: LAYER_FIELDS.nOut.width,
      NeuronBits: Math.log2(NEURONS),
    },
    vectors: (random) => [
      ...[1, lanes - 1, lanes, lanes + 1, 256].map((nOut) => randomLayer(nOut, random)),
      ...[WEIGHT_SCALE.min, 0, WEIGHT_SCALE.max].flatMap((scale) => [
        extremeLayer(lanes + 1, scale, WEIGHT_MIN),
        extremeLayer(lanes + 1, scale, -WEIGHT_MIN - 1),
      ]),
      ...SHIFTS.map((shift) => randomLayer(random.integer(1, 3 * lanes), random, shift)),
    ],
  });
});

/** The largest sums: 1024 inputs, all the same. */
function extremeLayer(nOut: number, scale: number, code: number) {
  const biases = new Int32Array(nOut).fill(code < 0 ? -BIAS_MIN - 1 : BIAS_MIN);
  const weights = new Int16Array(nOut * 1024).fill(code);
  const input = new Int32Array(1024).fill(WEIGHT_MIN);
  return vector({ nIn: 1024, nOut, scale, weights, biases }, input, 0, 0);
}

function randomLayer(nOut: number, random: Random, shift = random.integer(SHIFT_MIN, SHIFT_MAX)) {
  const nIn = random.pick([1, 2, 30]);
  const scale = Math.min(Z_SHIFT - shift, WEIGHT_SCALE.max);
  const weights = Int16Array.from(random.list(nOut * nIn, () => random.signed(weight.width)));
  const biases = Int32Array.from(random.list(nOut, () => random.signed(bias.width)));
  const input = Int32Array.from(random.list(nIn, () => random.signed(activation.width)));
  const base = random.integer(0, NEURONS - nOut);
  return vector({ nIn, nOut, scale, weights, biases }, input, base, Z_SHIFT - shift - scale);
}

type Layer = Pick<
  Parameters<typeof weightedInputs>[0],
  'nIn' | 'nOut' | 'scale' | 'weights' | 'biases'
>;

/** What the array would hand over, and the golden z. */
function vector(layer: Layer, input: Int32Array, base: number, inputScale: number) {
  const { nIn, nOut, scale, weights, biases } = layer;
  const golden = weightedInputs(
    { ...layer, activation: 'sigmoid', activationScale: 0 },
    input,
    inputScale,
  );
  const accumulators = Array.from({ length: nOut }, (_, j) =>
    input.reduce((sum, a, k) => sum + a * (weights[j * nIn + k] as number), 0),
  );
  const shift = Z_SHIFT - scale - inputScale;
  return { nOut, base, shift, biases, accumulators, ...golden };
}
