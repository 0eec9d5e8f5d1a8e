import { describe, expect, test } from 'vitest';
import { measureBatch } from '../../../golden/float64/batch.ts';
import { backpropagate } from '../../../golden/float64/network.ts';
import { initialise } from '../../../host/data/initialisers.ts';

const COST = { cost: 'cross-entropy' } as const;

describe('measureBatch', () => {
  test('tells the norm of the mean from the mean of the norms', () => {
    const zeros = { nIn: 1, nOut: 1, weights: new Float64Array(1), biases: new Float64Array(1) };
    // δ = -½ for the label 0 and +½ for a label without a neuron.
    const batch = { images: Uint8Array.of(9, 9), labels: Uint8Array.of(0, 1), ...COST };
    expect(measureBatch({ layers: [zeros] }, batch)).toEqual([{ normOfMean: 0, meanOfNorms: 0.5 }]);
  });

  test('averages δ over the images, with pixels divided by 256', () => {
    const network = initialise([3, 5, 4], { seed: 8 });
    const images = Uint8Array.of(0, 255, 128, 17, 0, 4);
    const labels = Uint8Array.of(3, 0);
    const passes = [...labels].map((label, image) => {
      const input = Float64Array.from(images.subarray(3 * image, 3 * image + 3), (x) => x / 256);
      return structuredClone(backpropagate(network, { input, label, cost: 'quadratic' }));
    });
    const seen: unknown[] = [];
    const norms = measureBatch(network, {
      images,
      labels,
      cost: 'quadratic',
      onImage: (image, pass) => seen.push([image, structuredClone(pass)]),
    });
    expect(seen).toEqual(passes.map((pass, image) => [image, pass]));
    norms.forEach(({ normOfMean, meanOfNorms }, index) => {
      const [d, e] = passes.map((pass) => [...(pass.delta[index] ?? [])]) as [number[], number[]];
      const means = d.map((value, j) => (value + (e[j] ?? 0)) / 2);
      expect(normOfMean).toBeCloseTo(Math.hypot(...means), 14);
      expect(meanOfNorms).toBeCloseTo((Math.hypot(...d) + Math.hypot(...e)) / 2, 14);
    });
  });

  test('does not lose norms whose squares are 0 in float64', () => {
    const network = initialise([2, 2, 2, 2, 2, 2], { seed: 1 });
    for (const { weights } of network.layers) weights.fill(1e-50);
    const batch = { images: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(0, 1), ...COST };
    const [first, second] = measureBatch(network, batch);
    expect(first?.meanOfNorms).toBeGreaterThan(1e-205);
    expect(first?.meanOfNorms).toBeLessThan(1e-195);
    expect(second?.normOfMean).toBeGreaterThan(1e-155);
  });

  test('refuses an empty batch and pixels that are not whole images', () => {
    const network = initialise([2, 1], { seed: 1 });
    const none = { images: new Uint8Array(), labels: new Uint8Array(), ...COST };
    expect(() => measureBatch(network, none)).toThrow(RangeError);
    const odd = { images: new Uint8Array(3), labels: new Uint8Array(2), ...COST };
    expect(() => measureBatch(network, odd)).toThrow('3 pixels are not 2 images of 2');
  });
});
