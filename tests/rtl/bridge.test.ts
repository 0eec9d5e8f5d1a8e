/** The bridge itself: what goes wrong on the cocotb side must be red on this side. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const FLAWED = { toplevel: 'ds_flawed', sources: ['tests/bridge/fixtures/ds_flawed.v'] };

function runFlawed(wish: string, options: { seed?: number; timeoutMs?: number } = {}) {
  return runCocotb({ ...FLAWED, module: 'test_flawed', vectors: { wish }, ...options });
}

async function powerUpValue(seed: number): Promise<string> {
  const failed = (await runFlawed('fail', { seed })).find(({ status }) => status === 'failed');
  return /power-up value (0x\w+)/.exec(failed?.message ?? '')?.[1] ?? 'none';
}

test('expectAllPassed shows the Python assertion of a failed test', async () => {
  const results = await runFlawed('fail');
  expect(() => expectAllPassed(results)).toThrow(/AssertionError: power-up value 0x/);
});

test('expectAllPassed refuses skipped tests and no tests', async () => {
  const results = await runFlawed('nothing');
  expect(results.map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped']);
  expect(() => expectAllPassed(results)).toThrow(/never_ends skipped/);
  expect(() => expectAllPassed([])).toThrow('no cocotb test ran');
});

test('runCocotb throws when the simulator dies without results', async () => {
  await expect(runFlawed('die')).rejects.toThrow(/test_flawed on ds_flawed, seed \d+ ended with/);
});

test('runCocotb throws when the simulation does not end', async () => {
  await expect(runFlawed('hang', { timeoutMs: 3000 })).rejects.toThrow('took over 3000 ms');
});

test('runCocotb fills registers at random, by seed', async () => {
  const values = [await powerUpValue(1), await powerUpValue(1), await powerUpValue(2)];
  expect(values[0]).toMatch(/^0x/);
  expect(values[1]).toBe(values[0]);
  expect(values[2]).not.toBe(values[0]);
});

test('lint returns each warning with its place', async () => {
  const warnings = await lint(FLAWED);
  expect(warnings.join('\n')).toMatch(
    /%Warning-UNUSEDSIGNAL: tests\/bridge\/fixtures\/ds_flawed.v/,
  );
  expect(await lint({ ...FLAWED, toplevel: 'ds_absent' })).not.toEqual([]);
});
