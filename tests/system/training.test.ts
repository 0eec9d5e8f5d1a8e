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
  TRAINING_CASES,
  TRAINING_IMAGES,
} from './training-case.ts';

const BOARD = 'ulx3s-85f';
const EPOCHS = 2;
/** Of `npm run campaign:training`. */
const RANDOM_CASES = 3;
const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 1);

let devices: readonly [Device, Device];
beforeAll(async () => {
  devices = [await openSimulated(BOARD, 3), await openDevice(openModel(BOARD))];
});
afterAll(async () => {
  await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
});

const random = Array.from({ length: RANDOM_CASES }, (_, index) =>
  drawTrainingCase(createDraw(SEED + index), TRAINING_IMAGES),
);

describe.each([...TRAINING_CASES, ...random].map((one) => [one.widths.join(), one] as const))(
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
