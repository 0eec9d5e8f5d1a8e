/**
 * Reads and writes the safetensors format: eight bytes with the length of a JSON header, the header
 * (name → type, shape, place of its bytes), the bytes. Everything the header claims is checked
 * against the bytes there are before anything is allocated.
 * Source: https://github.com/huggingface/safetensors, "Format"
 */
import { z } from 'zod';
import { DeltascopeError } from '../error.ts';
import type { NamedArray } from './assemble-network.ts';

export interface Tensor {
  /** As in the header: F64, F32 … */
  readonly type: string;
  readonly shape: readonly number[];
  /** Its elements, row-major; undefined for a type that is not one of `TENSOR_TYPES`. */
  readonly read: (() => Float64Array) | undefined;
}

/** Far more than the names of 128 layers take. */
const MAX_HEADER_BYTES = 2 ** 20;
const LENGTH_BYTES = 8;
/** The data begin at a multiple of this, so that a reader may map them. */
const ALIGNMENT = 8;

interface ElementType {
  readonly bytes: number;
  readonly get: (view: DataView, at: number) => number;
}

const READ: Readonly<Record<string, ElementType>> = {
  F64: { bytes: 8, get: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, get: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, get: (view, at) => halfToNumber(view.getUint16(at, true)) },
  BF16: { bytes: 2, get: (view, at) => bfloatToNumber(view.getUint16(at, true)) },
};

/** Types that are read, as float64; each is exact in it. */
export const TENSOR_TYPES: readonly string[] = Object.keys(READ);

const count = z.number().int().min(0);
const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(count).max(16),
    data_offsets: z.tuple([count, count]),
  }),
);
type Header = z.infer<typeof headerSchema>;

/**
 * The tensors of a file by name, in the order of its header.
 * @throws DeltascopeError `bad-weights` when the file is cut or damaged, or its header is not what
 *   the format asks for.
 */
export function readSafetensors(bytes: Uint8Array, name: string): Map<string, Tensor> {
  const dataAt = LENGTH_BYTES + headerLength(bytes, name);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, dataAt), name);
  checkCoverage(header, { name, bytes: bytes.length - dataAt });
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataAt, bytes.length - dataAt);
  const tensors = new Map<string, Tensor>();
  for (const [tensor, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    const [begin, end] = offsets;
    const element = Object.hasOwn(READ, dtype) ? READ[dtype] : undefined;
    if (element === undefined) {
      tensors.set(tensor, { type: dtype, shape, read: undefined });
      continue;
    }
    const needed = shape.reduce((product, length) => product * length, element.bytes);
    if (needed !== end - begin) {
      throw bad(
        `"${name}" is damaged: ${tensor} has ${end - begin} bytes, but ${dtype} of the shape ` +
          `(${shape.join(', ')}) takes ${needed}`,
      );
    }
    tensors.set(tensor, { type: dtype, shape, read: () => readElements(view, offsets, element) });
  }
  return tensors;
}

/** Bytes of a file with these tensors in float64, in the order given. */
export function writeSafetensors(tensors: readonly NamedArray[]): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const { name, shape, values } of tensors) {
    const begin = end;
    end += 8 * values.length;
    header[name] = { dtype: 'F64', shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(LENGTH_BYTES + length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + length);
  bytes.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + length;
  for (const { values } of tensors) {
    for (const value of values) {
      view.setFloat64(at, value, true);
      at += 8;
    }
  }
  return bytes;
}

function headerLength(bytes: Uint8Array, name: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw bad(`"${name}" is cut: it has ${bytes.length} bytes, fewer than its first field`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (bytes.length > LENGTH_BYTES && bytes[LENGTH_BYTES] !== 0x7b) {
    throw bad(`"${name}" is not a safetensors file: its header does not begin with {`);
  }
  if (length > MAX_HEADER_BYTES) {
    throw bad(
      `"${name}" is damaged or too large: its header has ${length} bytes, and at most ` +
        `${MAX_HEADER_BYTES} are read`,
    );
  }
  if (LENGTH_BYTES + length > bytes.length) {
    throw bad(
      `"${name}" is cut within its header: it has ${bytes.length} bytes of ${LENGTH_BYTES + length}`,
    );
  }
  return length;
}

function parseHeader(bytes: Uint8Array, name: string): Header {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw bad(`"${name}" is damaged: its header is no JSON: ${(error as Error).message}`, error);
  }
  if (typeof json === 'object' && json !== null) Reflect.deleteProperty(json, '__metadata__');
  const parsed = headerSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw bad(
    `"${name}" is damaged: ${issue?.path.join('.')} in its header: ${issue?.message}`,
    parsed.error,
  );
}

/** The format asks that tensors follow each other from 0 to the end, without holes or overlap. */
function checkCoverage(header: Header, { name, bytes }: { name: string; bytes: number }): void {
  const places = Object.values(header)
    .map(({ data_offsets: offsets }) => offsets)
    .sort(([a, endOfA], [b, endOfB]) => a - b || endOfA - endOfB);
  let at = 0;
  for (const [begin, end] of places) {
    if (begin !== at || end < begin) {
      throw bad(`"${name}" is damaged: by its header, tensors overlap or leave bytes ${at} on out`);
    }
    at = end;
  }
  if (at !== bytes) {
    throw bad(
      `"${name}" is ${at > bytes ? 'cut' : 'damaged'}: ${bytes} bytes of data instead of ${at}`,
    );
  }
}

function readElements(
  view: DataView,
  [begin, end]: readonly [number, number],
  { bytes, get }: ElementType,
): Float64Array {
  return Float64Array.from({ length: (end - begin) / bytes }, (_, i) =>
    get(view, begin + i * bytes),
  );
}

/** IEEE 754 binary16, exactly. */
function halfToNumber(code: number): number {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >> 10) & 0x1f;
  const fraction = code & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32, exactly. */
function bfloatToNumber(code: number): number {
  scratch.setUint32(0, code * 2 ** 16);
  return scratch.getFloat32(0);
}

function bad(message: string, cause?: unknown): DeltascopeError {
  return new DeltascopeError('bad-weights', message, {
    hint: 'Copy or write the file again.',
    ...(cause === undefined ? {} : { cause }),
  });
}
