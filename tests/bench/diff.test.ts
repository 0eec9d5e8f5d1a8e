import { beforeEach, describe, expect, test } from 'vitest';
import { type DiffRequest, diffJob } from '../../bench/diff-job.ts';
import { PairFollower } from '../../bench/diff-pair.ts';
import type { Stretch } from '../../bench/journey.ts';
import { openTarget } from '../../cli/target.ts';
import { NO_EXPONENT } from '../../contract/formats.ts';
import { UNIT_FLAGS } from '../../contract/protocol.ts';
import { loadDataset } from '../../host/data/mnist.ts';
import type { RegionName } from '../../host/protocol/requests.ts';
import type { Target, TargetOptions } from '../../host/transport/target.ts';
import { ModelCore } from '../../model/core.ts';
import { identityOf } from '../../model/open-model.ts';
import { BOARD, openCore, openWrongModel } from './wrong-model.ts';

const REQUEST: DiffRequest = {
  ...{ layers: [784, 30, 30, 10], init: 'nielsen', seed: 1, images: 3, cost: 'cross-entropy' },
  ...{ on: 'model', tolerance: 0.005, simulate: true, wavesAnyway: false },
};
const OPTIONS = { commandLine: 'test', environment: {}, open: openTarget };
/** Of ulx3s-85f: words of two weights, 16 a row; one row an input, since 30 neurons are one group. */
const WORDS_PER_ROW = 16;

describe('diffJob', () => {
  test('names no difference where there is none, and compares every value', async () => {
    const { pairs } = await diffJob(REQUEST, OPTIONS);
    // z, a, σ′, δ of 70 neurons and 3 norms for each image; Σδ of 70 neurons.
    const valuesCompared = 3 * (4 * 70 + 3) + 70;
    expect(pairs).toMatchObject([
      { left: 'float64', right: 'fixed', tolerance: 0.005, valuesCompared, parting: 0 },
      { left: 'fixed', right: 'model', tolerance: 0, valuesCompared, parting: 0, first: null },
    ]);
    expect(pairs[0]?.largestError).toBeGreaterThan(1e-6);
  });

  test('a wrong weight of layer 2 is named where it first shows: z of its neuron', async () => {
    const [input, neuron] = [4, 7];
    // Lane 7 is in the upper half of its word.
    const address = (784 + input) * WORDS_PER_ROW + (neuron - 1) / 2;
    const open = () => openWrongModel({ address, bit: 2 ** 28 });
    const { pairs, waves } = await diffJob(REQUEST, { ...OPTIONS, open });
    expect(pairs[0]).toMatchObject({ parting: 0 });
    expect(pairs[1]?.first).toMatchObject({ image: 0, layer: 2, quantity: 'z', neuron });
    const { left, right } = pairs[1]?.first ?? expect.fail('nothing parts');
    expect([left.exponent, right.exponent]).toEqual([-14, -14]);
    expect(left.decimal).toBe(left.mantissa * 2 ** -14);
    expect(right.mantissa).not.toBe(left.mantissa);
    expect(waves).toBeNull();
  });

  test('a flag that no image shows on its way is named too', async () => {
    class WrongFlag extends ModelCore {
      override read(region: RegionName, address: number): number {
        const flag = region === 'slopes' && address === 3 ? 1 << UNIT_FLAGS.responsive.bit : 0;
        return super.read(region, address) ^ flag;
      }
    }
    const open = async () => openCore(new WrongFlag(identityOf(BOARD)));
    const { pairs } = await diffJob(REQUEST, { ...OPTIONS, open });
    expect(pairs[1]).toMatchObject({
      parting: 1,
      first: { image: null, layer: 1, quantity: 'responsive', neuron: 3 },
    });
  });

  test('float64 parts from fixed where the tolerance says so', async () => {
    const tolerance = 1e-6;
    const { pairs } = await diffJob({ ...REQUEST, tolerance }, OPTIONS);
    const { first, largestError } = pairs[0] ?? expect.fail('no pair');
    expect(first).toMatchObject({ image: 0, layer: 1, quantity: 'z', right: { exponent: -14 } });
    expect(first?.left.mantissa).not.toBe(first?.right.mantissa);
    expect(first?.left.mantissa).toBeCloseTo(first?.right.mantissa ?? 0, -1);
    expect(largestError).toBeGreaterThan(tolerance);
  });
});

describe('diffJob with a board', () => {
  const opened: [on: string | undefined, trace: unknown][] = [];
  /** Zero in the first image, and not in the second. */
  let pixel = 0;
  beforeEach(async () => {
    opened.length = 0;
    const { images } = await loadDataset({ split: 'train', limit: 2 });
    pixel = images.subarray(0, 784).findIndex((x, at) => x === 0 && images[784 + at] !== 0);
  });

  /** A board with a wrong weight; beside it the same one, simulated, and sound. */
  async function open(on: string | undefined, { trace }: TargetOptions): Promise<Target> {
    opened.push([on, trace]);
    if (on?.startsWith('sim:')) {
      const { description: _, ...target } = await openTarget('model', {});
      const description: Target['description'] = {
        ...{ kind: 'simulated', board: 'ulx3s-85f', label: 'simulated ulx3s-85f' },
        ...{ verilator: '5', link: 'bytes', seed: 7 },
      };
      return { ...target, description };
    }
    const target = await openWrongModel({ address: pixel * WORDS_PER_ROW, bit: 2 ** 14 });
    return { ...target, description: { kind: 'serial', label: 'A', port: 'B', key: 'C' } };
  }

  test('simulates the same one too, and keeps the waves of the image in which the board parts', async () => {
    const waves = 'some.vcd';
    const request = { ...REQUEST, on: 'serial:C', images: 3, waves };
    const result = await diffJob(request, { ...OPTIONS, open });
    const [, board, rtl] = result.pairs;
    expect(board).toMatchObject({ right: 'board', first: { image: 1, layer: 1, quantity: 'z' } });
    expect(rtl).toMatchObject({ right: 'simulated RTL', parting: 0, first: null });
    expect(result.devices.map(({ kind }) => kind)).toEqual(['serial', 'simulated']);
    expect(result.waves).toEqual({ file: waves, image: 1 });
    expect(opened).toEqual([
      ['serial:C', undefined],
      ['sim:ulx3s-85f', undefined],
      ['sim:ulx3s-85f', { file: waves, image: 1 }],
    ]);
  });

  test('does not when it is not to', async () => {
    const request = { ...REQUEST, on: 'serial:C', simulate: false, waves: 'some.vcd' };
    const result = await diffJob(request, { ...OPTIONS, open });
    expect(result.pairs.map(({ right }) => right)).toEqual(['fixed', 'board']);
    expect(result.waves).toBeNull();
    expect(opened).toHaveLength(1);
  });
});

describe('PairFollower', () => {
  const stretch = (quantity: Stretch['quantity'], codes: number[], exponents: number | null) =>
    ({ layer: 1, quantity, codes, exponents }) satisfies Stretch;
  const follow = (left: Stretch, right: Stretch, tolerance: number) => {
    const follower = new PairFollower({ left: 'left', right: 'right', tolerance });
    follower.follow(0, [left], [right]);
    return follower.result();
  };

  test('bit for bit the exponent counts, also of zeros', () => {
    const [zeros, zero] = [stretch('δ', [0], NO_EXPONENT), stretch('δ', [0], -9)];
    expect(follow(zeros, zeros, 0).first).toBeNull();
    expect(follow(zeros, zero, 0).first).toMatchObject({ neuron: 0 });
    expect(follow(stretch('δ', [4], 1), stretch('δ', [2], 2), 0).first).toMatchObject({
      left: { mantissa: 4, exponent: 1, decimal: 8 },
      right: { mantissa: 2, exponent: 2, decimal: 8 },
    });
  });

  test('of δ the error is a share of the largest in the layer', () => {
    const exact = stretch('δ', [1, 100], null);
    expect(follow(exact, stretch('δ', [2, 100], 0), 0.011).first).toBeNull();
    expect(follow(exact, stretch('δ', [2, 100], 0), 0.009).first).toMatchObject({ neuron: 0 });
  });

  test('of σ′ and of a norm it is a share of the value itself', () => {
    expect(follow(stretch('σ′', [1e-9], null), stretch('σ′', [1], -30), 0.1).parting).toBe(0);
    expect(follow(stretch('σ′', [1e-9], null), stretch('σ′', [1], -31), 0.1).parting).toBe(1);
    const { first } = follow(stretch('norm', [5], null), stretch('norm', [36], -4), 0.1);
    expect(first).toMatchObject({
      neuron: null,
      left: { mantissa: 400, exponent: -4, decimal: 5 },
      right: { mantissa: 36, exponent: -4, decimal: 1.5 },
    });
  });

  test('of z it is a share of 1, or of z where that is larger', () => {
    expect(follow(stretch('z', [30], null), stretch('z', [30.1], 0), 0.005).parting).toBe(0);
    expect(follow(stretch('z', [30], null), stretch('z', [30.2], 0), 0.005).parting).toBe(1);
    expect(follow(stretch('z', [0], null), stretch('z', [0.004], 0), 0.005).parting).toBe(0);
    expect(follow(stretch('z', [0], null), stretch('z', [0.006], 0), 0.005).parting).toBe(1);
  });

  test('what overflows float64 parts, and is no number in the result', () => {
    const { first } = follow(
      stretch('δ', [Number.POSITIVE_INFINITY], null),
      stretch('δ', [20000], 1100),
      0.005,
    );
    expect(first).toMatchObject({ left: { decimal: null }, right: { decimal: null } });
  });
});
