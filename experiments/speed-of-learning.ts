/**
 * How fast each hidden layer learns at initialisation: ‖mean δ^ℓ‖ for one to four hidden layers.
 * Source: Nielsen, Neural Networks and Deep Learning, ch. 5, and fig/generate_gradient.py.
 */

import { median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, Point, ResultTable } from '../contract/experiment.ts';
import { norm } from '../golden/float64/norm.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Context, Experiment, Findings, Judgement } from './experiment.ts';
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
  histograms,
  locate,
  networksOf,
  SPREAD,
  say,
  sayShare,
  share,
  spread,
  upTo,
  worstDistance,
} from './statistics.ts';

interface Parameters {
  readonly seeds: number;
  readonly deviceSeeds: number;
  /** The first so many of the MNIST training set. */
  readonly images: number;
  readonly [name: string]: number;
}

/** One random network each, by hidden layers; NN&DL ch. 5. */
const PUBLISHED: Readonly<Record<number, readonly number[]>> = {
  2: [0.0657, 0.3092],
  3: [0.0118, 0.06, 0.2831],
  4: [0.00298, 0.0171, 0.0695, 0.2851],
};
const DEPTHS = [1, 2, 3, 4] as const;
const DEEPEST = 4;
const WIDTH = 30;
/** Of the mean δ of a layer against float64 with the same weights (docs/decisions/0005). */
const BOUND = 0.005;

/** Hidden layers of one depth, over the seeds. */
interface Depth {
  readonly hidden: number;
  /** Seeds × hidden layers: ‖mean δ‖ in float64. */
  readonly norms: readonly (readonly number[])[];
  /** Seeds × hidden layers: Σ_j of mean δ_j, what a norm "without squares" takes the root of. */
  readonly plainSums: readonly (readonly number[])[];
  /** Measured seeds × hidden layers. */
  readonly device: readonly (readonly number[])[];
  /** The same with the device's own weights in float64. */
  readonly reference: readonly (readonly number[])[];
  /** Worst ‖device - float64‖ / ‖float64‖ of a mean δ. */
  readonly distance: number;
}

export const speedOfLearning: Experiment<Parameters> = {
  name: 'speed-of-learning',
  title: 'Speed of learning',
  question: 'How fast does each hidden layer learn at the start, before any training?',
  claims: [
    {
      id: 'earlier-is-slower',
      lecture: ['U', 'N'],
      text: 'Neurons in the earlier hidden layers learn more slowly than those in later ones.',
      rule: 'holds: ‖mean δ‖ rises from every hidden layer to the next in at least 95 % of the networks of 2, 3 and 4 hidden layers; holds-if: in at least half',
    },
    {
      id: 'hundred-times',
      lecture: ['U', 'N'],
      text: 'With 4 hidden layers the first learns about 100 times more slowly than the last.',
      rule: 'at initialisation only; holds: the median of ‖mean δ⁴‖/‖mean δ¹‖ is between 50 and 200',
    },
    {
      id: 'published-values',
      lecture: ['U', 'N'],
      text: '‖mean δ‖ is 0.07, 0.31 with 2 hidden layers, 0.012, 0.060, 0.283 with 3, and 0.003, 0.017, 0.070, 0.285 with 4.',
      rule: 'holds-if (for one random network): each value lies between the smallest and the largest of the distribution; wrong otherwise',
    },
    {
      id: 'inputs-748',
      lecture: ['U'],
      text: 'The network is [748, 30, 30, 10].',
      rule: 'holds: the images have 748 pixels; a typo otherwise',
      slip: 'typo',
    },
    {
      id: 'norm-without-squares',
      lecture: ['U'],
      text: 'The speed of a layer is the norm √(Σ_j ∂C/∂b_j), written without squares.',
      rule: 'wrong when Σ_j of the mean δ_j is negative for any layer of any network: it has no root',
      slip: 'typo',
    },
  ],
  quick: { seeds: 20, deviceSeeds: 2, images: 1000 },
  full: { seeds: 200, deviceSeeds: 20, images: 1000 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DROPPED_LAYER, SHIFTED_EXPONENT, TRUNCATION],
  run,
};

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const data = await loadImages(parameters.images);
  const images = asImages(data);
  const depths: Depth[] = [];
  for (const hidden of DEPTHS) {
    const widths = [data.rows * data.columns, ...new Array<number>(hidden).fill(WIDTH), 10];
    const found = {
      norms: [] as number[][],
      plainSums: [] as number[][],
      device: [] as number[][],
      reference: [] as number[][],
    };
    let distance = 0;
    for (const { seed, number, isMeasured } of networksOf(parameters)) {
      await onProgress(`${hidden} hidden, network ${number} of ${parameters.seeds}`);
      const network = initialise(widths, { initialiser: 'nielsen', seed });
      const means = meanDeltas(network, data).slice(0, hidden);
      found.norms.push(means.map(norm));
      found.plainSums.push(means.map((mean) => mean.reduce((sum, x) => sum + x, 0)));
      if (!isMeasured) continue;
      const reading = await measure({ network, images });
      const reference = meanDeltas(reading.network, data);
      found.device.push(reading.meanDelta.slice(0, hidden).map(norm));
      found.reference.push(reference.slice(0, hidden).map(norm));
      distance = Math.max(distance, worstDistance(reading.meanDelta, reference));
    }
    depths.push({ hidden, ...found, distance });
  }
  const deepest = depths.at(-1) as Depth;
  const ratios = deepest.norms.map(ratio);
  const [inFloat64 = [], onDevice = []] = histograms([ratios, deepest.device.map(ratio)], 12);
  return {
    claims: {
      'earlier-is-slower': judgeOrder(depths),
      'hundred-times': judgeHundred(ratios),
      'published-values': judgePublished(depths),
      'inputs-748': {
        verdict: data.rows * data.columns === 748 ? 'holds' : 'wrong',
        because: `A typo: the images have ${data.rows} × ${data.columns} = ${data.rows * data.columns} pixels.`,
      },
      'norm-without-squares': judgeNorm(depths),
    },
    checks: depths.map(({ hidden, distance }) => ({
      name: `mean δ of every layer, ${hidden} hidden, worst of ${parameters.deviceSeeds} networks`,
      against: 'float64',
      distance,
      bound: BOUND,
      unit: 'relative',
    })),
    tables: [tableOf(depths)],
    pictures: [
      ...depths.filter(({ hidden }) => hidden > 1).map((depth) => speeds(depth, parameters)),
      {
        id: 'ratio',
        title: 'How much slower the first hidden layer is than the last',
        caption: `${DEEPEST} hidden layers, one count a random network; the device measures the first of them. One network says little about the absolute speeds; this ratio is the steadier figure.`,
        kind: 'histogram',
        x: { label: '‖mean δ⁴‖ / ‖mean δ¹‖', unit: null, scale: 'linear' },
        y: { label: 'networks', unit: null, scale: 'linear' },
        series: [
          { name: 'float64', source: 'float64', points: inFloat64 },
          { name: 'device', source: 'device', points: onDevice },
        ],
        marks: [{ axis: 'x', at: 100, label: 'claimed: 100' }],
      },
    ],
  };
}

/** Last over first. */
function ratio(norms: readonly number[]): number {
  return (norms.at(-1) as number) / (norms[0] as number);
}

function judgeOrder(depths: readonly Depth[]): Judgement {
  const shares = depths
    .filter(({ hidden }) => hidden > 1)
    .map(({ hidden, norms }) => ({
      hidden,
      rising: share(norms, (layers) =>
        layers.every((x, i) => i === 0 || x > (layers[i - 1] as number)),
      ),
    }));
  const least = Math.min(...shares.map(({ rising }) => rising));
  const figures = shares
    .map(({ hidden, rising }) => `${sayShare(rising)} with ${hidden}`)
    .join(', ');
  const because = `Every layer is faster than the one before it in ${figures} hidden layers.`;
  if (least >= 0.95) return { verdict: 'holds', because };
  return least >= 0.5
    ? { verdict: 'holds-if', because: `For most random networks, not for all. ${because}` }
    : { verdict: 'wrong', because };
}

function judgeHundred(ratios: readonly number[]): Judgement {
  const { y, low, high } = spread('', ratios);
  return {
    verdict: y >= 50 && y <= 200 ? 'holds' : 'wrong',
    because: `At initialisation the median is ${say(y)}; ${SPREAD} of the networks: ${say(low)} to ${say(high)}.`,
  };
}

function judgePublished(depths: readonly Depth[]): Judgement {
  const outside = depths.flatMap(({ hidden, norms }) =>
    (PUBLISHED[hidden] ?? []).filter((value, layer) => {
      const place = locate(
        value,
        norms.map((layers) => layers[layer] as number),
      );
      return place === 0 || place === 1;
    }),
  );
  if (outside.length > 0) {
    return { verdict: 'wrong', because: `Outside of all networks drawn: ${outside.join(', ')}.` };
  }
  const first = depths.at(-1)?.norms.map((layers) => layers[0] as number) ?? [];
  const { low, high } = spread('', first);
  return {
    verdict: 'holds-if',
    because: `For one random network: each value is within the distribution, which is wide. The first of 4 hidden layers has ${say(low)} to ${say(high)} (${SPREAD}).`,
  };
}

function judgeNorm(depths: readonly Depth[]): Judgement {
  const negative = share(
    depths.flatMap(({ plainSums }) => plainSums.flat()),
    (sum) => sum < 0,
  );
  return negative > 0
    ? {
        verdict: 'wrong',
        because: `Σ_j is negative in ${sayShare(negative)} of the layers, where it has no root. Right: √(Σ_j (∂C/∂b_j)²).`,
      }
    : { verdict: 'holds', because: 'No sum was negative.' };
}

function speeds({ hidden, norms, device }: Depth, { seeds, deviceSeeds }: Parameters): Picture {
  const layersOf = (samples: readonly (readonly number[])[]): Point[] =>
    upTo(hidden).map((layer) =>
      spread(
        layer,
        samples.map((layers) => layers[layer - 1] as number),
      ),
    );
  return {
    id: `speed-${hidden}`,
    title: `Speed of learning with ${hidden} hidden layers`,
    caption: 'Each step to the left, towards the input, costs a layer a good part of its gradient.',
    kind: 'lines',
    x: { label: 'hidden layer', unit: null, scale: 'category' },
    y: { label: '‖mean δ‖ = ‖∂C/∂b‖', unit: null, scale: 'log' },
    band: bandOf({ seeds, deviceSeeds }),
    series: [
      { name: 'float64', source: 'float64', points: layersOf(norms) },
      { name: 'device', source: 'device', points: layersOf(device) },
      {
        name: 'published (one network)',
        source: 'published',
        points: (PUBLISHED[hidden] ?? []).map((y, index) => ({ x: index + 1, y })),
      },
    ],
  };
}

function tableOf(depths: readonly Depth[]): ResultTable {
  return {
    title: 'Speed of learning of every hidden layer',
    columns: [
      { name: 'hidden layers', unit: null },
      { name: 'layer', unit: null },
      { name: 'device, first network', unit: null },
      { name: 'float64, the same weights', unit: null },
      { name: 'error', unit: '%' },
      { name: 'median of the networks', unit: null },
      { name: '5 %', unit: null },
      { name: '95 %', unit: null },
      { name: 'published', unit: null },
      { name: 'networks below it', unit: '%' },
    ],
    rows: depths.flatMap(({ hidden, norms, device, reference }) =>
      upTo(hidden).map((layer) => {
        const samples = norms.map((layers) => layers[layer - 1] as number);
        const { low, high } = spread(layer, samples);
        const measured = device[0]?.[layer - 1] ?? null;
        const expected = reference[0]?.[layer - 1] ?? null;
        const published = PUBLISHED[hidden]?.[layer - 1] ?? null;
        return [
          hidden,
          layer,
          measured,
          expected,
          measured === null || expected === null ? null : 100 * Math.abs(measured / expected - 1),
          median(samples),
          low,
          high,
          published,
          published === null ? null : 100 * locate(published, samples),
        ];
      }),
    ),
  };
}
