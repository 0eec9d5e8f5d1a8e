/**
 * The other way round: weights of 100, biases that keep z at 0, and every term w σ′(z) is 25.
 * Source: NN&DL ch. 5, "The exploding gradient problem".
 */
import type { FloatNetwork } from '../contract/network.ts';
import { sigmoid, sigmoidPrime } from '../golden/float64/sigmoid.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DOUBLED_WEIGHTS,
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SHIFTED_EXPONENT,
  SWAPPED_ACTIVATION,
} from './faults.ts';
import { say, upTo } from './statistics.ts';

const WEIGHT = 100;
/** b = -w a with a = 1/2, so that z = 0. */
const BIAS = -50;
const TERM = WEIGHT / 4;
const NEURONS = 3;
/** a₀ = 1/2 and δ³ = 1. */
const INPUT_CODE = 2 ** 14;
const ONE = { delta: [2 ** 14], exponent: -14 };
/** σ is off by 6.1e-5 and rounded to 2⁻¹⁵; 100 times that in z₂ is as much in σ′(z₂), relatively. */
const BOUND = 0.01;

interface Offsets extends Parameters {
  /** Steps of b₁ to either side. */
  readonly steps: number;
}

export const explodingChain: Experiment<Offsets> = {
  name: 'exploding-chain',
  title: 'An exploding gradient',
  question: 'What does it take to make the gradient of a chain grow, and how easily is it lost?',
  claims: [
    {
      id: 'term-25',
      lecture: ['N'],
      text: 'With w = 100 and biases chosen so that z = 0, every term w σ′(z) is 25.',
      rule: 'holds: 100 σ′(0) is 25 in float64, and both ratios of δ on the device are exactly 25',
    },
    {
      id: 'product-625',
      lecture: ['N'],
      text: 'Two such terms make the gradient 625 times larger.',
      rule: 'holds: δ¹/δ³ is exactly 625 on the device; holds-if (only near z = 0): it falls below 1 for a change of b₁ of 1 or less',
    },
  ],
  quick: { seeds: 1, deviceSeeds: 1, steps: 24 },
  full: { seeds: 1, deviceSeeds: 1, steps: 200 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DROPPED_LAYER, DOUBLED_WEIGHTS, SHIFTED_EXPONENT],
  run,
};

/** [1,1,1,1], with b₁ off by `offset`. */
function chainWith(offset: number): FloatNetwork {
  return {
    layers: upTo(NEURONS).map((layer) => ({
      nIn: 1,
      nOut: 1,
      weights: Float64Array.of(WEIGHT),
      biases: Float64Array.of(BIAS + (layer === 1 ? offset : 0)),
    })),
  };
}

/** δ¹/δ³ = w₂ σ′(z₁) · w₃ σ′(z₂). */
function growthOf(offset: number): number {
  const z2 = WEIGHT * sigmoid(offset) + BIAS;
  return WEIGHT * sigmoidPrime(offset) * WEIGHT * sigmoidPrime(z2);
}

async function run({ parameters, measure, onProgress }: Context<Offsets>): Promise<Findings> {
  const images = [{ codes: Int16Array.of(INPUT_CODE), label: 0 }];
  const injection = { layer: NEURONS, ...ONE };
  const { steps } = parameters;
  const offsets = Array.from({ length: 2 * steps + 1 }, (_, index) => (index - steps) / steps);
  const growths: { offset: number; device: number; float64: number }[] = [];
  let terms: number[] = [];
  for (const offset of offsets) {
    await onProgress(`b₁ off by ${say(offset)}`);
    const { observed, network } = await measure({
      network: chainWith(offset),
      images,
      injection,
      observe: true,
    });
    const [d1 = 0, d2 = 0, d3 = 0] = (observed[0] ?? []).map(({ delta }) => delta[0] as number);
    // As the device holds the bias.
    const real = (network.layers[0]?.biases[0] as number) - BIAS;
    growths.push({ offset: real, device: d1 / d3, float64: growthOf(real) });
    if (offset === 0) terms = [d2 / d3, d1 / d2, d1 / d3];
  }
  const exact = terms[0] === TERM && terms[1] === TERM && WEIGHT * sigmoidPrime(0) === TERM;
  const small = growths.filter(({ float64 }) => float64 < 1).map(({ offset }) => Math.abs(offset));
  const fragile = small.length > 0 ? Math.min(...small) : undefined;
  const distance = Math.max(
    ...growths.map(({ device, float64 }) => Math.abs(device / float64 - 1)),
  );
  return {
    claims: {
      'term-25': {
        verdict: exact ? 'holds' : 'wrong',
        because: `The device has ${terms[0]} and ${terms[1]}.`,
      },
      'product-625': {
        verdict: terms[2] !== TERM * TERM ? 'wrong' : fragile === undefined ? 'holds' : 'holds-if',
        because:
          fragile === undefined
            ? `δ¹/δ³ is ${terms[2]}.`
            : `As long as z stays near 0: δ¹/δ³ is ${terms[2]} there, and below 1 once b₁ is off by ${say(fragile)}. The weights that make w large make σ′(w a + b) small.`,
      },
    },
    checks: [
      {
        name: 'δ¹/δ³ over the whole sweep of b₁',
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
      {
        name: 'δ¹/δ³ at z = 0, from 625',
        against: 'theory',
        distance: Math.abs((terms[2] as number) - TERM * TERM),
        bound: 0,
        unit: 'absolute',
      },
    ],
    pictures: [
      {
        id: 'growth',
        title: 'The explosion needs z near 0',
        caption:
          'The gradient grows 625 times over two layers; a bias that is off by a little makes the next neuron saturate, and it vanishes.',
        kind: 'lines',
        x: { label: 'b₁ off by', unit: null, scale: 'linear' },
        y: { label: 'δ¹/δ³', unit: null, scale: 'log' },
        series: [
          {
            name: 'device',
            source: 'device',
            points: growths.map(({ offset, device }) => ({ x: offset, y: Math.abs(device) })),
          },
          {
            name: 'float64',
            source: 'float64',
            points: growths.map(({ offset, float64 }) => ({ x: offset, y: float64 })),
          },
        ],
        marks: [
          { axis: 'y', at: 625, label: '625' },
          { axis: 'y', at: 1, label: 'neither grows nor shrinks' },
        ],
      },
    ],
  };
}
