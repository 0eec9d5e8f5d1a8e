/**
 * Weight initialisers, one row of a table each. The random numbers are those of
 * `numpy.random.RandomState(seed)`, and the order is Nielsen's (the biases of all layers, then the
 * weights of all layers, row-major), so that a network can be made again in Python from its seed.
 */
import { WEIGHT_SCALE } from '../../contract/formats.ts';
import type { FloatNetwork } from '../../contract/network.ts';
import { DeltascopeError } from '../error.ts';
import { guess } from '../nearest.ts';
import { type Distribution, draw, type LayerSize } from './draw.ts';
import { randomState } from './random-state.ts';

export interface Initialiser {
  readonly formula: string;
  readonly source: string;
  /** Of the weights into a layer; `parameter` is what follows the colon. */
  readonly weights: (size: LayerSize, parameter: number) => Distribution;
  /** Standard deviation of the biases; 0 leaves them 0 and draws nothing. */
  readonly biasDeviation: number;
  /** Absent: the name stands alone. */
  readonly parameter?: {
    readonly symbol: string;
    /** What it must be, in words, and whether it is. */
    readonly range: string;
    readonly holds: (parameter: number) => boolean;
  };
}

/** Weights reach so far at the largest scale of a layer. */
const REACH = 2 ** WEIGHT_SCALE.max;

const NIELSEN_3 = 'Nielsen, Neural Networks and Deep Learning, ch. 3, "Weight initialization"';
const GLOROT =
  'Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)';
const GERON = 'Géron, Hands-On Machine Learning (2017), table 11-1, ReLU';

/** N(μ, σ) is written with the standard deviation, as the lectures do; U(-r, r) is uniform. */
export const INITIALISERS = {
  nielsen: {
    formula: 'w ~ N(0, 1/√n_in), b ~ N(0, 1)',
    source: `${NIELSEN_3}; network2.py, default_weight_initializer`,
    weights: ({ nIn }) => normal(1 / Math.sqrt(nIn)),
    biasDeviation: 1,
  },
  normal: {
    formula: 'w ~ N(0, 1), b ~ N(0, 1)',
    source: `${NIELSEN_3}; network2.py, large_weight_initializer`,
    weights: () => normal(1),
    biasDeviation: 1,
  },
  nin: {
    formula: 'w ~ N(0, 1/√n_in), b = 0',
    source: 'LeCun et al., Efficient BackProp (1998), §4.6',
    weights: ({ nIn }) => normal(1 / Math.sqrt(nIn)),
    biasDeviation: 0,
  },
  'xavier-normal': {
    formula: 'w ~ N(0, √(2/(n_in+n_out))), b = 0',
    source: `${GLOROT}, eq. 12`,
    weights: (size) => normal(Math.sqrt(2 / fans(size))),
    biasDeviation: 0,
  },
  'xavier-uniform': {
    formula: 'w ~ U(-r, r), r = √(6/(n_in+n_out)), b = 0',
    source: `${GLOROT}, eq. 16`,
    weights: (size) => uniform(Math.sqrt(6 / fans(size))),
    biasDeviation: 0,
  },
  'he-normal': {
    formula: 'w ~ N(0, √2·√(2/(n_in+n_out))), b = 0',
    source: GERON,
    weights: (size) => normal(Math.SQRT2 * Math.sqrt(2 / fans(size))),
    biasDeviation: 0,
  },
  'he-uniform': {
    formula: 'w ~ U(-r, r), r = √2·√(6/(n_in+n_out)), b = 0',
    source: GERON,
    weights: (size) => uniform(Math.SQRT2 * Math.sqrt(6 / fans(size))),
    biasDeviation: 0,
  },
  he2015: {
    formula: 'w ~ N(0, √(2/n_in)), b = 0',
    source: 'He et al., Delving Deep into Rectifiers (2015), eq. 10',
    weights: ({ nIn }) => normal(Math.sqrt(2 / nIn)),
    biasDeviation: 0,
  },
  xavier4: {
    formula: 'w ~ U(-r, r), r = 4·√(6/(n_in+n_out)), b = 0',
    source:
      'Bengio, Practical Recommendations for Gradient-Based Training of Deep Architectures (2012), sigmoid units',
    weights: (size) => uniform(4 * Math.sqrt(6 / fans(size))),
    biasDeviation: 0,
  },
  constant: {
    formula: 'w = c, b = 0',
    source: 'Goodfellow et al., Deep Learning (2016), §8.4: what it means not to break symmetry',
    weights: (_size, value) => ({ kind: 'constant', value }),
    biasDeviation: 0,
    parameter: {
      symbol: 'c',
      range: `between -${REACH} and ${REACH}`,
      holds: (c) => Math.abs(c) < REACH,
    },
  },
  orthogonal: {
    formula: 'W = s·Q, Q with orthonormal rows or columns, b = 0',
    source: 'Saxe et al., Exact solutions to the nonlinear dynamics of learning (2014)',
    weights: (_size, gain) => ({ kind: 'orthogonal', gain }),
    biasDeviation: 0,
    parameter: {
      symbol: 's',
      range: `above 0 and below ${REACH}`,
      holds: (s) => s > 0 && s < REACH,
    },
  },
} as const satisfies Record<string, Initialiser>;

export type InitialiserName = keyof typeof INITIALISERS;

/** As `--init` takes them: `normal`, `orthogonal:s` … */
export const INITIALISER_FORMS: readonly string[] = Object.entries<Initialiser>(INITIALISERS).map(
  ([name, { parameter }]) => (parameter === undefined ? name : `${name}:${parameter.symbol}`),
);

export interface InitialiseOptions {
  /** Name, with `:parameter` where it takes one. Default `nielsen`. */
  initialiser?: string | undefined;
  /** 0 … 2^32 - 1; the same seed gives the same network, everywhere. */
  seed: number;
}

/**
 * A random network of the given widths n_0, n_1 … n_L.
 * @throws DeltascopeError `bad-option` when the seed is not a whole number of 32 bits, or the
 *   initialiser is none, see {@link parseInitialiser}.
 */
export function initialise(widths: readonly number[], options: InitialiseOptions): FloatNetwork {
  const { initialiser = 'nielsen', seed } = options;
  const { name, parameter } = parseInitialiser(initialiser);
  const { weights: distribution, biasDeviation }: Initialiser = INITIALISERS[name];
  const random = randomState(seed);
  const sizes = widths.slice(1).map((nOut, index) => ({ nIn: widths[index] ?? 0, nOut }));
  const biases = sizes.map(({ nOut }) =>
    biasDeviation === 0
      ? new Float64Array(nOut)
      : draw(normal(biasDeviation), { nIn: 1, nOut }, random),
  );
  const weights = sizes.map((size) => draw(distribution(size, parameter), size, random));
  const layers = sizes.map((size, index) => ({
    ...size,
    weights: weights[index] ?? new Float64Array(),
    biases: biases[index] ?? new Float64Array(),
  }));
  return { layers };
}

/**
 * `name` or `name:parameter`; the parameter is NaN for an initialiser that takes none.
 * @throws DeltascopeError `bad-option` with the nearest name, or what is wrong with the parameter.
 */
export function parseInitialiser(text: string): { name: InitialiserName; parameter: number } {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const given = colon < 0 ? undefined : text.slice(colon + 1).trim();
  if (!isName(name)) {
    throw bad(
      `Unknown initialiser "${name}"${guess(name, Object.keys(INITIALISERS))}`,
      `--init takes one of: ${INITIALISER_FORMS.join(', ')}`,
    );
  }
  const { parameter: rule }: Initialiser = INITIALISERS[name];
  if (rule === undefined) {
    if (given === undefined) return { name, parameter: Number.NaN };
    throw bad(`The initialiser "${name}" takes no parameter, not "${given}"`, `--init ${name}`);
  }
  const example = `For example: --init ${name}:0.5`;
  if (given === undefined || given === '') {
    throw bad(`The initialiser "${name}" needs a parameter: ${name}:${rule.symbol}`, example);
  }
  const parameter = Number(given);
  if (!rule.holds(parameter)) {
    throw bad(
      `The parameter ${rule.symbol} of "${name}" is a number ${rule.range}, not "${given}"`,
      example,
    );
  }
  return { name, parameter };
}

function isName(name: string): name is InitialiserName {
  return Object.hasOwn(INITIALISERS, name);
}

function fans({ nIn, nOut }: LayerSize): number {
  return nIn + nOut;
}

function normal(deviation: number): Distribution {
  return { kind: 'normal', deviation };
}

function uniform(limit: number): Distribution {
  return { kind: 'uniform', limit };
}

function bad(message: string, hint: string): DeltascopeError {
  return new DeltascopeError('bad-option', message, { hint });
}
