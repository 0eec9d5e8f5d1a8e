/** Whatever is typed wrong or lies in a file: one clear error, an exit status, no stack trace. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNpy } from '../../host/data/npy.ts';
import { startPeer } from '../host/transport/pty-peer.ts';
import { deltascope, type Session, startSession } from './command.ts';
import { idx, writeDataset } from './idx.ts';

const FAILED = 1;
const USAGE = 2;

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-cli-'));
  session = startSession();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The command says `message` on standard error, nothing on standard output, and ends so. */
async function expectError(args: readonly string[], expected: { status: number; message: RegExp }) {
  const { status, stdout, stderr } = await session.run(args);
  expect(stderr).toMatch(expected.message);
  expect(stderr).toMatch(/^error: /);
  expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(4);
  expect(stdout).toBe('');
  expect(status).toBe(expected.status);
}

describe('a wrong command line ends with 2 and names what would do', () => {
  test.each<[string, RegExp]>([
    ['rnu', /unknown command 'rnu'\n\(Did you mean run\?\)/],
    ['run extra', /too many arguments for 'run'/],
    ['run --layer 784,10', /unknown option '--layer'\n\(Did you mean --layers\?\)/],
    ['run --cost crossentropy', /'crossentropy' is invalid.*cross-entropy, quadratic/],
    [
      'run --cost log-likelihood --activation relu,relu,sigmoid',
      /takes the softmax of z of the output layer 3, which has sigmoid\n {2}Name the hidden layers/,
    ],
    [
      'run --cost log-likelihood --images 32768',
      /softmax outputs holds at most 32767 images: each takes two passes\n {2}--images 32767/,
    ],
    ['diff --cost log-likelihood', /'log-likelihood' is invalid.*cross-entropy, quadratic/],
    [
      'run --init xavier',
      /Unknown initialiser "xavier".*\n {2}--init takes one of: nielsen, normal/,
    ],
    ['run --init constant', /"constant" needs a parameter: constant:c/],
    [
      'run --activation reul',
      /Unknown activation "reul"; did you mean "relu"\?\n {2}--activation takes, one for all/,
    ],
    ['run --activation leaky:2', /The α of "leaky" is a number from 0 to 1, not "2"/],
    ['run --activation elu,elu,elu,elu', /names 4 layers, and the network has 2 hidden layers and/],
    ['run --on sim:icebraker', /Unknown board "icebraker"; did you mean "icebreaker"\?/],
    ['run --on icebreaker', /"icebreaker" is a board, not a port\n {2}--on sim:icebreaker/],
    ['run --images', /'--images <n>' argument missing/],
    ['run --images 0', /--images takes a whole number from 1 up, not "0"/],
    ['run --images -5', /--images takes a whole number from 1 up, not "-5"/],
    ['run --images 1.5', /--images takes a whole number from 1 up, not "1.5"/],
    ['run --images 60001', /60001 images asked for; .* has 60000/],
    ['run --seed 4294967296', /--seed takes a whole number from 0 to 4294967295/],
    ['run --fill-seed 0', /--fill-seed takes a whole number from 1 to 2147483647, not "0"/],
    ['run --layers 784,0,10', /The width of layer 1 is 0/],
    ['run --layers 784,thirty,10', /The width of layer 1 is "thirty"/],
    ['run --layers 784', /"784" has one layer only/],
    ['run --layers 100,10', /The network has 100 inputs, but .* 28 × 28 = 784 pixels/],
    ['run --layers 784,9', /has the label 9, but the last layer has 9 neurons/],
    ['run --layers 784,257,10', /The width of layer 1 is 257; the protocol allows 256 at most/],
    [`run --layers 784${',1'.repeat(129)}`, /129 layers of neurons are too many/],
    ['run --require-board --on sim', /--require-board does not go with --on sim/],
    ['run --on /dev/ttyUSB0 --trace x.vcd', /--trace is for simulated boards, not for "\/dev/],
    ['flash', /required option '--board <name>' not specified/],
    ['flash --board icebraker', /Unknown board "icebraker"; did you mean "icebreaker"\?/],
    ['bench --images none', /--images takes a whole number from 1 up, not "none"/],
  ])('deltascope %s', (line, message) => expectError(line.split(' '), { status: USAGE, message }));

  test('an empty --on or --out', async () => {
    await expectError(['run', '--on', ''], { status: USAGE, message: /--on takes sim/ });
    await expectError(['run', '--out', ''], { status: USAGE, message: /--out takes a directory/ });
  });
});

describe('a board that is not there ends with 1', () => {
  test.each<[string, RegExp]>([
    ['run --on serial:NONE', /board.* NONE|serial number "NONE"/],
    ['flash --board icebreaker --bitstream /nowhere.bin', /There is no bitstream "\/nowhere.bin"/],
  ])('deltascope %s', (line, message) => expectError(line.split(' '), { status: FAILED, message }));
});

describe('a port that is no deltascope device ends with 1', () => {
  test('one that does not exist', () =>
    expectError(['run', '--on', '/dev/ttyNONE'], {
      status: FAILED,
      message: /Cannot open serial port "\/dev\/ttyNONE": no such port/,
    }));

  test.concurrent.each(['echo', 'mute'] as const)(
    'one that is %s, within half a minute',
    async (mode) => {
      await using peer = await startPeer(mode);
      const started = Date.now();
      const { status, stdout, stderr } = await deltascope(['run', '--on', peer.path]);
      expect(stderr).toContain(`No deltascope device answers on serial ${peer.path}`);
      expect(stdout).toBe(`DEVICE serial ${peer.path}`);
      expect(status).toBe(FAILED);
      expect(Date.now() - started).toBeLessThan(30_000);
    },
  );
});

describe('a damaged data set is named', () => {
  const images = idx([0, 0, 8, 3], [2, 28, 28]);
  const labels = idx([0, 0, 8, 1], [2]);

  test.each<[string, { images?: Uint8Array; labels?: Uint8Array }, RegExp]>([
    ['missing', {}, /No file "train-images-idx3-ubyte"/],
    ['truncated', { images: images.subarray(0, 999), labels }, /is truncated/],
    ['empty', { images: new Uint8Array(), labels }, /is empty/],
    ['compressed', { images: gzipSync(images), labels }, /is compressed with gzip/],
    ['of another magic', { images: idx([9, 0, 8, 3], [2, 28, 28]), labels }, /is not an IDX file/],
    ['of too few labels', { images, labels: idx([0, 0, 8, 1], [1]) }, /2 images, .* 1 labels/],
  ])('%s', async (name, files, message) => {
    const directory = path.join(folder, name);
    await writeDataset(directory, files);
    await expectError(['run', '--images', '2', '--dataset', directory], {
      status: FAILED,
      message,
    });
  });

  test('--dataset that is no directory', () =>
    expectError(['run', '--dataset', `${folder}/nowhere`], {
      status: FAILED,
      message: /nowhere" is not a directory/,
    }));
});

describe('weights that no device can hold are named', () => {
  const good = { W1: matrix(3, 784), b1: vector(3), W2: matrix(10, 3), b2: vector(10) };
  const { b2: _b2, ...withoutB2 } = good;

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['NaN', { ...good, W1: matrix(3, 784, Number.NaN) }, /W1\[0, 0\] is NaN/],
    ['Inf', { ...good, b1: vector(3, Number.POSITIVE_INFINITY) }, /b1\[0(, 0)?\] is Infinity/],
    ['shape', { ...good, W2: matrix(10, 4) }, /W2 is 10 × 4, but layer 2 needs/],
    ['transposed', { ...good, W1: matrix(784, 3) }, /it is transposed/],
    ['missing', withoutB2, /has no array b2/],
    ['range', { ...good, W1: matrix(3, 784, 1e6) }, /Layer 1: .* would need scale 20/],
  ])('%s', async (name, arrays, message) => {
    const file = path.join(folder, `${name}.npz`);
    const entries = Object.entries(arrays).map(([array, bytes]) => [`${array}.npy`, bytes]);
    await writeFile(file, zipSync(Object.fromEntries(entries)));
    await expectError(['run', '--weights', file], { status: FAILED, message });
  });

  test('a file that is not there, and one of other widths than --layers', async () => {
    const file = path.join(folder, 'good.npz');
    await expectError(['run', '--weights', file], { status: FAILED, message: /no such file/ });
    const entries = Object.entries(good).map(([array, bytes]) => [`${array}.npy`, bytes]);
    await writeFile(file, zipSync(Object.fromEntries(entries)));
    const layers = ['--layers', '784,30,10'];
    const message = /W1 is 3 × 784, but layer 1 needs n_out × n_in = 30 × 784/;
    await expectError(['run', '--weights', file, ...layers], { status: FAILED, message });
  });
});

describe('--out that cannot be written is refused before anything is measured', () => {
  test.each([
    ['a file', () => path.join(folder, 'file')],
    ['below a file', () => path.join(folder, 'file', 'below')],
    ['where no directory can be made', () => '/proc/deltascope/out'],
  ])('%s', async (_, where) => {
    await writeFile(path.join(folder, 'file'), 'mine');
    await expectError(['run', '--out', where()], {
      status: FAILED,
      message: /Cannot write ".*": /,
    });
    await expectError(['bench', '--out', where()], {
      status: FAILED,
      message: /Cannot write ".*": /,
    });
  });

  test('a directory that was made for nothing is removed again', async () => {
    const out = path.join(folder, 'deep', 'out');
    await session.run(['run', '--out', out, '--on', '/dev/ttyNONE']);
    await expect(stat(path.join(folder, 'deep'))).rejects.toThrow('ENOENT');
  });
});

function matrix(rows: number, columns: number, first = 0.5): Uint8Array {
  return writeNpy(
    Float64Array.from({ length: rows * columns }, (_, index) => (index === 0 ? first : 0.5)),
    [rows, columns],
  );
}

function vector(length: number, first = 0.5): Uint8Array {
  return matrix(length, 1, first);
}
