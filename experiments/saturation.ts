/**
 * How z and a spread, and how many units saturate, layer by layer and by initialiser. Source:
 * Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010).
 */

import { mean, variance } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { ResultTable, Series } from '../contract/experiment.ts';
import { FORMATS, SATURATED_EXPONENT } from '../contract/formats.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { measureBatch } from '../golden/float64/batch.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import { sigmoid } from '../golden/float64/sigmoid.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Dataset } from '../host/data/mnist.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DOUBLED_WEIGHTS,
  DROPPED_LAYER,
  NO_BIASES,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import type { Reading } from './instrument.ts';
import { loadImages } from './mnist-batch.ts';
import { bandOf, isRising, networksOf, say, sayShare, spreadColumns, upTo } from './statistics.ts';

const HIDDEN = 4;
const WIDTHS = [784, 50, 50, 50, 50, 10];
const INITIALISERS = ['normal', 'nielsen', 'xavier-normal'] as const;
type Name = (typeof INITIALISERS)[number];
/** σ within this of 0 or 1 counts as saturated, on the device and here. */
const FLAT = 2 ** -SATURATED_EXPONENT;
/**
 * The device holds z to just under ±32 and counts what it clamps. With N(0, 1) weights and 784 inputs
 * a few z of a batch lie beyond, enough for 1 % of Var z.
 */
const Z_REACH = (2 ** (FORMATS.z.width - 1) - 1) * 2 ** -FORMATS.z.fraction;
const VARIANCE_BOUND = 0.005;
/** Units that stand on the edge, and fall to the one or the other side by their rounding. */
const SHARE_BOUND = 0.005;

interface Few extends Parameters {
  readonly images: number;
}

/** Of the hidden layers, over all units and images. */
interface Layers {
  readonly varZ: readonly number[];
  readonly varA: readonly number[];
  readonly saturated: readonly number[];
}

export const saturation: Experiment<Few> = {
  name: 'saturation',
  title: 'Saturation by initialiser',
  question: 'Do variances grow from layer to layer, and do the top layers saturate?',
  claims: [
    {
      id: 'variance-grows',
      lecture: ['B'],
      text: 'With weights from N(0, 1) the variance of the outputs of a layer is much greater than that of its inputs.',
      rule: 'outputs before the activation; holds: in the median of the networks Var z of every hidden layer in float64 is at least 10 times Var a of the layer before it (of the pixels, for the first)',
    },
    {
      id: 'keeps-growing',
      lecture: ['B', 'N'],
      text: 'Going forward the variance keeps growing from layer to layer, until the top layers saturate.',
      rule: 'with N(0, 1); holds: in the median of the networks both Var a and the saturated share rise with every hidden layer; wrong otherwise',
      slip: 'imprecise',
    },
    {
      id: 'scaling-helps',
      lecture: ['B', 'N'],
      text: 'Weights scaled by the number of inputs do not saturate the layers.',
      rule: 'holds: in the median of the networks fewer than 5 % of the units of any hidden layer saturate with xavier-normal and with nielsen',
    },
  ],
  quick: { seeds: 10, deviceSeeds: 1, images: 40 },
  full: { seeds: 200, deviceSeeds: 20, images: 100 },
  faults: [SWAPPED_ACTIVATION, DROPPED_LAYER, DOUBLED_WEIGHTS, NO_BIASES, TRUNCATION],
  run,
};

/** @param reach to which z is held, as on the device. */
function inFloat64(
  network: FloatNetwork,
  { images, labels }: Dataset,
  reach = Number.POSITIVE_INFINITY,
): Layers {
  const found = upTo(HIDDEN).map(() => [] as number[]);
  measureBatch(network, {
    images,
    labels,
    cost: 'cross-entropy',
    onImage: (_, { z }) => {
      for (const [index, values] of found.entries()) {
        values.push(...(z[index] as Float64Array).map((x) => Math.max(-reach, Math.min(reach, x))));
      }
    },
  });
  return {
    varZ: found.map(variance),
    varA: found.map((values) => variance(values.map(sigmoid))),
    saturated: found.map((values) =>
      mean(values.map((z) => (sigmoid(-Math.abs(z)) < FLAT ? 1 : 0))),
    ),
  };
}

/** All that was found of one initialiser, a network each. */
interface Found {
  readonly float64: readonly Layers[];
  readonly device: readonly Layers[];
  /** Worst distance of the device from float64 with the same weights. */
  readonly distance: { readonly variance: number; readonly share: number };
}

async function run(context: Context<Few>): Promise<Findings> {
  const data = await loadImages(context.parameters.images);
  const found = {} as Record<Name, Found>;
  for (const name of INITIALISERS) found[name] = await measureInitialiser(name, data, context);

  const pixels = variance([...pixelInputs(data.images)]);
  const [varZ, varA, shares] = (['varZ', 'varA', 'saturated'] as const).map((name) =>
    medians(found.normal, name),
  ) as [number[], number[], number[]];
  const growth = varZ.map((x, index) => x / (index === 0 ? pixels : (varA[index - 1] as number)));
  const scaled = Math.max(
    ...medians(found['xavier-normal'], 'saturated'),
    ...medians(found.nielsen, 'saturated'),
  );
  const list = (values: readonly number[]) => values.map(say).join(', ');
  const worst = (name: keyof Found['distance']) =>
    Math.max(...INITIALISERS.map((initialiser) => found[initialiser].distance[name]));
  return {
    claims: {
      'variance-grows': {
        verdict: Math.min(...growth) >= 10 ? 'holds' : 'wrong',
        because: `Var z over Var of the inputs, by layer: ${list(growth)}.`,
      },
      'keeps-growing': {
        verdict: isRising(varA) && isRising(shares) ? 'holds' : 'wrong',
        because: `With N(0, 1) Var a is ${list(varA)}, and ${shares.map(sayShare).join(', ')} of the units saturate: every layer does, the first the most, because it has ${WIDTHS[0]} inputs and the others ${WIDTHS[1]}.`,
      },
      'scaling-helps': {
        verdict: scaled < 0.05 ? 'holds' : 'wrong',
        because: `At most ${sayShare(scaled)} of the units of a layer saturate.`,
      },
    },
    checks: [
      {
        name: 'Var z and Var a of every hidden layer, with z held to ±32 as on the device',
        against: 'float64',
        distance: worst('variance'),
        bound: VARIANCE_BOUND,
        unit: 'relative',
      },
      {
        name: 'saturated share of every hidden layer, as the device counts it',
        against: 'float64',
        distance: worst('share'),
        bound: SHARE_BOUND,
        unit: 'absolute',
      },
    ],
    tables: [tableOf(found)],
    pictures: [
      {
        id: 'saturated',
        title: 'Saturated units',
        caption:
          'N(0, 1) saturates nearly half of every layer or more, at once; scaled weights next to nothing.',
        y: { label: 'share of the units', unit: null, scale: 'linear' as const },
        series: seriesOf(found, 'saturated'),
      },
      {
        id: 'varZ',
        title: 'Variance of z',
        caption: 'With N(0, 1) the sum over the inputs is never scaled back.',
        y: { label: 'Var z', unit: null, scale: 'log' as const },
        series: seriesOf(found, 'varZ'),
      },
    ].map((own) => ({
      ...own,
      kind: 'lines',
      x: { label: 'hidden layer', unit: null, scale: 'linear' },
      band: bandOf(context.parameters),
    })),
  };
}

async function measureInitialiser(
  initialiser: Name,
  data: Dataset,
  { parameters, measure, onProgress }: Context<Few>,
): Promise<Found> {
  const images = asImages(data);
  const found = { float64: [] as Layers[], device: [] as Layers[] };
  const distance = { variance: 0, share: 0 };
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`${initialiser}, network ${number} of ${parameters.seeds}`);
    const network = initialise(WIDTHS, { initialiser, seed });
    found.float64.push(inFloat64(network, data));
    if (!isMeasured) continue;
    const reading = await measure({ network, images, observe: true });
    const device = onDevice(reading);
    found.device.push(device);
    const reference = inFloat64(reading.network, data, Z_REACH);
    for (const name of ['varZ', 'varA'] as const) {
      const ratios = device[name].map((x, index) => x / (reference[name][index] as number));
      distance.variance = Math.max(distance.variance, ...ratios.map((x) => Math.abs(x - 1)));
    }
    const gaps = device.saturated.map((x, index) => x - (reference.saturated[index] as number));
    distance.share = Math.max(distance.share, ...gaps.map(Math.abs));
  }
  return { ...found, distance };
}

/** Variances of what it sent, and its own count of saturated units. */
function onDevice({ observed, records }: Reading): Layers {
  const all = (name: 'z' | 'a') =>
    upTo(HIDDEN).map((layer) =>
      variance(observed.flatMap((image) => Array.from(image[layer - 1]?.[name] ?? []))),
    );
  return {
    varZ: all('z'),
    varA: all('a'),
    saturated: upTo(HIDDEN).map((layer) => {
      const counts = records.map((record) => record.layers[layer - 1]?.saturatedUnits as number);
      return mean(counts) / (WIDTHS[layer] as number);
    }),
  };
}

/** By hidden layer, of the networks in float64. */
function medians({ float64 }: Found, name: keyof Layers): number[] {
  return spreadColumns(float64.map((layers) => layers[name])).map(({ y }) => y);
}

function tableOf(found: Record<Name, Found>): ResultTable {
  const pair = (name: string, unit: string | null) => [
    { name: `${name}, device, first network`, unit },
    { name: 'median of float64', unit },
  ];
  return {
    title: 'Every hidden layer',
    columns: [
      { name: 'initialiser', unit: null },
      { name: 'layer', unit: null },
      ...pair('Var z', null),
      ...pair('Var a', null),
      ...pair('saturated', '%'),
    ],
    rows: INITIALISERS.flatMap((initialiser) =>
      upTo(HIDDEN).map((layer) => {
        const own = found[initialiser];
        const at = (name: keyof Layers) => [
          own.device[0]?.[name][layer - 1] as number,
          medians(own, name)[layer - 1] as number,
        ];
        const percent = at('saturated').map((x) => 100 * x);
        return [initialiser, layer, ...at('varZ'), ...at('varA'), ...percent];
      }),
    ),
  };
}

function seriesOf(found: Record<Name, Found>, name: keyof Layers): Series[] {
  return INITIALISERS.flatMap((initialiser) =>
    (['float64', 'device'] as const).map((source) => ({
      name: `${source}, ${initialiser}`,
      source,
      points: spreadColumns(found[initialiser][source].map((layers) => layers[name])),
    })),
  );
}
