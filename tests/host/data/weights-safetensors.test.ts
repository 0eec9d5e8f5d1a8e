import { describe, expect, test } from 'vitest';
import type { NamedArray } from '../../../host/data/assemble-network.ts';
import { initialise } from '../../../host/data/initialisers.ts';
import { writeSafetensors } from '../../../host/data/safetensors.ts';
import {
  formatWeightsSafetensors,
  parseWeightsSafetensors,
} from '../../../host/data/weights-safetensors.ts';

const array = (name: string, shape: readonly number[], fill = 1): NamedArray => ({
  name,
  shape,
  values: new Float64Array(shape.reduce((product, n) => product * n, 1)).fill(fill),
});

const parse = (arrays: readonly NamedArray[], options = {}) =>
  parseWeightsSafetensors(writeSafetensors(arrays), { name: 'net', ...options });

describe('parseWeightsSafetensors', () => {
  test('says what it skipped and took as zero', () => {
    const { network, remarks } = parse([array('0.weight', [3, 2]), array('steps', [1])]);
    expect(network.layers[0]?.biases).toEqual(new Float64Array(3));
    expect(remarks).toEqual([
      'without biases, taken as 0: 0.weight',
      'skipped, of no layer: steps',
    ]);
  });

  test('takes a transposed network only when told so, and says which orientation fits', () => {
    const kernels = [array('a/kernel', [4, 3]), array('a/bias', [3]), array('a_1/kernel', [3, 2])];
    expect(() => parse(kernels)).toThrow(
      expect.objectContaining({
        code: 'bad-weights',
        message: 'The matrices of "net" are transposed: they fit as n_in × n_out (4 × 3, 3 × 2)',
        hint: 'npx deltascope weights net --transpose --to net.npz',
      }),
    );
    const { network } = parse(kernels, { transpose: true });
    expect(network.layers.map(({ nIn, nOut }) => [nIn, nOut])).toEqual([
      [4, 3],
      [3, 2],
    ]);
    const linear = [array('0.weight', [3, 4]), array('1.weight', [2, 3])];
    expect(() => parse(linear, { transpose: true })).toThrow(
      expect.objectContaining({
        message: 'The matrices of "net" fit as n_out × n_in, as they are (3 × 4, 2 × 3)',
        hint: 'Leave --transpose out.',
      }),
    );
  });

  test('takes square matrices as declared', () => {
    const square = { name: '0.weight', shape: [2, 2], values: Float64Array.of(1, 2, 3, 4) };
    const weights = (transpose: boolean) =>
      parse([square], { transpose }).network.layers[0]?.weights;
    expect(weights(false)).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(weights(true)).toEqual(Float64Array.of(1, 3, 2, 4));
  });

  test.each<[title: string, arrays: NamedArray[], message: RegExp]>([
    ['NaN', [array('0.weight', [2, 2], Number.NaN)], /^0\.weight\[0, 0\], of layer 1, is NaN/],
    [
      'an infinite bias of the second layer',
      [array('0.weight', [2, 2]), array('1.weight', [1, 2]), array('1.bias', [1], -Infinity)],
      /^1\.bias\[0\], of layer 2, is -Infinity/,
    ],
    ['an empty matrix', [array('0.weight', [0, 2])], /has the shape \(0, 2\); 1 to 1024/],
    ['a matrix too large', [array('0.weight', [1, 1025])], /has the shape \(1, 1025\); 1 to 1024/],
    ['too many neurons', [array('0.weight', [257, 2])], /^0\.weight has 2 inputs and 257 neurons/],
    [
      'layers that do not meet',
      [array('0.weight', [3, 2]), array('1.weight', [4, 5])],
      /^1\.weight is 4 × 5, but layer 2 needs n_out × n_in = 4 × 3$/,
    ],
    [
      'one matrix that is transposed',
      [array('0.weight', [3, 2]), array('1.weight', [3, 5]), array('1.bias', [5])],
      /^1\.weight is 3 × 5, .* = 5 × 3; it is transposed$/,
    ],
  ])('refuses %s', (_title, arrays, message) => {
    expect(() => parse(arrays)).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(message) }),
    );
  });

  test('names the type it does not read', () => {
    const bytes = writeSafetensors([array('0.weight', [1, 1])]);
    bytes.set([0x49], Buffer.from(bytes.buffer).indexOf('F64'));
    expect(() => parseWeightsSafetensors(bytes, { name: 'net' })).toThrow(
      /^0\.weight has the type I64; F64, F32, F16, BF16 are read$/,
    );
  });
});

test('formatWeightsSafetensors writes what parseWeightsSafetensors reads back', () => {
  // More than ten layers: names in alphabetical order would mix them up.
  const network = initialise([5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3], { seed: 2 });
  expect(parseWeightsSafetensors(formatWeightsSafetensors(network), { name: 'x' })).toEqual({
    network,
    remarks: [],
  });
});
