/**
 * Weight initialisers, one row of a table each. The stream of deviates is that of
 * `numpy.random.RandomState(seed).randn` (Mersenne Twister MT19937, Marsaglia's polar method), and
 * the order is Nielsen's (the biases of all layers, then the weights of all layers, row-major), so
 * that a network can be made again in Python from its seed.
 */
import { mersenne } from 'pure-rand/generator/mersenne';
import type { FloatNetwork } from '../../contract/network.ts';
import { DeltascopeError } from '../error.ts';

export interface Initialiser {
  readonly formula: string;
  readonly source: string;
  /** Standard deviation of the weights into a layer of n_in inputs and n_out neurons. */
  readonly weightDeviation: (nIn: number, nOut: number) => number;
  /** Standard deviation of the biases; 0 leaves them 0 and draws nothing. */
  readonly biasDeviation: number;
}

const NIELSEN_3 = 'Nielsen, Neural Networks and Deep Learning, ch. 3, "Weight initialization"';

export const INITIALISERS = {
  nielsen: {
    formula: 'w ~ N(0, 1/√n_in), b ~ N(0, 1)',
    source: `${NIELSEN_3}; network2.py, default_weight_initializer`,
    weightDeviation: (nIn) => 1 / Math.sqrt(nIn),
    biasDeviation: 1,
  },
  normal: {
    formula: 'w ~ N(0, 1), b ~ N(0, 1)',
    source: `${NIELSEN_3}; network2.py, large_weight_initializer`,
    weightDeviation: () => 1,
    biasDeviation: 1,
  },
  nin: {
    formula: 'w ~ N(0, 1/√n_in), b = 0',
    source: 'LeCun et al., Efficient BackProp (1998), §4.6',
    weightDeviation: (nIn) => 1 / Math.sqrt(nIn),
    biasDeviation: 0,
  },
} as const satisfies Record<string, Initialiser>;

export type InitialiserName = keyof typeof INITIALISERS;

export interface InitialiseOptions {
  /** Default `nielsen`. */
  initialiser?: InitialiserName | undefined;
  /** 0 … 2^32 - 1; the same seed gives the same network, everywhere. */
  seed: number;
}

/**
 * A random network of the given widths n_0, n_1 … n_L. N(μ, σ) is written with the standard
 * deviation, as the lectures do.
 * @throws DeltascopeError `bad-option` when the seed is not a whole number of 32 bits.
 */
export function initialise(widths: readonly number[], options: InitialiseOptions): FloatNetwork {
  const { initialiser = 'nielsen', seed } = options;
  const { weightDeviation, biasDeviation }: Initialiser = INITIALISERS[initialiser];
  const next = normalDeviates(seed);
  const draw = (length: number, deviation: number) =>
    Float64Array.from({ length }, () => (deviation === 0 ? 0 : deviation * next()));

  const sizes = widths.slice(1).map((nOut, index) => ({ nIn: widths[index] ?? 0, nOut }));
  const biases = sizes.map(({ nOut }) => draw(nOut, biasDeviation));
  const weights = sizes.map(({ nIn, nOut }) => draw(nOut * nIn, weightDeviation(nIn, nOut)));
  const layers = sizes.map((size, index) => ({
    ...size,
    weights: weights[index] ?? new Float64Array(),
    biases: biases[index] ?? new Float64Array(),
  }));
  return { layers };
}

/**
 * Independent deviates from N(0, 1), the stream of `numpy.random.RandomState(seed).randn()` to
 * the last bits of the logarithm. Source: Marsaglia & Bray, SIAM Review 6 (1964) 260.
 * @throws DeltascopeError `bad-option` when the seed is not a whole number of 32 bits.
 */
export function normalDeviates(seed: number): () => number {
  const next = uniformDeviates(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const deviate = spare;
      spare = undefined;
      return deviate;
    }
    for (;;) {
      const x1 = 2 * next() - 1;
      const x2 = 2 * next() - 1;
      const squares = x1 * x1 + x2 * x2;
      if (squares >= 1 || squares === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squares)) / squares);
      spare = factor * x1;
      return factor * x2;
    }
  };
}

/** Uniform in [0, 1) with 53 bits, as NumPy's `random_sample` and MT19937's genrand_res53. */
function uniformDeviates(seed: number): () => number {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new DeltascopeError(
      'bad-option',
      `The seed must be a whole number from 0 to ${2 ** 32 - 1}, not ${seed}`,
      { hint: 'For example: --seed 1' },
    );
  }
  const generator = mersenne(seed);
  return () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}
