/** Training in the simulated RTL: every word of W, B and V, and every count, as in the model. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstDifference } from '../../bench/train-fixed.ts';
import type { CostName } from '../../contract/network.ts';
import type { TrainingCodes } from '../../contract/training.ts';
import { activate } from '../../host/data/activations.ts';
import { initialise } from '../../host/data/initialisers.ts';
import { startTraining } from '../../host/data/masters.ts';
import { type DescentOptions, planDescent } from '../../host/descent.ts';
import { type Device, openDevice } from '../../host/device.ts';
import type { Image } from '../../host/protocol/image.ts';
import { evaluate, trainEpoch } from '../../host/train.ts';
import { openModel } from '../../model/open-model.ts';
import { createDraw } from './random-network.ts';
import { openSimulated } from './simulated.ts';

const BOARD = 'ulx3s-85f';
const IMAGES = 20;
const EPOCHS = 2;

interface Network {
  readonly widths: readonly number[];
  readonly activation: string;
  readonly cost: CostName;
  readonly descent: Omit<DescentOptions, 'images'>;
  /** In place of what the descent would take. */
  readonly codes?: Partial<TrainingCodes>;
}

/** One group and two, e of 0 and more, with and without decay and momentum, online to full batch. */
const NETWORKS: readonly Network[] = [
  {
    ...{ widths: [40, 30, 7, 10], activation: 'sigmoid', cost: 'cross-entropy' },
    descent: { learningRate: 0.1, decay: 5, batch: 20, momentum: 0 },
  },
  {
    ...{ widths: [33, 40, 65, 10], activation: 'relu,tanh', cost: 'quadratic' },
    descent: { learningRate: 3, decay: 0, batch: 1, momentum: 0.75 },
  },
  {
    ...{ widths: [20, 31, 33, 5], activation: 'leaky:0.01,elu:1', cost: 'cross-entropy' },
    descent: { learningRate: 0.5, decay: 0.5, batch: 5, momentum: 0.5 },
  },
  {
    // Everything is clamped: shifts, V and W.
    ...{ widths: [9, 33, 5], activation: 'identity', cost: 'cross-entropy' },
    descent: { learningRate: 0.5, decay: 0, batch: 10, momentum: 0.5 },
    codes: { gradientShift: -8, stepShift: 0, decay: 32767, decayShift: 0, momentum: 32767 },
  },
  {
    // Next to nothing is left of a contribution.
    ...{ widths: [9, 5, 5], activation: 'sigmoid', cost: 'quadratic' },
    descent: { learningRate: 0.5, decay: 0, batch: 4, momentum: 0 },
    codes: { gradientShift: 24, stepShift: 15, decay: 1, decayShift: 17 },
  },
];

let devices: readonly Device[] = [];
beforeAll(async () => {
  devices = [await openSimulated(BOARD, 3), await openDevice(openModel(BOARD))];
});
afterAll(async () => {
  await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
});

/** Half of the pixels are zero. */
function drawImages(seed: number, widths: readonly number[]): Image[] {
  const draw = createDraw(seed);
  return Array.from({ length: IMAGES }, () => ({
    pixels: Uint8Array.from({ length: widths[0] ?? 0 }, () => (draw(2) === 0 ? 0 : draw(256))),
    label: draw(widths.at(-1) ?? 1),
  }));
}

describe.each(NETWORKS.map((network) => [network.widths.join(), network] as const))(
  '[%s]',
  (_, { widths, activation, cost, descent, codes: given }) => {
    const seed = widths[0] ?? 0;
    const images = drawImages(seed, widths);
    const network = activate(initialise([...widths], { initialiser: 'nielsen', seed }), {
      ...{ activation, seed },
    });
    const start = startTraining(network, { cost, headroom: 1 });
    const codes = {
      ...planDescent({ ...descent, images: IMAGES }, start.network.layers),
      ...given,
    };
    const batches = Array.from({ length: IMAGES / descent.batch }, (_unused, index) =>
      images.slice(index * descent.batch, (index + 1) * descent.batch),
    );

    test(`${activation}, ${cost}: W, B, V, norms and counts after each epoch`, async () => {
      for (const device of devices) {
        await device.loadTraining(start);
        await device.setDescent(codes);
      }
      for (let epoch = 1; epoch <= EPOCHS; epoch++) {
        const [rtl, model] = await Promise.all(
          devices.map(async (device) => {
            const { first, counts } = await trainEpoch(device, batches);
            const { cycles, ...others } = counts;
            return { device, cycles, others, sums: first.layers };
          }),
        );
        if (rtl === undefined || model === undefined) expect.fail('no device');
        const states = await Promise.all([rtl, model].map(({ device }) => device.readTraining()));
        expect(firstDifference(states[0] ?? [], states[1] ?? []), `epoch ${epoch}`).toBeUndefined();
        expect(rtl.others).toEqual(model.others);
        expect(rtl.sums).toEqual(model.sums);
        // A step touches every row.
        const rows = widths.slice(1).reduce((sum, nOut, index) => {
          return sum + Math.ceil(nOut / rtl.device.identity.lanes) * ((widths[index] ?? 0) + 1);
        }, 0);
        expect(rtl.cycles).toBeGreaterThanOrEqual(rows);
      }
    });

    test('judging images changes nothing', async () => {
      const [rtl, model] = await Promise.all(
        devices.map(async (device) => {
          const before = await device.readTraining();
          const correct = await evaluate(device, images);
          expect(firstDifference(await device.readTraining(), before)).toBeUndefined();
          return correct;
        }),
      );
      expect(rtl).toBe(model);
    });
  },
);
