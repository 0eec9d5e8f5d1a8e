/**
 * The four equations of backpropagation, each with both sides measured. Source: NN&DL ch. 2, BP1 to
 * BP4, and their matrix form in ch. 5, eq. 124 (after eq. 45).
 */
import { Matrix } from 'ml-matrix';
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import {
  backpropagate,
  costOf,
  type Example,
  gradientOf,
  type Pass,
} from '../golden/float64/network.ts';
import { sigmoidPrime } from '../golden/float64/sigmoid.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import {
  DOUBLED_SLOPE,
  FLIPPED_SIGN,
  SWAPPED_ACTIVATION,
  TRANSPOSED_WEIGHTS,
  TRUNCATION,
} from './faults.ts';
import type { Measure, ObservedLayer } from './instrument.ts';
import {
  measuredOf,
  networksOf,
  relativeDistance,
  say,
  upTo,
  worstDistance,
} from './statistics.ts';

const WIDTHS = [5, 4, 4, 3];
const LAYERS = WIDTHS.length - 1;
const COST = 'quadratic';
const LABEL = 1;
/** Of a bias or a weight, on the device: the step of a, 2⁻¹⁵, over it stays below 10⁻³. */
const NUDGE = 2 ** -4;
/** In float64. */
const SMALL_NUDGE = 1e-5;
const EXACT = 1e-6;
/** An equation between numbers of the device: their rounding, and σ′ within 0.1 %. */
const EQUATION_BOUND = 0.002;
/** A difference quotient: σ off by 6.1e-5 at each output, over twice the nudge; its own h² below. */
const QUOTIENT_BOUND = 0.003;

export const backpropEquations: Experiment = {
  name: 'backprop-equations',
  title: 'The equations of backpropagation',
  question: 'Do both sides of BP1 to BP4 agree, measured one by one?',
  claims: [
    ['bp1', 'BP1: δ^L = ∇_a C ⊙ σ′(z^L).'],
    ['bp2', 'BP2: δ^ℓ = ((W^(ℓ+1))ᵀ δ^(ℓ+1)) ⊙ σ′(z^ℓ).'],
    ['bp3', 'BP3: ∂C/∂b^ℓ_j = δ^ℓ_j.'],
    ['bp4', 'BP4: ∂C/∂w^ℓ_jk = a^(ℓ−1)_k δ^ℓ_j.'],
  ]
    .map(([id = '', text = '']) => ({
      id,
      lecture: ['N' as const],
      text,
      rule: 'holds: the difference quotient of C, which knows nothing of the equation, gives the same in float64 to 10⁻⁶ of the largest, in every random network',
    }))
    .concat({
      id: 'matrix-form',
      lecture: ['N'],
      text: 'In matrix form: δ^ℓ = Σ′(z^ℓ) (W^(ℓ+1))ᵀ … Σ′(z^(L−1)) (W^L)ᵀ Σ′(z^L) ∇_a C.',
      rule: 'holds: the product of the matrices is δ¹ in float64 to 10⁻⁶, in every random network',
    }),
  quick: { seeds: 20, deviceSeeds: 1 },
  full: { seeds: 200, deviceSeeds: 20 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, TRANSPOSED_WEIGHTS, DOUBLED_SLOPE, TRUNCATION],
  run,
};

interface Case {
  readonly network: FloatNetwork;
  /** Codes of the device. */
  readonly codes: Int16Array;
  readonly example: Example;
}

function randomCase(seed: number): Case {
  const { normal, uniform } = randomState(seed);
  const layers = WIDTHS.slice(1).map((nOut, index) => {
    const nIn = WIDTHS[index] as number;
    const draw = (length: number) => Float64Array.from({ length }, normal);
    return { nIn, nOut, weights: draw(nIn * nOut), biases: draw(nOut) };
  });
  const codes = Int16Array.from({ length: WIDTHS[0] as number }, () =>
    Math.floor(uniform() * 2 ** 15),
  );
  const input = Float64Array.from(codes, (code) => code * 2 ** -15);
  return { network: { layers }, codes, example: { input, label: LABEL, cost: COST } };
}

/** One bias or weight of one layer. */
interface Place {
  readonly layer: number;
  readonly kind: 'weights' | 'biases';
  readonly at: number;
}

/** Every bias, and the weights into the first neuron of each layer. */
const PLACES: readonly Place[] = upTo(LAYERS).flatMap((layer): Place[] => [
  ...upTo(WIDTHS[layer] as number).map((j) => ({ layer, kind: 'biases' as const, at: j - 1 })),
  ...upTo(WIDTHS[layer - 1] as number).map((k) => ({ layer, kind: 'weights' as const, at: k - 1 })),
]);

function nudged({ layers }: FloatNetwork, { layer, kind, at }: Place, by: number): FloatNetwork {
  const change = (values: Float64Array) =>
    values.map((value, index) => (index === at ? value + by : value));
  return {
    layers: layers.map((old, index) =>
      index === layer - 1 ? { ...old, [kind]: change(old[kind]) } : old,
    ),
  };
}

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const textbook = networksOf(parameters).map(({ seed }) => errorsInFloat64(randomCase(seed)));
  const worst = (name: keyof Errors) => Math.max(...textbook.map((errors) => errors[name]));
  const judge = (name: keyof Errors): Judgement => ({
    verdict: worst(name) <= EXACT ? 'holds' : 'wrong',
    because: `The two sides differ by ${say(worst(name))} at most, in ${parameters.seeds} random networks.`,
  });

  let equations = { bp1: 0, bp2: 0 };
  let distance = 0;
  const points: Quotient[] = [];
  for (const { seed, number } of measuredOf(parameters)) {
    const random = randomCase(seed);
    const reading = await observe(random.network, random, measure);
    const reference = backpropagate(reading.network, random.example);
    const deltas = reading.layers.map(({ delta }) => delta);
    distance = Math.max(distance, worstDistance(deltas, reference.delta));
    const found = equationsOnDevice(reading);
    equations = {
      bp1: Math.max(equations.bp1, found.bp1),
      bp2: Math.max(equations.bp2, found.bp2),
    };
    for (const place of PLACES) {
      await onProgress(`network ${number}: nudging ${place.kind} of layer ${place.layer}`);
      const above = await observe(nudged(random.network, place, NUDGE), random, measure);
      const below = await observe(nudged(random.network, place, -NUDGE), random, measure);
      const quotient = (costAt(above.layers) - costAt(below.layers)) / (2 * NUDGE);
      const delta = reading.layers[place.layer - 1]?.delta ?? new Float64Array();
      const input = reading.layers[place.layer - 2]?.a ?? random.example.input;
      // Weights are those into neuron 0.
      const formula =
        place.kind === 'biases'
          ? (delta[place.at] as number)
          : (delta[0] as number) * (input[place.at] as number);
      points.push({ ...place, quotient, formula });
    }
  }
  const quotientError = (kind: Place['kind']) =>
    Math.max(
      ...points
        .filter((point) => point.kind === kind)
        .map(({ quotient, formula }) => Math.abs(quotient - formula)),
    );
  const shown = points.slice(0, PLACES.length);
  return {
    claims: {
      bp1: judge('bp1'),
      bp2: judge('bp2'),
      bp3: judge('bp3'),
      bp4: judge('bp4'),
      'matrix-form': judge('matrix'),
    },
    checks: [
      { name: 'δ of every layer', against: 'float64', distance, bound: 0.005, unit: 'relative' },
      {
        name: 'BP1, both sides from the device',
        against: 'theory',
        distance: equations.bp1,
        bound: EQUATION_BOUND,
        unit: 'relative',
      },
      {
        name: 'BP2, both sides from the device',
        against: 'theory',
        distance: equations.bp2,
        bound: EQUATION_BOUND,
        unit: 'relative',
      },
      {
        name: 'BP3: δ, and C with a nudged bias, both from the device',
        against: 'theory',
        distance: quotientError('biases'),
        bound: QUOTIENT_BOUND,
        unit: 'absolute',
      },
      {
        name: 'BP4: a δ, and C with a nudged weight, both from the device',
        against: 'theory',
        distance: quotientError('weights'),
        bound: QUOTIENT_BOUND,
        unit: 'absolute',
      },
    ],
    tables: [
      {
        title: 'Both sides of BP3 and BP4 on the device, first network',
        columns: ['layer', 'of', 'formula', 'difference quotient', 'difference'].map((name) => ({
          name,
          unit: null,
        })),
        rows: shown.map(({ layer, kind, at, quotient, formula }) => [
          layer,
          kind === 'biases' ? `bias ${at + 1}` : `weight 1,${at + 1}`,
          formula,
          quotient,
          quotient - formula,
        ]),
      },
    ],
    pictures: [
      {
        id: 'both-sides',
        title: 'Backpropagation against brute force',
        caption:
          'Every bias, and the weights into the first neuron of every layer. Across: what BP3 and BP4 make of one backward pass. Up: what nudging each parameter does to the cost, two forward passes each.',
        kind: 'dots',
        x: { label: 'formula: δ, or a δ', unit: null, scale: 'linear' },
        y: { label: 'difference quotient of C', unit: null, scale: 'linear' },
        series: [
          {
            name: 'device',
            source: 'device',
            points: shown.map(({ quotient, formula }) => ({ x: formula, y: quotient })),
          },
          {
            name: 'equal',
            source: 'theory',
            points: shown.map(({ formula }) => ({ x: formula, y: formula })),
          },
        ],
      },
    ],
  };
}

interface Quotient extends Place {
  readonly quotient: number;
  readonly formula: number;
}

interface Observed {
  readonly network: FloatNetwork;
  readonly layers: readonly ObservedLayer[];
}

async function observe(
  network: FloatNetwork,
  { codes }: Case,
  measure: Measure,
): Promise<Observed> {
  const reading = await measure({
    network,
    images: [{ codes, label: LABEL }],
    cost: COST,
    observe: true,
  });
  return { network: reading.network, layers: reading.observed[0] ?? [] };
}

/** C = ½‖y - a‖² of what the device gives. */
function costAt(layers: readonly ObservedLayer[]): number {
  const outputs = Array.from(layers.at(-1)?.a ?? []);
  return outputs.reduce((sum, a, j) => sum + ((j === LABEL ? 1 : 0) - a) ** 2 / 2, 0);
}

/** Both sides from numbers of the device alone: δ, a, σ′ and its weights. */
function equationsOnDevice({ network, layers }: Observed): { bp1: number; bp2: number } {
  const last = layers.at(-1) as ObservedLayer;
  const right = last.a.map((a, j) => (a - (j === LABEL ? 1 : 0)) * (last.slope[j] as number));
  const bp2 = layers.slice(0, -1).map((layer, index) => {
    const above = layers[index + 1] as ObservedLayer;
    const back = transposedProduct(network.layers[index + 1] as FloatLayer, above.delta);
    return relativeDistance(
      layer.delta,
      back.map((sum, k) => sum * (layer.slope[k] as number)),
    );
  });
  return { bp1: relativeDistance(last.delta, right), bp2: Math.max(...bp2) };
}

function transposedProduct({ nIn, nOut, weights }: FloatLayer, delta: Float64Array): Float64Array {
  const product = Matrix.from1DArray(nOut, nIn, weights)
    .transpose()
    .mmul(Matrix.columnVector(delta));
  return Float64Array.from(product.to1DArray());
}

interface Errors {
  readonly bp1: number;
  readonly bp2: number;
  readonly bp3: number;
  readonly bp4: number;
  readonly matrix: number;
}

/** Each equation against difference quotients of C, relative to the largest element. */
function errorsInFloat64({ network, example }: Case): Errors {
  const pass = backpropagate(network, example);
  const { weights, biases } = gradientOf(pass, example.input);
  const errors = { biases: 0, weights: 0 };
  const byLayer = new Array<number>(LAYERS).fill(0);
  for (const place of PLACES) {
    const c = (by: number) => costOf(nudged(network, place, by), example);
    const quotient = (c(SMALL_NUDGE) - c(-SMALL_NUDGE)) / (2 * SMALL_NUDGE);
    const gradient = (place.kind === 'biases' ? biases : weights)[place.layer - 1] as Float64Array;
    const error = Math.abs(quotient - (gradient[place.at] as number)) / largestOf(pass);
    errors[place.kind] = Math.max(errors[place.kind], error);
    // z moves as b does: the quotient by b is ∂C/∂z, whatever BP1 and BP2 say.
    if (place.kind === 'biases')
      byLayer[place.layer - 1] = Math.max(byLayer[place.layer - 1] as number, error);
  }
  return {
    bp1: byLayer[LAYERS - 1] as number,
    bp2: Math.max(...byLayer.slice(0, -1)),
    bp3: errors.biases,
    bp4: errors.weights,
    matrix: matrixFormError(network, pass),
  };
}

function largestOf({ delta }: Pass): number {
  return Math.max(...delta.flatMap((layer) => Array.from(layer, Math.abs)));
}

/** ‖Σ′ Wᵀ … Σ′ ∇C - δ¹‖ / ‖δ¹‖. */
function matrixFormError(network: FloatNetwork, { z, a, delta }: Pass): number {
  const slopes = (index: number) => Matrix.diag(Array.from(z[index] as Float64Array, sigmoidPrime));
  const output = Array.from(a.at(-1) as Float64Array, (aj, j) => aj - (j === LABEL ? 1 : 0));
  let product = slopes(LAYERS - 1).mmul(Matrix.columnVector(output));
  for (let index = LAYERS - 2; index >= 0; index--) {
    const { nIn, nOut, weights } = network.layers[index + 1] as FloatLayer;
    product = slopes(index)
      .mmul(Matrix.from1DArray(nOut, nIn, weights).transpose())
      .mmul(product);
  }
  return relativeDistance(Float64Array.from(product.to1DArray()), delta[0] as Float64Array);
}
