import { expect, test } from 'vitest';
import { batchesOf, trainJob } from '../../bench/train-job.ts';
import { trainSeeds } from '../../bench/train-seeds.ts';
import { openTarget } from '../../cli/target.ts';
import { requireTrained } from '../../cli/verdict.ts';
import type { TrainRequest } from '../../contract/result.ts';
import { DeltascopeError } from '../../host/error.ts';
import { openWrongModel } from './wrong-model.ts';

const REQUEST: TrainRequest = {
  ...{ layers: [784, 30, 30, 10], init: 'nielsen', seed: 1, images: 12, epochs: 2 },
  ...{ learningRate: 0.5, decay: 1, batch: 4, momentum: 0, cost: 'cross-entropy' },
  ...{ shuffle: false, headroom: 2, compare: false, checkpointEvery: 10, on: 'model' },
};
const OPTIONS = { commandLine: 'test', environment: {}, open: openTarget };
/** Of ulx3s-85f: words of two weights, 16 a row. */
const WORDS_PER_ROW = 16;

const examples = Array.from({ length: 12 }, (_, label) => ({ pixels: new Uint8Array(1), label }));
const labelsOf = (epoch: number, seed = 1, shuffle = true) =>
  batchesOf(examples, { batch: 4, shuffle, seed, epoch }).map((batch) =>
    batch.map(({ label }) => label),
  );

test('batchesOf takes every image once, in the order of seed and epoch', () => {
  expect(labelsOf(1, 1, false)).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
  ]);
  expect(labelsOf(3)).toEqual(labelsOf(3));
  expect(labelsOf(3)).not.toEqual(labelsOf(4));
  expect(labelsOf(3)).not.toEqual(labelsOf(3, 2));
  expect(
    labelsOf(3)
      .flat()
      .toSorted((a, b) => a - b),
  ).toEqual(labelsOf(1, 1, false).flat());
});

test('trainJob finds a device that trained with another weight, and names the place', async () => {
  const right = await trainJob(REQUEST, OPTIONS);
  expect(right.result.fixed).toMatchObject({ equal: true, firstDifference: null });
  expect(() => requireTrained(right.result)).not.toThrow();
  // Behind 784 rows of weights and one of biases: layer 2 has all δ of layer 1 wrong.
  const open = () => openWrongModel({ address: 785 * WORDS_PER_ROW, bit: 2 ** 14 });
  const { result } = await trainJob(REQUEST, { ...OPTIONS, open });
  expect(result.fixed).toMatchObject({
    equal: false,
    firstDifference: { layer: 1, quantity: 'weights' },
  });
  expect(() => requireTrained(result)).toThrow(expect.objectContaining({ code: 'wrong-result' }));
});

test('trainJob verifies what is short, or what it is asked to', async () => {
  const unasked = await trainJob({ ...REQUEST, verify: false }, OPTIONS);
  expect(unasked.result.fixed).toBeNull();
  expect(unasked.result.decades).toBeNull();
  expect(unasked.trained?.layers.length).toBe(3);
});

test('trainJob changes μ at the epochs of its schedule, in the device and in golden/fixed', async () => {
  const request: TrainRequest = { ...REQUEST, epochs: 3, momentum: 0.25, stats: 1 };
  const run = async (changes: Partial<TrainRequest>) => {
    const { result } = await trainJob({ ...request, ...changes }, OPTIONS);
    expect(result.fixed).toMatchObject({ equal: true });
    return result.epochs.map(({ stats }) => stats?.cost.data);
  };
  const constant = await run({});
  const scheduled = await run({ momentumSchedule: [{ epoch: 2, momentum: 0.9 }] });
  expect(scheduled[0]).toBe(constant[0]);
  expect(scheduled[1]).not.toBe(constant[1]);
  // Of two changes the later counts; one after the end counts for nothing.
  const last = { epoch: 9, momentum: 0.5 };
  expect(
    await run({
      momentumSchedule: [{ epoch: 1, momentum: 0 }, { epoch: 1, momentum: 0.25 }, last],
    }),
  ).toEqual(constant);
});

test('trainSeeds keeps the runs that came to something, and begins none after a failure', async () => {
  const opened: number[] = [];
  const open: typeof openTarget = async (on, options) => {
    opened.push(opened.length);
    if (opened.length === 2) throw new DeltascopeError('port-failed', 'gone');
    return openTarget(on, options);
  };
  const seeds = [5, 6, 7];
  const { outcomes, failure } = await trainSeeds(REQUEST, { ...OPTIONS, open, seeds, atOnce: 1 });
  expect(outcomes.map(({ result }) => result.seed)).toEqual([5]);
  expect(failure).toMatchObject({ code: 'port-failed' });
  expect(opened).toEqual([0, 1]);
  const stopped = { ...OPTIONS, signal: AbortSignal.abort(), seeds, atOnce: 2 };
  expect(await trainSeeds(REQUEST, stopped)).toMatchObject({
    ...{ outcomes: [], failure: { code: 'interrupted' } },
  });
});
