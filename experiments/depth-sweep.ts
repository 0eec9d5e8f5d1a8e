/**
 * The same network, deeper and deeper: what reaches the first layer on the way back, and the last
 * one on the way forward, at initialisation.
 */

import { linearRegression, mean, median, standardDeviation } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
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
import { loadImages, meanDeltas } from './mnist-batch.ts';
import {
  bandOf,
  firstSeed,
  isRising,
  networksOf,
  SPREAD,
  say,
  spread,
  spreadColumns,
  worstDistance,
} from './statistics.ts';

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
  full: { seeds: 200, deviceSeeds: 20, images: 250 },
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

/** Networks of one depth; seeds × hidden layers. */
interface Depth {
  readonly hidden: number;
  readonly float64: readonly (readonly number[])[];
  readonly device: readonly (readonly number[])[];
  /** Worst of a mean δ against float64 with the same weights. */
  readonly distance: number;
}

async function run(context: Context<Sweep>): Promise<Findings> {
  const { parameters } = context;
  const data = await loadImages(Math.max(parameters.images, LOOKED_AT));
  const depths: Depth[] = [];
  for (const hidden of DEPTHS) depths.push(await measureDepth(hidden, data, context));
  const deepest = depths.at(-1) as Depth;
  const forward = await lookForward(deepest.hidden, data, context);

  const firsts = depths.map(({ hidden, float64 }) => ({
    hidden,
    norm: median(float64.map(([first = 0]) => first)),
  }));
  const { bits, bend } = fitLine(firsts);
  const falls = isRising(firsts.map(({ norm: x }) => -x));
  const layers = spreadColumns(deepest.float64);
  const lost = median(
    forward.float64.map((spreads) => (spreads[0] as number) / (spreads.at(-1) as number)),
  );
  const ratio = (layers.at(-1)?.y as number) / (layers[0]?.y as number);
  const [shallow, deep] = [firsts[0]?.norm as number, firsts.at(-1)?.norm as number];
  return {
    claims: {
      'vanishes-with-depth': {
        verdict: falls && bend <= 0.25 ? 'holds' : 'wrong',
        because: `Each layer costs ${say(bits)} bits; the line is straight to ${say(bend)} decades. ‖mean δ¹‖ is ${say(shallow)} with 1 hidden layer, ${say(deep)} with ${deepest.hidden}.`,
      },
      'later-favoured': {
        verdict: isRising(layers.map(({ y }) => y)) ? 'holds' : 'wrong',
        because: `With ${deepest.hidden} hidden layers the last is ${say(ratio)} times faster than the first.`,
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
        distance: Math.max(...depths.map(({ distance }) => distance)),
        bound: BOUND,
        unit: 'relative',
      },
      {
        name: 'spread of a over the images, every layer of the deepest',
        against: 'float64',
        distance: forward.distance,
        bound: FORWARD_BOUND,
        unit: 'absolute',
      },
    ],
    pictures: [
      firstLayerPicture(depths, { bits, ...parameters }),
      perLayer({
        id: 'backward',
        title: `δ in the network of ${deepest.hidden} hidden layers`,
        caption: 'Backwards, from right to left: every layer is slower than the one above it.',
        label: '‖mean δ^ℓ‖',
        float64: layers,
        device: spreadColumns(deepest.device),
      }),
      perLayer({
        id: 'forward',
        title: 'The image on its way forward',
        caption:
          'From left to right: how much the activations differ from image to image. The last layers say nearly the same of every image; the device’s activations have 15 bits and, below the dotted line, see hardly any difference.',
        label: 'spread of a over the images',
        marks: [{ axis: 'y', at: 2 ** -15, label: 'one step of a' }],
        float64: spreadColumns(forward.float64),
        // A logarithm has no place for layers that are the same for every image.
        device: forward.device.flatMap((y, index) => (y === 0 ? [] : [{ x: index + 1, y }])),
      }),
    ],
  };
}

async function measureDepth(
  hidden: number,
  data: Dataset,
  { parameters, measure, onProgress }: Context<Sweep>,
): Promise<Depth> {
  const images = asImages(data);
  const found = { float64: [] as number[][], device: [] as number[][] };
  let distance = 0;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`${hidden} hidden layers, network ${number} of ${parameters.seeds}`);
    const network = deepNetwork(data.rows * data.columns, hidden, seed);
    found.float64.push(meanDeltas(network, data).slice(0, hidden).map(norm));
    if (!isMeasured) continue;
    const reading = await measure({ network, images });
    found.device.push(reading.meanDelta.slice(0, hidden).map(norm));
    const reference = meanDeltas(reading.network, data);
    distance = Math.max(distance, worstDistance(reading.meanDelta, reference));
  }
  return { hidden, ...found, distance };
}

/** Spread of a over the images in every hidden layer: of the networks in float64, of the first on the device. */
async function lookForward(
  hidden: number,
  data: Dataset,
  { parameters, measure, onProgress }: Context<Sweep>,
) {
  const inputs = data.rows * data.columns;
  const ofHidden = (images: readonly (readonly Float64Array[])[]) =>
    spreadOverImages(images).slice(0, hidden);
  const float64: number[][] = [];
  for (const { seed, number } of networksOf(parameters)) {
    await onProgress(`activations of network ${number} of ${parameters.seeds}`);
    float64.push(ofHidden(activationsInFloat64(deepNetwork(inputs, hidden, seed), data)));
  }
  const { observed, network } = await measure({
    network: deepNetwork(inputs, hidden, firstSeed(parameters)),
    images: asImages(data).slice(0, LOOKED_AT),
    observe: true,
  });
  const device = ofHidden(observed.map((layers) => layers.map(({ a }) => a)));
  const reference = ofHidden(activationsInFloat64(network, data));
  const distance = Math.max(
    ...device.map((x, index) => Math.abs(x - (reference[index] as number))),
  );
  return { float64, device, distance };
}

/** Bits lost a layer from 2 hidden layers on, and the largest distance from the line, in decades. */
function fitLine(firsts: readonly { hidden: number; norm: number }[]) {
  const line = firsts
    .filter(({ hidden }) => hidden >= 2)
    .map(({ hidden, norm: x }): [number, number] => [hidden, Math.log10(x)]);
  const { m, b } = linearRegression(line);
  return {
    bits: -m / Math.log10(2),
    bend: Math.max(...line.map(([x, y]) => Math.abs(y - m * x - b))),
  };
}

function firstLayerPicture(
  depths: readonly Depth[],
  { bits, seeds, deviceSeeds }: { bits: number; seeds: number; deviceSeeds: number },
): Picture {
  const firsts = (of: (depth: Depth) => readonly (readonly number[])[]) =>
    depths.map((depth) =>
      spread(
        depth.hidden,
        of(depth).map(([first = 0]) => first),
      ),
    );
  return {
    id: 'first-layer',
    title: 'What reaches the first layer',
    caption: `A straight line: some ${say(bits)} bits are lost with every layer. Below the dotted line plain 16 bit fixed point has nothing left.`,
    kind: 'lines',
    x: { label: 'hidden layers', unit: null, scale: 'linear' },
    y: { label: '‖mean δ¹‖', unit: null, scale: 'log' },
    band: bandOf({ seeds, deviceSeeds }),
    series: [
      { name: 'float64', source: 'float64', points: firsts(({ float64 }) => float64) },
      { name: 'device', source: 'device', points: firsts(({ device }) => device) },
    ],
    marks: [{ axis: 'y', at: 2 ** -16, label: 'last bit of plain 16 bit fixed point' }],
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
