/**
 * Reads a network from a NumPy archive, `numpy.savez("net.npz", W1=…, b1=…, W2=…, b2=…)`:
 * Wℓ is n_out × n_in (row j holds the weights into neuron j, as NN&DL writes w^ℓ_jk), bℓ has n_out
 * elements. Other arrays in the archive are skipped.
 */
import { readFile, stat } from 'node:fs/promises';
import type { FloatLayer, FloatNetwork } from '../../contract/network.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { type Matrix, readNpy } from './npy.ts';
import { unzip } from './zip.ts';

export interface WeightsOptions {
  /** Widths n_0 … n_L the file must have (`--layers`). Default: whatever the file has. */
  layers?: readonly number[] | undefined;
}

/** The largest network of the protocol in float64, with room for headers: what is read at most. */
const MAX_FILE_BYTES = 128 * 2 ** 20;
/** The largest matrix: LIMITS.width × LIMITS.inputs in float64, and a header. */
const MAX_ENTRY_BYTES = 8 * LIMITS.width * LIMITS.inputs + 2 ** 16;
const MAX_ENTRIES = 4 * LIMITS.layers;

/**
 * The network in the `.npz` file at `path`.
 * @throws DeltascopeError `bad-weights`, see {@link parseWeightsNpz}.
 */
export async function loadWeightsNpz(
  path: string,
  options: WeightsOptions = {},
): Promise<FloatNetwork> {
  let bytes: Uint8Array;
  try {
    const entry = await stat(path);
    if (!entry.isFile()) throw new Error('it is not a regular file');
    if (entry.size > MAX_FILE_BYTES) {
      throw new Error(`${entry.size} bytes are more than any network here needs`);
    }
    bytes = await readFile(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'no such file' : (error as Error).message;
    throw bad(`Cannot read the weights "${path}": ${why}`, undefined, error);
  }
  return parseWeightsNpz(bytes, { ...options, name: path });
}

/**
 * The network in the bytes of a `.npz` file; `name` is used in messages.
 * @throws DeltascopeError `bad-weights` when the bytes are not a whole zip archive, an array is missing,
 *   of another type than float32, float64 or integer, of the wrong shape (a transposed matrix is
 *   recognised), not finite, larger than the protocol allows, or not of the widths in `layers`.
 */
export function parseWeightsNpz(
  bytes: Uint8Array,
  options: WeightsOptions & { name?: string | undefined } = {},
): FloatNetwork {
  const { name = 'the archive', layers: widths } = options;
  const arrays = readArrays(bytes, name);
  const count = countLayers(arrays, name);
  if (widths !== undefined && widths.length - 1 !== count) {
    throw bad(
      `"${name}" has ${count} layers (W1 … W${count}), but --layers ${widths.join(',')} ` +
        `asks for ${widths.length - 1}`,
    );
  }
  const layers: FloatLayer[] = [];
  for (let number = 1; number <= count; number += 1) {
    const previous = layers.at(-1)?.nOut;
    layers.push(
      toLayer(arrays, { number, nIn: widths?.[number - 1] ?? previous, nOut: widths?.[number] }),
    );
  }
  return { layers };
}

function readArrays(bytes: Uint8Array, name: string): Map<string, Matrix> {
  if (!(bytes[0] === 0x50 && bytes[1] === 0x4b)) {
    const npy = bytes[0] === 0x93 && bytes[1] === 0x4e;
    throw bad(
      `"${name}" is not a zip archive, which every .npz file is`,
      npy ? 'It is a single .npy array; put all of them into one file with numpy.savez.' : SAVEZ,
    );
  }
  const files = unzip(bytes, {
    name,
    wanted: /^[Wb][1-9]\d{0,2}\.npy$/,
    maxEntryBytes: MAX_ENTRY_BYTES,
    maxEntries: MAX_ENTRIES,
  });
  const arrays = new Map<string, Matrix>();
  for (const [entry, content] of files) {
    const array = entry.slice(0, -'.npy'.length);
    arrays.set(array, readNpy(content, array));
  }
  return arrays;
}

/** L, when W1, b1 … WL, bL are all there. */
function countLayers(arrays: Map<string, Matrix>, name: string): number {
  const numbers = [...arrays.keys()].map((array) => Number(array.slice(1)));
  const count = Math.max(0, ...numbers);
  if (count === 0) throw bad(`"${name}" holds no array W1, b1, …`, SAVEZ);
  if (count > LIMITS.layers) {
    throw bad(
      `"${name}" has an array of layer ${count}; at most ${LIMITS.layers} layers are allowed`,
    );
  }
  for (let number = 1; number <= count; number += 1) {
    for (const array of [`W${number}`, `b${number}`]) {
      if (arrays.has(array)) continue;
      const present = [...arrays.keys()].sort().join(', ');
      throw bad(`"${name}" has no array ${array}; it holds ${present}`, SAVEZ);
    }
  }
  return count;
}

interface Expected {
  readonly number: number;
  /** Undefined where neither --layers nor the layer before says. */
  readonly nIn: number | undefined;
  readonly nOut: number | undefined;
}

function toLayer(arrays: Map<string, Matrix>, expected: Expected): FloatLayer {
  const { number } = expected;
  const weights = arrays.get(`W${number}`) as Matrix;
  const biases = arrays.get(`b${number}`) as Matrix;
  if (weights.shape.length !== 2) {
    throw bad(
      `W${number} has the shape (${weights.shape.join(', ')}); a matrix n_out × n_in is needed`,
    );
  }
  const [rows = 0, columns = 0] = weights.shape;
  const neurons = biases.values.length;
  if (Math.max(...biases.shape) !== neurons) {
    throw bad(`b${number} has the shape (${biases.shape.join(', ')}); a vector of n_out is needed`);
  }
  const nOut = expected.nOut ?? neurons;
  const nIn = expected.nIn ?? (rows === nOut ? columns : rows);
  if (rows !== nOut || columns !== nIn) {
    const transposed = rows === nIn && columns === nOut;
    throw bad(
      `W${number} is ${rows} × ${columns}, but layer ${number} needs n_out × n_in = ${nOut} × ${nIn}` +
        (transposed ? '; it is transposed' : ''),
      transposed ? `Save its transpose: W${number}=W${number}.T` : undefined,
    );
  }
  if (neurons !== nOut) {
    throw bad(`b${number} has ${neurons} elements, but layer ${number} has ${nOut} neurons`);
  }
  const widest = number === 1 ? LIMITS.inputs : LIMITS.width;
  if (nOut > LIMITS.width || nIn > widest) {
    throw bad(
      `W${number} is ${rows} × ${columns}; the protocol allows ${LIMITS.width} × ${widest} at most`,
    );
  }
  return { nIn, nOut, weights: weights.values, biases: biases.values };
}

const SAVEZ = 'Write it with numpy.savez("net.npz", W1=…, b1=…, W2=…, b2=…), Wℓ of n_out × n_in.';

function bad(message: string, hint = SAVEZ, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-weights', message, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
