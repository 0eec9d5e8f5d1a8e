/** Matrices and vectors of a file → a network: orientation, widths and values are checked here. */
import type { FloatLayer, FloatNetwork } from '../../contract/network.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';

/** One array of a file; `name` is what the file calls it. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major, as many as the shape says. */
  readonly values: Float64Array;
}

/** What is known of a layer before its values are read. */
export interface LayerShapes {
  readonly weights: Pick<NamedArray, 'shape'>;
  readonly biases: Pick<NamedArray, 'shape'> | undefined;
}

/** Of one layer, as the file has them. */
export interface LayerArrays extends LayerShapes {
  readonly weights: NamedArray;
  /** Undefined: zero. */
  readonly biases: NamedArray | undefined;
}

export interface AssembleOptions {
  /** What the file is called in messages. */
  readonly name: string;
  /** Widths n_0 … n_L the file must have (`--layers`). Default: whatever the file has. */
  readonly layers?: readonly number[] | undefined;
  /** The matrices are n_in × n_out, as Keras has them, and not n_out × n_in. */
  readonly transpose?: boolean | undefined;
}

/**
 * The network of layers 1 … L. A square matrix is taken as declared.
 * @throws DeltascopeError `bad-weights` when a shape does not fit (naming the orientation that
 *   would), a width is larger than the protocol allows or not that of `layers`, or a value is not
 *   finite.
 */
export function assembleNetwork(
  arrays: readonly LayerArrays[],
  { name, layers: widths, transpose = false }: AssembleOptions,
): FloatNetwork {
  checkCount(arrays.length, { name, widths });
  for (const { weights } of arrays) checkMatrix(weights);
  if (!chains(arrays, widths, transpose) && chains(arrays, widths, !transpose)) {
    throw transpose
      ? bad(
          `The matrices of "${name}" fit as n_out × n_in, as they are (${shapesOf(arrays)})`,
          'Leave --transpose out.',
        )
      : bad(
          `The matrices of "${name}" are transposed: they fit as n_in × n_out (${shapesOf(arrays)})`,
          `npx deltascope weights ${name} --transpose --to net.npz`,
        );
  }
  const layers: FloatLayer[] = [];
  for (const [index, layer] of arrays.entries()) {
    const nIn = widths?.[index] ?? layers.at(-1)?.nOut;
    layers.push(toLayer(layer, { number: index + 1, nIn, nOut: widths?.[index + 1], transpose }));
  }
  return { layers };
}

/** @throws DeltascopeError `bad-weights` when there are none, too many, or not those of `widths`. */
function checkCount(
  count: number,
  { name, widths }: { name: string; widths: readonly number[] | undefined },
): void {
  if (count === 0) throw bad(`"${name}" has no layer`);
  if (count > LIMITS.layers) {
    throw bad(`"${name}" has ${count} layers; at most ${LIMITS.layers} are allowed`);
  }
  if (widths !== undefined && widths.length - 1 !== count) {
    throw bad(
      `"${name}" has ${count} layer${count === 1 ? '' : 's'}, but --layers ${widths.join(',')} ` +
        `asks for ${widths.length - 1}`,
    );
  }
}

function checkMatrix({ name, shape }: NamedArray): void {
  if (shape.length === 2) return;
  throw bad(`${name} has the shape (${shape.join(', ')}); a matrix n_out × n_in is needed`);
}

/** Whether all shapes fit each other, their biases and `widths`, in this orientation. */
export function chains(
  layers: readonly LayerShapes[],
  widths: readonly number[] | undefined,
  transpose: boolean,
): boolean {
  let before = widths?.[0];
  for (const [index, { weights, biases }] of layers.entries()) {
    const { nIn, nOut } = sizeOf(weights, transpose);
    if (before !== undefined && before !== nIn) return false;
    if ((widths?.[index + 1] ?? nOut) !== nOut) return false;
    if (biases !== undefined && elementsOf(biases) !== nOut) return false;
    before = nOut;
  }
  return true;
}

function elementsOf({ shape }: Pick<NamedArray, 'shape'>): number {
  return shape.reduce((product, length) => product * length, 1);
}

function sizeOf(
  { shape }: Pick<NamedArray, 'shape'>,
  transpose: boolean,
): { nIn: number; nOut: number } {
  const [rows = 0, columns = 0] = shape;
  return transpose ? { nIn: rows, nOut: columns } : { nIn: columns, nOut: rows };
}

function shapesOf(arrays: readonly LayerArrays[]): string {
  const [first, ...others] = arrays.map(({ weights }) => weights.shape.join(' × '));
  return others.length > 2 ? `${first}, … ${others.at(-1)}` : [first, ...others].join(', ');
}

interface Expected {
  readonly number: number;
  /** Undefined where neither --layers nor the layer before says. */
  readonly nIn: number | undefined;
  readonly nOut: number | undefined;
  readonly transpose: boolean;
}

function toLayer({ weights, biases }: LayerArrays, expected: Expected): FloatLayer {
  const { number, transpose } = expected;
  const size = sizeOf(weights, transpose);
  const neurons = biases?.values.length ?? size.nOut;
  if (biases !== undefined && Math.max(...biases.shape) !== neurons) {
    throw bad(
      `${biases.name} has the shape (${biases.shape.join(', ')}); n_out elements are needed`,
    );
  }
  const nOut = expected.nOut ?? neurons;
  const nIn = expected.nIn ?? (size.nOut === nOut ? size.nIn : size.nOut);
  if (size.nOut !== nOut || size.nIn !== nIn) {
    const flipped = size.nOut === nIn && size.nIn === nOut;
    const needed = transpose
      ? `n_in × n_out = ${nIn} × ${nOut}`
      : `n_out × n_in = ${nOut} × ${nIn}`;
    throw bad(
      `${weights.name} is ${weights.shape.join(' × ')}, but layer ${number} needs ${needed}` +
        (flipped ? '; it is transposed' : ''),
      flipped ? `Save the transpose of ${weights.name}.` : undefined,
    );
  }
  if (biases !== undefined && neurons !== nOut) {
    throw bad(`${biases.name} has ${neurons} elements, but layer ${number} has ${nOut} neurons`);
  }
  const widest = number === 1 ? LIMITS.inputs : LIMITS.width;
  if (nOut > LIMITS.width || nIn > widest) {
    throw bad(
      `${weights.name} has ${nIn} inputs and ${nOut} neurons; the protocol allows ${widest} and ` +
        `${LIMITS.width} in layer ${number}`,
    );
  }
  for (const array of biases === undefined ? [weights] : [weights, biases]) {
    checkFinite(array, number);
  }
  return {
    nIn,
    nOut,
    weights: transpose ? flip(weights) : weights.values,
    biases: biases?.values ?? new Float64Array(nOut),
  };
}

function checkFinite({ name, shape, values }: NamedArray, layer: number): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const columns = shape[1] ?? 1;
  const place = shape.length === 1 ? `${at}` : `${Math.floor(at / columns)}, ${at % columns}`;
  throw bad(
    `${name}[${place}], of layer ${layer}, is ${values[at]}, not a finite number`,
    'Did the training that made these weights diverge?',
  );
}

/** Rows for columns. */
function flip({ shape, values }: NamedArray): Float64Array {
  const [rows = 0, columns = 0] = shape;
  return Float64Array.from(
    { length: values.length },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
  );
}

function bad(message: string, hint?: string): DeltascopeError {
  return new DeltascopeError('bad-weights', message, hint === undefined ? {} : { hint });
}
