import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../host/data/safetensors.ts';

/** A file with any header, to build what a writer would not. */
function file(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  return Uint8Array.of(...length, ...json, ...data);
}

const tensor = (dtype: string, shape: readonly unknown[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

function values(type: string, data: Uint8Array): number[] {
  const bytes = type === 'F64' ? 8 : type === 'F32' ? 4 : 2;
  const header = { x: tensor(type, [data.length / bytes], 0, data.length) };
  return [...(readSafetensors(file(header, data), 'f').get('x')?.read?.() ?? [])];
}

const halves = (...codes: number[]) => new Uint8Array(Uint16Array.from(codes).buffer);

describe('readSafetensors', () => {
  test('reads F64 and F32', () => {
    const numbers = [0.1, -1e30, 5e-40];
    expect(values('F64', new Uint8Array(Float64Array.from(numbers).buffer))).toEqual(numbers);
    const floats = Float32Array.from(numbers);
    expect(values('F32', new Uint8Array(floats.buffer))).toEqual([...floats]);
  });

  test('reads F16: subnormal, normal, largest, infinite, NaN, signed', () => {
    const codes = halves(0x0000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0x3555, 0x7bff, 0xc000, 0x7c00);
    const expected = [0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, 0.333251953125, 65504, -2];
    expect(values('F16', codes)).toEqual([...expected, Number.POSITIVE_INFINITY]);
    expect(values('F16', halves(0x7e00, 0xfc00))).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  test('reads BF16 as the upper half of float32', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff }), (code) => {
        const [expected = 0] = new Float32Array(Uint32Array.of(code * 2 ** 16).buffer);
        expect(values('BF16', halves(code))).toEqual([expected]);
      }),
    );
  });

  test('leaves types that are not read alone', () => {
    const header = { n: tensor('I64', [1], 0, 8), __metadata__: { format: 'pt' } };
    const tensors = readSafetensors(file(header, new Uint8Array(8)), 'f');
    expect([...tensors.keys()]).toEqual(['n']);
    expect(tensors.get('n')).toEqual({ type: 'I64', shape: [1], read: undefined });
  });

  const F32 = tensor('F32', [2], 0, 8);
  const eight = new Uint8Array(8);
  test.each<[title: string, bytes: Uint8Array, message: RegExp]>([
    ['nothing', new Uint8Array(), /is cut: it has 0 bytes/],
    ['text', new TextEncoder().encode('<!doctype html>'), /is not a safetensors file/],
    ['a cut header', file({ x: F32 }).subarray(0, 20), /is cut within its header: .* of \d+$/],
    ['a header of exabytes', file('{'.padEnd(8)).fill(0xff, 0, 8), /its header has 1844\d+ bytes/],
    ['a header that is no JSON', file('{"x":}'), /its header is no JSON/],
    ['a header that is no UTF-8', file({ x: F32 }).fill(0xff, 10, 11), /its header is no JSON/],
    ['a header that is a list of tensors', file('{"x":[]}'), /x in its header: /],
    ['a tensor without type', file({ x: { shape: [], data_offsets: [0, 0] } }), /x\.dtype in its/],
    ['a negative length', file({ x: tensor('F32', [-2], 0, 8) }, eight), /x\.shape\.0 in its/],
    ['half a length', file({ x: tensor('F32', [1.5], 0, 8) }, eight), /x\.shape\.0 in its/],
    ['too few data', file({ x: F32 }, eight.subarray(1)), /is cut: 7 bytes of data instead of 8$/],
    ['too many data', file({ x: F32 }, new Uint8Array(9)), /is damaged: 9 bytes of data instead/],
    ['a hole', file({ x: tensor('F32', [1], 4, 8) }, eight), /overlap or leave bytes 0 on out/],
    [
      'an overlap',
      file({ x: F32, y: tensor('F32', [1], 4, 8) }, eight),
      /overlap or leave bytes 8/,
    ],
    [
      'an end before the beginning',
      file({ x: tensor('F32', [1], 0, -4) }),
      /data_offsets\.1 in its/,
    ],
    [
      'offsets that run backwards',
      file({ x: F32, y: tensor('F32', [0], 8, 4) }, eight),
      /overlap or leave bytes 8/,
    ],
    [
      'another shape',
      file({ x: tensor('F32', [3], 0, 8) }, eight),
      /x has 8 bytes, but F32 of the shape \(3\) takes 12$/,
    ],
    [
      'a shape of exabytes',
      file({ x: tensor('F64', [2 ** 40, 2 ** 40], 0, 8) }, eight),
      /takes 9\.67\d*e\+24$/,
    ],
    [
      'two tensors of one name',
      file('{"x":1,"x":1}'.replaceAll('1', JSON.stringify(F32)), new Uint8Array(16)),
      /instead of 8$/,
    ],
  ])('refuses %s', (_title, bytes, message) => {
    expect(() => readSafetensors(bytes, 'f')).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(message) }),
    );
  });
});

describe('writeSafetensors', () => {
  test('writes what is read back, data from a multiple of 8 on', () => {
    const elements = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 9 });
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, elements, (all, numbers) => {
        const list = all
          .filter((name) => name !== '__metadata__' && name !== '__proto__')
          .map((name) => ({ name, shape: [numbers.length], values: Float64Array.from(numbers) }));
        const bytes = writeSafetensors(list);
        expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
        const tensors = readSafetensors(bytes, 'f');
        for (const { name, shape, values: written } of list) {
          expect(tensors.get(name)?.shape).toEqual(shape);
          expect(tensors.get(name)?.read?.()).toEqual(written);
        }
      }),
    );
  });
});
