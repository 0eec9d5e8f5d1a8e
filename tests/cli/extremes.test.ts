/** What `run` says where δ leaves the range of a float64, which the device's exponent does not. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { EXPLODING, explodingWeights, VANISHING } from '../bench/extreme-networks.ts';
import { type Session, startSession } from './command.ts';

const COMMON = ['run', '--on', 'model', '--images', '3', '--observe'];

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-extremes-'));
  await writeFile(path.join(folder, 'net.npz'), explodingWeights());
  session = startSession();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function run(args: string[]) {
  const shown = await session.run([...COMMON, ...args]);
  expect(shown.status, shown.stderr).toBe(0);
  const { stdout: json } = await session.run([...COMMON, ...args, '--json']);
  const file = path.join(folder, 'run.json');
  await writeFile(file, json);
  const saved = await session.run(['report', file, '--plain']);
  expect(saved.stdout.trim()).toContain(shown.stdout.split('\n\n')[1]);
  await session.run(['report', file, '--out', path.join(folder, 'run.html')]);
  const html = await readFile(path.join(folder, 'run.html'), 'utf8');
  for (const shape of [shown.stdout, html]) expect(shape).not.toMatch(/NaN|Infinity/);
  return { text: shown.stdout, html, result: JSON.parse(json) as RunResult };
}

test('an exploded layer is called so, with its norms as powers of ten', async () => {
  const { text, html, result } = await run(['--weights', path.join(folder, 'net.npz')]);
  const [first] = result.layers;
  expect(first).toMatchObject({ state: 'exploded', normOfMean: null, meanOfNorms: null });
  expect(first?.float64SameWeights).toMatchObject({ meanOfNorms: null, normPerImageError: null });
  // The first image alone would cancel against the second, of a label of the other parity.
  expect(first?.log10.meanOfNorms).toBeGreaterThan((EXPLODING.layers.length - 3) * 3);
  expect(result.layers.at(-1)).toMatchObject({ state: 'held' });
  expect(result.fixed.equal).toBe(true);
  expect(text).toMatch(/Layers? 1\b.*: δ EXPLODED/);
  expect(html).toMatch(/\d\.\d\de\+3\d\d.*held, but too large for a float64/s);
  expect(text).toMatch(/^ +1 +16 +\d\.\d\de\+3\d\d /m);
  expect(text).toMatch(/Layer 1 learns \d\.\d\de\+3\d\d times faster than layer 106/);
});

test('a layer below the range of float64 has vanished, and is not zero', async () => {
  const { layers, init } = VANISHING;
  const { text, result } = await run(['--layers', layers.join(','), '--init', init]);
  const [first] = result.layers;
  expect(first).toMatchObject({ state: 'vanished', normOfMean: 0, roundedToZero: 0 });
  expect(first?.deltaExponents?.min).toBeLessThan(-1074);
  expect(first?.log10.meanOfNorms).toBeLessThan(-323);
  expect(text).toMatch(/δ VANISHED, held, but too small for a float64/);
  expect(text).toMatch(/Layer 1 learns \d\.\d\de\+\d+ times slower than layer 90/);
});
