/** `deltascope train` on the model: results, resuming, and what it refuses. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainResult, TrainResults } from '../../contract/result.ts';
import { renderTrain } from '../../report/train.ts';
import { DELTASCOPE, type Session, startSession } from './command.ts';
import { idx, writeDataset } from './idx.ts';

const SMALL = ['train', '--on', 'model', '--layers', '784,8,7,10', '--images', '20'];
const MOVING = ['--batch', '5', '--shuffle', '--momentum', '0.5', '--eta', '0.5'];

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-train-'));
  session = startSession();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function train(...args: string[]): Promise<TrainResult> {
  const { status, stdout, stderr } = await session.run([...SMALL, ...args, '--json']);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as TrainResult;
}

async function refusal(...args: string[]): Promise<{ status: number | undefined; text: string }> {
  const { status, stdout, stderr } = await session.run([...SMALL, ...args]);
  expect(stdout.replace(/^DEVICE .*\n/, '')).toBe('');
  expect(stderr).toMatch(/^error: /);
  return { status, text: stderr };
}

const at = (name: string) => path.join(folder, name);

test('one record an epoch, near float64 and equal to golden/fixed', async () => {
  const { epochs, fixed, decades, partial } = await train(
    '--epochs',
    '4',
    ...MOVING,
    '--test',
    '9',
  );
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  for (const { layers, images, batches, correct, counts, test: judged, cycles } of epochs) {
    expect([images, batches, judged?.images, cycles]).toEqual([20, 4, 9, null]);
    expect(correct).toBeLessThanOrEqual(20);
    expect(judged?.float64).toBe(judged?.correct);
    expect(counts.shiftClamped).toBe(0);
    expect(layers.map(({ layer }) => layer)).toEqual([1, 2, 3]);
    for (const { normOfMean, log10, float64 } of layers) {
      expect(log10.normOfMean).toBeCloseTo(Math.log10(normOfMean ?? 0), 9);
      expect(Math.abs(float64?.decades ?? 1)).toBeLessThan(0.005);
    }
  }
  // It learns.
  const last = (epoch: (typeof epochs)[number] | undefined) => epoch?.layers.at(-1)?.meanOfNorms;
  expect(last(epochs.at(-1))).toBeLessThan(last(epochs[0]) ?? 0);
  expect(decades?.median).toBeLessThan(0.002);
  expect([partial, fixed?.equal]).toEqual([false, true]);
});

test('--stats: the cost, near float64 and falling, and where activations are', async () => {
  const { epochs } = await train('--epochs', '3', '--eta', '0.5', '--stats', '8');
  const costs = epochs.map(({ stats }) => {
    const { cost, float64, images, layers } = stats ?? expect.fail('no statistics');
    expect(images).toBe(8);
    expect(layers.map(({ layer }) => layer)).toEqual([1, 2, 3]);
    for (const { mean, deviation } of layers) {
      expect(mean).toBeGreaterThan(0);
      expect(mean + deviation).toBeLessThan(1);
    }
    expect(cost.data).toBeCloseTo(float64?.data ?? 0, 3);
    expect(cost.decay).toBeCloseTo(float64?.decay ?? 0, 3);
    // Nielsen's weights have a variance of 1/n_in: Σw² is near the 25 neurons; λ/2n = 5/40.
    expect(cost.decay).toBeGreaterThan(2);
    expect(cost.decay).toBeLessThan(4);
    return cost.data ?? 0;
  });
  expect(costs[2]).toBeLessThan(costs[0] as number);
  // Reading the network changes nothing of it.
  const { epochs: unread } = await train('--epochs', '3', '--eta', '0.5');
  expect(epochs.map(({ layers }) => layers)).toEqual(unread.map(({ layers }) => layers));
});

test('what would explode is trained where it is clipped, near float64', async () => {
  const wild = ['--activation', 'relu', '--init', 'normal', '--lambda', '0', '--epochs', '3'];
  const free = await train(...wild, '--eta', '0.5', '--batch', '5');
  const held = await train(...wild, '--eta', '0.01', '--batch', '5', '--clip-norm', '1');
  expect(renderTrain(free)).toMatch(/\nz or a CLAMPED, [^.]*layer 2 from epoch \d/);
  expect(renderTrain(free)).toMatch(/--headroom gives weights more room/);
  expect(renderTrain(held)).toMatch(/\nGradient clipped in 12 of 12 steps\./);
  expect(renderTrain(held)).not.toMatch(/EXPLODED|--headroom/);
  expect(free.epochs.map(({ clipped }) => clipped)).toEqual([null, null, null]);
  for (const { clipped, counts, layers } of held.epochs) {
    expect(clipped).toEqual({ steps: 4, elements: 0 });
    expect(counts.clamped).toBe(0);
    expect(layers.every(({ float64 }) => Math.abs(float64?.decades ?? 1) < 0.02)).toBe(true);
  }
  expect(held.fixed?.equal).toBe(true);
});

test('the terminal form says settings, epochs and what it was compared with', async () => {
  const { stdout } = await session.run([...SMALL, '--epochs', '2', '--no-compare']);
  expect(stdout).toContain('η 0.1, λ 5, full batch; 20 images of MNIST training set');
  expect(stdout).toMatch(/^ {2}epoch {2}‖mean δ¹‖ {2}‖mean δ²‖ {2}‖mean δ³‖ {2}correct\n {6}1 /m);
  expect(stdout).toContain('Bit for bit equal to golden/fixed, which the model itself runs,');
  expect(stdout).toContain('Not compared with float64.');
  expect(stdout.split('\n').filter((line) => [...line].length > 100)).toEqual([]);
});

test('report shows the curves of a result, as a page and as text', async () => {
  const out = at('out');
  await train('--epochs', '3', '--out', out);
  const file = path.join(out, 'result.json');
  expect((await session.run(['report', file])).status).toBe(0);
  const page = await readFile(path.join(out, 'result.html'), 'utf8');
  expect(page).toContain('<figure id="result-1-curves">');
  expect(page).toContain('weights, biases and gradients after the last epoch, bit for bit');
  const { stdout } = await session.run(['report', file, '--plain']);
  expect(stdout).toMatch(/^ {6}3 /m);
});

test('several seeds: each the run that it is alone, in one result that report takes', async () => {
  const out = at('seeds');
  const args = [...SMALL, '--epochs', '2', ...MOVING, '--seeds', '3,1,2', '--out', out];
  const { status, stdout, stderr } = await session.run(args);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('nielsen initialisation, seeds 3, 1, 2');
  expect(stdout.match(/^ +[123] +2 .* equal /gm)?.length).toBe(3);
  const file = path.join(out, 'result.json');
  const { results } = JSON.parse(await readFile(file, 'utf8')) as TrainResults;
  expect(results.map(({ seed }) => seed)).toEqual([3, 1, 2]);
  const alone = await train('--epochs', '2', ...MOVING, '--seed', '2');
  expect(results[2]?.epochs).toEqual(alone.epochs);
  const text = await session.run(['report', file, '--plain']);
  expect(text.stdout).toMatch(/seed 3(.|\n)*seed 1(.|\n)*seed 2/);
});

test('a resumed run has the very bits of one that was not stopped', async () => {
  const [whole, part, weights] = [at('whole.npz'), at('part.json'), at('resumed.npz')];
  const moving = [...MOVING, '--momentum', '0.5,2:0.25,4:0.75'];
  const epochs = (await train('--epochs', '5', ...moving, '--save', whole)).epochs;
  await train('--epochs', '2', ...moving, '--checkpoint', part);
  const resumed = await train('--epochs', '5', ...moving, '--resume', part, '--save', weights);
  expect(resumed.epochs).toEqual(epochs);
  expect(resumed.resumedEpochs).toBeGreaterThan(0);
  expect(resumed.fixed?.equal).toBe(true);
  expect(await readFile(weights)).toEqual(await readFile(whole));
  const other = await train('--epochs', '5', ...MOVING, '--seed', '2', '--save', weights);
  expect(other.epochs).not.toEqual(epochs);
  expect(await readFile(weights)).not.toEqual(await readFile(whole));
});

test('trained weights are weights to run', async () => {
  const file = at('run.npz');
  await train('--epochs', '1', '--save', file);
  const { status, stderr } = await session.run([
    'run',
    '--on',
    'model',
    '--images',
    '2',
    '--weights',
    file,
  ]);
  expect(status, stderr).toBe(0);
});

test('Ctrl-C leaves the last checkpoint whole, and it can be gone on from', async () => {
  const file = at('interrupted.json');
  const args = [...SMALL, '--epochs', '100000', '--checkpoint', file, '--checkpoint-every', '2'];
  const running = execa(process.execPath, [DELTASCOPE, ...args], { reject: false });
  const made = async () => (await stat(file).catch(() => undefined))?.size ?? 0;
  const empty = await until(made, (size) => size > 0);
  await until(made, (size) => size > empty);
  running.kill('SIGINT');
  const { exitCode, stderr, stdout } = await running;
  expect(exitCode, stderr).toBe(130);
  expect(stdout).toMatch(/\d+ of 100 000 epochs: stopped early/);
  const { epochs } = JSON.parse(await readFile(file, 'utf8')) as TrainResult;
  expect(epochs.length % 2).toBe(0);
  const more = String(epochs.length + 1);
  const { epochs: resumed } = await train('--epochs', more, '--resume', file);
  expect(resumed.slice(0, -1)).toEqual(epochs);
});

async function until<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a checkpoint of something else is refused, saying what', () => {
  beforeAll(async () => {
    await train('--epochs', '1', '--checkpoint', at('one.json'));
    await train('--epochs', '1', '--no-compare', '--checkpoint', at('alone.json'));
    const text = await readFile(at('one.json'), 'utf8');
    await writeFile(at('cut.json'), text.slice(0, 5000));
    await writeFile(at('contract.json'), text.replace(/"contractCrc":\d+/, '"contractCrc":1'));
    await writeFile(at('board.json'), text.replace('"board":"ulx3s-85f"', '"board":"other"'));
    await writeFile(at('short.json'), text.replace(/"weights":"[^"]{8}/, '"weights":"'));
    await writeFile(at('result.json'), '{"kind":"train"}');
  });

  test.each<[string, string[], RegExp]>([
    ['none.json', [], /there is no such file/],
    ['.', [], /it is not a regular file/],
    ['cut.json', [], /it is not JSON/],
    ['result.json', [], /it is no checkpoint: kind/],
    ['contract.json', [], /written with another contract/],
    ['board.json', [], /it is of the board other, not of ulx3s-85f/],
    ['short.json', [], /an array in it has another length/],
    ['one.json', ['--layers', '784,9,7,10'], /made with --layers 784,8,7,10, not 784,9,7,10/],
    ['one.json', ['--images', '30'], /made with --images 20, not 30/],
    ['one.json', ['--eta', '0.2'], /made with --eta 0.1, not 0.2/],
    ['one.json', ['--clip-norm', '1'], /made with --clip-norm nothing, not 1/],
    ['one.json', ['--activation', 'tanh'], /made with --activation nothing, not tanh/],
    ['alone.json', [], /made with --no-compare/],
    ['one.json', ['--momentum', '0,2:0.5'], /made with --momentum nothing, not 2:0.5/],
  ])('%s %j', async (name, args, message) => {
    const { status, text } = await refusal('--epochs', '3', '--resume', at(name), ...args);
    expect(text).toMatch(message);
    expect(status).toBe(1);
  });

  test('one of a data set that has changed since', async () => {
    const directory = at('set');
    const labels = idx([0, 0, 8, 1], [20], 3);
    const image = (pixel: number) => idx([0, 0, 8, 3], [20, 28, 28], pixel);
    await writeDataset(directory, { images: image(9), labels });
    const file = at('set.json');
    await train('--epochs', '1', '--dataset', directory, '--checkpoint', file);
    const again = ['--epochs', '2', '--dataset', directory, '--resume', file];
    expect((await train(...again)).epochs.length).toBe(2);
    await writeDataset(directory, { images: image(8) });
    expect((await refusal(...again)).text).toMatch(/it was made with other images/);
    await writeDataset(directory, { images: idx([0, 0, 8, 3], [20, 14, 14]) });
    expect((await refusal(...again)).text).toMatch(/784 inputs/);
    await writeDataset(directory, { images: idx([0, 0, 8, 3], [10, 28, 28]) });
    expect((await refusal(...again)).text).toMatch(/10 images, .* 20 labels/);
  });

  test('one that has all epochs already', async () => {
    const { status, text } = await refusal('--epochs', '1', '--resume', at('one.json'));
    expect(text).toMatch(/has 1 epochs already\n {2}--epochs 2, or more/);
    expect(status).toBe(2);
  });
});

describe('what cannot be trained is refused', () => {
  test.each<[string, RegExp]>([
    ['--eta 0', /--eta 0 takes a number above 0/],
    ['--eta -1', /--eta -1 takes a number above 0/],
    ['--eta much', /--eta takes a number, not "much"/],
    ['--eta 1000', /--eta 1000 is too large/],
    ['--lambda -1', /--lambda -1 takes a number from 0 up/],
    ['--clip-value 0', /--clip-value 0 takes a number above 0/],
    ['--clip-norm -1', /--clip-norm -1 takes a number above 0/],
    ['--clip-norm 1e-12', /--clip-norm 1e-12 is below the last bit of the gradient; at least/],
    ['--clip-value 1e6', /--clip-value 1000000 never clips/],
    ['--momentum 1', /--momentum 1 takes a number from 0 to below/],
    ['--momentum 0.5,20:1', /--momentum 1 takes a number from 0 to below/],
    ['--momentum 0.5,1:0.9', /--momentum takes μ, and .* it is another: .*, not "0.5,1:0.9"/],
    ['--momentum 0.5,9:0.9,9:0', /--momentum takes μ, and/],
    ['--momentum 0.5,x', /--momentum takes μ, and/],
    ['--batch 0', /--batch takes a whole number from 1 up, not "0"/],
    ['--batch 7', /--batch 7 must divide the 20 images/],
    ['--batch 40', /--batch 40 must divide the 20 images/],
    ['--seeds 1,x', /--seeds takes seeds with commas between them, 1,2,3, not "1,x"/],
    ['--seeds 1,1', /--seeds takes each seed once, not "1,1"/],
    ['--seeds 1,2 --save net.npz', /--seeds does not go with --save, which is one file/],
    ['--stats 21', /--stats 21 is more than the 20 images there are/],
    ['--epochs 0', /--epochs takes a whole number from 1 up, not "0"/],
    ['--headroom 9', /--headroom takes a whole number from 0 to 8, not "9"/],
    ['--test 10001', /10001 images asked for; .* has 10000/],
    ['--cost log-likelihood', /'log-likelihood' is invalid/],
    ['--activation relu,relu,relu', /cost needs sigmoid in the output layer 3, which has relu/],
  ])('%s', async (line, message) => {
    const { status, text } = await refusal(...line.split(' '));
    expect(text).toMatch(message);
    expect(status).toBe(2);
  });

  test.each<[string[], RegExp]>([
    [
      ['--on', 'model:icebreaker'],
      /The device cannot train: it was built without\n {2}these boards/,
    ],
    [['--layers', '784,64,10'], /Training needs 1635 rows .* \(the device has 1024\)/],
    [['--save', 'net.txt'], /"net.txt" has the extension .txt/],
    [['--checkpoint', '/proc/none/x.json'], /Cannot write "\/proc\/none\/x.json"/],
  ])('%j', async (args, message) => {
    const { status, text } = await refusal(...args);
    expect(text).toMatch(message);
    expect(status).toBe(1);
  });
});
