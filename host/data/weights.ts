/** Files of weights: the format goes by the extension. */
import path from 'node:path';
import type { ActivationName, CostName, FloatNetwork } from '../../contract/network.ts';
import { DeltascopeError } from '../error.ts';
import type { AssembleOptions } from './assemble-network.ts';
import { readWhole } from './read-whole.ts';
import { formatWeightsJson, parseWeightsJson } from './weights-json.ts';
import { formatWeightsNpz, parseWeightsNpz } from './weights-npz.ts';
import { formatWeightsSafetensors, parseWeightsSafetensors } from './weights-safetensors.ts';

export interface LoadedWeights {
  readonly network: FloatNetwork;
  /** What was done to read the file, in words: converted, skipped. */
  readonly remarks?: readonly string[];
  /** What the file says it was trained for. */
  readonly activations?: readonly (ActivationName | undefined)[];
  readonly cost?: CostName | undefined;
}

interface Format {
  readonly parse: (bytes: Uint8Array, options: AssembleOptions) => LoadedWeights;
  readonly format: (network: FloatNetwork) => Uint8Array;
}

const FORMATS: Readonly<Record<string, Format>> = {
  '.npz': {
    parse: (bytes, options) => ({ network: parseWeightsNpz(bytes, options) }),
    format: formatWeightsNpz,
  },
  '.safetensors': { parse: parseWeightsSafetensors, format: formatWeightsSafetensors },
  '.json': { parse: parseWeightsJson, format: formatWeightsJson },
};

/** `.npz, .safetensors, .json` */
export const WEIGHTS_EXTENSIONS = Object.keys(FORMATS).join(', ');

/** How to make a file of another kind one of these. */
const CONVERSIONS: Readonly<Record<string, string>> = {
  '.pt': 'safetensors.torch.save_file(model.state_dict(), "net.safetensors")',
  '.pth': 'safetensors.torch.save_file(model.state_dict(), "net.safetensors")',
  '.npy': 'numpy.savez("net.npz", W1=…, b1=…, W2=…, b2=…)',
};

/** The largest network of the protocol in float64, with room for headers: what is read at most. */
const MAX_FILE_BYTES = 128 * 2 ** 20;

/**
 * The network in the file at `path`.
 * @throws DeltascopeError `bad-weights` when the file cannot be read, its extension is not known,
 *   or for what is in it, see `parseWeightsNpz`, `parseWeightsSafetensors`, `parseWeightsJson`.
 */
export async function loadWeights(
  file: string,
  options: Omit<AssembleOptions, 'name'> = {},
): Promise<LoadedWeights> {
  const { parse } = formatOf(file);
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(file, { maxBytes: MAX_FILE_BYTES, of: 'any network here' });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'no such file' : (error as Error).message;
    throw bad(`Cannot read the weights "${file}": ${why}`, undefined, error);
  }
  return parse(bytes, { ...options, name: file });
}

/**
 * The network as the bytes of a file of this name.
 * @throws DeltascopeError `bad-weights` when its extension is not known.
 */
export function formatWeights(network: FloatNetwork, file: string): Uint8Array {
  return formatOf(file).format(network);
}

/** @throws DeltascopeError `bad-weights` when the extension is not known. */
export function checkExtension(file: string): void {
  formatOf(file);
}

function formatOf(file: string): Format {
  const extension = path.extname(file).toLowerCase();
  const format = Object.hasOwn(FORMATS, extension) ? FORMATS[extension] : undefined;
  if (format !== undefined) return format;
  const convert = CONVERSIONS[extension];
  const kind = extension === '' ? 'no extension' : `the extension ${extension}`;
  throw bad(
    `"${file}" has ${kind}; files of weights are ${WEIGHTS_EXTENSIONS}`,
    convert === undefined ? undefined : `In Python: ${convert}`,
  );
}

function bad(message: string, hint?: string, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-weights', message, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}
