/** Training through the driver on the model, against `golden/fixed` without layout or link. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FixedTrainer, firstDifference } from '../../bench/train-fixed.ts';
import { planClip } from '../../host/clip.ts';
import { activate } from '../../host/data/activations.ts';
import { initialise } from '../../host/data/initialisers.ts';
import { startTraining, type TrainableNetwork } from '../../host/data/masters.ts';
import { planDescent } from '../../host/descent.ts';
import { type Device, openDevice } from '../../host/device.ts';
import type { Image } from '../../host/protocol/image.ts';
import { evaluate, trainEpoch } from '../../host/train.ts';
import { openModel } from '../../model/open-model.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice(openModel('ulx3s-85f'));
});
afterAll(() => device[Symbol.asyncDispose]());

const images: Image[] = Array.from({ length: 24 }, (_, image) => ({
  pixels: Uint8Array.from({ length: 12 }, (_, k) =>
    (image + k) % 3 === 0 ? 0 : (41 * (image % 5) + 29 * k) % 256,
  ),
  label: image % 5,
}));

function startOf(activation: string): TrainableNetwork {
  const network = activate(initialise([12, 40, 33, 5], { initialiser: 'nielsen', seed: 2 }), {
    ...{ activation, seed: 2 },
  });
  return startTraining(network, { cost: 'cross-entropy', headroom: 2 });
}

function* batchesOf(size: number): Generator<Image[]> {
  for (let at = 0; at < images.length; at += size) yield images.slice(at, at + size);
}

const DESCENT = { learningRate: 0.5, decay: 2, images: images.length, momentum: 0.5 };

describe('trainEpoch', () => {
  test.each([
    ['sigmoid', 24],
    ['sigmoid', 4],
    ['tanh,elu:1', 1],
    ['relu', 8],
    ['leaky:0.01,identity', 12],
  ])('%s, batches of %i: W, B, V and counts are those of golden/fixed', async (name, batch) => {
    const start = startOf(name);
    const codes = planDescent({ ...DESCENT, batch }, start.network.layers);
    await device.loadTraining(start);
    await device.setDescent(codes);
    const fixed = new FixedTrainer(start, codes);
    for (const _ of [1, 2, 3]) {
      const { counts, batches, images: done } = await trainEpoch(device, batchesOf(batch));
      expect([batches, done]).toEqual([images.length / batch, images.length]);
      const expected = { roundedToZero: 0, clamped: 0, shiftClamped: 0 };
      for (const step of batchesOf(batch)) {
        for (const [what, count] of Object.entries(fixed.step(step))) {
          expected[what as keyof typeof expected] += count;
        }
      }
      expect(counts).toMatchObject(expected);
      expect(firstDifference(await device.readTraining(), fixed.states)).toBeUndefined();
      // What the passes take, not only what is trained.
      const biases = fixed.states.flatMap((state) => [...state.biases]);
      expect([...(await device.read('biases', 0, biases.length))]).toEqual(biases);
    }
  });

  test.each([
    { batch: 8, clipValue: 0.02 },
    { batch: 8, clipNorm: 0.3 },
    { batch: 4, clipValue: 0.1, clipNorm: 0.3, momentum: 0 },
  ])('%j: clipped as golden/fixed is', async (change) => {
    const start = startOf('tanh');
    const descent = { ...DESCENT, ...change };
    const codes = planDescent(descent, start.network.layers);
    const clip = planClip(descent, codes, start.network.layers);
    await device.loadTraining(start);
    await device.setDescent(codes);
    const [fixed, unclipped] = [
      new FixedTrainer(start, codes, clip),
      new FixedTrainer(start, codes),
    ];
    for (const _ of [1, 2]) {
      const { clipped } = await trainEpoch(device, batchesOf(change.batch), { clip });
      expect(clipped?.steps).toBeGreaterThan(0);
      for (const step of batchesOf(change.batch)) {
        fixed.step(step);
        unclipped.step(step);
      }
      expect(firstDifference(await device.readTraining(), fixed.states)).toBeUndefined();
      expect(firstDifference(unclipped.states, fixed.states)).toBeDefined();
    }
  });

  test('what is read back and loaded again goes on as if nothing had been', async () => {
    const start = startOf('tanh');
    const codes = planDescent({ ...DESCENT, batch: 6 }, start.network.layers);
    await device.loadTraining(start);
    await device.setDescent(codes);
    await trainEpoch(device, batchesOf(6));
    const states = await device.readTraining();
    await trainEpoch(device, batchesOf(6));
    const whole = await device.readTraining();
    const layers = start.network.layers.map((layer, index) => ({
      ...layer,
      weights: Int16Array.from(states[index]?.weights ?? [], (w) => (w + 2 ** 15) >> 16),
      biases: states[index]?.biases ?? layer.biases,
    }));
    await device.loadTraining({ network: { ...start.network, layers }, states });
    await trainEpoch(device, batchesOf(6));
    expect(firstDifference(await device.readTraining(), whole)).toBeUndefined();
    expect(firstDifference(states, whole)).toBeDefined();
    await device.verifyTraining(whole);
    await expect(device.verifyTraining(states)).rejects.toMatchObject({ code: 'wrong-result' });
  });

  test('an aborted epoch ends as interrupted', async () => {
    const start = startOf('sigmoid');
    await device.loadTraining(start);
    const abort = new AbortController();
    const epoch = trainEpoch(device, batchesOf(4), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(epoch).rejects.toMatchObject({ code: 'interrupted' });
  });
});

test('evaluate counts the largest z^L, the first of equal ones, and changes nothing', async () => {
  const start = startOf('sigmoid');
  await device.loadTraining(start);
  await device.setTraining(true);
  const correct = await evaluate(device, images);
  expect(firstDifference(await device.readTraining(), start.states)).toBeUndefined();
  expect(correct).toBeLessThan(images.length);
  const equal = start.states.map(({ weights, biases, ...sums }) => ({
    ...sums,
    ...{ weights: weights.map(() => 0), biases: biases.map(() => 7) },
  }));
  const layers = start.network.layers.map((layer, index) => ({
    ...layer,
    ...{ weights: layer.weights.map(() => 0), biases: equal[index]?.biases ?? layer.biases },
  }));
  await device.loadTraining({ network: { ...start.network, layers }, states: equal });
  expect(await evaluate(device, images)).toBe(images.filter(({ label }) => label === 0).length);
});
