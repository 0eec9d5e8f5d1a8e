/** What must not end with exit status 0. */
import { describe, expect, test } from 'vitest';
import { requireBits, requireSound } from '../../cli/verdict.ts';
import type { DiffPair, DiffResult, SelftestResult } from '../../contract/result.ts';

describe('requireBits', () => {
  const value = { mantissa: 1, exponent: 0, decimal: 1 };
  const first = { image: 0, layer: 1, quantity: 'z', neuron: 0, left: value, right: value };
  const pair = (tolerance: number, parted: boolean): DiffPair => ({
    ...{ left: 'fixed', right: 'board', tolerance, valuesCompared: 9, largestError: null },
    ...{ parting: parted ? 1 : 0, first: parted ? first : null },
  });
  const check = (...pairs: DiffPair[]) => requireBits({ pairs } as unknown as DiffResult);

  test('float64 may part, bit-exact partners may not', () => {
    expect(() => check(pair(0.005, true), pair(0, false))).not.toThrow();
    expect(() => check(pair(0.005, false), pair(0, true))).toThrow(
      /fixed and board are not the same/,
    );
  });
});

describe('requireSound', () => {
  const result = (ok: boolean, injectedFault: SelftestResult['injectedFault'], failed: string[]) =>
    ({
      ...{ ok, injectedFault, device: { label: 'the board' } },
      checks: ['link', 'memory', 'memory'].map((name) => ({ name, ok: !failed.includes(name) })),
    }) as unknown as SelftestResult;

  test('a device that is sound is no error', () => {
    expect(() => requireSound(result(true, null, []))).not.toThrow();
  });

  test.each([
    [false, null, ['memory'], /^the board failed: memory; do not trust/],
    [true, 'frame', ['link'], /^The injected fault \(frame\) was seen, as it must be, by link$/],
    [false, 'weight', ['memory'], /was NOT seen by memory and arithmetic/],
  ] as const)('ok %s, fault %s, failed %j', (ok, fault, failed, message) => {
    expect(() => requireSound(result(ok, fault, [...failed]))).toThrow(message);
  });
});
