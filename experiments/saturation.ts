/**
 * How z and a spread, and how many units saturate, layer by layer and by initialiser. Source:
 * Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010).
 */
import { mean, variance } from 'simple-statistics';
import type { Picture } from '../contract/experiment.ts';
import { SATURATED_EXPONENT } from '../contract/formats.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { measureBatch } from '../golden/float64/batch.ts';
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
import { asImages, loadImages } from './mnist-batch.ts';
import { SPREAD, say, sayShare, spread, upTo } from './statistics.ts';

const HIDDEN = 4;
const WIDTHS = [784, 50, 50, 50, 50, 10];
const INITIALISERS = ['normal', 'nielsen', 'xavier-normal'] as const;
type Name = (typeof INITIALISERS)[number];
/** σ within this of 0 or 1 counts as saturated, on the device and here. */
const FLAT = 2 ** -SATURATED_EXPONENT;
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
    },
    {
      id: 'scaling-helps',
      lecture: ['B', 'N'],
      text: 'Weights scaled by the number of inputs do not saturate the layers.',
      rule: 'holds: in the median of the networks fewer than 5 % of the units of any hidden layer saturate with xavier-normal and with nielsen',
    },
  ],
  quick: { seeds: 10, deviceSeeds: 1, images: 40 },
  full: { seeds: 100, deviceSeeds: 20, images: 100 },
  faults: [SWAPPED_ACTIVATION, DROPPED_LAYER, DOUBLED_WEIGHTS, NO_BIASES, TRUNCATION],
  run,
};

function inFloat64(network: FloatNetwork, { images, labels }: Dataset): Layers {
  const found = upTo(HIDDEN).map(() => [] as number[]);
  measureBatch(network, {
    images,
    labels,
    cost: 'cross-entropy',
    onImage: (_, { z }) => {
      for (const [index, values] of found.entries()) values.push(...(z[index] as Float64Array));
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

async function run({ parameters, measure, onProgress }: Context<Few>): Promise<Findings> {
  const data = await loadImages(parameters.images);
  const images = asImages(data);
  const found = {} as Record<Name, { float64: Layers[]; device: Layers[] }>;
  let varianceDistance = 0;
  let shareDistance = 0;
  for (const initialiser of INITIALISERS) {
    const own = { float64: [] as Layers[], device: [] as Layers[] };
    for (const seed of upTo(parameters.seeds)) {
      await onProgress(`${initialiser}, network ${seed} of ${parameters.seeds}`);
      const network = initialise(WIDTHS, { initialiser, seed });
      own.float64.push(inFloat64(network, data));
      if (seed > parameters.deviceSeeds) continue;
      const {
        observed,
        records,
        network: exact,
      } = await measure({ network, images, observe: true });
      const layers = upTo(HIDDEN).map((_, index) => ({
        z: observed.flatMap((image) => Array.from(image[index]?.z ?? [])),
        a: observed.flatMap((image) => Array.from(image[index]?.a ?? [])),
        saturated:
          mean(records.map((record) => record.layers[index]?.saturatedUnits ?? Number.NaN)) /
          (WIDTHS[index + 1] as number),
      }));
      const device = {
        varZ: layers.map(({ z }) => variance(z)),
        varA: layers.map(({ a }) => variance(a)),
        saturated: layers.map(({ saturated }) => saturated),
      };
      own.device.push(device);
      const reference = inFloat64(exact, data);
      const worst = (name: 'varZ' | 'varA') =>
        Math.max(
          ...device[name].map((value, index) =>
            Math.abs(value / (reference[name][index] as number) - 1),
          ),
        );
      varianceDistance = Math.max(varianceDistance, worst('varZ'), worst('varA'));
      shareDistance = Math.max(
        shareDistance,
        ...device.saturated.map((value, index) =>
          Math.abs(value - (reference.saturated[index] as number)),
        ),
      );
    }
    found[initialiser] = own;
  }
  const median = (initialiser: Name, name: keyof Layers) =>
    upTo(HIDDEN).map(
      (layer) =>
        spread(
          '',
          found[initialiser].float64.map((layers) => layers[name][layer - 1] as number),
        ).y,
    );
  const pixels = variance(Array.from(data.images, (x) => x / 256));
  const inputs = [pixels, ...median('normal', 'varA').slice(0, -1)];
  const growth = median('normal', 'varZ').map((varZ, index) => varZ / (inputs[index] as number));
  const rises = (values: readonly number[]) =>
    values.every((x, index) => index === 0 || x > (values[index - 1] as number));
  const shares = median('normal', 'saturated');
  const scaled = Math.max(
    ...median('xavier-normal', 'saturated'),
    ...median('nielsen', 'saturated'),
  );
  const list = (values: readonly number[]) => values.map(say).join(', ');
  return {
    claims: {
      'variance-grows': {
        verdict: Math.min(...growth) >= 10 ? 'holds' : 'wrong',
        because: `Var z over Var of the inputs, by layer: ${list(growth)}.`,
      },
      'keeps-growing': {
        verdict: rises(median('normal', 'varA')) && rises(shares) ? 'holds' : 'wrong',
        because: `With N(0, 1) Var a is ${list(median('normal', 'varA'))}, and ${shares.map(sayShare).join(', ')} of the units saturate: every layer does, the first the most, because it has ${WIDTHS[0]} inputs and the others ${WIDTHS[1]}.`,
      },
      'scaling-helps': {
        verdict: scaled < 0.05 ? 'holds' : 'wrong',
        because: `At most ${sayShare(scaled)} of the units of a layer saturate.`,
      },
    },
    checks: [
      {
        name: 'Var z and Var a of every hidden layer',
        against: 'float64',
        distance: varianceDistance,
        bound: VARIANCE_BOUND,
        unit: 'relative',
      },
      {
        name: 'saturated share of every hidden layer, as the device counts it',
        against: 'float64',
        distance: shareDistance,
        bound: SHARE_BOUND,
        unit: 'absolute',
      },
    ],
    tables: [
      {
        title: 'Every hidden layer',
        columns: [
          ...[
            'initialiser',
            'layer',
            'Var z, device',
            'median of float64',
            'Var a, device',
            'median of float64',
          ].map((name) => ({ name, unit: null })),
          { name: 'saturated, device', unit: '%' },
          { name: 'median of float64', unit: '%' },
        ],
        rows: INITIALISERS.flatMap((initialiser) =>
          upTo(HIDDEN).map((layer) => {
            const device = found[initialiser].device[0];
            const at = (name: keyof Layers) => [
              device?.[name][layer - 1] ?? null,
              median(initialiser, name)[layer - 1] ?? null,
            ];
            const percent = at('saturated').map((x) => (x === null ? null : 100 * x));
            return [initialiser, layer, ...at('varZ'), ...at('varA'), ...percent];
          }),
        ),
      },
    ],
    pictures: [
      picture({
        id: 'saturated',
        title: 'Saturated units',
        label: 'share of the units',
        caption:
          'N(0, 1) saturates most units of every layer at once; scaled weights next to none.',
      }),
      picture({
        id: 'varZ',
        title: 'Variance of z',
        label: 'Var z',
        caption: 'With N(0, 1) the sum over the inputs is never scaled back.',
      }),
    ],
  };

  function picture({
    id,
    label,
    ...words
  }: {
    id: keyof Layers;
    title: string;
    label: string;
    caption: string;
  }): Picture {
    const points = (samples: readonly Layers[]) =>
      upTo(HIDDEN).map((layer) =>
        spread(
          layer,
          samples.map((layers) => layers[id][layer - 1] as number),
        ),
      );
    return {
      id,
      ...words,
      kind: 'lines',
      x: { label: 'hidden layer', unit: null, scale: 'category' },
      y: { label, unit: null, scale: id === 'varZ' ? 'log' : 'linear' },
      band: `${SPREAD} of ${parameters.seeds} networks in float64, of ${parameters.deviceSeeds} on the device`,
      series: INITIALISERS.flatMap((initialiser) => [
        {
          name: `float64, ${initialiser}`,
          source: 'float64' as const,
          points: points(found[initialiser].float64),
        },
        {
          name: `device, ${initialiser}`,
          source: 'device' as const,
          points: points(found[initialiser].device),
        },
      ]),
    };
  }
}
