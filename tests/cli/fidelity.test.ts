/** Fidelity of δ as `run` tells it: smooth units have no branches, rectifiers flip now and then. */
import { afterAll, expect, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { startSession } from './command.ts';

const session = startSession();
afterAll(() => session[Symbol.asyncDispose]());

async function fidelityOf(
  images: number,
  args: string[],
): Promise<RunResult['layers'][number]['fidelity'][]> {
  const layers = ['--layers', '784,30,30,30,30,10', '--images', String(images)];
  const { status, stdout, stderr } = await session.run([
    ...['run', '--on', 'model', '--observe', '--json', ...layers, ...args],
  ]);
  expect(status, stderr).toBe(0);
  return (JSON.parse(stdout) as RunResult).layers.map(({ fidelity }) => fidelity);
}

test.each(['sigmoid', 'tanh', 'elu:1'])(
  '%s has no other branch, and keeps its bits',
  async (name) => {
    for (const layer of await fidelityOf(60, ['--activation', name])) {
      expect(layer).toMatchObject({ otherBranch: 0 });
      // Of elements that are an LSB or two themselves.
      expect(layer.signFlips).toBeLessThan(5);
      expect(layer.largestUlps).toBeLessThan(32);
      expect(layer.cosineOfMean).toBeGreaterThan(1 - 1e-7);
    }
  },
);

test('a rectifier that flips at its kink is counted, and changes δ by its own size', async () => {
  const layers = await fidelityOf(400, ['--activation', 'relu', '--init', 'he-normal']);
  const flips = layers.map(({ otherBranch }) => otherBranch ?? 0);
  expect(Math.max(...flips)).toBeGreaterThan(0);
  expect(Math.max(...flips)).toBeLessThan(0.001);
  // The output layer has no kink, and none above it.
  expect(layers.at(-1)).toMatchObject({ otherBranch: 0, signFlips: 0 });
  expect(layers.at(-1)?.largestUlps).toBeLessThan(32);
  expect(Math.max(...layers.map(({ largestUlps }) => largestUlps ?? 0))).toBeGreaterThan(100);
});
