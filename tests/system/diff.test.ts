/** `diff` on the RTL: no difference, then one in a single line of Verilog. */
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diffJob } from '../../bench/diff-job.ts';
import type { DiffResult } from '../../contract/result.ts';
import { openTarget } from '../../host/transport/target.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { deltascope } from '../cli/command.ts';

/** Always the same, so that its build is kept. */
const MUTANT = path.join(ROOT, 'build', 'test', 'rtl-mutant');
const TABLE = 'rtl/core/ds_sigmoid_table.vh';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-diff-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The Verilog with one bit turned over in ten of the 512 entries of the σ table: 1.25 ≤ |z| < 1.875. */
async function mutate(): Promise<void> {
  await mkdir(MUTANT, { recursive: true });
  for (const room of ['rtl', 'sim']) {
    await cp(path.join(ROOT, room), path.join(MUTANT, room), { recursive: true });
  }
  const text = await readFile(path.join(ROOT, TABLE), 'utf8');
  const flip = (digit: string) => (Number.parseInt(digit, 16) ^ 1).toString(16);
  const entry = /(rom\[2\d\] = 32'h...)(.)/g;
  const mutant = text.replace(entry, (_, head: string, digit: string) => head + flip(digit));
  expect(mutant).not.toBe(text);
  await writeFile(path.join(MUTANT, TABLE), mutant);
}

test('diff finds the simulated RTL equal, and writes waves when asked to', async () => {
  const waves = path.join(folder, 'equal.vcd');
  const args = ['diff', '--on', 'sim:icebreaker', '--images', '2', '--waves', waves, '--json'];
  const { status, stdout, stderr } = await deltascope(args, { timeoutMs: 500_000 });
  expect(status, stderr).toBe(0);
  const { pairs, ...result } = JSON.parse(stdout) as DiffResult;
  expect(pairs).toMatchObject([
    { left: 'float64', right: 'fixed', first: null },
    { left: 'fixed', right: 'simulated RTL', parting: 0, first: null },
  ]);
  expect(result.waves).toEqual({ file: waves, image: 0 });
  expect((await stat(waves)).size).toBeGreaterThan(10_000);
});

test('wrong entries of the σ table are named, and the waves of its image are kept', async () => {
  await mutate();
  const waves = path.join(folder, 'mutant.vcd');
  const result = await diffJob(
    {
      ...{ layers: [784, 30, 30, 10], init: 'nielsen', seed: 1, images: 2 },
      ...{ cost: 'cross-entropy', on: 'sim:icebreaker', tolerance: 0.005 },
      ...{ simulate: true, waves, wavesAnyway: false },
    },
    {
      commandLine: 'test',
      environment: projectEnvironment(),
      open: (on, options) => openTarget(on, { ...options, root: MUTANT }),
    },
  );
  const [, rtl] = result.pairs;
  expect(rtl?.first).toMatchObject({ layer: 1, right: { exponent: expect.any(Number) } });
  expect(['a', 'σ′']).toContain(rtl?.first?.quantity);
  expect(result.waves).toEqual({ file: waves, image: rtl?.first?.image });
  expect((await stat(waves)).size).toBeGreaterThan(10_000);
});
