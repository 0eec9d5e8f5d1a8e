/**
 * Networks as NumPy archives, `numpy.savez("net.npz", W1=…, b1=…, W2=…, b2=…)`: Wℓ is n_out × n_in
 * (row j holds the weights into neuron j, as NN&DL writes w^ℓ_jk), bℓ has n_out elements. Other
 * arrays in the archive are skipped.
 */
import { zipSync } from 'fflate';
import type { FloatNetwork } from '../../contract/network.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { type AssembleOptions, assembleNetwork, type NamedArray } from './assemble-network.ts';
import { readNpy, writeNpy } from './npy.ts';
import { unzip } from './zip.ts';

/** The largest matrix: LIMITS.width × LIMITS.inputs in float64, and a header. */
const MAX_ENTRY_BYTES = 8 * LIMITS.width * LIMITS.inputs + 2 ** 16;
const MAX_ENTRIES = 4 * LIMITS.layers;

/** The same network, the same bytes; zip knows no time before this one. */
const NO_TIME = new Date(1980, 0, 1);

const SAVEZ = 'Write it with numpy.savez("net.npz", W1=…, b1=…, W2=…, b2=…), Wℓ of n_out × n_in.';

/**
 * The network in the bytes of a `.npz` file.
 * @throws DeltascopeError `bad-weights` when the bytes are not a whole zip archive, an array is
 *   missing, of another type than float32, float64 or integer, or does not fit, see
 *   {@link assembleNetwork}.
 */
export function parseWeightsNpz(bytes: Uint8Array, options: AssembleOptions): FloatNetwork {
  const arrays = readArrays(bytes, options.name);
  const count = countLayers(arrays, options.name);
  const layers = Array.from({ length: count }, (_, index) => ({
    weights: arrays.get(`W${index + 1}`) as NamedArray,
    biases: arrays.get(`b${index + 1}`),
  }));
  return assembleNetwork(layers, options);
}

/** Bytes of a `.npz` file: Wℓ of n_out × n_in and bℓ of n_out, float64. */
export function formatWeightsNpz({ layers }: FloatNetwork): Uint8Array {
  const entries = layers.flatMap(({ nIn, nOut, weights, biases }, index) => [
    [`W${index + 1}.npy`, writeNpy(weights, [nOut, nIn])] as const,
    [`b${index + 1}.npy`, writeNpy(biases, [nOut])] as const,
  ]);
  return zipSync(Object.fromEntries(entries), { mtime: NO_TIME });
}

function readArrays(bytes: Uint8Array, name: string): Map<string, NamedArray> {
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
  const arrays = new Map<string, NamedArray>();
  for (const [entry, content] of files) {
    const array = entry.slice(0, -'.npy'.length);
    arrays.set(array, { name: array, ...readNpy(content, array) });
  }
  return arrays;
}

/** L, when W1, b1 … WL, bL are all there. */
function countLayers(arrays: Map<string, NamedArray>, name: string): number {
  const numbers = [...arrays.keys()].map((array) => Number(array.slice(1)));
  const count = Math.max(0, ...numbers);
  if (count === 0) throw bad(`"${name}" holds no array W1, b1, …`);
  if (count > LIMITS.layers) {
    throw bad(
      `"${name}" has an array of layer ${count}; at most ${LIMITS.layers} layers are allowed`,
    );
  }
  for (let number = 1; number <= count; number += 1) {
    for (const array of [`W${number}`, `b${number}`]) {
      if (arrays.has(array)) continue;
      const present = [...arrays.keys()].sort().join(', ');
      throw bad(`"${name}" has no array ${array}; it holds ${present}`);
    }
  }
  return count;
}

function bad(message: string, hint = SAVEZ): DeltascopeError {
  return new DeltascopeError('bad-weights', message, { hint });
}
