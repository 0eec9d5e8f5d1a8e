import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../contract/protocol.ts';
import { checkLayers, parseLayers } from '../../../host/data/layers.ts';

describe('parseLayers', () => {
  test('reads back every list within the limits', () => {
    const widths = fc
      .tuple(
        fc.integer({ min: 1, max: LIMITS.inputs }),
        fc.array(fc.integer({ min: 1, max: LIMITS.width }), {
          minLength: 1,
          maxLength: LIMITS.layers,
        }),
      )
      .map(([inputs, rest]) => [inputs, ...rest]);
    fc.assert(
      fc.property(widths, fc.constantFrom(',', ' , '), (list, separator) => {
        expect(parseLayers(list.join(separator))).toEqual(list);
      }),
    );
  });

  test('reads as many layers as the protocol allows', () => {
    const widths = Array<number>(1 + LIMITS.layers).fill(1);
    expect(parseLayers(widths.join(','))).toEqual(widths);
  });

  test.each<[text: string, message: RegExp]>([
    ['', /^The list of layers is empty$/],
    ['  ', /^The list of layers is empty$/],
    ['784', /has one layer only/],
    ['784,0,10', /^The width of layer 1 is 0;/],
    ['0,10', /^The width of the input is 0;/],
    ['784,,10', /^The width of layer 1 is missing/],
    ['784,30,', /^The width of layer 2 is missing/],
    ['784,thirty,10', /^The width of layer 1 is "thirty"; widths are whole numbers/],
    ['784,3.5,10', /is "3.5"/],
    ['784,-3,10', /is "-3"/],
    ['784,1e2,10', /is "1e2"/],
    ['784,0x10,10', /is "0x10"/],
    ['1025,10', /^The width of the input is 1025; the protocol allows 1024 at most$/],
    ['784,257,10', /^The width of layer 1 is 257; the protocol allows 256 at most$/],
    ['784,99999999999999999999,10', /allows 256 at most$/],
    [Array(130).fill(1).join(','), /^129 layers of neurons are too many; .* room for 128$/],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseLayers(text)).toThrow(
      expect.objectContaining({ code: 'bad-layers', message: expect.stringMatching(message) }),
    );
  });
});

describe('checkLayers', () => {
  const dataset = { rows: 2, columns: 3, labels: Uint8Array.of(0, 2, 1, 4), name: 'the set' };

  test('accepts a network of as many inputs as pixels and enough outputs', () => {
    expect(() => checkLayers([6, 3, 5], dataset)).not.toThrow();
  });

  test('refuses another number of inputs than pixels and says how to begin', () => {
    expect(() => checkLayers([784, 30, 10], dataset)).toThrow(
      expect.objectContaining({
        code: 'bad-layers',
        message: 'The network has 784 inputs, but the images of the set have 2 × 3 = 6 pixels',
        hint: 'Begin the list with 6: --layers 6,30,10',
      }),
    );
  });

  test('refuses a label without a neuron and says how to end', () => {
    expect(() => checkLayers([6, 30, 2], dataset)).toThrow(
      expect.objectContaining({
        code: 'bad-layers',
        message: 'Image 1 of the set has the label 2, but the last layer has 2 neurons',
        hint: 'End the list with 5 or more: --layers 6,30,5',
      }),
    );
  });
});
