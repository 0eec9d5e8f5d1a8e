/**
 * The simplest deep network: one neuron a layer, [1,1,1,1,1]. Every factor of ∂C/∂b₁, and the nudge
 * of b₁ that the formula is derived from. Source: NN&DL ch. 5, "What's causing the vanishing
 * gradient problem?", eq. 113 to 121.
 */
import type { Picture, ResultTable } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { backpropagate, type Example } from '../golden/float64/network.ts';
import { sigmoidPrime } from '../golden/float64/sigmoid.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import {
  DOUBLED_SLOPE,
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import type { Measure, ObservedLayer } from './instrument.ts';
import { measuredOf, networksOf, say, sayShare, share, upTo, worstDistance } from './statistics.ts';

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
      slip: 'imprecise',
    },
    {
      id: 'quarter-bound',
      lecture: ['U', 'N'],
      text: 'Each factor |w σ′(z)| is usually below 1/4, so that ∂C/∂b₁ is usually at least 16 times smaller than ∂C/∂b₃.',
      rule: 'holds: in at least 95 % of random chains; holds-if: in more than half',
      slip: 'imprecise',
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

const IMAGES = [{ codes: Int16Array.of(INPUT_CODE), label: LABEL }];
const EXAMPLE: Example = { input: Float64Array.of(INPUT), label: LABEL, cost: 'quadratic' };
const FACTORS = ['σ′(z₁)', 'w₂', 'σ′(z₂)', 'w₃', 'σ′(z₃)', 'w₄', 'σ′(z₄)', '∂C/∂a₄'];

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const chains: Chain[] = [];
  for (const { seed, number } of measuredOf(parameters)) {
    await onProgress(`chain ${number} of ${parameters.deviceSeeds}`);
    chains.push(await measureChain(seed, measure));
  }
  await onProgress('nudging b₁');
  const { nudges, w2 } = await measureNudges(measure);
  const { below, small, sixteen } = drawShares(parameters);
  const worst = (name: 'deltaError' | 'slopeError' | 'productError') =>
    Math.max(...chains.map((found) => found[name]));
  const productError = worst('productError');
  return {
    claims: {
      'nudge-a1': judgeOrder(nudges, 'a1'),
      'nudge-z2': judgeOrder(nudges, 'z2'),
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
        distance: worst('deltaError'),
        bound: FACTOR_BOUND,
        unit: 'relative',
      },
      {
        name: 'σ′ of every neuron, worst of the chains',
        against: 'float64',
        distance: worst('slopeError'),
        bound: FACTOR_BOUND,
        unit: 'relative',
      },
      {
        name: 'Δa₁ of every nudge',
        against: 'float64',
        distance: nudgeDistance(nudges, 'a1'),
        bound: NUDGE_BOUND,
        unit: 'absolute',
      },
      {
        name: 'Δz₂ of every nudge',
        against: 'float64',
        distance: nudgeDistance(nudges, 'z2'),
        bound: NUDGE_BOUND * Math.max(1, Math.abs(w2)),
        unit: 'absolute',
      },
    ],
    tables: [factorTable(chains[0] as Chain), nudgeTable(nudges)],
    pictures: [factorPicture(chains[0] as Chain), nudgePicture(nudges)],
  };
}

/** One random chain on the device and in float64 with the same weights. */
interface Chain {
  /** The factors of ∂C/∂b₁, from the device's own numbers. */
  readonly device: readonly number[];
  readonly float64: readonly number[];
  readonly deltaError: number;
  readonly slopeError: number;
  /** How far the product of the factors is from δ¹, both in float64. */
  readonly productError: number;
}

async function measureChain(seed: number, measure: Measure): Promise<Chain> {
  const { network, observed } = await measure({
    network: randomChain(seed),
    images: IMAGES,
    cost: 'quadratic',
    observe: true,
  });
  const layers = observed[0] ?? [];
  const pass = backpropagate(network, EXAMPLE);
  const slopes = pass.z.map((z) => sigmoidPrime(z[0] as number));
  const float64 = factorsOf(network, slopes, pass.a.at(-1)?.[0] as number);
  const measured = layers.map((layer) => first(layer, 'slope'));
  const product = float64.reduce((soFar, factor) => soFar * factor, 1);
  return {
    device: factorsOf(network, measured, first(layers.at(-1), 'a')),
    float64,
    deltaError: worstDistance(
      layers.map(({ delta }) => delta),
      pass.delta,
    ),
    slopeError: Math.max(
      ...measured.map((slope, index) => Math.abs(slope / (slopes[index] as number) - 1)),
    ),
    productError: Math.abs(product / (pass.delta[0]?.[0] as number) - 1),
  };
}

/** b₁ of the first chain moved by ever smaller powers of two. */
async function measureNudges(measure: Measure): Promise<{ nudges: Nudge[]; w2: number }> {
  const base = randomChain(1);
  const observe = async (network: FloatNetwork) => {
    const options = { images: IMAGES, cost: 'quadratic', observe: true } as const;
    const [layers] = (await measure({ network, ...options })).observed;
    return { a1: first(layers?.[0], 'a'), z2: first(layers?.[1], 'z') };
  };
  const compute = (network: FloatNetwork) => {
    const { a, z } = backpropagate(network, EXAMPLE);
    return { a1: a[0]?.[0] as number, z2: z[1]?.[0] as number };
  };
  const still = { device: await observe(base), float64: compute(base) };
  const slope = sigmoidPrime(backpropagate(base, EXAMPLE).z[0]?.[0] as number);
  const w2 = base.layers[1]?.weights[0] as number;
  const nudges: Nudge[] = [];
  for (const k of NUDGES) {
    const by = 2 ** -k;
    const moved = nudged(base, by);
    const now = { device: await observe(moved), float64: compute(moved) };
    const change = (name: 'a1' | 'z2', formula: number): Change => ({
      device: now.device[name] - still.device[name],
      float64: now.float64[name] - still.float64[name],
      formula,
    });
    nudges.push({ by, a1: change('a1', slope * by), z2: change('z2', slope * by * w2) });
  }
  return { nudges, w2 };
}

function nudgeDistance(nudges: readonly Nudge[], name: 'a1' | 'z2'): number {
  return Math.max(...nudges.map((nudge) => Math.abs(nudge[name].device - nudge[name].float64)));
}

/** How often the bounds hold for N(0, 1) weights and biases, in float64. */
function drawShares(parameters: Parameters): { below: number; small: number; sixteen: number } {
  const { normal } = randomState(0);
  const chains = networksOf(parameters).map(({ seed }) => {
    const { layers } = randomChain(seed);
    const { z, delta } = backpropagate({ layers }, EXAMPLE);
    const terms = upTo(NEURONS - 1).map((index) =>
      Math.abs((layers[index]?.weights[0] as number) * sigmoidPrime(z[index]?.[0] as number)),
    );
    return { terms, ratio: Math.abs((delta[2]?.[0] as number) / (delta[0]?.[0] as number)) };
  });
  return {
    below: share(Array.from({ length: DRAWS }, normal), (w) => Math.abs(w) < 1),
    small: share(chains, ({ terms }) => terms.every((term) => term < 0.25)),
    sixteen: share(chains, ({ ratio }) => ratio >= 16),
  };
}

function factorTable({ device, float64 }: Chain): ResultTable {
  return {
    title: 'Every factor of ∂C/∂b₁, first network',
    columns: [
      { name: 'factor', unit: null },
      { name: 'device', unit: null },
      { name: 'float64, the same weights', unit: null },
      { name: 'error', unit: '%' },
    ],
    rows: FACTORS.map((name, index) => {
      const [measured, expected] = [device[index] as number, float64[index] as number];
      return [name, measured, expected, 100 * Math.abs(measured / expected - 1)];
    }),
  };
}

function nudgeTable(nudges: readonly Nudge[]): ResultTable {
  const heads = ['Δb₁', 'Δa₁, device', 'float64', 'formula', 'Δz₂, device', 'float64', 'formula'];
  const cells = ({ device, float64, formula }: Change) => [device, float64, formula];
  return {
    title: 'Every nudge, first network',
    columns: heads.map((name) => ({ name, unit: null })),
    rows: nudges.map(({ by, a1, z2 }) => [by, ...cells(a1), ...cells(z2)]),
  };
}

function factorPicture({ device, float64 }: Chain): Picture {
  const points = (factors: readonly number[]) =>
    factors.map((y, index) => ({ x: FACTORS[index] as string, y: Math.abs(y) }));
  return {
    id: 'factors',
    title: 'The factors of ∂C/∂b₁',
    caption:
      'Magnitudes, first network. The factors σ′ can never pass 1/4; the weights may be of any size.',
    kind: 'bars',
    x: { label: 'factor', unit: null, scale: 'category' },
    y: { label: 'magnitude', unit: null, scale: 'linear' },
    series: [
      { name: 'device', source: 'device', points: points(device) },
      { name: 'float64', source: 'float64', points: points(float64) },
    ],
    marks: [{ axis: 'y', at: 0.25, label: 'largest σ′: 1/4' }],
  };
}

function nudgePicture(nudges: readonly Nudge[]): Picture {
  // A logarithm has no place for a nudge that moved nothing; the table of nudges has it.
  const points = (name: keyof Change) =>
    nudges.flatMap(({ by, a1 }) => (a1[name] === 0 ? [] : [{ x: by, y: Math.abs(a1[name]) }]));
  return {
    id: 'nudge',
    title: 'A nudge of b₁, seen in a₁',
    caption:
      'The smaller the nudge, the better the formula, until the device moves in whole steps of its numbers and then not at all.',
    kind: 'lines',
    x: { label: 'Δb₁', unit: null, scale: 'log' },
    y: { label: '|Δa₁|', unit: null, scale: 'log' },
    series: [
      { name: 'device', source: 'device', points: points('device') },
      { name: 'float64', source: 'float64', points: points('float64') },
      { name: 'σ′(z₁) Δb₁', source: 'theory', points: points('formula') },
    ],
    marks: [{ axis: 'y', at: 2 ** -15, label: 'one step of a' }],
  };
}

/** The error of a first-order formula falls 16 times when the nudge falls 4 times. */
function judgeOrder(nudges: readonly Nudge[], name: 'a1' | 'z2'): Judgement {
  const error = (index: number) => {
    const { float64, formula } = (nudges[index] as Nudge)[name];
    return Math.abs(float64 - formula);
  };
  const fall = error(5) / error(7);
  return {
    verdict: fall >= 3 * 4 ? 'holds' : 'wrong',
    because: `A quarter of the nudge leaves an error ${say(fall)} times smaller: what is left out is of second order.`,
  };
}

function judgeShare(part: number, what: string) {
  const because = `${sayShare(part)} ${what}.`;
  if (part >= 0.95) return { verdict: 'holds' as const, because };
  return part > 0.5
    ? { verdict: 'holds-if' as const, because: `Mostly: ${because}` }
    : { verdict: 'wrong' as const, because };
}
