/**
 * Properties of backpropagation that need no reference model: they would catch an error that the
 * RTL and `golden/fixed` share.
 */
import { describe, expect, test } from 'vitest';
import type { Injection, IntegerLayer, IntegerNetwork } from '../../contract/network.ts';
import { type Measurement, measure } from '../../host/measure.ts';
import type { Image } from '../../host/protocol/image.ts';
import { createDraw, type Draw } from './random-network.ts';
import { sharedBoard } from './simulated.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);
const WIDTHS = [20, 13, 37, 5];
const ROUNDS = 10;

describe.each(['icebreaker', 'ulx3s-85f'])('simulated %s', (board) => {
  const open = sharedBoard(board, 3);

  async function run(
    network: IntegerNetwork,
    images: readonly Image[],
    injection?: Injection,
  ): Promise<Measurement> {
    const device = await open();
    await device.loadNetwork(network, { injection });
    return measure(device, images, { observe: true });
  }

  test('permuted hidden units give permuted δ and the same norms', async () => {
    await eachRound(async (draw) => {
      const network = drawNetwork(draw);
      const images = drawImages(draw, 3);
      const order = shuffled(draw, WIDTHS[1] as number);
      const before = await run(network, images);
      const after = await run(permuteFirstHidden(network, order), images);
      before.images.forEach((image, index) => {
        const permuted = after.images[index];
        expect(permuted?.layers).toEqual(image.layers);
        const deltas = image.observation?.[0]?.deltas;
        expect(Array.from(permuted?.observation?.[0]?.deltas ?? [])).toEqual(
          order.map((from) => deltas?.[from]),
        );
        expect(permuted?.observation?.[1]?.deltas).toEqual(image.observation?.[1]?.deltas);
      });
    });
  });

  test('weights times 2^k, by their scale, give the same mantissas and X + k', async () => {
    await eachRound(async (draw) => {
      const network = linear(drawNetwork(draw));
      const images = drawImages(draw, 2);
      const injection = { layer: 3, delta: [1, -20000, 3, 32767, 0], exponent: -3 };
      const k = 1 + draw(4);
      const scaled = {
        ...network,
        layers: network.layers.map((layer) => ({ ...layer, scale: layer.scale + k })),
      };
      const before = await run(network, images, injection);
      const after = await run(scaled, images, injection);
      before.images.forEach((image, index) => {
        image.layers.forEach(({ deltaExponent, sumSquares }, layer) => {
          const other = after.images[index]?.layers[layer];
          expect(other?.sumSquares).toBe(sumSquares);
          expect(other?.deltaExponent).toBe(deltaExponent + k * (2 - layer));
        });
      });
    });
  });

  test('an image shown twice gives the same record twice, and twice the sum', async () => {
    await eachRound(async (draw) => {
      const network = drawNetwork(draw);
      const [image] = drawImages(draw, 1) as [Image];
      const once = await run(network, [image]);
      const twice = await run(network, [image, image]);
      expect(twice.images[0]?.layers).toEqual(once.images[0]?.layers);
      expect(twice.images[1]?.layers).toEqual(once.images[0]?.layers);
      twice.layers.forEach(({ exponent, sums }, layer) => {
        expect(exponent).toBe(once.layers[layer]?.exponent);
        expect(Array.from(sums)).toEqual(Array.from(once.layers[layer]?.sums ?? [], (s) => 2 * s));
      });
    });
  });

  test('a batch split in two gives the same records, and sums that add up', async () => {
    await eachRound(async (draw) => {
      const network = drawNetwork(draw);
      const images = drawImages(draw, 6);
      const whole = await run(network, images);
      const halves = [await run(network, images.slice(0, 3)), await run(network, images.slice(3))];
      expect(halves.flatMap((half) => half.images.map(({ layers }) => layers))).toEqual(
        whole.images.map(({ layers }) => layers),
      );
      whole.layers.forEach(({ exponent, sums }, layer) => {
        sums.forEach((sum, neuron) => {
          const parts = halves.map((half) => {
            const part = half.layers[layer];
            return (part?.sums[neuron] ?? 0) * 2 ** ((part?.exponent ?? 0) - exponent);
          });
          // Each of six images may round once as it is added, and once as the sum is shifted.
          expect(Math.abs((parts[0] ?? 0) + (parts[1] ?? 0) - sum)).toBeLessThanOrEqual(12);
        });
      });
    });
  });

  test('a unit without weights has δ 0 and leaves every other δ as it is', async () => {
    await eachRound(async (draw) => {
      const network = drawNetwork(draw);
      const images = drawImages(draw, 2);
      const before = await run(network, images);
      const after = await run(addSilentUnit(network), images);
      before.images.forEach((image, index) => {
        const observation = after.images[index]?.observation;
        const deltas = Array.from(observation?.[0]?.deltas ?? []);
        expect(deltas.pop()).toBe(0);
        expect(deltas).toEqual(Array.from(image.observation?.[0]?.deltas ?? []));
        expect(after.images[index]?.layers[0]?.sumSquares).toBe(image.layers[0]?.sumSquares);
      });
    });
  });
});

async function eachRound(round: (draw: Draw) => Promise<void>): Promise<void> {
  for (let number = 0; number < ROUNDS; number++) await round(createDraw(SEED + number));
}

function drawNetwork(draw: Draw): IntegerNetwork {
  const layers = WIDTHS.slice(1).map((nOut, index): IntegerLayer => {
    const nIn = WIDTHS[index] as number;
    return {
      nIn,
      nOut,
      scale: draw(3) - 1,
      activation: 'sigmoid',
      activationScale: 0,
      weights: Int16Array.from({ length: nIn * nOut }, () => draw(65536) - 32768),
      biases: Int32Array.from({ length: nOut }, () => draw(2 ** 22) - 2 ** 21),
    };
  });
  return { layers, cost: draw(2) === 0 ? 'cross-entropy' : 'quadratic' };
}

function drawImages(draw: Draw, count: number): Image[] {
  return Array.from({ length: count }, () => ({
    pixels: Uint8Array.from({ length: WIDTHS[0] as number }, () => (draw(2) ? draw(256) : 0)),
    label: draw(WIDTHS.at(-1) as number),
  }));
}

function linear({ layers, cost }: IntegerNetwork): IntegerNetwork {
  const biasless = (layer: IntegerLayer): IntegerLayer => ({
    ...layer,
    activation: 'identity',
    activationScale: 5,
    biases: new Int32Array(layer.nOut),
  });
  return { layers: layers.map(biasless), cost };
}

function shuffled(draw: Draw, length: number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let at = length - 1; at > 0; at--) {
    const other = draw(at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}

/** Neuron j of layer 1 becomes what `order[j]` was; layer 2 reads it in the new order. */
function permuteFirstHidden(network: IntegerNetwork, order: readonly number[]): IntegerNetwork {
  const [first, second, ...rest] = network.layers as [IntegerLayer, IntegerLayer];
  const row = (j: number) => first.weights.subarray(j * first.nIn, (j + 1) * first.nIn);
  return {
    ...network,
    layers: [
      {
        ...first,
        weights: Int16Array.from(order.flatMap((from) => Array.from(row(from)))),
        biases: Int32Array.from(order, (from) => first.biases[from] as number),
      },
      {
        ...second,
        weights: second.weights.map((_, at) => {
          const k = at % second.nIn;
          return second.weights[at - k + (order[k] as number)] as number;
        }),
      },
      ...rest,
    ],
  };
}

/** One more neuron in layer 1, with random weights in and none out. */
function addSilentUnit(network: IntegerNetwork): IntegerNetwork {
  const [first, second, ...rest] = network.layers as [IntegerLayer, IntegerLayer];
  const padded = Array.from({ length: second.nOut }, (_, j) => [
    ...second.weights.subarray(j * second.nIn, (j + 1) * second.nIn),
    0,
  ]);
  return {
    ...network,
    layers: [
      {
        ...first,
        nOut: first.nOut + 1,
        weights: Int16Array.from([...first.weights, ...first.weights.subarray(0, first.nIn)]),
        biases: Int32Array.from([...first.biases, 1000]),
      },
      { ...second, nIn: second.nIn + 1, weights: Int16Array.from(padded.flat()) },
      ...rest,
    ],
  };
}
