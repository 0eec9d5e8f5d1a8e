/** Everything a run needs before it may touch a device: data, weights, and whether they agree. */
import { CODES_PER_PIXEL } from '../contract/formats.ts';
import type { FloatNetwork, IntegerNetwork } from '../contract/network.ts';
import type { RunRequest } from '../contract/result.ts';
import { INITIALISERS, type InitialiserName, initialise } from '../host/data/initialisers.ts';
import { checkLayers } from '../host/data/layers.ts';
import { type Dataset, loadDataset } from '../host/data/mnist.ts';
import { dequantise, quantise } from '../host/data/quantise.ts';
import { loadWeightsNpz } from '../host/data/weights-npz.ts';
import { DeltascopeError } from '../host/error.ts';

export interface Inputs {
  readonly data: Dataset;
  /** As asked for. */
  readonly network: FloatNetwork;
  /** As the device holds them. */
  readonly integers: IntegerNetwork;
  /** What the integers stand for. */
  readonly sameWeights: FloatNetwork;
}

/** @throws DeltascopeError when data, weights or options are bad or do not fit each other. */
export async function loadInputs(request: RunRequest): Promise<Inputs> {
  const { layers, cost, dataset, images, weights, seed } = request;
  const data = await loadDataset({ directory: dataset, split: 'train', limit: images });
  checkLayers(layers, data);
  const network =
    weights === undefined
      ? initialise(layers, { initialiser: initialiserName(request.init), seed })
      : await loadWeightsNpz(weights, { layers });
  const integers = quantise(network, { cost });
  return { data, network, integers, sameWeights: dequantise(integers) };
}

/** The images as codes of `FORMATS.activation`, one after the other. */
export function* inputCodes({ images, rows, columns, count }: Dataset): Generator<Int32Array> {
  const size = rows * columns;
  for (let image = 0; image < count; image++) {
    const pixels = images.subarray(image * size, (image + 1) * size);
    yield Int32Array.from(pixels, (x) => x * CODES_PER_PIXEL);
  }
}

function initialiserName(name: string): InitialiserName {
  if (Object.hasOwn(INITIALISERS, name)) return name as InitialiserName;
  const known = Object.keys(INITIALISERS).join(', ');
  throw new DeltascopeError('bad-option', `Unknown initialiser "${name}"`, {
    hint: `--init takes one of: ${known}`,
  });
}
