import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sigmoid, sigmoidError, sigmoidPrime } from '../../../golden/float64/sigmoid.ts';

/** Relative, because the tails are what vanishing gradients are made of. */
function expectRelative(actual: number, expected: number): void {
  expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-14);
}

describe('sigmoid', () => {
  // 1 / (1 + exp(-z)) to 50 digits, Python's decimal.
  test.each([
    [0, 0.5],
    [2, 0.8807970779778824],
    [-2, 0.11920292202211756],
    [-40, 4.248354255291589e-18],
    [-700, 9.8596765437597708e-305],
    [40, 1],
  ])('of %d is %d', (z, expected) => {
    expectRelative(sigmoid(z), expected);
  });

  test('is 0 and 1 far out, never NaN', () => {
    expect([-Infinity, -1e4, 1e4, Infinity].map(sigmoid)).toEqual([0, 0, 1, 1]);
  });

  test('of z and -z sum to 1', () => {
    fc.assert(
      fc.property(fc.double({ min: -800, max: 800, noNaN: true }), (z) => {
        expect(Math.abs(sigmoid(z) + sigmoid(-z) - 1)).toBeLessThan(3e-16);
      }),
    );
  });
});

describe('sigmoidPrime', () => {
  test.each([
    [0, 0.25],
    [2, 0.10499358540350651],
    [40, 4.2483542552915889e-18],
    [-40, 4.2483542552915889e-18],
    [700, 9.8596765437597708e-305],
  ])('at %d is %d', (z, expected) => {
    expectRelative(sigmoidPrime(z), expected);
  });
});

describe('sigmoidError', () => {
  test('keeps its relative precision where σ(z) rounds to y', () => {
    expectRelative(sigmoidError(40, 1), -4.248354255291589e-18);
    expectRelative(sigmoidError(-40, 0), 4.248354255291589e-18);
    expectRelative(sigmoidError(2, 1), -0.11920292202211756);
    expectRelative(sigmoidError(2, 0), 0.8807970779778824);
  });
});
