import { afterAll, expect, test } from 'vitest';
import type { SelftestResult } from '../../contract/result.ts';
import { startSession } from './command.ts';

const session = startSession();
afterAll(() => session[Symbol.asyncDispose]());

test('selftest --on model passes, a line for each check', async () => {
  const { status, stdout, stderr } = await session.run(['selftest', '--on', 'model']);
  expect(status, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^DEVICE model/);
  expect(lines.at(-1)).toBe('All checks passed.');
  for (const check of ['link', 'memory: weights', 'memory: biases', 'arithmetic: deep']) {
    expect(stdout).toContain(`\n✓ ${check}`);
  }
  expect(lines.slice(1).filter((line) => [...line].length > 100)).toEqual([]);
});

test('selftest --inject-fault says that it was seen, and by what; exit status 1', async () => {
  const args = ['selftest', '--on', 'model', '--inject-fault', 'weight', '--json'];
  const { status, stdout, stderr } = await session.run(args);
  expect(status).toBe(1);
  expect(stderr).toMatch(/fault \(weight\) was seen, as it must be, by memory and arithmetic/);
  expect(stderr).toMatch(/✗ memory: weights, .* word \d+ holds [0-9a-f]{8}, not [0-9a-f]{8}/s);
  const result = JSON.parse(stdout) as SelftestResult;
  expect(result).toMatchObject({ kind: 'selftest', schema: 1, injectedFault: 'weight', ok: true });
});

test('selftest refuses a fault it does not know', async () => {
  const { status, stderr } = await session.run(['selftest', '--inject-fault', 'luck']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/Allowed choices are weight, delta, frame/);
});
