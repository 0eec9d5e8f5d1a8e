/**
 * What is the same in a network and stays so: exchanged hidden units, and units that begin alike.
 * Source: Goodfellow et al., Deep Learning (2016), §8.4; Dive into Deep Learning, §5.4.
 */
import type { Picture } from '../contract/experiment.ts';
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import { backpropagate, gradientOf } from '../golden/float64/network.ts';
import { initialise } from '../host/data/initialisers.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Fault, Findings, Parameters } from './experiment.ts';
import { FLIPPED_SIGN, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import type { ObservedLayer } from './instrument.ts';
import { firstSeed, networksOf, relativeDistance, say, upTo, worstDistance } from './statistics.ts';

const WIDTHS = [6, 8, 3];
const HIDDEN = 8;
const LABEL = 1;
const COST = 'cross-entropy';
/** Every weight of the symmetric network. */
const CONSTANT = 0.5;
const BOUND = 0.005;
const EXACT = 1e-12;

/** One lane of the multipliers that gives nothing. */
const DEAD_LANE: Fault = {
  name: 'dead lane',
  about: 'the third neuron of the first layer has no weights',
  seenBy: 'float64',
  network: ({ layers, cost }) => ({
    cost,
    layers: layers.map((layer, index) =>
      index === 0
        ? {
            ...layer,
            weights: layer.weights.map((w, at) => (Math.floor(at / layer.nIn) === 2 ? 0 : w)),
          }
        : layer,
    ),
  }),
};

export const symmetry: Experiment = {
  name: 'symmetry',
  title: 'Symmetry of hidden units',
  question: 'Which hidden units cannot be told apart, and what tells them apart?',
  claims: [
    {
      id: 'permutation',
      lecture: ['S'],
      text: 'Hidden units that are exchanged, with their weights, give the same function.',
      rule: 'holds: outputs and permuted δ agree in float64 to 10⁻¹² for every random network and permutation',
    },
    {
      id: 'constant',
      lecture: ['S'],
      text: 'With constant weights all units of a hidden layer compute the same and get the same gradient: they act as one.',
      rule: 'holds-if (the weights out of the layer are constant too): δ of all hidden units is equal in float64 with all weights constant, and not with random weights above; holds: equal in both cases',
    },
    {
      id: 'row-elements',
      lecture: ['S'],
      text: 'With constant weights all elements of the gradient of a weight matrix are the same.',
      rule: 'wrong: the elements of a row of ∂C/∂W¹ differ in float64; rows are equal, elements of a row are not, as the inputs differ',
      slip: 'error',
    },
  ],
  quick: { seeds: 20, deviceSeeds: 5 },
  full: { seeds: 200, deviceSeeds: 50 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DEAD_LANE, TRUNCATION],
  run,
};

function permuted({ layers }: FloatNetwork, order: readonly number[]): FloatNetwork {
  const [hidden, output] = layers as readonly [FloatLayer, FloatLayer];
  const rows = hidden.weights.map(
    (_, at) =>
      hidden.weights[
        (order[Math.floor(at / hidden.nIn)] as number) * hidden.nIn + (at % hidden.nIn)
      ] as number,
  );
  const columns = output.weights.map(
    (_, at) =>
      output.weights[
        Math.floor(at / output.nIn) * output.nIn + (order[at % output.nIn] as number)
      ] as number,
  );
  return {
    layers: [
      {
        ...hidden,
        weights: rows,
        biases: hidden.biases.map((_, j) => hidden.biases[order[j] as number] as number),
      },
      { ...output, weights: columns },
    ],
  };
}

/** By sorting random numbers. */
function randomOrder(seed: number): number[] {
  const { uniform } = randomState(seed);
  return upTo(HIDDEN)
    .map((j) => ({ j: j - 1, key: uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ j }) => j);
}

function largestGap(values: ArrayLike<number>): number {
  const all = Array.from(values);
  return Math.max(...all) - Math.min(...all);
}

/** Elements that differ, of two vectors. */
function countDifferent(a: Float64Array, b: Float64Array): number {
  return a.filter((x, j) => x !== b[j]).length;
}

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const { uniform } = randomState(parameters.seeds);
  const codes = Int16Array.from({ length: WIDTHS[0] as number }, () =>
    Math.floor(uniform() * 2 ** 15),
  );
  const example = {
    input: Float64Array.from(codes, (code) => code / 2 ** 15),
    label: LABEL,
    cost: COST,
  } as const;
  const images = [{ codes, label: LABEL }];
  const observe = async (network: FloatNetwork) => {
    const reading = await measure({ network, images, cost: COST, observe: true });
    return {
      network: reading.network,
      layers: reading.observed[0] as readonly [ObservedLayer, ObservedLayer],
    };
  };

  let permutationError = 0;
  let different = 0;
  let distance = 0;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`permutation ${number} of ${parameters.seeds}`);
    const network = initialise(WIDTHS, { initialiser: 'normal', seed });
    const order = randomOrder(seed);
    const exchanged = permuted(network, order);
    const [one, two] = [backpropagate(network, example), backpropagate(exchanged, example)];
    const back = (delta: Float64Array) => delta.map((_, j) => delta[order[j] as number] as number);
    permutationError = Math.max(
      permutationError,
      relativeDistance(two.a[1] as Float64Array, one.a[1] as Float64Array),
      relativeDistance(two.delta[0] as Float64Array, back(one.delta[0] as Float64Array)),
    );
    if (!isMeasured) continue;
    const [first, second] = [await observe(network), await observe(exchanged)];
    different +=
      countDifferent(second.layers[1].a, first.layers[1].a) +
      countDifferent(second.layers[1].delta, first.layers[1].delta) +
      countDifferent(second.layers[0].delta, back(first.layers[0].delta));
    const reference = backpropagate(first.network, example);
    const deltas = first.layers.map(({ delta }) => delta);
    distance = Math.max(distance, worstDistance(deltas, reference.delta));
  }

  await onProgress('constant weights');
  const constant = initialise(WIDTHS, {
    initialiser: `constant:${CONSTANT}`,
    seed: firstSeed(parameters),
  });
  const randomAbove = {
    layers: [
      constant.layers[0] as FloatLayer,
      initialise(WIDTHS, { initialiser: 'normal', seed: firstSeed(parameters) })
        .layers[1] as FloatLayer,
    ],
  };
  const [equal, broken] = [backpropagate(constant, example), backpropagate(randomAbove, example)];
  const gaps = {
    constant: largestGap(equal.delta[0] as Float64Array),
    random: largestGap(broken.delta[0] as Float64Array),
  };
  const gradient = gradientOf(equal, example.input).weights[0] as Float64Array;
  const nIn = WIDTHS[0] as number;
  const rowGap = largestGap(gradient.subarray(0, nIn));
  const columnGap = largestGap(upTo(HIDDEN).map((j) => gradient[(j - 1) * nIn] as number));
  const measured = { constant: await observe(constant), random: await observe(randomAbove) };
  const deviceGap =
    largestGap(measured.constant.layers[0].delta) + largestGap(measured.constant.layers[0].a);
  return {
    claims: {
      permutation: {
        verdict: permutationError <= EXACT ? 'holds' : 'wrong',
        because: `To ${say(permutationError)} in float64 (its sums are in another order); bit for bit on the device, whose sums are exact.`,
      },
      constant: {
        verdict: gaps.constant > 0 ? 'wrong' : gaps.random > 0 ? 'holds-if' : 'holds',
        because: `If the weights out of the layer are constant too: then δ of all ${HIDDEN} units is equal. With random weights above it differs by up to ${say(gaps.random)}, and their weights then change differently.`,
      },
      'row-elements': {
        verdict: rowGap > 0 ? 'wrong' : 'holds',
        because: `Rows are equal (they differ by ${say(columnGap)}), but the elements of a row differ by up to ${say(rowGap)}: ∂C/∂w_jk = a_k δ_j, and the inputs a_k differ.`,
      },
    },
    checks: [
      {
        name: `outputs and δ that change when hidden units are exchanged, of ${parameters.deviceSeeds} networks`,
        against: 'theory',
        distance: different,
        bound: 0,
        unit: 'values',
      },
      {
        name: 'a and δ of hidden units with constant weights: largest difference',
        against: 'theory',
        distance: deviceGap,
        bound: 0,
        unit: 'absolute',
      },
      {
        name: 'δ of both layers of the random networks',
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
    ],
    pictures: [
      bars(
        'constant',
        'All weights constant',
        'Every hidden unit gets the same δ, to the last bit: eight units do the work of one.',
        measured.constant.layers[0],
        equal.delta[0] as Float64Array,
      ),
      bars(
        'random',
        'Random weights above, constant ones below',
        'The units still compute the same, but they are told apart on the way back.',
        measured.random.layers[0],
        broken.delta[0] as Float64Array,
      ),
    ],
  };
}

function bars(
  id: string,
  title: string,
  caption: string,
  device: ObservedLayer,
  float64: Float64Array,
): Picture {
  const points = (values: Float64Array) => Array.from(values, (y, j) => ({ x: `${j + 1}`, y }));
  return {
    id,
    title,
    caption,
    kind: 'bars',
    x: { label: 'hidden unit', unit: null, scale: 'category' },
    y: { label: 'δ', unit: null, scale: 'linear' },
    series: [
      { name: 'device', source: 'device', points: points(device.delta) },
      { name: 'float64', source: 'float64', points: points(float64) },
    ],
  };
}
