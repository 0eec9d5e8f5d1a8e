import { expect, test } from 'vitest';
import type { LayerResult } from '../../contract/result.ts';
import { countColumns, zeroCounts } from '../../report/counts.ts';

const reference = {
  normOfMean: 1,
  meanOfNorms: 1,
  normOfMeanError: 0,
  meanOfNormsError: 0,
  normPerImageError: null,
};
const frame = {
  neurons: 3,
  weightScale: 0,
  activation: 'sigmoid',
  activationScale: 0,
  normOfMean: 1,
  meanOfNorms: 1,
  float64: reference,
  float64SameWeights: reference,
};
const layers = [
  { ...frame, layer: 1, roundedToZero: 4, deltaSaturated: 0, zSaturated: 0 },
  { ...frame, layer: 2, roundedToZero: 0, deltaSaturated: 0, zSaturated: 0 },
] as unknown as LayerResult[];

test('countColumns shows the counts that are not zero everywhere', () => {
  const columns = countColumns(layers);
  expect(columns.map(({ head }) => head)).toEqual(['rounded to zero']);
  expect(layers.map((layer) => columns[0]?.count(layer))).toEqual([4, 0]);
});

test('zeroCounts names the others', () => {
  expect(zeroCounts(layers)).toEqual(['Zero in every layer: δ saturated, z saturated.']);
});
