/** Every experiment on the model: it agrees as it is, and disagrees with each fault it names. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentResult } from '../../contract/experiment.ts';
import { EXPERIMENTS } from '../../experiments/catalogue.ts';
import type { Experiment, Fault } from '../../experiments/experiment.ts';
import { runExperiment } from '../../experiments/run-experiment.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { openModelDevice } from './open-model.ts';

let model: Awaited<ReturnType<typeof openModelDevice>>;
beforeAll(async () => {
  model = await openModelDevice();
});
afterAll(() => model[Symbol.asyncDispose]());

/** As `--quick`, with few networks: what is tested is the frame and the faults, which one network shows. */
function shorten(experiment: Experiment, fault?: Fault): Experiment {
  const { seeds, deviceSeeds, images, epochs, ...others } = experiment.quick;
  const most = fault === undefined ? { seeds: 4, deviceSeeds: 2 } : { seeds: 1, deviceSeeds: 1 };
  const few = {
    seeds: Math.min(seeds, most.seeds),
    deviceSeeds: Math.min(deviceSeeds, most.deviceSeeds),
  };
  const quick = {
    ...others,
    ...few,
    ...(images !== undefined && { images: Math.min(images, 40) }),
    ...(epochs !== undefined && { epochs: Math.min(epochs, 4) }),
  };
  return { ...experiment, quick };
}

function run(experiment: Experiment, fault?: Fault): Promise<ExperimentResult> {
  const { device, description } = model;
  return runExperiment(shorten(experiment, fault), {
    device,
    description,
    quick: true,
    commandLine: 'test',
    root: ROOT,
    ...(fault && { fault }),
  });
}

describe.each(EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const))(
  '%s',
  (_name, experiment) => {
    test('agrees, judges every claim, and shows at least one picture', async () => {
      const result = await run(experiment);
      expect(result.checks.filter(({ agrees }) => !agrees)).toEqual([]);
      expect(result.deviceVerdict).toBe('agrees');
      expect(result.claims.map(({ id }) => id)).toEqual(experiment.claims.map(({ id }) => id));
      for (const { verdict, because } of result.claims) {
        expect(verdict).not.toBe('undecided');
        expect(because).not.toMatch(/NaN|undefined|Infinity/);
      }
      expect(result.checks.some(({ against }) => against !== 'fixed')).toBe(true);
      expect(result.pictures.length).toBeGreaterThan(0);
      for (const { series, y, id } of result.pictures) {
        expect(
          series.some(({ source }) => source === 'device'),
          id,
        ).toBe(true);
        for (const point of series.flatMap(({ points }) => points)) {
          expect(Number.isFinite(point.y), `${id} at ${point.x}`).toBe(true);
          if (y.scale === 'log') expect(point.y, `${id} at ${point.x}`).toBeGreaterThan(0);
        }
      }
      // Serialisable: what is written to a file is what was found.
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    });

    test.each(experiment.faults.map((fault) => [fault.name, fault] as const))(
      'sees %s',
      async (_fault, fault) => {
        const { checks, deviceVerdict, claims } = await run(experiment, fault);
        expect(deviceVerdict).toBe('disagrees');
        const seenBy = checks.filter(({ agrees }) => !agrees).map(({ against }) => against);
        const expected = fault.seenBy === 'fixed' ? ['fixed'] : ['float64', 'theory'];
        expect(
          seenBy.some((against) => expected.includes(against)),
          seenBy.join(),
        ).toBe(true);
        expect(new Set(claims.map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
      },
    );
  },
);

test('a Ctrl-C comes through while float64 computes', async () => {
  const controller = new AbortController();
  const busy: Experiment = {
    ...(EXPERIMENTS[0] as Experiment),
    run: async ({ onProgress }) => {
      for (let step = 0; step < 1e6; step++) await onProgress('computing');
      throw new Error('nobody stopped it');
    },
  };
  setTimeout(() => controller.abort(), 5);
  const { device, description } = model;
  const options = { device, description, quick: true, commandLine: 'test', root: ROOT };
  await expect(
    runExperiment(busy, { ...options, signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'interrupted' });
});

test('names, claims and pictures are unique, and every experiment names faults', () => {
  const names = EXPERIMENTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { claims, faults, name } of EXPERIMENTS) {
    expect(new Set(claims.map(({ id }) => id)).size, name).toBe(claims.length);
    expect(faults.length, name).toBeGreaterThanOrEqual(3);
  }
});
