/**
 * `--activation tanh` or `relu,relu,leaky:0.1`: what each layer of a network computes from z, one
 * row of a table each, and how the α of its neurons come about.
 */
import type { ActivationName, FloatLayer, FloatNetwork } from '../../contract/network.ts';
import { DeltascopeError } from '../error.ts';
import { guess } from '../nearest.ts';
import { randomState } from './random-state.ts';

interface Choice {
  readonly activation: ActivationName;
  readonly formula: string;
  readonly source: string;
  /** Of its α, where it takes one. */
  readonly alpha?: number;
  /** α of each neuron is drawn from U(low, high). */
  readonly drawn?: { readonly low: number; readonly high: number };
}

const HE = 'He et al., Delving Deep into Rectifiers (2015)';
const XU = 'Xu et al., Empirical Evaluation of Rectified Activations (2015)';

export const ACTIVATION_CHOICES = {
  sigmoid: {
    activation: 'sigmoid',
    formula: '1/(1 + e^-z)',
    source: 'Nielsen, NN&DL, eq. 3',
  },
  tanh: {
    activation: 'tanh',
    formula: '2σ(2z) - 1',
    source: 'Nielsen, NN&DL, eq. 111',
  },
  relu: {
    activation: 'relu',
    formula: 'max(0, z)',
    source: 'Nair & Hinton, Rectified Linear Units (2010)',
  },
  leaky: {
    activation: 'relu',
    formula: 'z > 0 ? z : α z',
    source: 'Maas et al., Rectifier Nonlinearities (2013)',
    alpha: 0.01,
  },
  prelu: {
    activation: 'relu',
    formula: 'z > 0 ? z : α_j z, α_j of each neuron',
    source: `${HE}, eq. 1; α as initialised there`,
    alpha: 0.25,
  },
  rrelu: {
    activation: 'relu',
    formula: 'z > 0 ? z : α_j z, α_j ~ U(1/8, 1/3)',
    source: XU,
    drawn: { low: 1 / 8, high: 1 / 3 },
  },
  elu: {
    activation: 'elu',
    formula: 'z >= 0 ? z : α (e^z - 1)',
    source: 'Clevert et al., ELUs (2016), eq. 15',
    alpha: 1,
  },
  identity: {
    activation: 'identity',
    formula: 'z',
    source: 'a linear network: its δ are products of matrices',
  },
} as const satisfies Record<string, Choice>;

export type ActivationChoiceName = keyof typeof ACTIVATION_CHOICES;

const NAMES = Object.keys(ACTIVATION_CHOICES) as ActivationChoiceName[];

/** As `--activation` takes them: `tanh`, `leaky:0.01` … */
export const ACTIVATION_FORMS: readonly string[] = NAMES.map((name) => {
  const { alpha }: Choice = ACTIVATION_CHOICES[name];
  return alpha === undefined ? name : `${name}:${alpha}`;
});

export interface ActivationChoice {
  readonly name: ActivationChoiceName;
  /** NaN where it takes none. */
  readonly alpha: number;
}

/** Keeps the draws of α apart from those of the weights, which take the seed itself. */
const STREAM = 0x52_65_4c_55; // "ReLU"

/**
 * One choice of a comma-separated list each.
 * @throws DeltascopeError `bad-option` with the nearest name, or what is wrong with α.
 */
export function parseActivations(text: string): ActivationChoice[] {
  return text.split(',').map((part) => parseActivation(part.trim()));
}

/**
 * The network with these activations: one for all hidden layers, one for each, or one for each
 * layer with the output. What `rrelu` draws depends on the seed and the layer only.
 * @throws DeltascopeError `bad-option` also when there are more or fewer than that.
 */
export function activate(
  network: FloatNetwork,
  { activation: text, seed }: { activation: string; seed: number },
): FloatNetwork {
  const choices = parseActivations(text);
  const count = network.layers.length;
  const [first] = choices;
  const isForAll = choices.length === 1 && count > 1;
  if (!isForAll && choices.length !== count && choices.length !== count - 1) {
    const hidden = count - 1;
    throw bad(
      `--activation names ${choices.length} layers, and the network has ${hidden} hidden ` +
        `layer${hidden === 1 ? '' : 's'} and the output`,
      `Give one for all hidden layers, ${hidden} for each of them, or ${count} with the output.`,
    );
  }
  const { uniform } = randomState((seed ^ STREAM) >>> 0);
  const layers = network.layers.map((layer, index) => {
    const isOutput = index === count - 1;
    const choice = isForAll ? (isOutput ? undefined : first) : choices[index];
    return choice === undefined ? layer : withActivation(layer, choice, uniform);
  });
  return { layers };
}

function withActivation(
  layer: FloatLayer,
  { name, alpha }: ActivationChoice,
  uniform: () => number,
): FloatLayer {
  const { activation, drawn }: Choice = ACTIVATION_CHOICES[name];
  const takesAlpha = drawn !== undefined || !Number.isNaN(alpha);
  const next = () => (drawn ? drawn.low + (drawn.high - drawn.low) * uniform() : alpha);
  return {
    ...layer,
    activation,
    ...(takesAlpha && { alphas: Float64Array.from({ length: layer.nOut }, next) }),
  };
}

function parseActivation(text: string): ActivationChoice {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const given = colon < 0 ? undefined : text.slice(colon + 1).trim();
  if (!isName(name)) {
    throw bad(
      `Unknown activation "${name}"${guess(name, NAMES)}`,
      `--activation takes, one for all hidden layers or a list: ${ACTIVATION_FORMS.join(', ')}`,
    );
  }
  const { alpha: standard }: Choice = ACTIVATION_CHOICES[name];
  if (standard === undefined) {
    if (given === undefined) return { name, alpha: Number.NaN };
    throw bad(`The activation "${name}" takes no α, not "${given}"`, `--activation ${name}`);
  }
  if (given === undefined) return { name, alpha: standard };
  const alpha = given === '' ? Number.NaN : Number(given);
  if (alpha >= 0 && alpha <= 1) return { name, alpha };
  throw bad(
    `The α of "${name}" is a number from 0 to 1, not "${given}"`,
    `For example: --activation ${name}:${standard}`,
  );
}

function isName(name: string): name is ActivationChoiceName {
  return Object.hasOwn(ACTIVATION_CHOICES, name);
}

function bad(message: string, hint: string): DeltascopeError {
  return new DeltascopeError('bad-option', message, { hint });
}
