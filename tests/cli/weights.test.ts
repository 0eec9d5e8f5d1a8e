/** `deltascope weights`, as a shell starts it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { INITIALISER_FORMS, initialise } from '../../host/data/initialisers.ts';
import { loadWeights } from '../../host/data/weights.ts';
import { type Session, startSession } from './command.ts';

const FAILED = 1;
const USAGE = 2;

const fixture = (name: string) =>
  fileURLToPath(new URL(`../host/data/fixtures/${name}`, import.meta.url));

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-weights-'));
  session = startSession();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const weights = (...args: readonly string[]) => session.run(['weights', ...args]);

describe('weights FILE', () => {
  test('prints shapes, ranges, scales and boards', async () => {
    const { status, stdout, stderr } = await weights(fixture('half.safetensors'));
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/half\.safetensors: \[3,2,1\], 11 parameters\nconverted from 16 bit/);
    expect(stdout).toMatch(/^ +1 +2 × 3 +-1\.25 +3\.00 +0\.583 +1\.63 +0\.500$/m);
    expect(stdout).toMatch(/^ +1 +2 +0\.000122 +0 % +0 % +0 % +0 %$/m);
    for (const board of Object.keys(BOARDS)) {
      expect(stdout).toMatch(new RegExp(`^ +${board} +[\\d.]+ % +yes$`, 'm'));
    }
  });

  test('--json is the same as a record', async () => {
    const { status, stdout } = await weights(fixture('float64.npz'), '--json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ kind: 'weights', parameters: 11, remarks: [], refused: null });
    expect(report.layers[0]).toMatchObject({ min: -1.25, max: 3, rounding: { scale: 2 } });
    expect(report.boards).toHaveLength(Object.keys(BOARDS).length);
  });

  test('weights beyond every scale are shown, then refused', async () => {
    const file = path.join(folder, 'large.json');
    await writeFile(file, '{"layers": [{"weights": [[1, 300]], "biases": [0]}]}');
    const { status, stdout, stderr } = await weights(file);
    expect(stdout).toMatch(/^ +1 +1 × 2 +1\.00 +300 /m);
    expect(stdout).not.toContain('board');
    expect(stderr).toMatch(/^error: Layer 1: the weight of row 0, column 1 is 300; .* scale 9/);
    expect(status).toBe(FAILED);
  });

  test.each(['npz', 'safetensors', 'json'])(
    '--to writes a .%s of the same network',
    async (kind) => {
      const to = path.join(folder, `copy.${kind}`);
      const { status, stdout } = await weights(
        fixture('keras.safetensors'),
        '--transpose',
        '--to',
        to,
      );
      expect(status).toBe(0);
      expect(stdout).toContain(`written to ${to}`);
      const expected = await loadWeights(fixture('float64.npz'));
      expect((await loadWeights(to)).network).toEqual(expected.network);
    },
  );
});

test('weights --layers writes an initial network', async () => {
  const to = path.join(folder, 'initial.npz');
  const args = ['--layers', '5,4,3', '--init', 'orthogonal:2', '--seed', '9', '--to', to];
  const { status, stdout } = await weights(...args);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^orthogonal:2, seed 9: \[5,4,3\], 39 parameters$/m);
  const expected = initialise([5, 4, 3], { initialiser: 'orthogonal:2', seed: 9 });
  expect((await loadWeights(to)).network).toEqual(expected);
});

test('weights --help has every initialiser with its formula, and examples', async () => {
  const { status, stdout } = await weights('--help');
  expect(status).toBe(0);
  for (const form of INITIALISER_FORMS)
    expect(stdout).toMatch(new RegExp(`^  ${form} +[wW] `, 'm'));
  expect(stdout).toContain('Examples:');
});

describe('what is wrong is named', () => {
  test.each<[string, number, RegExp]>([
    ['', USAGE, /Neither a file nor the layers/],
    ['net.npz --init nin', USAGE, /--init and --seed make a network; "net\.npz" has one already/],
    ['net.npz --seed 2', USAGE, /--init and --seed make a network/],
    ['--layers 3,2 --transpose', USAGE, /--transpose is about a file/],
    ['--layers 3', USAGE, /"3" has one layer only/],
    ['--layers 3,2 --init xavier-norm', USAGE, /did you mean "xavier-normal"\?/],
    ['--layers 3,2 --init orthogonal', USAGE, /"orthogonal" needs a parameter: orthogonal:s/],
    ['--layers 3,2 --seed x', USAGE, /--seed takes a whole number/],
    ['--layers 3,2 --to net.h5', FAILED, /"net\.h5" has the extension \.h5; files of weights are/],
    ['none.safetensors', FAILED, /"none\.safetensors": no such file/],
  ])('deltascope weights %s', async (line, expected, message) => {
    const { status, stdout, stderr } = await weights(
      ...line.split(' ').filter((arg) => arg !== ''),
    );
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: /);
    expect(stdout).toBe('');
    expect(status).toBe(expected);
  });

  test('a --to that cannot be written', async () => {
    const to = path.join(folder, 'none', 'net.npz');
    const { status, stderr } = await weights('--layers', '3,2', '--to', to);
    expect(stderr).toContain(`error: Cannot write "${to}": no such file or directory`);
    expect(status).toBe(FAILED);
  });

  test('a file of other widths than --layers', async () => {
    const { status, stderr } = await weights(fixture('float64.npz'), '--layers', '3,2');
    expect(stderr).toMatch(/has 2 layers, but --layers 3,2 asks for 1/);
    expect(status).toBe(FAILED);
  });
});

test('run says so when a file was trained for something else', async () => {
  const layer = { weights: [Array(784).fill(0)], biases: [0] };
  const output = { weights: Array(10).fill([0]), biases: Array(10).fill(0) };
  const file = path.join(folder, 'other.json');
  const run = () => session.run(['run', '--images', '1', '--weights', file]);
  await writeFile(file, JSON.stringify({ layers: [layer, output], cost: 'quadratic' }));
  expect(await run()).toMatchObject({
    status: FAILED,
    stderr: expect.stringMatching(
      /is for the quadratic cost, not for cross-entropy\n.*--cost quadratic/,
    ),
  });
  const layers = [{ ...layer, activation: 'identity' }, output];
  await writeFile(file, JSON.stringify({ layers }));
  const asTanh = session.run(['run', '--weights', file, '--activation', 'tanh']);
  expect((await asTanh).stderr).toMatch(/Layer 1 of ".*" has the activation identity, not tanh/);
});
