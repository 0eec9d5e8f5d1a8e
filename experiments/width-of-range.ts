/**
 * How narrow the range of inputs is for which a neuron does not shrink the gradient, |w σ′| ≥ 1, by
 * sweeping the input. Source: NN&DL ch. 5, the problem of eq. 123.
 */

import { FORMATS } from '../contract/formats.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { sigmoidPrime } from '../golden/float64/sigmoid.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import { DOUBLED_SLOPE, DOUBLED_WEIGHTS, NO_BIASES, SWAPPED_ACTIVATION } from './faults.ts';
import { say } from './statistics.ts';

interface Sweep extends Parameters {
  /** Inputs a from 0 to 1. */
  readonly inputs: number;
}

const LIGHTEST = 2;
const HEAVIEST = 32;
/** |w| in equal ratios; none at 4, where the width begins as √(|w| - 4) and float64 has 8 digits. */
const WEIGHTS = Array.from(
  { length: 48 },
  (_, index) => LIGHTEST * (HEAVIEST / LIGHTEST) ** (index / 47),
);
const ONE_CODE = 2 ** FORMATS.activation.fraction;

export const widthOfRange: Experiment<Sweep> = {
  name: 'width-of-range',
  title: 'The narrow range without vanishing',
  question: 'For how wide a range of inputs can |w σ′(w a + b)| reach 1?',
  claims: [
    {
      id: 'four',
      lecture: ['N'],
      text: '|w σ′(w a + b)| ≥ 1 can only be if |w| ≥ 4.',
      rule: 'holds: no weight of the sweep below 4 has such an a in float64, and every one above 4 does',
    },
    {
      id: 'formula',
      lecture: ['N'],
      text: 'The range of a has at most the width (2/|w|) ln(|w| (1 + √(1 − 4/|w|)) / 2 − 1).',
      rule: 'holds: with b = −w/2 the width found by bisection in float64 is the formula to 10⁻⁹ for every weight',
    },
    {
      id: 'maximum',
      lecture: ['N'],
      text: 'The width is largest, about 0.45, at |w| ≈ 6.9.',
      rule: 'holds: the maximum of the formula rounds to 0.45, and stands at a |w| that rounds to 6.9',
    },
  ],
  quick: { seeds: 1, deviceSeeds: 1, inputs: 129 },
  full: { seeds: 1, deviceSeeds: 1, inputs: 1025 },
  faults: [DOUBLED_SLOPE, SWAPPED_ACTIVATION, NO_BIASES, DOUBLED_WEIGHTS],
  run,
};

/** One neuron a weight; b = -w/2 puts the range in the middle. */
function sweepNetwork(): FloatNetwork {
  return {
    layers: [
      {
        nIn: 1,
        nOut: WEIGHTS.length,
        weights: Float64Array.from(WEIGHTS),
        biases: Float64Array.from(WEIGHTS, (w) => -w / 2),
      },
    ],
  };
}

/** Of a; 0 below |w| = 4. */
function widthOf(w: number): number {
  if (w <= 4) return 0;
  return (2 / w) * Math.log((w * (1 + Math.sqrt(1 - 4 / w))) / 2 - 1);
}

/** The same without the formula: half the range by bisection of w σ′(w x) = 1, x ≥ 0. */
function widthByBisection(w: number): number {
  if (w * sigmoidPrime(0) < 1) return 0;
  let [inside, outside] = [0, 1];
  while (outside - inside > 1e-13) {
    const middle = (inside + outside) / 2;
    if (w * sigmoidPrime(w * middle) >= 1) inside = middle;
    else outside = middle;
  }
  return 2 * inside;
}

async function run({ parameters, measure, onProgress }: Context<Sweep>): Promise<Findings> {
  const step = 1 / (parameters.inputs - 1);
  const codes = Array.from({ length: parameters.inputs }, (_, index) =>
    Math.min(ONE_CODE - 1, Math.round(index * step * ONE_CODE)),
  );
  await onProgress(`${parameters.inputs} inputs`);
  const { observed, network } = await measure({
    network: sweepNetwork(),
    images: codes.map((code) => ({ codes: Int16Array.of(code), label: 0 })),
    injection: { layer: 1, delta: WEIGHTS.map(() => 2 ** 14), exponent: -14 },
    observe: true,
  });
  const weights = network.layers[0]?.weights ?? new Float64Array();
  const device = Array.from(weights, (w, j) => {
    const inside = observed.filter(([layer]) => w * (layer?.slope[j] as number) >= 1).length;
    return { w, width: inside * step };
  });
  const bisected = WEIGHTS.map((w) => Math.abs(widthByBisection(w) - widthOf(w)));
  const below = WEIGHTS.filter((w) => w < 4).every((w) => widthByBisection(w) === 0);
  const above = WEIGHTS.filter((w) => w > 4).every((w) => widthByBisection(w) > 0);
  const fine = Array.from({ length: 28_001 }, (_, index) => 4 + index / 1000);
  const place = fine.reduce((best, w) => (widthOf(w) > widthOf(best) ? w : best));
  const round = (x: number, digits: number) => Number(x.toFixed(digits));
  const highest = device.reduce((best, point) => (point.width > best.width ? point : best));
  return {
    claims: {
      four: {
        verdict: below && above ? 'holds' : 'wrong',
        because: `Because σ′ ≤ 1/4. On the device the lightest weight with such an input is ${say(device.find(({ width }) => width > 0)?.w ?? 0)}.`,
      },
      formula: {
        verdict: Math.max(...bisected) < 1e-9 ? 'holds' : 'wrong',
        because: `Bisection differs from it by ${say(Math.max(...bisected))} at most.`,
      },
      maximum: {
        verdict: round(widthOf(place), 2) === 0.45 && round(place, 1) === 6.9 ? 'holds' : 'wrong',
        because: `The maximum is ${say(widthOf(place))} at |w| = ${say(place)}; on the device ${say(highest.width)} at ${say(highest.w)}.`,
      },
    },
    checks: [
      {
        // Both ends of the range fall between two inputs.
        name: 'width of the range for every weight',
        against: 'theory',
        distance: Math.max(...device.map(({ w, width }) => Math.abs(width - widthOf(w)))),
        bound: 2 * step,
        unit: 'absolute',
      },
    ],
    pictures: [
      {
        id: 'width',
        title: 'Width of the range of inputs with |w σ′| ≥ 1',
        caption:
          'Even at its best, less than half of all inputs escape vanishing; heavier weights make the range narrower again.',
        kind: 'lines',
        x: { label: '|w|', unit: null, scale: 'log' },
        y: { label: 'width of the range of a', unit: null, scale: 'linear' },
        series: [
          {
            name: 'formula',
            source: 'theory',
            points: WEIGHTS.map((w) => ({ x: w, y: widthOf(w) })),
          },
          {
            name: 'device',
            source: 'device',
            points: device.map(({ w, width }) => ({ x: w, y: width })),
          },
        ],
        marks: [
          { axis: 'y', at: 0.45, label: 'claimed: 0.45' },
          { axis: 'x', at: 6.9, label: '6.9' },
        ],
      },
    ],
  };
}
