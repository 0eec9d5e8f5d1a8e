/** The model behind the host's own driver: what comes back is what `golden/fixed` computes. */
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compareWithFixed } from '../../bench/compare-fixed.ts';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import type { IntegerLayer } from '../../contract/network.ts';
import { REGISTERS, UNIT_MEMORY } from '../../contract/protocol.ts';
import { openDevice } from '../../host/device.ts';
import { layOut } from '../../host/layout.ts';
import { measure } from '../../host/measure.ts';
import { decodeLayers } from '../../model/network.ts';
import { identityOf, openModel } from '../../model/open-model.ts';
import { type Case, createDraw, drawCase } from '../system/random-network.ts';

const SEED = 7;
const CASES = 40;

/** Comparing the arrays themselves, element by element, takes seconds. */
const plain = ({
  nIn,
  nOut,
  scale,
  activation,
  activationScale,
  alphas,
  weights,
  biases,
}: IntegerLayer) => ({
  ...{ nIn, nOut, scale, activation, activationScale, alphas: alphas && [...alphas] },
  sums: [weights, biases].map((words) => crc32(Buffer.from(words.buffer))),
});

const codesOf = ({ inputs, labels }: Case) =>
  inputs.map((codes, index) => ({ codes: Int16Array.from(codes), label: labels[index] as number }));

describe.each(Object.keys(BOARDS) as BoardName[])('openModel(%s)', (board) => {
  it('says what the board says of itself', async () => {
    await using device = await openDevice(openModel(board));
    const { id, lanes, clockHz, maxWidth } = BOARDS[board];
    expect(device.identity).toMatchObject({ board: id, lanes, clockHz, width: maxWidth });
  });

  it(`equals golden/fixed over ${CASES} random networks, seed ${SEED}`, async () => {
    await using device = await openDevice(openModel(board));
    const draw = createDraw(SEED);
    for (let number = 0; number < CASES; number++) {
      const drawn = drawCase(draw, device.identity);
      await device.loadNetwork(drawn.network, { injection: drawn.injection });
      const measured = await measure(device, codesOf(drawn), { observe: true });
      const unitFlags = await device.readUnitFlags();
      const { equal, firstDifference } = compareWithFixed(drawn.network, drawn, {
        ...measured,
        unitFlags,
      });
      expect(equal, `case ${number}: ${JSON.stringify(firstDifference)}`).toBe(true);
      for (const { cycles, nonZeroInputs } of measured.images.slice(0, 1)) {
        expect(cycles).toBe(0);
        expect(nonZeroInputs).toBe(drawn.inputs[0]?.filter((code) => code !== 0).length);
      }
    }
  });

  it('holds the network as it was laid out', () => {
    const identity = identityOf(board);
    const draw = createDraw(SEED + 1);
    for (let number = 0; number < CASES; number++) {
      const { network, injection } = drawCase(draw, identity);
      const layout = layOut(network, identity, { injected: injection !== undefined });
      const { layerTable: table, weights, biases, alphas } = layout;
      const memories = { table, weights, biases, alphas, lanes: identity.lanes };
      const held = decodeLayers(memories, network.layers.length);
      expect(held.map(plain)).toEqual(network.layers.map(plain));
    }
  });
});

describe('openModel', () => {
  const layers = [
    [9, 5],
    [5, 3],
  ].map(([nIn = 0, nOut = 0]) => ({
    ...{ nIn, nOut, scale: 2, activation: 'sigmoid' as const, activationScale: 0 },
    weights: Int16Array.from({ length: nIn * nOut }, (_, i) => 12_345 * (i + 1)),
    biases: Int32Array.from({ length: nOut }, (_, j) => 100_000 * (j - 2)),
  }));
  const image = { codes: Int16Array.of(32767, 20000, 9, 0, -3, 5000, 1, 2, 30000), label: 1 };

  it('keeps z and a of the last image that was observed, δ and σ′ of the last one', async () => {
    await using device = await openDevice(openModel('icebreaker'));
    await device.loadNetwork({ layers, cost: 'cross-entropy' });
    const other = { codes: image.codes.map((code) => code >> 1), label: 0 };
    await measure(device, [image], { observe: true });
    const [before] = await device.observe();
    await measure(device, [other]);
    const [after] = await device.observe();
    expect([after?.z, after?.activations]).toEqual([before?.z, before?.activations]);
    expect(after?.deltas).not.toEqual(before?.deltas);
    expect(after?.slopes).not.toEqual(before?.slopes);
  });

  it('begins the records and the count again with a batch, after the ring went round', async () => {
    await using device = await openDevice(openModel('icebreaker'));
    await device.loadNetwork({ layers, cost: 'quadratic' });
    const room = device.layout.records;
    const { images } = await measure(device, Array(2 * room + 3).fill(image));
    expect(new Set(images.map(({ layers }) => JSON.stringify(layers))).size).toBe(1);
    await device.beginBatch();
    expect(await device.countImages()).toBe(0);
    await device.run([image]);
    expect(await device.countImages()).toBe(1);
    expect((await device.readRecords(0, 1))[0]?.layers).toEqual(images[0]?.layers);
  });

  it('goes on with Σδ from what is in its memories', async () => {
    await using device = await openDevice(openModel('icebreaker'));
    await device.loadNetwork({ layers, cost: 'quadratic' });
    await device.beginBatch();
    await device.run([image]);
    const [once] = await device.readDeltaSums();
    const sums = 2 * device.identity.neurons * UNIT_MEMORY.sums.part;
    await device.write('units', sums, [0, 0]);
    await device.run([image]);
    const [twice] = await device.readDeltaSums();
    expect(twice?.sums[0]).toBe(once?.sums[0]);
    expect(twice?.sums[1]).toBe(2 * (once?.sums[1] as number));
  });

  it('tells the driver what went wrong in it, and does not hang', async () => {
    const device = await openDevice(openModel('icebreaker'));
    const linear = layers.map((layer) => ({ ...layer, activation: 'identity' as const }));
    const injection = { layer: 2, delta: [1, 2, 3], exponent: 0 };
    await device.loadNetwork({ layers: linear, cost: 'quadratic' }, { injection });
    // The host refuses to ask for a cost here; so behind its back.
    await device.write('registers', REGISTERS.injectLayer.address, [0]);
    await expect(device.run([image])).rejects.toThrow(/needs a sigmoid output/);
    await device[Symbol.asyncDispose]();
  });
});
