/** `--on model`, the real command, where nothing but Node is to be found. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../contract/result.ts';
import { deltascope, startSession } from './command.ts';

const LABEL = 'model, bit-exact to the RTL in CI; not hardware';
const IMAGES = 25;
/** No Python, no compiler, no Verilator. */
const BARE = { env: { PATH: '/nonexistent' } };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('run --on model says what it is first, and has no figure that depends on a clock', async () => {
  const args = ['run', '--on', 'model', '--images', String(IMAGES)];
  const { stdout, stderr, status } = await deltascope(args, BARE);
  expect(status, stderr).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe(`DEVICE ${LABEL} (as ulx3s-85f)`);
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
  expect(stdout).toContain('equal to golden/fixed, which the model itself runs, in all');
  expect(stdout).toMatch(/The model has no\sclock/);
  expect(stdout).toMatch(/host .* this process, with the model in it/);
  expect(stdout).not.toMatch(/cycles ÷|times that|^ {2}device /m);
});

test('run --on model:BOARD --json has null for what the model cannot know', async () => {
  const out = path.join(folder, 'out');
  const { stdout, stderr, status } = await deltascope(
    ['run', '--on', 'model:icebreaker', '--images', '3', '--observe', '--json', '--out', out],
    BARE,
  );
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout) as RunResult;
  expect(result.device).toMatchObject({ kind: 'model', board: 'icebreaker', lanes: 4 });
  expect(result.device.label).toContain(LABEL);
  expect(result).toMatchObject({ cycles: null, fixed: { equal: true } });
  expect(result.time).toMatchObject({ device: null, simulator: null });
  const { rows, nonZeroInputs, ...cycles } = result.perImage;
  expect(new Set(Object.values(cycles))).toEqual(new Set([null]));
  expect(rows).toBeGreaterThan(nonZeroInputs);
  expect(JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8'))).toEqual(result);
});

test.each(['tanh', 'relu', 'leaky:0.01', 'prelu', 'rrelu', 'elu:1', 'identity', 'sigmoid,elu'])(
  'run --activation %s names it, with its scales, and agrees with float64',
  async (activation) => {
    const args = ['run', '--on', 'model', '--images', '20', '--init', 'he2015', '--json'];
    const { stdout, stderr, status } = await deltascope(
      [...args, '--activation', activation],
      BARE,
    );
    expect(status, stderr).toBe(0);
    const { request, layers, fixed } = JSON.parse(stdout) as RunResult;
    expect(request.activation).toBe(activation);
    expect(fixed.equal).toBe(true);
    const [first, second, output] = layers;
    expect(output).toMatchObject({ activation: 'sigmoid', activationScale: 0 });
    const isUnbounded = !['tanh', 'sigmoid'].includes(second?.activation ?? '');
    expect((second?.activationScale ?? 0) > 0).toBe(isUnbounded);
    expect(first?.activationSaturated).toBe(0);
    for (const { float64SameWeights } of layers) {
      expect(float64SameWeights.normPerImageError?.median).toBeLessThan(0.001);
    }
  },
);

test('a board without the activation says so, and which boards have it', async () => {
  const args = ['run', '--on', 'model:icebreaker', '--images', '1', '--activation', 'tanh,relu'];
  const { stderr, status } = await deltascope(args, BARE);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: The device has no tanh, relu; it was built with sigmoid, identity$/m,
  );
  expect(stderr).toMatch(/these boards have it: ulx3s-25f, ulx3s-85f/);
});

test('a cost of outputs that are not sigmoid is refused by name', async () => {
  const args = ['run', '--on', 'model', '--images', '1', '--activation', 'relu,relu,tanh'];
  const { stderr, status } = await deltascope(args, BARE);
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /The cross-entropy cost needs sigmoid in the output layer 3, which has tanh/,
  );
});

test('bench --on model measures both networks and says that the model has no clock', async () => {
  const out = path.join(folder, 'bench');
  const args = ['bench', '--on', 'model', '--images', '10', '--repeats', '1', '--out', out];
  const { stdout, stderr, status } = await deltascope(args, BARE);
  expect(status, stderr).toBe(0);
  expect(stdout.split('\n')[0]).toBe(`DEVICE ${LABEL} (as ulx3s-85f)`);
  expect(stdout.match(/device at 50 MHz( +–)+ +unknown: the model has no clock/g)).toHaveLength(2);
  const judged = await deltascope(['bench', '--validate', path.join(out, 'result.json')], BARE);
  expect(judged.status).toBe(1);
  expect(judged.stdout).toContain('ulx3s-85f, [784,30,30,10] is the model');
  expect(judged.stderr).toMatch(/is not valid by the rules/);
});

describe('refused', () => {
  const session = startSession();
  afterAll(() => session[Symbol.asyncDispose]());
  test.each([
    [['--on', 'model:icebraker'], /did you mean "icebreaker"/],
    [['--on', 'model:'], /Unknown board ""/],
    [['--on', 'model', '--trace', 'x.vcd'], /--trace is for simulated boards, not for "model"/],
    [['--on', 'model', '--link', 'pins'], /--link is for simulated boards/],
    [['--on', 'model', '--fill-seed', '3'], /--fill-seed is for simulated boards/],
    [['--on', 'model', '--require-board'], /--require-board does not go with --on model/],
  ])('run %j is refused', async (args, message) => {
    const { stdout, stderr, status } = await session.run(['run', ...args]);
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toMatch(message);
  });
});

test('without a simulator the default says what does without', async () => {
  const { stderr, status } = await deltascope(['run', '--on', 'sim'], BARE);
  expect(status).toBe(1);
  expect(stderr).toMatch(/npx deltascope run --on model/);
});
