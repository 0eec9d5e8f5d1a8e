import { describe, expect, test } from 'vitest';
import { initialise } from '../../../host/data/initialisers.ts';
import { formatWeightsJson, parseWeightsJson } from '../../../host/data/weights-json.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const parse = (value: unknown) =>
  parseWeightsJson(bytesOf(typeof value === 'string' ? value : JSON.stringify(value)), {
    name: 'net.json',
  });

const LAYER = {
  weights: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  biases: [7, 8],
};

describe('parseWeightsJson', () => {
  test('reads layers, and what they were trained for', () => {
    const second = { weights: [[0.5, -1e-3]], biases: [0], activation: 'identity' };
    const { network, activations, cost } = parse({ layers: [LAYER, second], cost: 'quadratic' });
    expect(network.layers).toEqual([
      {
        nIn: 3,
        nOut: 2,
        weights: Float64Array.of(1, 2, 3, 4, 5, 6),
        biases: Float64Array.of(7, 8),
      },
      { nIn: 2, nOut: 1, weights: Float64Array.of(0.5, -0.001), biases: Float64Array.of(0) },
    ]);
    expect([activations, cost]).toEqual([[undefined, 'identity'], 'quadratic']);
  });

  test.each<[title: string, value: unknown, message: RegExp]>([
    ['nothing', '', /^"net\.json" is no JSON/],
    ['half a file', '{"layers": [', /^"net\.json" is no JSON/],
    ['a list', [], /^"net\.json": /],
    ['no layers', {}, /^"net\.json": layers: /],
    ['an empty list of layers', { layers: [] }, /^"net\.json" has no layer$/],
    ['129 layers', { layers: Array(129).fill(LAYER) }, /^"net\.json": layers: .*128/],
    [
      'weights that are no list',
      { layers: [{ ...LAYER, weights: 1 }] },
      /layers\.0\.weights: a list/,
    ],
    ['weights that are no matrix', { layers: [{ ...LAYER, weights: [1] }] }, /has 1 × 0 elements/],
    ['no biases', { layers: [{ weights: [[1]] }] }, /layers\.0\.biases: a list/],
    ['an unknown field', { layers: [{ ...LAYER, bias: [] }] }, /layers\.0: .*bias/],
    [
      'an unknown activation',
      { layers: [{ ...LAYER, activation: 'relux' }] },
      /activation: .*sigmoid/,
    ],
    ['an unknown cost', { layers: [LAYER], cost: 'hinge' }, /cost: .*quadratic/],
    [
      'rows of two lengths',
      { layers: [{ ...LAYER, weights: [[1, 2], [3]] }] },
      /^layers\[0\]\.weights\[1\] is 1 elements; the rows before have 2 elements$/,
    ],
    [
      'a string for a number',
      { layers: [{ ...LAYER, biases: [1, 'x'] }] },
      /^layers\[0\]\.biases\[1\] is x, not a finite number$/,
    ],
    ['null', { layers: [{ ...LAYER, biases: [null, 1] }] }, /^layers\[0\]\.biases\[0\] is null/],
    [
      'NaN as Python writes it',
      '{"layers": [{"weights": [[1, NaN]], "biases": [0]}]}',
      /^layers\[0\]\.weights\[0\]\[1\] is NaN, not a finite number$/,
    ],
    [
      '-Infinity as Python writes it',
      '{"layers": [{"weights": [[1, 2]], "biases": [-Infinity]}]}',
      /^layers\[0\]\.biases\[0\] is -Infinity, not/,
    ],
    [
      'a number beyond float64',
      '{"layers": [{"weights": [[1e999]], "biases": [0]}]}',
      /^layers\[0\]\.weights\[0\]\[0\] is Infinity, not/,
    ],
    [
      'a row too long',
      { layers: [{ ...LAYER, weights: [Array(1025).fill(0)] }] },
      /1 × 1025 elements/,
    ],
    [
      'too many biases',
      { layers: [{ ...LAYER, biases: Array(1025).fill(0) }] },
      /has 1025 elements/,
    ],
    [
      'transposed matrices',
      {
        layers: [
          {
            weights: [
              [1, 2],
              [3, 4],
              [5, 6],
            ],
            biases: [1, 2],
          },
        ],
      },
      /^The matrices of "net\.json" are transposed/,
    ],
  ])('refuses %s', (_title, value, message) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ code: 'bad-weights', message: expect.stringMatching(message) }),
    );
  });

  test('refuses more than 64 MiB before it parses them', () => {
    const bytes = new Uint8Array(64 * 2 ** 20 + 1);
    expect(() => parseWeightsJson(bytes, { name: 'net.json' })).toThrow(
      expect.objectContaining({
        message: '"net.json" has 67108865 bytes; at most 67108864 of JSON are read',
      }),
    );
  });

  test('a million wrong elements are one error, in time', () => {
    const row = Array(1000).fill('x');
    const started = performance.now();
    expect(() => parse({ layers: [{ weights: Array(1000).fill(row), biases: [1] }] })).toThrow(
      /^layers\[0\]\.weights\[0\]\[0\] is x/,
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('formatWeightsJson writes what parseWeightsJson reads back, every bit', () => {
  const network = initialise([5, 4, 3], { seed: 2 });
  expect(parseWeightsJson(formatWeightsJson(network), { name: 'x' }).network).toEqual(network);
});
