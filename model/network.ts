/** The network that a device's memories hold: the inverse of host/layout.ts. Pure. */
import { FORMATS } from '../contract/formats.ts';
import type { ActivationName, IntegerLayer } from '../contract/network.ts';
import { ACTIVATIONS, LAYER_FIELDS, LAYER_WORDS } from '../contract/protocol.ts';
import { getField, getSignedField } from '../host/protocol/fields.ts';

/** Where a layer lies: what its table entry says beside the network. */
export interface HeldLayer extends IntegerLayer {
  /** First neuron in the memories that have a place per neuron. */
  readonly neuronBase: number;
  /** Its first row of weights. */
  readonly weightBase: number;
  /** Groups of LANES neurons: rows for each input. */
  readonly groups: number;
}

export interface NetworkMemories {
  /** `LAYER_WORDS` a layer. */
  readonly table: ArrayLike<number>;
  /** rows × LANES. */
  readonly weights: Int16Array;
  readonly biases: Int32Array;
  /** A word a neuron; absent where the board has no activation with an α. */
  readonly alphas?: Int32Array | undefined;
  readonly lanes: number;
}

const ACTIVATION_NAMES = new Map<number, ActivationName>(
  (Object.keys(ACTIVATIONS) as ActivationName[]).map((name) => [ACTIVATIONS[name], name]),
);

/** Activations with an α of each neuron. */
export const HAS_ALPHA: ReadonlySet<ActivationName> = new Set<ActivationName>(['relu', 'elu']);

/** Layers 1 … `count`, of a table as host/layout.ts writes it. */
export function decodeLayers(memories: NetworkMemories, count: number): HeldLayer[] {
  return Array.from({ length: count }, (_, index) => decodeLayer(memories, LAYER_WORDS * index));
}

function decodeLayer(memories: NetworkMemories, base: number): HeldLayer {
  const { table, weights, biases, alphas, lanes } = memories;
  const field = (name: keyof typeof LAYER_FIELDS) => getField(table, base, LAYER_FIELDS[name]);
  const [nIn, nOut, weightBase] = [field('nIn'), field('nOut'), field('weightBase')];
  const neuronBase = field('neuronBase');
  const activation = ACTIVATION_NAMES.get(field('activation')) ?? 'sigmoid';
  const rowMajor = new Int16Array(nIn * nOut);
  for (let neuron = 0; neuron < nOut; neuron++) {
    const lane = neuron % lanes;
    const firstRow = weightBase + nIn * Math.floor(neuron / lanes);
    for (let input = 0; input < nIn; input++) {
      rowMajor[neuron * nIn + input] = weights[(firstRow + input) * lanes + lane] ?? 0;
    }
  }
  return {
    ...{ nIn, nOut, neuronBase, weightBase, weights: rowMajor },
    groups: field('groups'),
    scale: getSignedField(table, base, LAYER_FIELDS.deltaShift) + FORMATS.accumulator.fraction,
    activation,
    ...(HAS_ALPHA.has(activation) && { alphas: alphas?.slice(neuronBase, neuronBase + nOut) }),
    activationScale: field('activationScale'),
    biases: biases.slice(neuronBase, neuronBase + nOut),
  };
}
