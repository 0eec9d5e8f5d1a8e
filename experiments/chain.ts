/**
 * The simplest deep network: one neuron a layer, [1,1,1,1,1]. Every factor of ∂C/∂b₁, and the nudge
 * of b₁ that the formula is derived from. Source: NN&DL ch. 5, "What's causing the vanishing
 * gradient problem?", eq. 113 to 121.
 */
import type { FloatNetwork } from '../contract/network.ts';
import { backpropagate } from '../golden/float64/network.ts';
import { sigmoidPrime } from '../golden/float64/sigmoid.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DOUBLED_SLOPE,
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import type { ObservedLayer } from './instrument.ts';
import { relativeDistance, say, sayShare, share, upTo } from './statistics.ts';

const NEURONS = 4;
/** Index of the 1 of y, and of none. */
const LABEL = 0;
/** Input a₀ = 1/2, a code that is exact. */
const INPUT_CODE = 2 ** 14;
const INPUT = 0.5;
/** Δb₁ = 2^-k; below 2^-14, the LSB of z, nothing moves any more. */
const NUDGES = upTo(14);
/** LSB of z and of a. */
const LSB = 2 ** -14;
/** Each of the measured numbers carries its rounding; σ is off by 6.1e-5 itself. */
const NUDGE_BOUND = 4 * LSB;
const FACTOR_BOUND = 0.005;
/** Draws of a weight from N(0, 1) for the shares. */
const DRAWS = 100_000;

export const chain: Experiment = {
  name: 'chain',
  title: 'A chain of four neurons',
  question: 'What is ∂C/∂b₁ made of, and does a nudge of b₁ travel as the formula says?',
  claims: [
    {
      id: 'nudge-a1',
      lecture: ['U', 'N'],
      text: 'A small change of the first bias changes its activation by Δa₁ ≈ σ′(z₁) Δb₁.',
      rule: 'holds: the error of the formula in float64 falls at least 3 times faster than Δb₁ does when Δb₁ is halved twice (it is of second order)',
    },
    {
      id: 'nudge-z2',
      lecture: ['U', 'N'],
      text: 'That changes the next weighted input by Δz₂ ≈ σ′(z₁) Δb₁ w₂.',
      rule: 'holds: as for Δa₁',
    },
    {
      id: 'product',
      lecture: ['U', 'N'],
      text: '∂C/∂b₁ = σ′(z₁) w₂ σ′(z₂) w₃ σ′(z₃) w₄ σ′(z₄) ∂C/∂a₄.',
      rule: 'holds: the product of the factors is δ¹ of float64 to 10⁻¹² for every network',
    },
    {
      id: 'weights-below-one',
      lecture: ['U', 'N'],
      text: 'Weights drawn from N(0, 1) usually satisfy |w| < 1.',
      rule: 'holds: for at least 95 % of the weights; holds-if: for more than half',
    },
    {
      id: 'quarter-bound',
      lecture: ['U', 'N'],
      text: 'Each factor |w σ′(z)| is usually below 1/4, so that ∂C/∂b₁ is usually at least 16 times smaller than ∂C/∂b₃.',
      rule: 'holds: in at least 95 % of random chains; holds-if: in more than half',
    },
  ],
  quick: { seeds: 1000, deviceSeeds: 10 },
  full: { seeds: 10_000, deviceSeeds: 200 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DROPPED_LAYER, DOUBLED_SLOPE, TRUNCATION],
  run,
};

/** One network, with the four biases and weights from N(0, 1). */
function randomChain(seed: number): FloatNetwork {
  const { normal } = randomState(seed);
  const draw = () => Float64Array.of(normal());
  return {
    layers: upTo(NEURONS).map(() => ({ nIn: 1, nOut: 1, weights: draw(), biases: draw() })),
  };
}

function nudged(network: FloatNetwork, by: number): FloatNetwork {
  return {
    layers: network.layers.map((layer, index) =>
      index === 0 ? { ...layer, biases: layer.biases.map((b) => b + by) } : layer,
    ),
  };
}

/** σ′(z₁), w₂, σ′(z₂) … w₄, σ′(z₄), ∂C/∂a₄ of the quadratic cost. */
function factorsOf(network: FloatNetwork, slopes: readonly number[], a4: number): number[] {
  return [
    ...slopes.flatMap((slope, index) =>
      index === 0 ? [slope] : [network.layers[index]?.weights[0] as number, slope],
    ),
    a4 - 1,
  ];
}

interface Change {
  readonly device: number;
  readonly float64: number;
  readonly formula: number;
}

/** What Δb₁ = `by` changed. */
interface Nudge {
  readonly by: number;
  readonly a1: Change;
  readonly z2: Change;
}

const first = (layer: ObservedLayer | undefined, name: keyof ObservedLayer) =>
  layer?.[name][0] as number;

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const images = [{ codes: Int16Array.of(INPUT_CODE), label: LABEL }];
  const example = { input: Float64Array.of(INPUT), label: LABEL, cost: 'quadratic' as const };

  // Every factor, over random chains.
  let distance = 0;
  let factorDistance = 0;
  let productError = 0;
  for (const seed of upTo(parameters.deviceSeeds)) {
    await onProgress(`chain ${seed} of ${parameters.deviceSeeds}`);
    const reading = await measure({
      network: randomChain(seed),
      images,
      cost: 'quadratic',
      observe: true,
    });
    const pass = backpropagate(reading.network, example);
    const slopes = pass.z.map((z) => sigmoidPrime(z[0] as number));
    const factors = factorsOf(reading.network, slopes, pass.a.at(-1)?.[0] as number);
    const delta = pass.delta[0]?.[0] as number;
    productError = Math.max(productError, Math.abs(factors.reduce((p, f) => p * f, 1) / delta - 1));
    const observed = reading.observed[0] ?? [];
    observed.forEach((layer, index) => {
      distance = Math.max(
        distance,
        relativeDistance(layer.delta, pass.delta[index] as Float64Array),
      );
      const slope = slopes[index] as number;
      factorDistance = Math.max(factorDistance, Math.abs(first(layer, 'slope') / slope - 1));
    });
  }

  // The nudge, on the chain of seed 1.
  await onProgress('nudging b₁');
  const base = randomChain(1);
  const still = (await measure({ network: base, images, cost: 'quadratic', observe: true }))
    .observed[0];
  const exact = backpropagate(base, example);
  const slope = sigmoidPrime(exact.z[0]?.[0] as number);
  const w2 = base.layers[1]?.weights[0] as number;
  const nudges: Nudge[] = [];
  for (const k of NUDGES) {
    const by = 2 ** -k;
    const moved = (
      await measure({ network: nudged(base, by), images, cost: 'quadratic', observe: true })
    ).observed[0];
    const pass = backpropagate(nudged(base, by), example);
    nudges.push({
      by,
      a1: {
        device: first(moved?.[0], 'a') - first(still?.[0], 'a'),
        float64: (pass.a[0]?.[0] as number) - (exact.a[0]?.[0] as number),
        formula: slope * by,
      },
      z2: {
        device: first(moved?.[1], 'z') - first(still?.[1], 'z'),
        float64: (pass.z[1]?.[0] as number) - (exact.z[1]?.[0] as number),
        formula: slope * by * w2,
      },
    });
  }
  const nudgeDistance = (name: 'a1' | 'z2') =>
    Math.max(...nudges.map((nudge) => Math.abs(nudge[name].device - nudge[name].float64)));
  /** The error of a first-order formula falls 16 times when the nudge falls 4 times. */
  const order = (name: 'a1' | 'z2') => {
    const error = (index: number) => {
      const { float64, formula } = (nudges[index] as Nudge)[name];
      return Math.abs(float64 - formula);
    };
    return error(5) / error(7) / 4;
  };

  const random = randomState(0);
  const below = share(Array.from({ length: DRAWS }, random.normal), (w) => Math.abs(w) < 1);
  const chains = upTo(parameters.seeds).map((seed) => {
    const network = randomChain(seed);
    const { z, delta } = backpropagate(network, example);
    const terms = upTo(NEURONS - 1).map((index) =>
      Math.abs(
        (network.layers[index]?.weights[0] as number) * sigmoidPrime(z[index]?.[0] as number),
      ),
    );
    return { terms, ratio: Math.abs((delta[2]?.[0] as number) / (delta[0]?.[0] as number)) };
  });
  const small = share(chains, ({ terms }) => terms.every((term) => term < 0.25));
  const sixteen = share(chains, ({ ratio }) => ratio >= 16);

  const reading = await measure({ network: base, images, cost: 'quadratic', observe: true });
  const reference = backpropagate(reading.network, example);
  const names = ['σ′(z₁)', 'w₂', 'σ′(z₂)', 'w₃', 'σ′(z₃)', 'w₄', 'σ′(z₄)', '∂C/∂a₄'];
  const measured = factorsOf(
    reading.network,
    (reading.observed[0] ?? []).map((layer) => first(layer, 'slope')),
    first(reading.observed[0]?.[3], 'a'),
  );
  const expected = factorsOf(
    reading.network,
    reference.z.map((z) => sigmoidPrime(z[0] as number)),
    reference.a[3]?.[0] as number,
  );
  const absolute = (factors: readonly number[]) =>
    factors.map((y, index) => ({ x: names[index] as string, y: Math.abs(y) }));

  return {
    claims: {
      'nudge-a1': judgeOrder(order('a1')),
      'nudge-z2': judgeOrder(order('z2')),
      product: {
        verdict: productError < 1e-12 ? 'holds' : 'wrong',
        because: `The product is δ¹ to ${say(productError)} in ${parameters.deviceSeeds} random chains.`,
      },
      'weights-below-one': judgeShare(below, 'of the weights have |w| < 1 (theory: 68.3 %)'),
      'quarter-bound': judgeShare(
        Math.min(small, sixteen),
        `of the chains; all three factors are below 1/4 in ${sayShare(small)}, and ∂C/∂b₁ is 16 times smaller than ∂C/∂b₃ in ${sayShare(sixteen)}`,
      ),
    },
    checks: [
      {
        name: 'δ of every neuron, worst of the chains',
        against: 'float64',
        distance,
        bound: FACTOR_BOUND,
        unit: 'relative',
      },
      {
        name: 'σ′ of every neuron, worst of the chains',
        against: 'float64',
        distance: factorDistance,
        bound: FACTOR_BOUND,
        unit: 'relative',
      },
      {
        name: 'Δa₁ of every nudge',
        against: 'float64',
        distance: nudgeDistance('a1'),
        bound: NUDGE_BOUND,
        unit: 'absolute',
      },
      {
        name: 'Δz₂ of every nudge',
        against: 'float64',
        distance: nudgeDistance('z2'),
        bound: NUDGE_BOUND * Math.max(1, Math.abs(w2)),
        unit: 'absolute',
      },
    ],
    tables: [
      {
        title: 'Every factor of ∂C/∂b₁, seed 1',
        columns: [
          { name: 'factor', unit: null },
          { name: 'device', unit: null },
          { name: 'float64, the same weights', unit: null },
          { name: 'error', unit: '%' },
        ],
        rows: names.map((name, index) => {
          const [device, float64] = [measured[index] as number, expected[index] as number];
          return [name, device, float64, 100 * Math.abs(device / float64 - 1)];
        }),
      },
    ],
    pictures: [
      {
        id: 'factors',
        title: 'The factors of ∂C/∂b₁',
        caption:
          'Magnitudes, seed 1. The factors σ′ can never pass 1/4; the weights may be of any size.',
        kind: 'bars',
        x: { label: 'factor', unit: null, scale: 'category' },
        y: { label: 'magnitude', unit: null, scale: 'linear' },
        series: [
          { name: 'device', source: 'device', points: absolute(measured) },
          { name: 'float64', source: 'float64', points: absolute(expected) },
        ],
        marks: [{ axis: 'y', at: 0.25, label: 'largest σ′: 1/4' }],
      },
      {
        id: 'nudge',
        title: 'A nudge of b₁, seen in a₁',
        caption:
          'The smaller the nudge, the better the formula, until the device moves in whole steps of its numbers and then not at all.',
        kind: 'lines',
        x: { label: 'Δb₁', unit: null, scale: 'log' },
        y: { label: '|Δa₁|', unit: null, scale: 'log' },
        series: [
          // A logarithm has no place for a nudge that moved nothing; the table of nudges has it.
          {
            name: 'device',
            source: 'device',
            points: nudges.flatMap(({ by, a1 }) =>
              a1.device === 0 ? [] : [{ x: by, y: Math.abs(a1.device) }],
            ),
          },
          {
            name: 'float64',
            source: 'float64',
            points: nudges.map(({ by, a1 }) => ({ x: by, y: Math.abs(a1.float64) })),
          },
          {
            name: 'σ′(z₁) Δb₁',
            source: 'theory',
            points: nudges.map(({ by, a1 }) => ({ x: by, y: Math.abs(a1.formula) })),
          },
        ],
        marks: [{ axis: 'y', at: 2 ** -15, label: 'one step of a' }],
      },
    ],
  };
}

function judgeOrder(fall: number) {
  return {
    verdict: fall >= 3 ? ('holds' as const) : ('wrong' as const),
    because: `A quarter of the nudge leaves an error ${say(4 * fall)} times smaller: what is left out is of second order.`,
  };
}

function judgeShare(part: number, what: string) {
  const because = `${sayShare(part)} ${what}.`;
  if (part >= 0.95) return { verdict: 'holds' as const, because };
  return part > 0.5
    ? { verdict: 'holds-if' as const, because: `Mostly: ${because}` }
    : { verdict: 'wrong' as const, because };
}
