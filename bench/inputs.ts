/** Everything a run needs before it may touch a device: data, weights, and whether they agree. */
import { CODES_PER_PIXEL } from '../contract/formats.ts';
import type { CostName, FloatNetwork, IntegerNetwork, RunCostName } from '../contract/network.ts';
import type { RunRequest } from '../contract/result.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import { checkLayers } from '../host/data/layers.ts';
import { type Dataset, loadDataset } from '../host/data/mnist.ts';
import { dequantise, quantise } from '../host/data/quantise.ts';
import { type LoadedWeights, loadWeights } from '../host/data/weights.ts';
import { DeltascopeError } from '../host/error.ts';
import { checkPasses } from '../host/softmax.ts';
import { chooseScales } from './activation-scales.ts';

export interface Inputs {
  readonly data: Dataset;
  /** As asked for. */
  readonly network: FloatNetwork;
  /** As the device holds them. */
  readonly integers: IntegerNetwork;
  /** What the integers stand for. */
  readonly sameWeights: FloatNetwork;
  /** What was done to read the weights, in words. */
  readonly remarks: readonly string[];
}

/** What of a request says which network and data. */
type InputRequest = Pick<
  RunRequest,
  'layers' | 'weights' | 'init' | 'seed' | 'activation' | 'cost' | 'dataset' | 'images'
>;

export interface FloatInputs extends Pick<Inputs, 'data' | 'network' | 'remarks'> {
  /** e of each layer, as its activations on these images need it. */
  readonly activationScales: readonly number[];
}

/** @throws DeltascopeError when data, weights or options are bad or do not fit each other. */
export async function loadInputs(request: RunRequest): Promise<Inputs> {
  const { cost, images } = request;
  if (cost === 'log-likelihood') checkPasses(images);
  const { activationScales, ...inputs } = await loadFloatInputs(request);
  const integers = quantise(inputs.network, { cost: deviceCost(cost), activationScales });
  return { ...inputs, integers, sameWeights: dequantise(integers) };
}

/** @throws DeltascopeError as `loadInputs`. */
export async function loadFloatInputs(request: InputRequest): Promise<FloatInputs> {
  const { dataset, images } = request;
  const data = await loadDataset({ directory: dataset, split: 'train', limit: images });
  const { network, remarks = [] } = await loadNetwork(request, data);
  return { data, network, remarks, activationScales: chooseScales(network, data) };
}

/** With the log-likelihood δ^L is given to the device, which then uses no cost. */
function deviceCost(cost: RunCostName): CostName {
  return cost === 'log-likelihood' ? 'cross-entropy' : cost;
}

/** Widths n_0, n_1 … n_L. */
export function widthsOf({ layers }: FloatNetwork): number[] {
  return [layers[0]?.nIn ?? 0, ...layers.map(({ nOut }) => nOut)];
}

/** The widths are judged before the random numbers are drawn, or once the file has told them. */
async function loadNetwork(request: InputRequest, data: Dataset): Promise<LoadedWeights> {
  const { layers, weights, seed } = request;
  if (weights !== undefined) {
    const loaded = await loadWeights(weights, { layers });
    checkLayers(widthsOf(loaded.network), data);
    checkPurpose(loaded, request);
    return { ...loaded, network: activateAs(loaded, request) };
  }
  if (layers === undefined) {
    throw new DeltascopeError('bad-layers', 'Neither the layers nor a file of weights is given', {
      hint: 'For example: --layers 784,30,30,10',
    });
  }
  checkLayers(layers, data);
  const network = initialise(layers, { initialiser: request.init, seed });
  return { network: activateAs({ network }, request) };
}

/**
 * With the activations asked for; else with those the file names, and sigmoid where it does not.
 * Softmax is taken of z, so the output is then the identity unless it was named.
 */
function activateAs(
  { network, activations = [] }: LoadedWeights,
  { activation, seed, cost }: InputRequest,
): FloatNetwork {
  const last = network.layers.length - 1;
  const output = cost === 'log-likelihood' ? 'identity' : 'sigmoid';
  const fallback = (index: number) => (index === last ? output : 'sigmoid');
  const named = activations.some((name) => name !== undefined);
  const text =
    activation ?? (named ? activations.map((name, index) => name ?? fallback(index)).join() : null);
  const { layers } = text === null ? network : activate(network, { activation: text, seed });
  if (cost !== 'log-likelihood') return { layers };
  const softmax = layers.map((layer, index) =>
    index === last ? { ...layer, activation: layer.activation ?? output } : layer,
  );
  checkSoftmax(softmax.at(-1)?.activation, last + 1);
  return { layers: softmax };
}

/** @throws DeltascopeError `bad-layers` when the output was named as anything else. */
function checkSoftmax(activation: string | undefined, layer: number): void {
  if (activation === 'identity') return;
  throw new DeltascopeError(
    'bad-layers',
    `The log-likelihood cost takes the softmax of z of the output layer ${layer}, which has ` +
      `${activation}`,
    { hint: 'Name the hidden layers only, or identity for the output.' },
  );
}

/** The first `count` images with their labels. */
export function firstImages(
  { images, labels, rows, columns }: Dataset,
  count: number,
): Pick<Dataset, 'images' | 'labels'> {
  return {
    images: images.subarray(0, count * rows * columns),
    labels: labels.subarray(0, count),
  };
}

/** The images as a device takes them. */
export function asImages({ images, labels, rows, columns }: Dataset): TrainingExample[] {
  const size = rows * columns;
  return Array.from(labels, (label, index) => ({
    pixels: images.subarray(index * size, (index + 1) * size),
    label,
  }));
}

/** The images as codes of `FORMATS.activation`, one after the other. */
export function* inputCodes({ images, rows, columns, count }: Dataset): Generator<Int32Array> {
  const size = rows * columns;
  for (let image = 0; image < count; image++) {
    const pixels = images.subarray(image * size, (image + 1) * size);
    yield Int32Array.from(pixels, (x) => x * CODES_PER_PIXEL);
  }
}

/** A file that says what its weights were trained for is not run as something else. */
function checkPurpose(loaded: LoadedWeights, request: InputRequest): void {
  const { activations = [], cost } = loaded;
  const asked = activateAs(loaded, request).layers.map(({ activation = 'sigmoid' }) => activation);
  const layer = activations.findIndex((name, index) => (name ?? asked[index]) !== asked[index]);
  if (layer >= 0) {
    throw new DeltascopeError(
      'bad-weights',
      `Layer ${layer + 1} of "${request.weights}" has the activation ${activations[layer]}, not ` +
        `${asked[layer]}`,
      { hint: 'Leave --activation out: the file says what its layers are.' },
    );
  }
  if (cost !== undefined && cost !== request.cost) {
    throw new DeltascopeError(
      'bad-weights',
      `"${request.weights}" is for the ${cost} cost, not for ${request.cost}`,
      { hint: `Add --cost ${cost}` },
    );
  }
}
