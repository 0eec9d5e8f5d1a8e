/** Training in the simulated RTL: every word of W, B and V, and every count, as in the model. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstDifference } from '../../bench/train-fixed.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { evaluate } from '../../host/train.ts';
import { openModel } from '../../model/open-model.ts';
import { createDraw } from './random-network.ts';
import { openSimulated } from './simulated.ts';
import {
  compareEpoch,
  cyclesOfStep,
  drawTrainingCase,
  type LoadedCase,
  loadCase,
  type TrainingCase,
} from './training-case.ts';

const BOARD = 'ulx3s-85f';
const IMAGES = 20;
const EPOCHS = 2;
/** Of `npm run campaign:training`. */
const RANDOM_CASES = 3;
const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 1);

/** One group and two, e of 0 and more, with and without decay and momentum, online to full batch. */
const CASES: readonly TrainingCase[] = [
  {
    ...{ widths: [40, 30, 7, 10], activation: 'sigmoid', cost: 'cross-entropy' },
    descent: { images: IMAGES, learningRate: 0.1, decay: 5, batch: 20, momentum: 0 },
  },
  {
    ...{ widths: [33, 40, 65, 10], activation: 'relu,tanh', cost: 'quadratic' },
    descent: { images: IMAGES, learningRate: 3, decay: 0, batch: 1, momentum: 0.75 },
  },
  {
    ...{ widths: [20, 31, 33, 5], activation: 'leaky:0.01,elu:1', cost: 'cross-entropy' },
    descent: {
      ...{ images: IMAGES, learningRate: 0.5, decay: 0.5, batch: 10, momentum: 0.5 },
      ...{ clipValue: 0.1, clipNorm: 0.5 },
    },
  },
  {
    // Everything is clamped: shifts, V and W.
    ...{ widths: [9, 33, 5], activation: 'identity', cost: 'cross-entropy' },
    descent: { images: IMAGES, learningRate: 0.5, decay: 0, batch: 10, momentum: 0.5 },
    codes: { gradientShift: -8, stepShift: 0, decay: 32767, decayShift: 0, momentum: 32767 },
  },
  {
    // Next to nothing is left of a contribution.
    ...{ widths: [9, 5, 5], activation: 'sigmoid', cost: 'quadratic' },
    descent: { images: IMAGES, learningRate: 0.5, decay: 0, batch: 4, momentum: 0 },
    codes: { gradientShift: 24, stepShift: 15, decay: 1, decayShift: 17 },
  },
];

let devices: readonly [Device, Device];
beforeAll(async () => {
  devices = [await openSimulated(BOARD, 3), await openDevice(openModel(BOARD))];
});
afterAll(async () => {
  await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
});

const random = Array.from({ length: RANDOM_CASES }, (_, index) =>
  drawTrainingCase(createDraw(SEED + index), IMAGES),
);

describe.each([...CASES, ...random].map((one) => [one.widths.join(), one] as const))(
  '[%s]',
  (_, drawn) => {
    const { widths, activation, cost } = drawn;
    let loaded: LoadedCase;

    test(`${activation}, ${cost}: W, B, V, norms and counts after each epoch`, async () => {
      loaded = await loadCase(drawn, { devices, seed: SEED });
      const { least, most } = cyclesOfStep(widths, devices[0].identity.lanes);
      for (let epoch = 1; epoch <= EPOCHS; epoch++) {
        const { difference, cycles } = await compareEpoch(devices, loaded);
        expect(difference, `epoch ${epoch}`).toBeUndefined();
        expect(cycles).toBeGreaterThan(least);
        expect(cycles).toBeLessThanOrEqual(most);
      }
    });

    test('judging images changes nothing', async () => {
      const [rtl, model] = await Promise.all(
        devices.map(async (device) => {
          const before = await device.readTraining();
          const correct = await evaluate(device, loaded.images);
          expect(firstDifference(await device.readTraining(), before)).toBeUndefined();
          return correct;
        }),
      );
      expect(rtl).toBe(model);
    });
  },
);
