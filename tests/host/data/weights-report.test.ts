import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOARDS } from '../../../contract/boards.ts';
import { initialise } from '../../../host/data/initialisers.ts';
import { reportWeights } from '../../../host/data/weights-report.ts';

const layerOf = (weights: number[], biases: number[]) => ({
  layers: [
    {
      nIn: weights.length / biases.length,
      nOut: biases.length,
      weights: Float64Array.from(weights),
      biases: Float64Array.from(biases),
    },
  ],
});

describe('reportWeights', () => {
  test('reports a layer that can be done by hand', () => {
    // s = 0, one LSB is 2^-15. Errors in LSB: 0, 0, 0.25 (to zero), 0.5 (a tie, up to zero).
    const lsb = 2 ** -15;
    const { layers, parameters, refused } = reportWeights(
      layerOf([0.75, 0, 0.25 * lsb, -0.5 * lsb], [0.5, -1]),
    );
    expect([parameters, refused]).toEqual([6, null]);
    const [layer] = layers;
    expect(layer).toMatchObject({ layer: 1, nIn: 2, nOut: 2, min: -0.5 * lsb, max: 0.75 });
    expect(layer?.largestBias).toBe(1);
    expect(layer?.mean).toBeCloseTo(0.1875, 4);
    expect(layer?.standardDeviation).toBeCloseTo(0.375, 4);
    const rms = (lsb * Math.sqrt(0.25 ** 2 + 0.5 ** 2)) / 2;
    expect(layer?.rounding).toMatchObject({
      scale: 0,
      lsb,
      maxError: 0.5 * lsb,
      maxErrorToLargest: (0.5 * lsb) / 0.75,
      roundedToZero: 0.5,
      withinOneLsb: 0.5,
    });
    expect(layer?.rounding?.rmsError).toBeCloseTo(rms, 12);
    expect(layer?.rounding?.rmsErrorToRms).toBeCloseTo(rms / 0.375, 8);
  });

  test('one LSB is within one LSB, and not rounded to zero', () => {
    const lsb = 2 ** -15;
    const [layer] = reportWeights(layerOf([0.75, lsb, -lsb, 1.01 * lsb], [0, 0])).layers;
    expect(layer?.rounding).toMatchObject({ roundedToZero: 0, withinOneLsb: 0.5 });
  });

  test('errors of a layer whose weights decide the scale are within half an LSB', () => {
    const weight = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 20 }), (weights) => {
        const [layer] = reportWeights(layerOf(weights, [0])).layers;
        const { maxError, rmsError, lsb } = layer?.rounding ?? { maxError: 1, rmsError: 1, lsb: 0 };
        expect(maxError).toBeLessThanOrEqual(lsb / 2);
        expect(rmsError).toBeLessThanOrEqual(maxError * (1 + 1e-12));
      }),
      { examples: [[[-1.5717277847026288e-162]]] },
    );
  });

  test('a layer of zeros has no error', () => {
    const [layer] = reportWeights(layerOf([0, 0], [0])).layers;
    expect(layer?.rounding).toMatchObject({ maxErrorToLargest: 0, rmsErrorToRms: 0 });
  });

  test('says which weight no device can hold, and still what there is', () => {
    const { layers, refused, boards } = reportWeights(layerOf([1, 300], [0]));
    expect(layers[0]).toMatchObject({ max: 300, rounding: null });
    expect(refused?.message).toMatch(/^Layer 1: the weight of row 0, column 1 is 300/);
    expect(boards).toEqual([]);
  });

  test('fits the network of the lectures on every board, and says how full it is', () => {
    const { boards } = reportWeights(initialise([784, 30, 30, 10], { seed: 1 }));
    expect(boards.map(({ board }) => board)).toEqual(Object.keys(BOARDS));
    expect(boards.map(({ reason }) => reason)).toEqual(boards.map(() => null));
    const icebreaker = boards.find(({ board }) => board === 'icebreaker');
    // 8 groups of 4 neurons of 784 and of 30 inputs, 3 groups of 30.
    const rows = 8 * 784 + 8 * 30 + 3 * 30;
    expect(icebreaker?.weightMemory).toBe(rows / BOARDS.icebreaker.weightRows);
  });

  test('says what a board lacks', () => {
    const { boards } = reportWeights(initialise([784, 256, 10], { seed: 1 }));
    expect(boards.find(({ board }) => board === 'icebreaker')).toMatchObject({
      weightMemory: (64 * 784 + 3 * 256) / BOARDS.icebreaker.weightRows,
      reason: `The network needs 50944 rows of 4 weights (the device has ${BOARDS.icebreaker.weightRows})`,
    });
  });
});
