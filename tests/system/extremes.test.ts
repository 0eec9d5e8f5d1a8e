/** The exponent of δ on the simulated board, where a float64 is long out of its range. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { explodingWeights, VANISHING } from '../bench/extreme-networks.ts';
import { deltascope } from '../cli/command.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-extremes-'));
  await writeFile(path.join(folder, 'net.npz'), explodingWeights());
});
afterAll(() => rm(folder, { recursive: true }));

async function run(args: string[]): Promise<RunResult> {
  const { status, stdout, stderr } = await deltascope(
    ['run', '--on', 'sim:ulx3s-85f', '--images', '3', '--observe', '--json', ...args],
    { timeoutMs: 500_000 },
  );
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as RunResult;
}

test('an exploding network is bit for bit the model, and its layer 1 is called exploded', async () => {
  const { fixed, layers } = await run(['--weights', path.join(folder, 'net.npz')]);
  expect(fixed).toMatchObject({ equal: true });
  expect(layers[0]).toMatchObject({ state: 'exploded', meanOfNorms: null, roundedToZero: 0 });
  expect(layers[0]?.log10.meanOfNorms).toBeGreaterThan(308);
});

test('a vanishing network is bit for bit the model, and its layer 1 is not zero', async () => {
  const { layers: widths, init } = VANISHING;
  const { fixed, layers } = await run(['--layers', widths.join(','), '--init', init]);
  expect(fixed).toMatchObject({ equal: true });
  expect(layers[0]).toMatchObject({ state: 'vanished', meanOfNorms: 0 });
  expect(layers[0]?.log10.meanOfNorms).toBeLessThan(-323);
});
