import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { initialise } from '../../../host/data/initialisers.ts';
import { checkExtension, formatWeights, loadWeights } from '../../../host/data/weights.ts';
import { parseWeightsJson } from '../../../host/data/weights-json.ts';
import { parseWeightsNpz } from '../../../host/data/weights-npz.ts';
import { parseWeightsSafetensors } from '../../../host/data/weights-safetensors.ts';
import { expectReadsCleanly } from './reads-cleanly.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** The network of fixtures/make.py. */
const NETWORK = {
  layers: [
    {
      nIn: 3,
      nOut: 2,
      weights: Float64Array.of(0.5, -1.25, 2, 3, 0, -0.75),
      biases: Float64Array.of(0.25, -0.5),
    },
    { nIn: 2, nOut: 1, weights: Float64Array.of(1.5, -2.5), biases: Float64Array.of(4) },
  ],
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('loadWeights', () => {
  test.each(['float64.npz', 'float32-fortran.npz', 'linear.safetensors'])(
    'reads %s as others wrote it',
    async (name) => {
      const { network, remarks = [] } = await loadWeights(fixture(name), { layers: [3, 2, 1] });
      expect(network).toEqual(NETWORK);
      expect(remarks).toEqual([]);
    },
  );

  test('reads 16 bit floats, and says so', async () => {
    const { network, remarks } = await loadWeights(fixture('half.safetensors'));
    expect(network).toEqual(NETWORK);
    expect(remarks).toEqual(['converted from 16 bit floats: 0.weight (BF16), 0.bias (F16)']);
  });

  test('reads Keras’s kernels with transpose, and not without', async () => {
    const file = fixture('keras.safetensors');
    expect((await loadWeights(file, { transpose: true })).network).toEqual(NETWORK);
    await expect(loadWeights(file)).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringMatching(/are transposed: they fit as n_in × n_out \(3 × 2, 2 × 1\)$/),
    });
  });

  test.each([
    ['float16.npz', 'W1 has the NumPy type "<f2"'],
    ['big-endian.npz', 'W1 has the NumPy type ">f8"'],
    ['convolution.safetensors', 'has convolution layers: conv1.weight (2, 1, 3, 3)'],
    ['none.npz', 'none.npz": no such file'],
    ['numpy.json', 'numpy.json": '],
    ['make.py', 'make.py" has the extension .py; files of weights are .npz, .safetensors, .json'],
    ['.', 'has no extension'],
  ])('refuses %s', async (name, message) => {
    await expect(loadWeights(fixture(name))).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringContaining(message),
    });
  });

  test('refuses a directory, and a file larger than any network before it reads it', async () => {
    await mkdir(path.join(folder, 'directory.npz'));
    await expect(loadWeights(path.join(folder, 'directory.npz'))).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringMatching(/: it is not a regular file$/),
    });
    const large = path.join(folder, 'large.npz');
    const file = await open(large, 'w');
    await file.truncate(2 ** 40);
    await file.close();
    await expect(loadWeights(large)).rejects.toMatchObject({
      code: 'bad-weights',
      message: expect.stringMatching(/1099511627776 bytes are more than any network here needs$/),
    });
  });
});

test('checkExtension tells how to convert a file of PyTorch', () => {
  expect(() => checkExtension('model.pt')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('safetensors.torch.save_file') }),
  );
  expect(() => checkExtension('NET.NPZ')).not.toThrow();
});

describe('whatever is in a file is read or refused by an error of ours', () => {
  const network = initialise([3, 2, 2], { seed: 1 });
  const others = initialise([2, 1], { initialiser: 'constant:1', seed: 1 });
  const files = (name: string) => [formatWeights(network, name), formatWeights(others, name)];
  const options = { name: 'x' };
  const text = (characters: string) => new TextEncoder().encode(characters);

  test.each([
    ['npz', (bytes: Uint8Array) => parseWeightsNpz(bytes, options), 'PK\x03\x04'],
    [
      'safetensors',
      (bytes: Uint8Array) => parseWeightsSafetensors(bytes, options),
      '\x40\0\0\0\0\0\0\0{"',
    ],
    ['json', (bytes: Uint8Array) => parseWeightsJson(bytes, options), '{"layers":[{"weights":[['],
  ])('.%s', (extension, parse, prefix) =>
    expectReadsCleanly(parse, {
      valid: files(`x.${extension}`),
      prefix: text(prefix),
      code: 'bad-weights',
    }),
  );
});
