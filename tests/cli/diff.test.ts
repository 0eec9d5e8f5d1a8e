import { afterAll, describe, expect, test } from 'vitest';
import type { DiffResult } from '../../contract/result.ts';
import { startSession } from './command.ts';

const session = startSession();
afterAll(() => session[Symbol.asyncDispose]());

test('diff --on model says what is compared, how, and where float64 parts', async () => {
  const args = ['diff', '--on', 'model', '--images', '2', '--tolerance', '1e-6'];
  const { status, stdout, stderr } = await session.run(args);
  // Only what is equal bit for bit by design makes it fail.
  expect(status, stderr).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toMatch(/^DEVICE model/);
  expect(lines.slice(1).filter((line) => [...line].length > 100)).toEqual([]);
  expect(stdout).toMatch(/fixed and model +bit for bit +\d+ +0 +–/);
  expect(stdout).toMatch(/float64 and fixed part, first at image 0, layer 1, neuron \d+, z:/);
  expect(stdout).toMatch(/ {2}fixed +-?\d+ · 2\^-14 +-?\d\.\d+/);
});

test('diff --json is the result and nothing else on standard output', async () => {
  const { stdout } = await session.run(['diff', '--on', 'model', '--images', '1', '--json']);
  const result = JSON.parse(stdout) as DiffResult;
  expect(result).toMatchObject({ kind: 'diff', schema: 1, waves: null });
});

describe('refused', () => {
  test.each([
    [['--tolerance', '0'], /--tolerance takes a share above 0/],
    [['--tolerance', '1%'], /--tolerance takes a share above 0/],
    [['--waves', 'x.fst'], /--waves takes a .vcd file/],
    [['--images', '0'], /--images takes a whole number from 1/],
  ])('diff %j', async (args, message) => {
    const { stdout, stderr, status } = await session.run(['diff', '--on', 'model', ...args]);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toMatch(message);
  });
});
