/**
 * Reads and writes matrices as NumPy files (`.npy`).
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0
 */
import { parse } from 'npyjs';
import { DeltascopeError } from '../error.ts';

export interface Matrix {
  /** One or two lengths, none of them 0. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
}

const MAGIC = '\x93NUMPY';
/** Magic, two bytes of version, two of header length. */
const PREFIX_BYTES = 10;
/** The data begin at a multiple of this. */
const ALIGNMENT = 64;

/** Exact in float64, or (64 bit integers) far beyond any weight where they are not. */
const TYPES = ['f4', 'f8', 'i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8'];

/**
 * The array in the bytes of a `.npy` file; `name` is used in messages. Both C and Fortran order.
 * @throws DeltascopeError `bad-weights` when the bytes are damaged, the type is not float32, float64
 *   or integer in little-endian order, or an element is not finite.
 */
export function readNpy(bytes: Uint8Array, name: string): Matrix {
  const { data, shape, fortranOrder } = parseNpy(bytes, name);
  if (shape.length < 1 || shape.length > 2 || !shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw bad(`${name} has the shape (${shape.join(', ')}); one or two dimensions are needed`);
  }
  const stored = Float64Array.from(data as unknown as ArrayLike<number | bigint>, Number);
  const elements = shape.reduce((product, length) => product * length, 1);
  if (stored.length !== elements) {
    throw bad(
      `${name} is damaged: it holds ${stored.length} elements, its shape (${shape.join(', ')}) needs ${elements}`,
    );
  }
  const values = fortranOrder ? toRowMajor(stored, shape) : stored;
  const columns = shape[1] ?? 1;
  const misfit = values.findIndex((value) => !Number.isFinite(value));
  if (misfit >= 0) {
    const place =
      shape.length === 1 ? `${misfit}` : `${Math.floor(misfit / columns)}, ${misfit % columns}`;
    throw bad(
      `${name}[${place}] is ${values[misfit]}, not a finite number`,
      'Did the training that made these weights diverge?',
    );
  }
  return { shape, values };
}

/**
 * A `.npy` file of a vector or a rows × columns matrix of little-endian float64, row-major: read it
 * with `numpy.load(path)`.
 * @throws DeltascopeError `internal` when `data` does not have the elements of the shape.
 */
export function writeNpy(
  data: Float64Array,
  shape: readonly [length: number] | readonly [rows: number, columns: number],
): Uint8Array {
  const [rows, columns] = shape;
  if (data.length !== rows * (columns ?? 1)) {
    throw new DeltascopeError(
      'internal',
      `${data.length} values are not an array of ${shape.join(' × ')}`,
    );
  }
  const tuple = `(${rows},${columns === undefined ? '' : ` ${columns}`})`;
  const description = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  const unpadded = PREFIX_BYTES + description.length + 1;
  const dataOffset = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const header = `${description.padEnd(dataOffset - PREFIX_BYTES - 1)}\n`;

  const bytes = new Uint8Array(dataOffset + 8 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set(latin1(MAGIC), 0);
  bytes.set([1, 0], 6);
  view.setUint16(8, header.length, true);
  bytes.set(latin1(header), PREFIX_BYTES);
  data.forEach((value, index) => {
    view.setFloat64(dataOffset + 8 * index, value, true);
  });
  return bytes;
}

function parseNpy(bytes: Uint8Array, name: string) {
  // npyjs never comes back from strings of length 0, so no other type may reach it.
  const type = typeOf(bytes);
  if (type !== undefined && !TYPES.includes(type.replace(/^[<|]/, ''))) throw badType(name, type);
  try {
    return parse(new Uint8Array(bytes).buffer, { convertFloat16: false });
  } catch (error) {
    const message = (error as Error).message;
    throw bad(`${name} is damaged or not a NumPy array: ${message}`, undefined, error);
  }
}

/** `<f8`, as npyjs finds it: from format 2.0 on, the length of the header has four bytes. */
function typeOf(bytes: Uint8Array): string | undefined {
  const long = (bytes[6] ?? 0) > 1;
  const header = bytes.subarray(8, 8 + (long ? 4 : 2));
  const length = header.reduceRight((sum, byte) => sum * 256 + byte, 0);
  const start = long ? 12 : PREFIX_BYTES;
  const text = new TextDecoder('latin1').decode(bytes.subarray(start, start + length));
  return /'descr'\s*:\s*'([^']+)'/.exec(text)?.[1];
}

function badType(name: string, type: string): DeltascopeError {
  return bad(
    `${name} has the NumPy type "${type}"; float32, float64 and integers are read, little-endian`,
    `Convert it first: ${name}=${name}.astype("<f4")`,
  );
}

function toRowMajor(stored: Float64Array, shape: readonly number[]): Float64Array {
  const [rows = 1, columns = 1] = shape;
  const values = new Float64Array(stored.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      values[row * columns + column] = stored[column * rows + row] as number;
    }
  }
  return values;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function bad(message: string, hint?: string, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-weights', message, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}
