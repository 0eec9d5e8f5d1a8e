/** `accumulate` and `commit` against the formulas of decision 18 in BigInt. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_EXPONENT } from '../../../contract/formats.ts';
import type { TrainingCodes, TrainingState } from '../../../contract/training.ts';
import {
  accumulate,
  clampCode,
  commit,
  highHalf,
  lowHalf,
  noCounts,
} from '../../../golden/fixed/training.ts';

const N_IN = 3;
const N_OUT = 2;
const LOWEST = -(2n ** 31n);
const HIGHEST = 2n ** 31n - 2n ** 15n - 1n;

const code16 = fc.integer({ min: -32768, max: 32767 });
/** As a device holds them; the ends more often than chance. */
const code32 = fc
  .oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, -1, 32767, 32768, -32768, -32769),
    fc.integer({ min: -70_000, max: 70_000 }),
  )
  .map(clampCode);
const codes32 = (length: number) =>
  fc.array(code32, { minLength: length, maxLength: length }).map((list) => Int32Array.from(list));
const state: fc.Arbitrary<TrainingState> = fc.record({
  weights: codes32(N_IN * N_OUT),
  biases: codes32(N_OUT),
  weightSums: codes32(N_IN * N_OUT),
  biasSums: codes32(N_OUT),
});
const image = fc.record({
  input: fc.array(fc.oneof(code16, fc.constantFrom(0, -32768)), {
    minLength: N_IN,
    maxLength: N_IN,
  }),
  inputScale: fc.integer({ min: 0, max: 5 }),
  scale: fc.integer({ min: -15, max: 8 }),
  delta: fc.array(fc.oneof(code16, fc.constantFrom(0, -32768)), {
    minLength: N_OUT,
    maxLength: N_OUT,
  }),
  deltaExponent: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -60, max: 10 }) },
    { weight: 1, arbitrary: fc.constant(NO_EXPONENT) },
  ),
});
const fifteen = fc.integer({ min: 0, max: 2 ** 15 - 1 });
const codes: fc.Arbitrary<TrainingCodes> = fc.record({
  gradientShift: fc.integer({ min: -40, max: 40 }),
  step: fifteen,
  stepShift: fc.integer({ min: 0, max: 15 }),
  decay: fifteen,
  decayShift: fc.integer({ min: 0, max: 63 }),
  momentum: fifteen,
});

/** floor(x / 2^n + 1/2), n ≥ 0. */
function roundShift(x: bigint, n: number): bigint {
  return n === 0 ? x : ((x >> BigInt(n - 1)) + 1n) >> 1n;
}

/** The pair of words: value = high · 2^16 + low, both signed. */
function halves(code: number): { high: bigint; low: bigint } {
  const low = BigInt.asIntN(16, BigInt(code));
  return { high: (BigInt(code) - low) >> 16n, low };
}

function clamp(x: bigint): bigint {
  return x > HIGHEST ? HIGHEST : x < LOWEST ? LOWEST : x;
}

const big = (list: Int32Array) => Array.from(list, BigInt);
const copy = (of: TrainingState): TrainingState => ({
  weights: of.weights.slice(),
  biases: of.biases.slice(),
  weightSums: of.weightSums.slice(),
  biasSums: of.biasSums.slice(),
});

test('a code is high · 2^16 + low, the high half a weight', () => {
  fc.assert(
    fc.property(code32, (code) => {
      const { high, low } = halves(code);
      expect([BigInt(highHalf(code)), BigInt(lowHalf(code))]).toEqual([high, low]);
      expect(high >= -(2n ** 15n) && high < 2n ** 15n).toBe(true);
    }),
  );
});

describe('accumulate', () => {
  test('adds roundShift(2·A·m, n) to V, with the counts of what is lost', () => {
    fc.assert(
      fc.property(state, image, codes, (start, contribution, { gradientShift }) => {
        const { input, inputScale: e, scale, delta, deltaExponent } = contribution;
        const held = copy(start);
        const counts = noCounts();
        accumulate(held, contribution, { gradientShift, counts });
        const zShift = 16 - scale - e;
        const wanted = gradientShift - zShift - 2 * e - deltaExponent;
        const n = Math.min(63, Math.max(1, wanted));
        const expected = { ...noCounts(), shiftClamped: wanted < 1 ? 1 : 0 };
        const add = (sum: bigint, product: bigint, shift: number) => {
          if (product === 0n) return sum;
          const part = roundShift(product, shift);
          if (part === 0n) expected.roundedToZero++;
          if (clamp(sum + part) !== sum + part) expected.clamped++;
          return clamp(sum + part);
        };
        const lost = deltaExponent === NO_EXPONENT;
        const weights = big(start.weightSums).map((sum, at) => {
          const a = BigInt(input[at % N_IN] ?? 0);
          const m = BigInt(delta[Math.floor(at / N_IN)] ?? 0);
          return lost ? sum : add(sum, 2n * a * m, n);
        });
        const biases = big(start.biasSums).map((sum, j) =>
          lost ? sum : add(sum, 2n * BigInt(delta[j] ?? 0) * 2n ** 14n, n + e - 1),
        );
        expect(big(held.weightSums)).toEqual(weights);
        expect(big(held.biasSums)).toEqual(biases);
        expect(counts).toEqual(lost ? noCounts() : expected);
        expect([held.weights, held.biases]).toEqual([start.weights, start.biases]);
      }),
      { numRuns: 500 },
    );
  });

  test('V · 2^γ is the gradient, to half an LSB an image', () => {
    const [scale, gradientShift] = [1, 12];
    const held: TrainingState = {
      ...{ weights: new Int32Array(1), biases: new Int32Array(1) },
      ...{ weightSums: new Int32Array(1), biasSums: new Int32Array(1) },
    };
    // a = 0.75 and δ = 0.3, of inputs with e = 0 and then with e = 3.
    for (const inputScale of [0, 3]) {
      const input = [0.75 * 2 ** (15 - inputScale)];
      const delta = [Math.round(0.3 * 2 ** 20)];
      held.weightSums[0] = 0;
      held.biasSums[0] = 0;
      const contribution = { input, inputScale, scale, delta, deltaExponent: -20 };
      accumulate(held, contribution, { gradientShift, counts: noCounts() });
      const lsb = 2 ** (scale - 32 + gradientShift);
      expect((held.weightSums[0] as number) * lsb).toBeCloseTo(0.225, 4);
      expect((held.biasSums[0] as number) * lsb).toBeCloseTo(0.3, 4);
    }
  });
});

describe('commit', () => {
  test('takes the step of decision 18, both sums from the values before it', () => {
    fc.assert(
      fc.property(state, codes, fc.integer({ min: 0, max: 5 }), (start, settings, inputScale) => {
        const { step, stepShift, decay, decayShift, momentum } = settings;
        const [D, K, M] = [BigInt(step), BigInt(decay), BigInt(momentum)];
        const held = copy(start);
        const counts = noCounts();
        commit(held, settings, { inputScale, counts });
        let clamped = 0;
        const kept = (x: bigint) => {
          if (clamp(x) !== x) clamped++;
          return clamp(x);
        };
        const check = (which: 'weight' | 'bias', values: bigint[], sums: bigint[]) => {
          const shift = stepShift + (which === 'bias' ? 9 + inputScale : 0);
          const before = big(start[`${which}Sums`]);
          big(start[which === 'bias' ? 'biases' : 'weights']).forEach((value, at) => {
            const v = halves(Number(before[at]));
            const shrink =
              which === 'bias' ? 0n : roundShift(2n * halves(Number(value)).high * K, decayShift);
            const move =
              roundShift(2n * v.high * D, 1 + shift) + roundShift(2n * v.low * D, 17 + shift);
            expect(values[at]).toBe(kept(value - shrink - move));
            expect(sums[at]).toBe(kept(2n * v.high * M + roundShift(2n * v.low * M, 16)));
          });
        };
        check('weight', big(held.weights), big(held.weightSums));
        check('bias', big(held.biases), big(held.biasSums));
        expect(counts).toEqual({ ...noCounts(), clamped });
      }),
      { numRuns: 500 },
    );
  });

  test('without momentum V is 0 afterwards, and all of it at almost 1', () => {
    const held: TrainingState = {
      ...{ weights: new Int32Array(1), biases: new Int32Array(1) },
      ...{ weightSums: Int32Array.of(1_000_000), biasSums: Int32Array.of(-7) },
    };
    const codesOf = { gradientShift: 0, step: 2 ** 14, stepShift: 0, decay: 0, decayShift: 0 };
    const options = { inputScale: 0, counts: noCounts() };
    commit(held, { ...codesOf, momentum: 32767 }, options);
    expect(held.weightSums[0]).toBe(Math.round((1_000_000 * 32767) / 32768));
    // η/B = 2^14 · 2^E: W moves by V · 2^(14 - 16) LSB, twice by now.
    commit(held, { ...codesOf, momentum: 0 }, options);
    expect(held.weights[0]).toBeCloseTo(-500_000, -2);
    expect([held.weightSums[0], held.biasSums[0]]).toEqual([0, 0]);
  });
});
