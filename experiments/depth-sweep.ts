/**
 * The same network, deeper and deeper: what reaches the first layer on the way back, and the last
 * one on the way forward, at initialisation.
 */
import { linearRegression, mean, standardDeviation } from 'simple-statistics';
import type { Picture } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { measureBatch } from '../golden/float64/batch.ts';
import { norm } from '../golden/float64/norm.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Dataset } from '../host/data/mnist.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SHIFTED_EXPONENT,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import { asImages, loadImages, meanDeltas } from './mnist-batch.ts';
import { relativeDistance, SPREAD, say, spread, upTo } from './statistics.ts';

const WIDTH = 30;
/** Hidden layers. */
const DEPTHS = [1, 2, 3, 5, 8, 10, 12, 15] as const;
const BOUND = 0.005;
/** Images whose activations are looked at on the way forward. */
const LOOKED_AT = 20;
/** Of the spread of a over the images: where it is a few LSB, one is much. */
const FORWARD_BOUND = 2 ** -13;

interface Sweep extends Parameters {
  readonly images: number;
}

export const depthSweep: Experiment<Sweep> = {
  name: 'depth-sweep',
  title: 'Deeper and deeper',
  question: 'What is left of the gradient at the first layer, and of the image at the last?',
  claims: [
    {
      id: 'vanishes-with-depth',
      lecture: ['V', 'B'],
      text: 'The more layers, the smaller the gradient of the first one: it vanishes exponentially.',
      rule: 'holds: the median ‖mean δ¹‖ in float64 falls from every depth to the next, and its logarithm is within 0.25 decades of a straight line from 2 hidden layers on',
    },
    {
      id: 'later-favoured',
      lecture: ['V', 'B'],
      text: 'Later layers are favoured: they learn faster than all before them.',
      rule: 'holds: in the deepest network the median ‖mean δ^ℓ‖ in float64 rises with every hidden layer',
    },
    {
      id: 'forward-too',
      lecture: ['B'],
      text: 'The signal dies on the way forward too: the last layers hardly see which image it is.',
      rule: 'holds: in the deepest network the spread of a over the images is 100 times smaller in the last hidden layer than in the first, in the median of the networks',
    },
  ],
  quick: { seeds: 5, deviceSeeds: 1, images: 100 },
  full: { seeds: 50, deviceSeeds: 20, images: 1000 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DROPPED_LAYER, SHIFTED_EXPONENT, TRUNCATION],
  run,
};

function deepNetwork(inputs: number, hidden: number, seed: number): FloatNetwork {
  return initialise([inputs, ...new Array<number>(hidden).fill(WIDTH), 10], { seed });
}

/** Per layer: standard deviation of a over the images, mean over the units. */
function spreadOverImages(images: readonly (readonly Float64Array[])[]): number[] {
  const [first = []] = images;
  return first.map((units, layer) =>
    mean(
      Array.from(units, (_, j) => standardDeviation(images.map((a) => a[layer]?.[j] as number))),
    ),
  );
}

function activationsInFloat64(
  network: FloatNetwork,
  { images, labels, rows, columns }: Dataset,
): Float64Array[][] {
  const found: Float64Array[][] = [];
  measureBatch(network, {
    images: images.subarray(0, LOOKED_AT * rows * columns),
    labels: labels.subarray(0, LOOKED_AT),
    cost: 'cross-entropy',
    onImage: (_, { a }) => found.push(a.map((units) => units.slice())),
  });
  return found;
}

async function run({ parameters, measure, onProgress }: Context<Sweep>): Promise<Findings> {
  const data = await loadImages(Math.max(parameters.images, LOOKED_AT));
  const images = asImages(data);
  const inputs = data.rows * data.columns;
  const depths: { hidden: number; float64: number[][]; device: number[][] }[] = [];
  let distance = 0;
  for (const hidden of DEPTHS) {
    const found = { float64: [] as number[][], device: [] as number[][] };
    for (const seed of upTo(parameters.seeds)) {
      await onProgress(`${hidden} hidden layers, network ${seed} of ${parameters.seeds}`);
      const network = deepNetwork(inputs, hidden, seed);
      found.float64.push(meanDeltas(network, data).slice(0, hidden).map(norm));
      if (seed > parameters.deviceSeeds) continue;
      const reading = await measure({ network, images });
      found.device.push(reading.meanDelta.slice(0, hidden).map(norm));
      const reference = meanDeltas(reading.network, data);
      const distances = reading.meanDelta.map((delta, index) =>
        relativeDistance(delta, reference[index] as Float64Array),
      );
      distance = Math.max(distance, ...distances);
    }
    depths.push({ hidden, ...found });
  }

  const deepest = depths.at(-1) as (typeof depths)[number];
  const forward = upTo(parameters.seeds).map((seed) =>
    spreadOverImages(activationsInFloat64(deepNetwork(inputs, deepest.hidden, seed), data)).slice(
      0,
      -1,
    ),
  );
  await onProgress('activations on the way forward');
  const looked = await measure({
    network: deepNetwork(inputs, deepest.hidden, 1),
    images: images.slice(0, LOOKED_AT),
    observe: true,
  });
  const onDevice = spreadOverImages(
    looked.observed.map((layers) => layers.map(({ a }) => a)),
  ).slice(0, -1);
  const reference = spreadOverImages(activationsInFloat64(looked.network, data)).slice(0, -1);
  const forwardDistance = Math.max(
    ...onDevice.map((x, index) => Math.abs(x - (reference[index] as number))),
  );

  const medians = depths.map(({ hidden, float64 }) => ({
    hidden,
    y: spread(
      '',
      float64.map(([first = 0]) => first),
    ).y,
  }));
  const falls = medians.every(
    ({ y }, index) => index === 0 || y < (medians[index - 1]?.y as number),
  );
  const line = medians
    .filter(({ hidden }) => hidden >= 2)
    .map(({ hidden, y }): [number, number] => [hidden, Math.log10(y)]);
  const { m, b } = linearRegression(line);
  const bend = Math.max(...line.map(([x, y]) => Math.abs(y - m * x - b)));
  const layers = upTo(deepest.hidden).map((layer) =>
    spread(
      layer,
      deepest.float64.map((norms) => norms[layer - 1] as number),
    ),
  );
  const rises = layers.every(({ y }, index) => index === 0 || y > (layers[index - 1]?.y as number));
  const lost = spread(
    '',
    forward.map((layersOf) => (layersOf[0] as number) / (layersOf.at(-1) as number)),
  ).y;
  return {
    claims: {
      'vanishes-with-depth': {
        verdict: falls && bend <= 0.25 ? 'holds' : 'wrong',
        because: `Each layer costs ${say(-m / Math.log10(2))} bits; the line is straight to ${say(bend)} decades. ‖mean δ¹‖ is ${say(medians[0]?.y as number)} with 1 hidden layer, ${say(medians.at(-1)?.y as number)} with ${deepest.hidden}.`,
      },
      'later-favoured': {
        verdict: rises ? 'holds' : 'wrong',
        because: `With ${deepest.hidden} hidden layers the last is ${say((layers.at(-1)?.y as number) / (layers[0]?.y as number))} times faster than the first.`,
      },
      'forward-too': {
        verdict: lost >= 100 ? 'holds' : 'wrong',
        because: `With ${deepest.hidden} hidden layers the spread is ${say(lost)} times smaller in the last than in the first.`,
      },
    },
    checks: [
      {
        name: 'mean δ of every layer at every depth',
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
      {
        name: 'spread of a over the images, every layer of the deepest',
        against: 'float64',
        distance: forwardDistance,
        bound: FORWARD_BOUND,
        unit: 'absolute',
      },
    ],
    pictures: [
      {
        id: 'first-layer',
        title: 'What reaches the first layer',
        caption: `A straight line: some ${say(-m / Math.log10(2))} bits are lost with every layer. Below the dotted line plain 16 bit fixed point has nothing left.`,
        kind: 'lines',
        x: { label: 'hidden layers', unit: null, scale: 'linear' },
        y: { label: '‖mean δ¹‖', unit: null, scale: 'log' },
        band: `${SPREAD} of ${parameters.seeds} networks in float64, of ${parameters.deviceSeeds} on the device`,
        series: [
          {
            name: 'float64',
            source: 'float64',
            points: depths.map(({ hidden, float64 }) =>
              spread(
                hidden,
                float64.map(([first = 0]) => first),
              ),
            ),
          },
          {
            name: 'device',
            source: 'device',
            points: depths.map(({ hidden, device }) =>
              spread(
                hidden,
                device.map(([first = 0]) => first),
              ),
            ),
          },
        ],
        marks: [{ axis: 'y', at: 2 ** -16, label: 'last bit of plain 16 bit fixed point' }],
      },
      perLayer({
        id: 'backward',
        title: `δ in the network of ${deepest.hidden} hidden layers`,
        caption: 'Backwards, from right to left: every layer is slower than the one above it.',
        label: '‖mean δ^ℓ‖',
        float64: layers,
        device: upTo(deepest.hidden).map((layer) =>
          spread(
            layer,
            deepest.device.map((norms) => norms[layer - 1] as number),
          ),
        ),
      }),
      perLayer({
        id: 'forward',
        title: 'The image on its way forward',
        caption:
          'From left to right: how much the activations differ from image to image. The last layers say nearly the same of every image; the device’s activations have 15 bits and, below the dotted line, see hardly any difference.',
        label: 'spread of a over the images',
        marks: [{ axis: 'y', at: 2 ** -15, label: 'one step of a' }],
        float64: upTo(deepest.hidden).map((layer) =>
          spread(
            layer,
            forward.map((layersOf) => layersOf[layer - 1] as number),
          ),
        ),
        device: onDevice.flatMap((y, index) => (y === 0 ? [] : [{ x: index + 1, y }])),
      }),
    ],
  };
}

type Points = Picture['series'][number]['points'];

function perLayer({
  label,
  float64,
  device,
  ...words
}: Pick<Picture, 'id' | 'title' | 'caption' | 'marks'> & {
  readonly label: string;
  readonly float64: Points;
  readonly device: Points;
}): Picture {
  return {
    ...words,
    kind: 'lines',
    x: { label: 'hidden layer', unit: null, scale: 'linear' },
    y: { label, unit: null, scale: 'log' },
    band: `${SPREAD} of the networks`,
    series: [
      { name: 'float64', source: 'float64', points: float64 },
      { name: 'device', source: 'device', points: device },
    ],
  };
}
