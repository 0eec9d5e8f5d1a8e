import { describe, expect, test } from 'vitest';
import {
  ACTIVATION_CHOICES,
  ACTIVATION_FORMS,
  activate,
  parseActivations,
} from '../../../host/data/activations.ts';
import { initialise } from '../../../host/data/initialisers.ts';

const network = initialise([4, 3, 5, 2], { seed: 1 });
const layersOf = (activation: string, seed = 1) => activate(network, { activation, seed }).layers;
const namesOf = (activation: string) => layersOf(activation).map((layer) => layer.activation);
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'bad-option', message: expect.stringMatching(message) });

describe('parseActivations', () => {
  test('takes every form that help shows', () => {
    const parsed = parseActivations(ACTIVATION_FORMS.join());
    expect(parsed.map(({ name }) => name)).toEqual(Object.keys(ACTIVATION_CHOICES));
    expect(parseActivations('leaky, leaky:0.3,elu:1')).toEqual([
      { name: 'leaky', alpha: 0.01 },
      { name: 'leaky', alpha: 0.3 },
      { name: 'elu', alpha: 1 },
    ]);
  });

  test.each([
    ['rleu', /^Unknown activation "rleu"; did you mean "relu"\?$/],
    ['', /^Unknown activation ""/],
    ['tanh,', /^Unknown activation ""/],
    ['leaky:1.5', /^The α of "leaky" is a number from 0 to 1, not "1.5"$/],
    ['leaky:-0.1', /not "-0.1"$/],
    ['elu:', /not ""$/],
    ['elu:x', /not "x"$/],
    ['prelu:NaN', /not "NaN"$/],
    ['relu:0.1', /^The activation "relu" takes no α, not "0.1"$/],
    ['rrelu:0.1', /takes no α/],
    ['toString', /^Unknown activation "toString"/],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseActivations(text)).toThrow(refusal(message));
  });
});

describe('activate', () => {
  test('one name is for all hidden layers, a list for each, a longer one for the output too', () => {
    expect(namesOf('tanh')).toEqual(['tanh', 'tanh', undefined]);
    expect(namesOf('relu,elu')).toEqual(['relu', 'elu', undefined]);
    expect(namesOf('relu,elu,identity')).toEqual(['relu', 'elu', 'identity']);
    const single = initialise([4, 2], { seed: 1 });
    expect(activate(single, { activation: 'tanh', seed: 1 }).layers[0]?.activation).toBe('tanh');
  });

  test('refuses a list of another length', () => {
    const message =
      /^--activation names 4 layers, and the network has 2 hidden layers and the output$/;
    expect(() => layersOf('tanh,tanh,tanh,tanh')).toThrow(refusal(message));
  });

  test('gives α to those that take one, the same to each neuron', () => {
    const [first, second, third] = layersOf('leaky:0.2,elu,relu');
    expect(first?.alphas).toEqual(new Float64Array(3).fill(0.2));
    expect(second?.alphas).toEqual(new Float64Array(5).fill(1));
    expect(third?.alphas).toBeUndefined();
  });

  test('rrelu draws α from U(1/8, 1/3), by the seed, apart from the weights', () => {
    const wide = initialise([1, 256, 256, 1], { seed: 7 });
    const draw = (seed: number) =>
      activate(wide, { activation: 'rrelu', seed }).layers.flatMap((l) => [...(l.alphas ?? [])]);
    const drawn = draw(7);
    expect(drawn).toHaveLength(512);
    expect(draw(7)).toEqual(drawn);
    expect(draw(8)).not.toEqual(drawn);
    expect(new Set(drawn).size).toBe(512);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1 / 8);
    expect(Math.max(...drawn)).toBeLessThan(1 / 3);
    const mean = drawn.reduce((sum, alpha) => sum + alpha) / drawn.length;
    // Its standard error is 0.0027.
    expect(Math.abs(mean - 11 / 48)).toBeLessThan(0.011);
  });
});
