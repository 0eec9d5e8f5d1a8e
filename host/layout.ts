/** Where a network lies in the device's memories, and whether it fits there. Pure. */

import { activationMask, BOARDS } from '../contract/boards.ts';
import { FORMATS } from '../contract/formats.ts';
import type { ActivationName, IntegerLayer, IntegerNetwork } from '../contract/network.ts';
import { ACTIVATIONS, COSTS, LAYER_FIELDS, LAYER_WORDS } from '../contract/protocol.ts';
import { DeltascopeError } from './error.ts';
import { setField } from './protocol/fields.ts';
import { recordWords } from './protocol/records.ts';
import type { Identity } from './protocol/requests.ts';

/** The part of the identity that a network has to fit. */
export type Capacity = Pick<
  Identity,
  | 'lanes'
  | 'weightRows'
  | 'neurons'
  | 'inputs'
  | 'width'
  | 'layers'
  | 'recordWords'
  | 'activations'
  | 'trainRows'
>;

export interface LayerPlace {
  readonly nIn: number;
  readonly nOut: number;
  /** e: activations are A · 2^(e-15). */
  readonly activationScale: number;
  /** First row of its weights; row (g, k) is weightBase + g · nIn + k. */
  readonly weightBase: number;
  /** First neuron in the activation store, the biases and the sums. */
  readonly neuronBase: number;
  /** Groups of LANES neurons. */
  readonly groups: number;
}

export interface Layout {
  readonly places: readonly LayerPlace[];
  readonly inputWidth: number;
  /** Code of the cost. */
  readonly cost: number;
  /** `LAYER_WORDS` a layer. */
  readonly layerTable: Uint32Array;
  /** rows × LANES; lane i of group g belongs to neuron g · LANES + i, 0 beyond the last neuron. */
  readonly weights: Int16Array;
  readonly biases: Int32Array;
  /** α of each neuron, 0 where there is none; undefined when no layer has one. */
  readonly alphas: Int32Array | undefined;
  readonly neurons: number;
  /** Records that the record memory holds before the first is overwritten. */
  readonly records: number;
}

export interface LayOutOptions {
  /** δ is given for a layer, so that the cost is not used. */
  readonly injected?: boolean;
  /** Rows of biases lie behind the weights of each layer. */
  readonly training?: boolean;
}

/**
 * @throws DeltascopeError `network-too-big`, naming what it needs and what the device has;
 *   `no-training` when it cannot train at all; `no-activation`, naming the boards that have what is missing; `bad-layers` when the layers do not follow each other, or the cost does not suit the last one.
 */
export function layOut(
  network: IntegerNetwork,
  capacity: Capacity,
  { injected = false, training = false }: LayOutOptions = {},
): Layout {
  const { layers } = network;
  checkChain(layers);
  if (!injected) {
    checkOutput(network);
  }
  const places = placeLayers(layers, { lanes: capacity.lanes, training });
  checkCapacity(places, capacity);
  if (training) {
    checkTraining(places, capacity);
  }
  checkActivations(layers, capacity);
  const neurons = layers.reduce((sum, { nOut }) => sum + nOut, 0);
  const layerTable = new Uint32Array(LAYER_WORDS * layers.length);
  const weights = new Int16Array((training ? trainRowsOf : rowsOf)(places) * capacity.lanes);
  const biases = new Int32Array(neurons);
  // Also where every α is 0: the memory holds anything at power-up, or those of another network.
  const takesAlpha = layers.some(({ activation }) => activation === 'relu' || activation === 'elu');
  const alphas = takesAlpha ? new Int32Array(neurons) : undefined;
  for (const [index, place] of places.entries()) {
    const layer = layers[index] as IntegerLayer;
    const inputScale = layers[index - 1]?.activationScale ?? 0;
    const entry = layerTable.subarray(LAYER_WORDS * index);
    describeLayer(entry, { ...layer, inputScale }, place);
    placeWeights(weights.subarray(place.weightBase * capacity.lanes), layer, capacity.lanes);
    biases.set(layer.biases, place.neuronBase);
    if (layer.alphas) alphas?.set(layer.alphas, place.neuronBase);
  }
  return {
    places,
    inputWidth: layers[0]?.nIn ?? 0,
    cost: COSTS[network.cost],
    layerTable,
    weights,
    biases,
    alphas,
    neurons,
    records: Math.floor(capacity.recordWords / recordWords(layers.length)),
  };
}

function placeLayers(
  layers: readonly IntegerLayer[],
  { lanes, training }: { lanes: number; training: boolean },
): LayerPlace[] {
  let weightBase = 0;
  let neuronBase = 0;
  return layers.map(({ nIn, nOut, activationScale }) => {
    const groups = Math.ceil(nOut / lanes);
    const place = { nIn, nOut, activationScale, weightBase, neuronBase, groups };
    weightBase += place.groups * (training ? nIn + 1 : nIn);
    neuronBase += nOut;
    return place;
  });
}

function rowsOf(places: readonly LayerPlace[]): number {
  return places.reduce((sum, { groups, nIn }) => sum + groups * nIn, 0);
}

/** With those of the biases. */
function trainRowsOf(places: readonly LayerPlace[]): number {
  return places.reduce((sum, { groups, nIn }) => sum + groups * (nIn + 1), 0);
}

function describeLayer(
  entry: Uint32Array,
  layer: IntegerLayer & { readonly inputScale: number },
  place: LayerPlace,
): void {
  const accumulatorShift = FORMATS.accumulator.fraction - FORMATS.z.fraction;
  const deltaShift = layer.scale - FORMATS.accumulator.fraction;
  setField(entry, 0, LAYER_FIELDS.nIn, layer.nIn);
  setField(entry, 0, LAYER_FIELDS.nOut, layer.nOut);
  setField(entry, 0, LAYER_FIELDS.weightBase, place.weightBase);
  setField(entry, 0, LAYER_FIELDS.zShift, accumulatorShift - layer.scale - layer.inputScale);
  setField(entry, 0, LAYER_FIELDS.inputScale, layer.inputScale);
  setField(entry, 0, LAYER_FIELDS.neuronBase, place.neuronBase);
  setField(entry, 0, LAYER_FIELDS.groups, place.groups);
  setField(entry, 0, LAYER_FIELDS.activation, ACTIVATIONS[layer.activation]);
  setField(entry, 0, LAYER_FIELDS.activationScale, layer.activationScale);
  setField(entry, 0, LAYER_FIELDS.deltaShift, deltaShift);
}

function placeWeights(rows: Int16Array, { nIn, nOut, weights }: IntegerLayer, lanes: number): void {
  for (let neuron = 0; neuron < nOut; neuron++) {
    const group = Math.floor(neuron / lanes);
    const lane = neuron % lanes;
    for (let input = 0; input < nIn; input++) {
      rows[(group * nIn + input) * lanes + lane] = weights[neuron * nIn + input] ?? 0;
    }
  }
}

function checkChain(layers: readonly IntegerLayer[]): void {
  if (layers.length === 0) {
    throw new DeltascopeError('bad-layers', 'The network has no layers');
  }
  for (const [index, { nIn, nOut, weights, biases }] of layers.entries()) {
    const before = layers[index - 1];
    if (before && before.nOut !== nIn) {
      throw new DeltascopeError(
        'bad-layers',
        `Layer ${index + 1} takes ${nIn} inputs, but layer ${index} has ${before.nOut} neurons`,
      );
    }
    if (weights.length !== nIn * nOut || biases.length !== nOut) {
      throw new DeltascopeError(
        'bad-layers',
        `Layer ${index + 1} (${nIn} to ${nOut}) has ${weights.length} weights and ` +
          `${biases.length} biases`,
      );
    }
  }
}

/** @throws DeltascopeError `no-activation`. */
function checkActivations(
  layers: readonly IntegerLayer[],
  { activations }: Pick<Capacity, 'activations'>,
): void {
  const names = Object.keys(ACTIVATIONS) as ActivationName[];
  const isBuilt = (mask: number) => (name: ActivationName) => (mask >> ACTIVATIONS[name]) % 2 === 1;
  const used = names.filter((name) => layers.some(({ activation }) => activation === name));
  const missing = used.filter((name) => !isBuilt(activations)(name));
  if (missing.length === 0) return;
  const boards = Object.entries(BOARDS).flatMap(([board, values]) =>
    used.every(isBuilt(activationMask(values))) ? [board] : [],
  );
  throw new DeltascopeError(
    'no-activation',
    `The device has no ${missing.join(', ')}; it was built with ` +
      names.filter(isBuilt(activations)).join(', '),
    { hint: `these boards have it: ${boards.join(', ')}; simulated, --on sim:${boards[0]}` },
  );
}

/** @throws DeltascopeError `bad-layers`: the device forms δ^L from a cost for sigmoid outputs only. */
export function checkOutput({ layers, cost }: IntegerNetwork): void {
  const activation = layers.at(-1)?.activation;
  if (activation !== 'sigmoid') {
    throw new DeltascopeError(
      'bad-layers',
      `The ${cost} cost needs sigmoid in the output layer ${layers.length}, which has ${activation}`,
      { hint: `inject δ at layer ${layers.length} instead, or make its activation sigmoid` },
    );
  }
}

function checkCapacity(places: readonly LayerPlace[], capacity: Capacity): void {
  const most = (values: number[]) => Math.max(...values);
  const needs: [what: string, needed: number, available: number][] = [
    ['layers', places.length, capacity.layers],
    ['inputs', places[0]?.nIn ?? 0, capacity.inputs],
    ['neurons in a layer', most(places.map(({ nOut }) => nOut)), capacity.width],
    [`rows of ${capacity.lanes} weights`, rowsOf(places), capacity.weightRows],
    ['neurons', places.reduce((sum, { nOut }) => sum + nOut, 0), capacity.neurons],
    ['words for the record of an image', recordWords(places.length), capacity.recordWords],
  ];
  const missing = needs.filter(([, needed, available]) => needed > available);
  if (missing.length > 0) {
    const list = missing.map(([what, needed, has]) => `${needed} ${what} (the device has ${has})`);
    throw new DeltascopeError('network-too-big', `The network needs ${list.join(', ')}`, {
      hint: 'use fewer or smaller layers, or a larger board: the README lists their memories',
    });
  }
}

/** @throws DeltascopeError `no-training`, or `network-too-big` when the planes are too small. */
function checkTraining(
  places: readonly LayerPlace[],
  { lanes, trainRows }: Pick<Capacity, 'lanes' | 'trainRows'>,
): void {
  if (trainRows === 0) {
    const boards = Object.entries(BOARDS).flatMap(([board, values]) =>
      values.trainRows > 0 ? [board] : [],
    );
    throw new DeltascopeError('no-training', 'The device cannot train: it was built without', {
      hint: `these boards can: ${boards.join(', ')}; simulated, --on sim:${boards[0]}`,
    });
  }
  const needed = trainRowsOf(places);
  if (needed > trainRows) {
    throw new DeltascopeError(
      'network-too-big',
      `Training needs ${needed} rows of ${lanes} weights and biases (the device has ${trainRows})`,
      {
        hint: 'use fewer or smaller layers: four words a weight take a quarter of the memory each',
      },
    );
  }
}
