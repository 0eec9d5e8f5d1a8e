/** Softmax outputs with the log-likelihood cost, on the model and on the simulated board. */
import { describe, expect, test } from 'vitest';
import { runJob } from '../../bench/run-job.ts';
import { openTarget } from '../../cli/target.ts';
import type { RunRequest } from '../../contract/result.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';

const REQUEST: RunRequest = {
  ...{ layers: [784, 30, 30, 10], init: 'nielsen', seed: 1, images: 30 },
  ...{ cost: 'log-likelihood', observe: true },
};
const OPTIONS = { commandLine: 'test', environment: projectEnvironment(), open: openTarget };

describe.each(['model:icebreaker', 'sim:icebreaker'])('run --cost log-likelihood --on %s', (on) => {
  test.each(['nielsen', 'normal'])('%s: bit for bit, and near float64', async (init) => {
    const { result, measurement } = await runJob({ ...REQUEST, init, on }, OPTIONS);
    expect(result.fixed).toMatchObject({ equal: true, firstDifference: null });
    expect(result.passesPerImage).toBe(2);
    expect(result.layers.at(-1)).toMatchObject({ activation: 'identity', neurons: 10 });
    for (const { float64SameWeights, fidelity } of result.layers) {
      expect(float64SameWeights.normPerImageError?.p99).toBeLessThan(0.005);
      expect(float64SameWeights.normOfMeanError).toBeLessThan(0.005);
      expect(fidelity.cosinePerImage?.min).toBeGreaterThan(1 - 1e-5);
    }
    // The δ that was given is the δ that was measured, up to a common power of two.
    for (const { softmax, observation, layers } of measurement.images) {
      const { delta = [], exponent = 0 } = softmax?.injection ?? {};
      const shift = 2 ** (exponent - (layers.at(-1)?.deltaExponent ?? 0));
      const given = Array.from(delta, (mantissa) => mantissa * shift);
      expect(Array.from(observation?.at(-1)?.deltas ?? [])).toEqual(given);
      expect(softmax?.z).toEqual(observation?.at(-1)?.z);
    }
  });

  test('counts the cycles and rows of both passes', async () => {
    const { result, measurement } = await runJob({ ...REQUEST, images: 5, on }, OPTIONS);
    const total = (name: 'cycles' | 'rows') =>
      measurement.images.reduce(
        (sum, image) => sum + image[name] + (image.softmax?.record[name] ?? 0),
        0,
      );
    expect(result.perImage.rows).toBe(total('rows') / 5);
    const { nonZeroInputs } = measurement.images[0] ?? expect.fail('no image');
    expect(nonZeroInputs).toBe(measurement.images[0]?.softmax?.record.nonZeroInputs);
    if (on.startsWith('sim')) expect(result.cycles?.total).toBe(total('cycles'));
    else expect(result.cycles).toBeNull();
  });
});

test('what is done at Ctrl-C is kept with its sums', async () => {
  const abort = new AbortController();
  const { result, stopped } = await runJob(
    { ...REQUEST, on: 'model' },
    {
      ...OPTIONS,
      signal: abort.signal,
      onProgress: (progress) => progress.kind === 'images' && progress.done === 7 && abort.abort(),
    },
  );
  expect(stopped?.code).toBe('interrupted');
  expect(result).toMatchObject({ partial: true, data: { images: 7 }, fixed: { equal: true } });
  expect(result.layers[0]?.normOfMean).toBeGreaterThan(0);
});

test.each(['tanh', 'relu', 'sigmoid,elu:0.5,identity'])(
  'with hidden layers of %s, bit for bit',
  async (activation) => {
    const { result } = await runJob({ ...REQUEST, activation, on: 'model' }, OPTIONS);
    expect(result.fixed.equal).toBe(true);
    expect(result.layers.at(-1)?.activation).toBe('identity');
    for (const { float64SameWeights } of result.layers) {
      expect(float64SameWeights.normPerImageError?.median).toBeLessThan(0.001);
    }
  },
);

test('an output layer that is named as something else is refused', async () => {
  for (const activation of ['sigmoid,sigmoid,sigmoid', 'tanh,tanh,relu']) {
    const output = activation.split(',').at(-1);
    await expect(runJob({ ...REQUEST, activation, on: 'model' }, OPTIONS)).rejects.toMatchObject({
      code: 'bad-layers',
      message: expect.stringMatching(
        new RegExp(`log-likelihood cost takes the softmax .* layer 3, which has ${output}`),
      ),
    });
  }
});
