/**
 * Networks as JSON: `{"layers": [{"weights": [[…], …], "biases": […]}, …]}`, a row of weights for
 * each neuron; `activation` of a layer and `cost` may say what the weights were trained for.
 */
import { z } from 'zod';
import type { ActivationName, CostName, FloatNetwork } from '../../contract/network.ts';
import { ACTIVATIONS, COSTS, LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { type AssembleOptions, assembleNetwork, type NamedArray } from './assemble-network.ts';

export interface JsonNetwork {
  readonly network: FloatNetwork;
  /** Of each layer; undefined where the file does not say. */
  readonly activations: readonly (ActivationName | undefined)[];
  readonly cost: CostName | undefined;
}

/** JSON takes about ten times its size in memory. */
const MAX_BYTES = 64 * 2 ** 20;

/** Elements are looked at one by one afterwards: a million wrong ones are still one error. */
const list = z.custom<readonly unknown[]>(Array.isArray, 'a list is needed');
const schema = z.strictObject({
  layers: z
    .array(
      z.strictObject({
        weights: list,
        biases: list,
        activation: z.enum(keysOf(ACTIVATIONS)).optional(),
      }),
    )
    .max(LIMITS.layers),
  cost: z.enum(keysOf(COSTS)).optional(),
});

/**
 * The network in the bytes of a `.json` file.
 * @throws DeltascopeError `bad-weights` when it is no JSON, not of this form, holds anything but
 *   finite numbers, or does not fit (`assembleNetwork`).
 */
export function parseWeightsJson(bytes: Uint8Array, options: AssembleOptions): JsonNetwork {
  const { name } = options;
  if (bytes.length > MAX_BYTES) {
    throw bad(`"${name}" has ${bytes.length} bytes; at most ${MAX_BYTES} of JSON are read`);
  }
  const parsed = schema.safeParse(parseJson(bytes, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.');
    throw bad(`"${name}": ${place ? `${place}: ` : ''}${issue?.message}`, parsed.error);
  }
  const { layers, cost } = parsed.data;
  const arrays = layers.map(({ weights, biases }, index) => ({
    weights: toMatrix(weights, `layers[${index}].weights`),
    biases: toVector(biases, `layers[${index}].biases`),
  }));
  return {
    network: assembleNetwork(arrays, options),
    activations: layers.map(({ activation }) => activation),
    cost,
  };
}

/** Bytes of a `.json` file; every number reads back as the same float64. */
export function formatWeightsJson({ layers }: FloatNetwork): Uint8Array {
  const rows = layers.map(({ nIn, nOut, weights, biases }) => ({
    weights: Array.from({ length: nOut }, (_, j) => [...weights.subarray(j * nIn, (j + 1) * nIn)]),
    biases: [...biases],
  }));
  return new TextEncoder().encode(`${JSON.stringify({ layers: rows })}\n`);
}

/** Python writes NaN and Infinity, which JSON does not know: as strings they are found and named. */
const NOT_FINITE = /(?<=[[,\s])-?(?:NaN|Infinity)(?=[\],\s])/g;

function parseJson(bytes: Uint8Array, name: string): unknown {
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text);
  } catch (error) {
    try {
      return JSON.parse(text.replace(NOT_FINITE, '"$&"'));
    } catch {
      throw bad(`"${name}" is no JSON: ${(error as Error).message}`, error);
    }
  }
}

function toMatrix(rows: readonly unknown[], name: string): NamedArray {
  const columns = Array.isArray(rows[0]) ? rows[0].length : 0;
  const shape = [rows.length, columns] as const;
  if (Math.max(...shape) > LIMITS.inputs || Math.min(...shape) === 0) {
    throw bad(
      `${name} has ${shape.join(' × ')} elements; 1 to ${LIMITS.inputs} rows and columns fit`,
    );
  }
  const values = new Float64Array(shape[0] * columns);
  for (const [index, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== columns) {
      const found = Array.isArray(row) ? `${row.length} elements` : 'no list';
      throw bad(`${name}[${index}] is ${found}; the rows before have ${columns} elements`);
    }
    values.set(toNumbers(row, `${name}[${index}]`), index * columns);
  }
  return { name, shape, values };
}

function toVector(elements: readonly unknown[], name: string): NamedArray {
  if (elements.length > LIMITS.inputs || elements.length === 0) {
    throw bad(`${name} has ${elements.length} elements; 1 to ${LIMITS.inputs} fit`);
  }
  return { name, shape: [elements.length], values: toNumbers(elements, name) };
}

function toNumbers(elements: readonly unknown[], name: string): Float64Array {
  return Float64Array.from(elements, (element, index) => {
    if (typeof element === 'number' && Number.isFinite(element)) return element;
    const shown = JSON.stringify(element)?.slice(0, 20).replaceAll('"', '');
    throw bad(
      `${name}[${index}] is ${typeof element === 'number' ? element : shown}, not a finite number`,
    );
  });
}

function keysOf<T extends string>(table: Readonly<Record<T, unknown>>): T[] {
  return Object.keys(table) as T[];
}

function bad(message: string, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-weights', message, {
    hint: 'The form is {"layers": [{"weights": [[…], …], "biases": […]}, …]}, a row for each neuron.',
    ...(cause === undefined ? {} : { cause }),
  });
}
