/** `describeLayers`: what became of δ, from the device's records alone. */
import { expect, test } from 'vitest';
import { describeLayers } from '../../bench/run-result.ts';
import { NO_EXPONENT } from '../../contract/formats.ts';
import type { ActivationName, FloatNetwork } from '../../contract/network.ts';
import { dequantise, quantise } from '../../host/data/quantise.ts';

const COUNTS = {
  roundedToZero: 0,
  deltaSaturated: 0,
  zSaturated: 0,
  activationSaturated: 0,
  saturatedUnits: 0,
};
const HEADER = {
  startTime: 0,
  endTime: 0,
  cycles: 0,
  forwardCycles: 0,
  backwardCycles: 0,
  alignCycles: 0,
  drainStalls: 0,
  nonZeroInputs: 0,
  rows: 0,
};

/** State of layer 1 of [1, 1, 1] with weights `w` and one image, given its record. */
function stateOf(
  record: Partial<typeof COUNTS & { sumSquares: number; deltaExponent: number }>,
  { activation = 'sigmoid' as ActivationName, w = 0.5 } = {},
) {
  const layer = { nIn: 1, nOut: 1, weights: Float64Array.of(w), biases: Float64Array.of(0) };
  const network: FloatNetwork = { layers: [{ ...layer, activation }, layer] };
  const integers = quantise(network, { cost: 'quadratic' });
  const held = { ...COUNTS, sumSquares: 1, deltaExponent: 0 };
  const data = {
    ...{ name: 'one pixel', count: 1, rows: 1, columns: 1 },
    images: Uint8Array.of(128),
    labels: Uint8Array.of(0),
  };
  const layers = [{ ...held, ...record }, held];
  const inputs = { data, network, integers, sameWeights: dequantise(integers) };
  const results = describeLayers({ cost: 'quadratic' }, inputs, {
    images: [{ ...HEADER, layers }],
    layers: layers.map(({ deltaExponent }) => ({
      exponent: deltaExponent,
      sums: Float64Array.of(2),
    })),
  });
  return results[0]?.state;
}

test.each([
  [{}, 'held'],
  [{ deltaExponent: 1008, sumSquares: 2 ** 30 }, 'held'],
  [{ deltaExponent: 1009, sumSquares: 2 ** 30 }, 'exploded'],
  [{ deltaExponent: -1030 }, 'vanished'],
  [{ deltaExponent: NO_EXPONENT, sumSquares: 0 }, 'underflowed'],
  [{ zSaturated: 1, saturatedUnits: 1 }, 'held'],
])('%o of a sigmoid layer is %s', (record, state) => {
  expect(stateOf(record)).toBe(state);
});

test('a layer that is zero in float64 too has not underflowed', () => {
  expect(stateOf({ deltaExponent: NO_EXPONENT, sumSquares: 0 }, { w: 0 })).toBe('zero');
});

test.each([{ zSaturated: 1 }, { activationSaturated: 1 }])(
  'an unbounded unit with %o is clamped',
  (record) => {
    expect(stateOf(record, { activation: 'identity' })).toBe('clamped');
    expect(stateOf({}, { activation: 'identity' })).toBe('held');
  },
);
