/** Networks as safetensors files: the `state_dict` of a multi-layer perceptron, as PyTorch saves it. */
import type { FloatNetwork } from '../../contract/network.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { type AssembleOptions, assembleNetwork, type NamedArray } from './assemble-network.ts';
import { readSafetensors, TENSOR_TYPES, type Tensor, writeSafetensors } from './safetensors.ts';
import { findLayers } from './state-dict.ts';

const HALVES = ['F16', 'BF16'];

/**
 * The network in the bytes of a `.safetensors` file, and remarks on what was done to read it.
 * @throws DeltascopeError `bad-weights` when the file is damaged, its tensors are not those of a
 *   multi-layer perceptron (`findLayers`), or do not fit (`assembleNetwork`).
 */
export function parseWeightsSafetensors(
  bytes: Uint8Array,
  options: AssembleOptions,
): { network: FloatNetwork; remarks: string[] } {
  const tensors = readSafetensors(bytes, options.name);
  const { layers, skipped } = findLayers(tensors, options);
  const names = layers.flatMap(({ weights, biases }) => (biases ? [weights, biases] : [weights]));
  const network = assembleNetwork(
    layers.map(({ weights, biases }) => ({
      weights: readTensor(tensors, weights),
      biases: biases === undefined ? undefined : readTensor(tensors, biases),
    })),
    options,
  );
  const halves = names.filter((tensor) => HALVES.includes(tensors.get(tensor)?.type ?? ''));
  const bare = layers.filter(({ biases }) => biases === undefined).map(({ weights }) => weights);
  const remarks = [
    remark('converted from 16 bit floats', halves, (n) => `${n} (${tensors.get(n)?.type})`),
    remark('without biases, taken as 0', bare),
    remark('skipped, of no layer', skipped),
  ];
  return { network, remarks: remarks.filter((text) => text !== undefined) };
}

/** Bytes of a `.safetensors` file: `layers.0.weight` (n_out × n_in), `layers.0.bias`, … in float64. */
export function formatWeightsSafetensors({ layers }: FloatNetwork): Uint8Array {
  const tensors = layers.flatMap(({ nIn, nOut, weights, biases }, index): NamedArray[] => [
    { name: `layers.${index}.weight`, shape: [nOut, nIn], values: weights },
    { name: `layers.${index}.bias`, shape: [nOut], values: biases },
  ]);
  return writeSafetensors(tensors);
}

function readTensor(tensors: ReadonlyMap<string, Tensor>, name: string): NamedArray {
  const { type, shape, read } = tensors.get(name) as Tensor;
  if (read === undefined) {
    throw bad(
      `${name} has the type ${type}; ${TENSOR_TYPES.join(', ')} are read`,
      'Convert it first: tensor.float()',
    );
  }
  if (shape.some((length) => length === 0 || length > LIMITS.inputs)) {
    throw bad(
      `${name} has the shape (${shape.join(', ')}); 1 to ${LIMITS.inputs} are allowed`,
      'Use a smaller network: the README says how large one may be.',
    );
  }
  return { name, shape, values: read() };
}

function remark(
  what: string,
  names: readonly string[],
  show: (name: string) => string = (name) => name,
): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > 4 ? `, … (${names.length} in all)` : '';
  return `${what}: ${names.slice(0, 4).map(show).join(', ')}${more}`;
}

function bad(message: string, hint: string): DeltascopeError {
  return new DeltascopeError('bad-weights', message, { hint });
}
