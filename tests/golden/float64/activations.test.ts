import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActivationName } from '../../../contract/network.ts';
import { ACTIVATION_FUNCTIONS } from '../../../golden/float64/activations.ts';

const NAMES = Object.keys(ACTIVATION_FUNCTIONS) as ActivationName[];
const STEP = 1e-6;
const alphas = fc.double({ min: 0, max: 1, noNaN: true });
/** Not at the kink. */
const inputs = fc.double({ min: -20, max: 20, noNaN: true }).filter((z) => Math.abs(z) > 2 * STEP);

describe.each(NAMES)('%s', (name) => {
  const { value, derivative, alphaDerivative } = ACTIVATION_FUNCTIONS[name];

  test('has the derivative that finite differences give', () => {
    fc.assert(
      fc.property(inputs, alphas, (z, alpha) => {
        const slope = (value(z + STEP, alpha) - value(z - STEP, alpha)) / (2 * STEP);
        expect(Math.abs(derivative(z, alpha) - slope)).toBeLessThan(1e-8);
      }),
    );
  });

  test('depends on α as it says', () => {
    fc.assert(
      fc.property(inputs, alphas, (z, alpha) => {
        const slope = value(z, alpha + 1) - value(z, alpha); // linear in α
        expect(Math.abs((alphaDerivative?.(z) ?? 0) - slope)).toBeLessThan(1e-8);
      }),
    );
  });
});

test('known values', () => {
  const { relu, elu, tanh } = ACTIVATION_FUNCTIONS;
  expect([relu.value(-2, 0), relu.value(-2, 0.5), relu.value(3, 0.5)]).toEqual([-0, -1, 3]);
  expect([relu.derivative(0, 0.25), elu.derivative(0, 0.25)]).toEqual([0.25, 1]);
  // expm1(-1) and 1/cosh(20)^2 to 50 digits, Python's decimal.
  expect(elu.value(-1, 1)).toBeCloseTo(-0.6321205588285577, 15);
  expect(tanh.derivative(20, 0) / 1.6993417021166355e-17).toBeCloseTo(1, 14);
});
