import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLayers, type StateDictOptions } from '../../../host/data/state-dict.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

function find(shapes: Shapes, options: Partial<StateDictOptions> = {}) {
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
  return findLayers(tensors, { name: 'net', ...options });
}

/** Weights of the layers found. */
function order(shapes: Shapes, options: Partial<StateDictOptions> = {}): string[] {
  return find(shapes, options).layers.map(({ weights }) => weights);
}

/** A linear layer of PyTorch. */
const linear = (module: string, nIn: number, nOut: number): Shapes => ({
  [`${module}weight`]: [nOut, nIn],
  [`${module}bias`]: [nOut],
});

describe('findLayers', () => {
  test.each([
    ['', '0.', '2.', '4.'],
    ['', 'fc1.', 'fc2.', 'fc3.'],
    ['', 'layers.0.', 'layers.1.', 'layers.10.'],
    ['module.', 'net.2.', 'net.10.', 'net.100.'],
    ['', 'block0.fc9.', 'block1.fc1.', 'block1.fc10.'],
    ['model/', 'dense/', 'dense_1/', 'dense_2/'],
  ])('takes %s%s, %s, %s by their numbers, whatever their order', (prefix, ...modules) => {
    const names = modules.map((module) => `${prefix}${module}`);
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 3 }), (shuffled) => {
        const shapes = Object.assign({}, ...shuffled.map((module) => linear(module, 4, 4)));
        expect(order(shapes)).toEqual(names.map((module) => `${module}weight`));
        expect(find(shapes).layers[0]?.biases).toBe(`${names[0]}bias`);
      }),
    );
  });

  test('takes names that are not numbered in the only order that fits', () => {
    const shapes = {
      ...linear('classifier.', 5, 3),
      ...linear('hidden2.', 6, 5),
      ...linear('hidden1.', 6, 6),
      ...linear('input.', 8, 6),
    };
    const expected = ['input', 'hidden1', 'hidden2', 'classifier'].map((name) => `${name}.weight`);
    expect(order(shapes)).toEqual(expected);
    expect(order(shapes, { layers: [8, 6, 6, 5, 3] })).toEqual(expected);
    const keras = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, [...shape].reverse()]),
    );
    expect(order(keras, { transpose: true })).toEqual(expected);
    expect(order(keras)).toEqual(expected);
  });

  test('refuses names that are not numbered when several orders fit', () => {
    const shapes = { ...linear('in.', 8, 6), ...linear('a.', 6, 6), ...linear('b.', 6, 6) };
    expect(() => find(shapes)).toThrow(
      expect.objectContaining({
        code: 'bad-weights',
        message: expect.stringMatching(/^The order .* "net" .* \(in, a, b\): several orders fit$/),
        hint: expect.stringMatching(/layers\.0, layers\.1/),
      }),
    );
  });

  test('gives up in time on a hundred names that fit in no order', () => {
    const names = Array.from({ length: 100 }, (_, i) => `${String.fromCharCode(97 + (i % 26))}`);
    const modules = names.map((name, i) => name.repeat(1 + Math.floor(i / 26)));
    const shapes = Object.assign({}, ...modules.map((module) => linear(`${module}.`, 4, 4)));
    const last = { 'zzzzz.weight': [3, 5], 'zzzzz.bias': [3] };
    const started = performance.now();
    expect(order({ ...shapes, ...last })).toHaveLength(101);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('leaves out scalars and counters of no layer, and says so', () => {
    const { layers, skipped } = find({ ...linear('0.', 2, 3), epoch: [], losses: [9] });
    expect(layers).toEqual([{ module: '0', weights: '0.weight', biases: '0.bias' }]);
    expect(skipped).toEqual(['epoch', 'losses']);
  });

  test('takes a layer without biases', () => {
    expect(find({ '0.weight': [3, 2] }).layers).toEqual([
      { module: '0', weights: '0.weight', biases: undefined },
    ]);
  });

  test.each<[title: string, shapes: Shapes, message: RegExp]>([
    ['nothing', {}, /holds no fully connected layer/],
    [
      'convolutions, by name and shape',
      { 'conv1.weight': [8, 1, 3, 3], 'conv1.bias': [8], ...linear('fc.', 8, 2) },
      /^"net" has convolution layers: conv1\.weight \(8, 1, 3, 3\); only fully connected/,
    ],
    [
      'batch normalisation',
      { ...linear('0.', 2, 3), '1.weight': [3], '1.bias': [3], '1.num_batches_tracked': [] },
      /^"net" has batch normalisation: 1\.num_batches_tracked; only/,
    ],
    [
      'layer normalisation',
      { ...linear('0.', 2, 3), 'norm.weight': [3], 'norm.bias': [3] },
      /^"net" has normalisation or parametric activations: norm\.weight \(3\); only/,
    ],
    [
      'a recurrent layer',
      { 'lstm.weight_ih_l0': [8, 4], ...linear('0.', 2, 3) },
      /^lstm\.weight_ih_l0 in "net" has the shape \(8, 4\) and is of no fully connected layer/,
    ],
    ['biases alone', { '0.bias': [3] }, /^"net" has 0\.bias without the weights of that layer$/],
    [
      'two matrices of one layer',
      { '0.weight': [3, 2], '0.kernel': [2, 3] },
      /^"net" has both 0\.weight and 0\.kernel$/,
    ],
    [
      'too many layers',
      Object.assign({}, ...Array.from({ length: 129 }, (_, i) => linear(`${i}.`, 2, 2))),
      /has 129 layers; at most 128/,
    ],
  ])('refuses %s', (_title, shapes, message) => {
    expect(() => find(shapes)).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(message) }),
    );
  });
});
