/**
 * What plain fixed point of several widths makes of a vanishing gradient, and what one exponent a
 * layer saves. The plain formats are computed here; the device's own is measured.
 */
import { asImages } from '../bench/inputs.ts';
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import { backpropagate } from '../golden/float64/network.ts';
import { norm } from '../golden/float64/norm.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import { sigmoidPrime } from '../golden/float64/sigmoid.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Dataset } from '../host/data/mnist.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SHIFTED_EXPONENT,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import { loadImages } from './mnist-batch.ts';
import { networksOf, relativeDistance, say, sayShare, spread } from './statistics.ts';

const WIDTH = 30;
const DEPTHS = [2, 4, 5, 6, 7, 8, 10, 12, 15] as const;
const FORMATS = [
  { name: '16 bits, rounded', bits: 16, round: Math.round },
  { name: '16 bits, truncated', bits: 16, round: Math.floor },
  { name: '24 bits, rounded', bits: 24, round: Math.round },
] as const;
/** Of the picture's y. */
const MOST_SHOWN = 3;
const COST = 'cross-entropy';
const BOUND = 0.005;
/** Of the mean error of δ¹, in its last bit: truncation would make it ½. */
const BIAS_BOUND = 0.2;

interface Few extends Parameters {
  readonly images: number;
}

export const underflow: Experiment<Few> = {
  name: 'underflow',
  title: 'Underflow',
  question: 'When does fixed point lose the gradient altogether?',
  claims: [
    {
      id: 'underflows',
      lecture: ['S'],
      text: 'A gradient that vanishes underflows: the numbers become exactly zero.',
      rule: 'of plain fixed point with 16 fractional bits, rounded; holds-if (the network is deep enough for its format): all δ¹ are zero at some depth of the sweep, and none of the device’s layers is; wrong: they are zero at no depth',
    },
    {
      id: 'more-bits-do-not-help',
      lecture: ['S'],
      text: 'A wider format only puts it off.',
      rule: 'holds: with 24 fractional bits all δ¹ are zero at a larger depth of the sweep than with 16',
    },
  ],
  quick: { seeds: 5, deviceSeeds: 1, images: 40 },
  full: { seeds: 200, deviceSeeds: 20, images: 50 },
  faults: [
    FLIPPED_SIGN,
    SWAPPED_ACTIVATION,
    DROPPED_LAYER,
    SHIFTED_EXPONENT,
    { ...TRUNCATION, seenBy: 'float64' },
  ],
  run,
};

/** δ¹ with every δ^ℓ held to a multiple of 2^-bits. */
function plainDelta(
  { layers }: FloatNetwork,
  pass: { z: readonly Float64Array[]; delta: readonly Float64Array[] },
  { bits, round }: (typeof FORMATS)[number],
): Float64Array {
  const hold = (x: number) => round(x * 2 ** bits) / 2 ** bits;
  let delta = (pass.delta.at(-1) as Float64Array).map(hold);
  for (let index = layers.length - 2; index >= 0; index--) {
    const { nIn, nOut, weights } = layers[index + 1] as FloatLayer;
    const below = new Float64Array(nIn);
    for (let j = 0; j < nOut; j++) {
      for (let k = 0; k < nIn; k++) {
        below[k] = (below[k] as number) + (weights[j * nIn + k] as number) * (delta[j] as number);
      }
    }
    const z = pass.z[index] as Float64Array;
    delta = below.map((sum, k) => hold(sum * sigmoidPrime(z[k] as number)));
  }
  return delta;
}

/** Per image: δ¹ in float64 and in each plain format. */
function compute(network: FloatNetwork, { images, labels, rows, columns }: Dataset) {
  const size = rows * columns;
  return Array.from(labels, (label, image) => {
    const input = pixelInputs(images.subarray(image * size, (image + 1) * size));
    const pass = backpropagate(network, { input, label, cost: COST });
    return { exact: pass.delta, plain: FORMATS.map((format) => plainDelta(network, pass, format)) };
  });
}

/** ‖measured‖ over ‖exact‖, of all images together. */
function kept(images: readonly { measured: Float64Array; exact: Float64Array }[]): number {
  const length = (values: readonly Float64Array[]) =>
    norm(Float64Array.from(values.flatMap((v) => Array.from(v))));
  return length(images.map(({ measured }) => measured)) / length(images.map(({ exact }) => exact));
}

async function run({ parameters, measure, onProgress }: Context<Few>): Promise<Findings> {
  const data = await loadImages(parameters.images);
  const images = asImages(data);
  const inputs = data.rows * data.columns;
  const depths: { hidden: number; plain: number[][]; device: number[] }[] = [];
  let distance = 0;
  let zeroLayers = 0;
  const biases: number[] = [];
  for (const hidden of DEPTHS) {
    const found = { plain: FORMATS.map(() => [] as number[]), device: [] as number[] };
    for (const { seed, number, isMeasured } of networksOf(parameters)) {
      await onProgress(`${hidden} hidden layers, network ${number} of ${parameters.seeds}`);
      const network = initialise([inputs, ...new Array<number>(hidden).fill(WIDTH), 10], { seed });
      const computed = compute(network, data);
      FORMATS.forEach((_, index) => {
        const pairs = computed.map(({ exact, plain }) => ({
          measured: plain[index] as Float64Array,
          exact: exact[0] as Float64Array,
        }));
        found.plain[index]?.push(kept(pairs));
      });
      if (!isMeasured) continue;
      const reading = await measure({ network, images, cost: COST, observe: true });
      const reference = compute(reading.network, data);
      const pairs = reading.observed.map(([first], image) => ({
        measured: first?.delta as Float64Array,
        exact: reference[image]?.exact[0] as Float64Array,
      }));
      found.device.push(kept(pairs));
      zeroLayers += reading.norms.flat().filter((x) => x === 0).length;
      pairs.forEach(({ measured, exact }, image) => {
        distance = Math.max(distance, relativeDistance(measured, exact));
        const exponent = reading.records[image]?.layers[0]?.deltaExponent as number;
        biases.push(...measured.map((x, j) => (x - (exact[j] as number)) / 2 ** exponent));
      });
    }
    depths.push({ hidden, ...found });
  }
  const bias = biases.reduce((sum, x) => sum + x, 0) / biases.length;
  /** First depth at which nothing is left in any network. */
  const gone = (format: number) =>
    depths.find(({ plain }) => plain[format]?.every((share) => share === 0))?.hidden;
  const [gone16, , gone24] = FORMATS.map((_, index) => gone(index));
  const truncated = depths.map(({ hidden, plain }) => ({
    hidden,
    y: spread('', plain[1] as number[]).y,
  }));
  const worst = truncated.reduce((a, b) => (b.y > a.y ? b : a));
  const device = depths.at(-1)?.device[0] as number;
  return {
    claims: {
      underflows: {
        verdict: gone16 === undefined ? 'wrong' : zeroLayers === 0 ? 'holds-if' : 'holds',
        because: `If the network is deep enough for the format: with 16 fractional bits every δ¹ of every network is zero from ${gone16 ?? '–'} hidden layers on. With one exponent a layer the device keeps ${sayShare(device)} of ‖δ¹‖ at ${DEPTHS.at(-1)}, and no layer is zero. Truncation makes up what is lost: ${say(worst.y)} times the true norm at ${worst.hidden}.`,
      },
      'more-bits-do-not-help': {
        verdict:
          gone16 !== undefined && (gone24 ?? Number.POSITIVE_INFINITY) > gone16 ? 'holds' : 'wrong',
        because: `With 16 bits from ${gone16 ?? '–'} hidden layers on, with 24 from ${gone24 ?? 'more than 15'}: every layer costs some bits.`,
      },
    },
    checks: [
      {
        name: 'δ¹ of every image at every depth',
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
      {
        name: 'mean error of the elements of δ¹: no bias',
        against: 'float64',
        distance: Math.abs(bias),
        bound: BIAS_BOUND,
        unit: 'last bits of δ',
      },
    ],
    tables: [
      {
        title: '‖δ¹‖ that is left, of the true one',
        columns: [
          { name: 'hidden layers', unit: null },
          ...FORMATS.map(({ name }) => ({ name, unit: '%' })),
          { name: 'device', unit: '%' },
        ],
        rows: depths.map(({ hidden, plain, device: own }) => [
          hidden,
          ...plain.map((shares) => 100 * spread('', shares).y),
          own[0] === undefined ? null : 100 * own[0],
        ]),
      },
    ],
    pictures: [
      {
        id: 'left',
        title: 'What is left of ‖δ¹‖',
        caption:
          '1 is all of it. Rounded, plain fixed point falls to nothing within two layers; truncated, it invents a gradient that is not there.',
        kind: 'lines',
        x: { label: 'hidden layers', unit: null, scale: 'linear' },
        y: { label: '‖δ¹‖ / ‖δ¹‖ of float64', unit: null, scale: 'linear' },
        series: [
          ...FORMATS.map(({ name }, index) => ({
            name: `plain, ${name}`,
            source: name.includes('truncated') ? ('theory' as const) : ('float64' as const),
            // Truncation of a vanished gradient is off every scale; the table has it.
            points: depths.flatMap(({ hidden, plain }) => {
              const { y } = spread(hidden, plain[index] as number[]);
              return y > MOST_SHOWN ? [] : [{ x: hidden, y }];
            }),
          })),
          {
            name: 'device, one exponent a layer',
            source: 'device',
            points: depths.map(({ hidden, device: own }) => ({
              x: hidden,
              y: spread(hidden, own).y,
            })),
          },
        ],
      },
    ],
  };
}
