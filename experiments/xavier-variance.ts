/**
 * The variances that Xavier's initialisation is derived from: forward n_in σ², backward n_out σ²,
 * measured on linear layers with n_in ≠ n_out. Source: Glorot & Bengio (2010), eq. 8 to 16.
 */
import { mean, variance } from 'simple-statistics';
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import { initialise } from '../host/data/initialisers.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import { DOUBLED_WEIGHTS, FLIPPED_SIGN, SHIFTED_EXPONENT, TRUNCATION } from './faults.ts';
import { networksOf, relativeDistance, say, spread, upTo } from './statistics.ts';

/** n_in and n_out of the layer that is looked at; above it δ is injected, below it is the image. */
const SHAPES = [
  [100, 25],
  [50, 50],
  [25, 100],
] as const;
/** Inputs and δ that are sent through one network. */
const VECTORS = 8;
/** Ratios of variances from theory, in the mean of the networks. */
const THEORY_BOUND = 0.1;
const Z_BOUND = 2 ** -8;
const DELTA_BOUND = 0.005;
const PEAK = 2 ** 14;

interface Of {
  readonly nIn: number;
  readonly nOut: number;
  /** Var z / E x² and Var δ below / E δ² above, one a network. */
  readonly forward: number[];
  readonly backward: number[];
  readonly deviceForward: number[];
  readonly deviceBackward: number[];
}

export const xavierVariance: Experiment = {
  name: 'xavier-variance',
  title: 'What Xavier keeps',
  question: 'By what does a layer multiply the variance, forward and backward?',
  claims: [
    {
      id: 'forward',
      lecture: ['S'],
      text: 'Forward, a linear layer multiplies the variance by n_in σ².',
      rule: `holds: the mean over the networks in float64 is within ${100 * THEORY_BOUND} % of it for every shape`,
    },
    {
      id: 'backward',
      lecture: ['S'],
      text: 'Backward, it multiplies the variance of the gradient by n_out σ².',
      rule: 'holds: as forward',
    },
    {
      id: 'cannot-both',
      lecture: ['S'],
      text: 'Both cannot be 1 unless n_in = n_out; Xavier makes their mean 1.',
      rule: 'holds: with n_in ≠ n_out both differ from 1 by more than 25 % in the mean of the networks, with n_in = n_out by less than 10 %, and their mean by less than 10 % always',
    },
    {
      id: 'uniform',
      lecture: ['S'],
      text: 'A uniform distribution U(−a, a) has the variance a²/3.',
      rule: 'holds: the variance of all weights that were drawn is within 3 % of it',
    },
  ],
  quick: { seeds: 200, deviceSeeds: 10 },
  full: { seeds: 2000, deviceSeeds: 50 },
  faults: [FLIPPED_SIGN, DOUBLED_WEIGHTS, SHIFTED_EXPONENT, TRUNCATION],
  run,
};

/** Layer 1 is the one looked at forward; δ at layer 2 comes through a layer of the same shape. */
function networkOf(nIn: number, nOut: number, seed: number): FloatNetwork {
  const draw = (widths: readonly number[], offset: number) =>
    initialise(widths, { initialiser: 'xavier-uniform', seed: 2 * seed + offset })
      .layers[0] as FloatLayer;
  return { layers: [draw([nOut, nIn], 0), draw([nIn, nOut], 1)] };
}

interface Vectors {
  /** Codes of the image. */
  readonly codes: Int16Array;
  /** Mantissas of δ². */
  readonly delta: number[];
}

function vectorsOf(inputs: number, outputs: number, seed: number): Vectors {
  const { uniform } = randomState(seed + 2 ** 24);
  const draw = () => Math.round((2 * uniform() - 1) * PEAK);
  return {
    codes: Int16Array.from({ length: inputs }, draw),
    delta: Array.from({ length: outputs }, draw),
  };
}

const squares = (values: ArrayLike<number>) => mean(Array.from(values, (x) => x * x));

/** z of layers 1 and 2 and δ¹ in float64; identity layers without biases. */
function passes({ layers }: FloatNetwork, { codes, delta }: Vectors) {
  const [first, second] = layers as readonly [FloatLayer, FloatLayer];
  const x = Float64Array.from(codes, (code) => code * 2 ** -15);
  const top = Float64Array.from(delta, (mantissa) => mantissa / PEAK);
  const product = ({ nIn, nOut, weights }: FloatLayer, a: Float64Array) =>
    Float64Array.from({ length: nOut }, (_, j) =>
      a.reduce((sum, ak, k) => sum + ak * (weights[j * nIn + k] as number), 0),
    );
  const z1 = product(first, x);
  const delta1 = Float64Array.from({ length: second.nIn }, (_, k) =>
    top.reduce((sum, d, j) => sum + d * (second.weights[j * second.nIn + k] as number), 0),
  );
  return { top, z1, z2: product(second, z1), delta1 };
}

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const shapes: Of[] = [];
  const worst = { z: 0, delta: 0 };
  const uniform: number[] = [];
  for (const [nIn, nOut] of SHAPES) {
    const found: Of = {
      nIn,
      nOut,
      forward: [],
      backward: [],
      deviceForward: [],
      deviceBackward: [],
    };
    for (const { seed, number, isMeasured } of networksOf(parameters)) {
      await onProgress(`${nIn} to ${nOut}, network ${number} of ${parameters.seeds}`);
      const network = networkOf(nIn, nOut, seed);
      const { weights } = network.layers[1] as FloatLayer;
      uniform.push(variance(Array.from(weights)) / (6 / (nIn + nOut) / 3));
      const vectors = upTo(VECTORS).map((n) => vectorsOf(nOut, nOut, VECTORS * seed + n));
      const computed = vectors.map((pair) => passes(network, pair));
      found.forward.push(mean(computed.map(({ z1, z2 }) => squares(z2) / squares(z1))));
      found.backward.push(mean(computed.map(({ top, delta1 }) => squares(delta1) / squares(top))));
      if (!isMeasured) continue;
      const ratios = { forward: [] as number[], backward: [] as number[] };
      for (const pair of vectors) {
        const injection = { layer: 2, delta: pair.delta, exponent: -14 };
        const reading = await measure({
          network,
          images: [{ codes: pair.codes, label: 0 }],
          activation: 'identity',
          injection,
          observe: true,
        });
        const [one, two] = reading.observed[0] ?? [];
        if (one === undefined || two === undefined)
          throw new RangeError('two layers were observed');
        const expected = passes(reading.network, pair);
        worst.z = Math.max(
          worst.z,
          ...two.z.map((z, j) => Math.abs(z - (expected.z2[j] as number))),
        );
        worst.delta = Math.max(worst.delta, relativeDistance(one.delta, expected.delta1));
        ratios.forward.push(squares(two.z) / squares(one.z));
        ratios.backward.push(squares(one.delta) / squares(two.delta));
      }
      found.deviceForward.push(mean(ratios.forward));
      found.deviceBackward.push(mean(ratios.backward));
    }
    shapes.push(found);
  }

  const sigma2 = ({ nIn, nOut }: Of) => 2 / (nIn + nOut);
  const off = (values: readonly number[], expected: number) =>
    Math.abs(mean([...values]) / expected - 1);
  const forward = Math.max(...shapes.map((of) => off(of.forward, of.nIn * sigma2(of))));
  const backward = Math.max(...shapes.map((of) => off(of.backward, of.nOut * sigma2(of))));
  const judge = (distance: number) => ({
    verdict: distance <= THEORY_BOUND ? ('holds' as const) : ('wrong' as const),
    because: `The mean of ${parameters.seeds} networks is within ${say(100 * distance)} % of it for every shape.`,
  });
  const both = shapes.every((of) => {
    const apart = [off(of.forward, 1), off(of.backward, 1)];
    const together = Math.abs((mean(of.forward) + mean(of.backward)) / 2 - 1) < 0.1;
    return together && apart.every((x) => (of.nIn === of.nOut ? x < 0.1 : x > 0.25));
  });
  const list = shapes
    .map((of) => `${of.nIn} to ${of.nOut}: ${say(mean(of.forward))} and ${say(mean(of.backward))}`)
    .join('; ');
  const names = shapes.map(({ nIn, nOut }) => `${nIn} → ${nOut}`);
  const points = (samples: (of: Of) => readonly number[]) =>
    shapes.map((of, index) => spread(names[index] as string, samples(of)));
  const exact = (value: (of: Of) => number) =>
    shapes.map((of, index) => ({ x: names[index] as string, y: value(of) }));
  return {
    claims: {
      forward: judge(forward),
      backward: judge(backward),
      'cannot-both': {
        verdict: both ? 'holds' : 'wrong',
        because: `Forward and backward, ${list}.`,
      },
      uniform: {
        verdict: Math.abs(mean(uniform) - 1) <= 0.03 ? 'holds' : 'wrong',
        because: `The weights have ${say(mean(uniform))} times a²/3.`,
      },
    },
    checks: [
      {
        name: 'z of the second layer, worst neuron',
        against: 'float64',
        distance: worst.z,
        bound: Z_BOUND,
        unit: 'absolute',
      },
      {
        name: 'δ¹, worst network',
        against: 'float64',
        distance: worst.delta,
        bound: DELTA_BOUND,
        unit: 'relative',
      },
    ],
    pictures: (['forward', 'backward'] as const).map((way) => ({
      id: way,
      title: `${way === 'forward' ? 'Forward: Var z over the mean square of the inputs' : 'Backward: mean square of δ below over above'}`,
      caption:
        'Xavier’s σ² = 2/(n_in + n_out) keeps the one or the other only where the layer is square.',
      kind: 'bars' as const,
      x: { label: 'n_in → n_out', unit: null, scale: 'category' as const },
      y: { label: 'ratio', unit: null, scale: 'linear' as const },
      series: [
        {
          name: 'device',
          source: 'device' as const,
          points: points((of) => (way === 'forward' ? of.deviceForward : of.deviceBackward)),
        },
        { name: 'float64', source: 'float64' as const, points: points((of) => of[way]) },
        {
          name: way === 'forward' ? 'n_in σ²' : 'n_out σ²',
          source: 'theory' as const,
          points: exact((of) => (way === 'forward' ? of.nIn : of.nOut) * sigma2(of)),
        },
      ],
      band: 'median, and 5 % to 95 % of the networks',
      marks: [{ axis: 'y' as const, at: 1, label: 'kept' }],
    })),
  };
}
