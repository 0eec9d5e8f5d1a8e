import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TrainingState } from '../../contract/training.ts';
import { clampCode, highHalf, lowHalf } from '../../golden/fixed/training.ts';
import { joinCode, splitCode } from '../../host/data/masters.ts';
import { decodePlanes, encodePlanes } from '../../host/training-planes.ts';

const code = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(clampCode);
const codes = (length: number) =>
  fc.array(code, { minLength: length, maxLength: length }).map((list) => Int32Array.from(list));

test('splitCode is what golden/fixed calls the halves, and joinCode undoes it', () => {
  fc.assert(
    fc.property(code, (x) => {
      const { high, low } = splitCode(x);
      expect([high, low]).toEqual([highHalf(x), lowHalf(x)]);
      expect(joinCode(high, low)).toBe(x);
    }),
  );
});

const sizes = fc.record({
  nIn: fc.integer({ min: 1, max: 5 }),
  nOut: fc.integer({ min: 1, max: 9 }),
});
const state = ({ nIn, nOut }: { nIn: number; nOut: number }): fc.Arbitrary<TrainingState> =>
  fc.record({
    weights: codes(nIn * nOut),
    biases: codes(nOut),
    weightSums: codes(nIn * nOut),
    biasSums: codes(nOut),
  });

test('planes hold every word once, at the place of its neuron and input', () => {
  const lanes = 4;
  fc.assert(
    fc.property(
      sizes.chain((size) => fc.tuple(fc.constant(size), state(size), state(size))),
      ([{ nIn, nOut }, first, second]) => {
        const groups = Math.ceil(nOut / lanes);
        const rows = groups * (nIn + 1);
        const places = [0, rows].map((weightBase) => ({ nIn, nOut, groups, weightBase }));
        const planes = encodePlanes([first, second], places, { rows: 2 * rows, lanes });
        expect(decodePlanes(planes, places, lanes)).toEqual([first, second]);
        const [neuron, input] = [nOut - 1, nIn - 1];
        const row = rows + Math.floor(neuron / lanes) * nIn + input;
        const { high, low } = splitCode(second.weights[neuron * nIn + input] as number);
        expect(planes.weightHigh[row * lanes + (neuron % lanes)]).toBe(high);
        expect(planes.weightLow[row * lanes + (neuron % lanes)]).toBe(low);
        const biasRow = rows + groups * nIn + Math.floor(neuron / lanes);
        expect(planes.gradientHigh[biasRow * lanes + (neuron % lanes)]).toBe(
          splitCode(second.biasSums[neuron] as number).high,
        );
      },
    ),
  );
});
