import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IntegerLayer, IntegerNetwork } from '../../contract/network.ts';
import { LAYER_FIELDS, LAYER_WORDS } from '../../contract/protocol.ts';
import { layOut } from '../../host/layout.ts';
import { getField, getSignedField } from '../../host/protocol/fields.ts';
import { IDENTITY_OF_FAKE } from './fake-device.ts';

/** Each weight and bias is its own number, from 1. */
function network(widths: number[], scale = 1): IntegerNetwork {
  let next = 1;
  const layers = widths.slice(1).map((nOut, index): IntegerLayer => {
    const nIn = widths[index] ?? 0;
    const weights = Int16Array.from({ length: nIn * nOut }, () => next++);
    const biases = Int32Array.from({ length: nOut }, () => -next++);
    return { nIn, nOut, scale, activation: 'sigmoid', activationScale: 0, weights, biases };
  });
  return { layers, cost: 'quadratic' };
}

describe('layOut', () => {
  it('puts lane i of row (g, k) = weight from k to neuron g·LANES + i, and 0 beyond', () => {
    const layout = layOut(network([3, 5, 2]), { ...IDENTITY_OF_FAKE, lanes: 4 });
    expect(layout.places).toEqual([
      { nIn: 3, nOut: 5, activationScale: 0, weightBase: 0, neuronBase: 0, groups: 2 },
      { nIn: 5, nOut: 2, activationScale: 0, weightBase: 6, neuronBase: 5, groups: 1 },
    ]);
    const row = (index: number) => [...layout.weights.slice(4 * index, 4 * index + 4)];
    expect(layout.weights.length).toBe(4 * 11);
    expect(row(0)).toEqual([1, 4, 7, 10]);
    expect(row(2)).toEqual([3, 6, 9, 12]);
    expect(row(3)).toEqual([13, 0, 0, 0]);
    expect(row(6)).toEqual([21, 26, 0, 0]);
    expect([...layout.biases]).toEqual([-16, -17, -18, -19, -20, -31, -32]);
    expect(layout.neurons).toBe(7);
    expect(layout.cost).toBe(1);
    expect(layout.inputWidth).toBe(3);
    expect(layout.records).toBe(4);
  });

  it('writes the layer table by its fields, δ shift s - 30 in two’s complement', () => {
    const { layerTable } = layOut(network([3, 5, 2], -3), { ...IDENTITY_OF_FAKE, lanes: 4 });
    const get = (name: keyof typeof LAYER_FIELDS) =>
      getField(layerTable, LAYER_WORDS, LAYER_FIELDS[name]);
    expect(get('nIn')).toBe(5);
    expect(get('nOut')).toBe(2);
    expect(get('weightBase')).toBe(6);
    expect(get('zShift')).toBe(19);
    expect(get('neuronBase')).toBe(5);
    expect(get('groups')).toBe(1);
    expect(get('activation')).toBe(0);
    expect(getSignedField(layerTable, LAYER_WORDS, LAYER_FIELDS.deltaShift)).toBe(-33);
  });

  it('holds every weight once, whatever the widths and lanes', () => {
    const widths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(widths, fc.constantFrom(4, 8, 16, 32), (sizes, lanes) => {
        const { layers, cost } = network(sizes);
        const { weights } = layOut({ layers, cost }, { ...IDENTITY_OF_FAKE, lanes, neurons: 200 });
        const sorted = (list: number[]) => list.filter((w) => w !== 0).sort((a, b) => a - b);
        const all = layers.flatMap((layer) => [...layer.weights]);
        expect(sorted([...weights])).toEqual(sorted(all));
      }),
    );
  });

  it.each([
    ['layers', [2, 2, 2, 2], { layers: 2 }, /needs 3 layers \(the device has 2\)/],
    ['inputs', [9, 2], { inputs: 8 }, /9 inputs \(the device has 8\)/],
    ['width', [2, 9, 2], { width: 8 }, /9 neurons in a layer \(the device has 8\)/],
    ['weight rows', [8, 8], { weightRows: 15 }, /16 rows of 4 weights \(the device has 15\)/],
    ['neurons', [2, 5, 5], { neurons: 9 }, /10 neurons \(the device has 9\)/],
    ['a record', [2, 2, 2], { recordWords: 15 }, /16 words for the record of an image/],
  ])(
    'refuses a network with too many %s, saying what it needs and has',
    (_, widths, has, message) => {
      const capacity = { ...IDENTITY_OF_FAKE, ...has };
      expect(() => layOut(network(widths), capacity)).toThrow(
        expect.objectContaining({
          code: 'network-too-big',
          message: expect.stringMatching(message),
        }),
      );
      const enough = { ...IDENTITY_OF_FAKE, weightRows: 16, layers: 3, neurons: 16 };
      expect(() => layOut(network(widths), enough)).not.toThrow();
    },
  );

  it('writes the activation with its scale, and shifts z and the next layer by it', () => {
    const [first, second] = network([3, 5, 2]).layers as [IntegerLayer, IntegerLayer];
    const identity = { ...first, activation: 'identity' as const, activationScale: 5 };
    const { layerTable, places } = layOut(
      { layers: [identity, second], cost: 'quadratic' },
      IDENTITY_OF_FAKE,
    );
    const get = (index: number, name: keyof typeof LAYER_FIELDS) =>
      getField(layerTable, LAYER_WORDS * index, LAYER_FIELDS[name]);
    expect([get(0, 'activation'), get(0, 'activationScale'), get(0, 'zShift')]).toEqual([1, 5, 15]);
    expect([get(1, 'activation'), get(1, 'activationScale'), get(1, 'zShift')]).toEqual([0, 0, 10]);
    expect(places.map(({ activationScale }) => activationScale)).toEqual([5, 0]);
  });

  it('puts the α of each neuron at its place, 0 where a layer has none', () => {
    const [first, second, third] = network([3, 2, 2, 2]).layers as IntegerLayer[];
    const alphas = Int32Array.of(32768, 0xffff + 3 * 2 ** 16);
    const layers = [first, { ...second, activation: 'relu', alphas }, third] as IntegerLayer[];
    const device = { ...IDENTITY_OF_FAKE, activations: 0b11111 };
    const layout = layOut({ layers, cost: 'quadratic' }, device);
    expect(layout.alphas).toEqual(Int32Array.of(0, 0, ...alphas, 0, 0));
    const plain = [first, { ...second, activation: 'relu' }, third] as IntegerLayer[];
    const { alphas: zeros } = layOut({ layers: plain, cost: 'quadratic' }, device);
    expect(zeros).toEqual(new Int32Array(6));
    expect(layOut(network([3, 2]), device).alphas).toBeUndefined();
  });

  it('refuses activations that the device was built without, naming boards that have them', () => {
    const layers = network([3, 2, 2, 2, 2, 2]).layers.map((layer, index) => {
      const activation = (['elu', 'sigmoid', 'tanh', 'identity', 'sigmoid'] as const)[index];
      return { ...layer, activation } as IntegerLayer;
    });
    const asked = () => layOut({ layers, cost: 'quadratic' }, IDENTITY_OF_FAKE);
    expect(asked).toThrow(
      expect.objectContaining({
        code: 'no-activation',
        message: 'The device has no tanh, elu; it was built with sigmoid, identity',
        hint: 'these boards have it: ulx3s-25f, ulx3s-85f; simulated, --on sim:ulx3s-25f',
      }),
    );
  });

  it('refuses a cost for outputs that are not sigmoid by name, unless δ is injected', () => {
    const [first, second] = network([3, 5, 2]).layers as [IntegerLayer, IntegerLayer];
    const layers = [first, { ...second, activation: 'identity' as const, activationScale: 5 }];
    expect(() => layOut({ layers, cost: 'quadratic' }, IDENTITY_OF_FAKE)).toThrow(
      expect.objectContaining({
        code: 'bad-layers',
        message: 'The quadratic cost needs sigmoid in the output layer 2, which has identity',
        hint: expect.stringMatching(/^inject δ at layer 2 instead/),
      }),
    );
    expect(() =>
      layOut({ layers, cost: 'quadratic' }, IDENTITY_OF_FAKE, { injected: true }),
    ).not.toThrow();
  });

  it('refuses layers that do not follow each other', () => {
    const [first, second] = network([3, 5, 2]).layers;
    const layers = [second, first] as IntegerLayer[];
    expect(() => layOut({ layers, cost: 'quadratic' }, IDENTITY_OF_FAKE)).toThrow(
      expect.objectContaining({ code: 'bad-layers' }),
    );
    expect(() => layOut({ layers: [], cost: 'quadratic' }, IDENTITY_OF_FAKE)).toThrow(/no layers/);
  });

  it('puts the biases of a layer behind its weights in training, `groups` rows of them', () => {
    const device = { ...IDENTITY_OF_FAKE, lanes: 4, trainRows: 14 };
    const { places, weights } = layOut(network([3, 5, 2]), device, { training: true });
    expect(places.map(({ weightBase }) => weightBase)).toEqual([0, 8]);
    expect(weights.length).toBe(4 * 14);
  });

  it('refuses to train without training memory, or with too little, by name', () => {
    const train = (trainRows: number) => () =>
      layOut(network([3, 5, 2]), { ...IDENTITY_OF_FAKE, trainRows }, { training: true });
    expect(train(0)).toThrow(
      expect.objectContaining({
        code: 'no-training',
        hint: 'these boards can: ulx3s-85f; simulated, --on sim:ulx3s-85f',
      }),
    );
    expect(train(13)).toThrow(
      expect.objectContaining({
        code: 'network-too-big',
        message: expect.stringMatching(/14 rows of 4 weights and biases \(the device has 13\)/),
      }),
    );
    expect(train(14)).not.toThrow();
  });
});
