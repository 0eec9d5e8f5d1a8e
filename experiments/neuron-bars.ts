/**
 * ∂C/∂b of single neurons, as bars: the first six of each hidden layer, where the speed of learning
 * of a layer is the norm of all its bars. Source: NN&DL ch. 5, figure of [784,30,30,10].
 */
import { asImages } from '../bench/inputs.ts';
import type { Picture } from '../contract/experiment.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SHIFTED_EXPONENT,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import { loadImages, meanDeltas } from './mnist-batch.ts';
import { networksOf, SPREAD, say, sayShare, share, spread, worstDistance } from './statistics.ts';

const WIDTHS = [784, 30, 30, 10];
/** That are drawn, from the top. */
const BARS = 6;
const BOUND = 0.005;

export const neuronBars: Experiment<Parameters & { readonly images: number }> = {
  name: 'neuron-bars',
  title: 'Bars of single neurons',
  question: 'How large is ∂C/∂b of single neurons in both hidden layers?',
  claims: [
    {
      id: 'second-is-larger',
      lecture: ['U'],
      text: 'The bars of the second hidden layer are mostly much larger than those of the first.',
      rule: 'of the top six neurons side by side, over all networks; holds: at least 80 % of the bars of layer 2 are larger than the one beside them in layer 1, and the median of their ratio is at least 3; holds-if: more than half are larger',
    },
  ],
  quick: { seeds: 20, deviceSeeds: 3, images: 1000 },
  full: { seeds: 200, deviceSeeds: 20, images: 1000 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DROPPED_LAYER, SHIFTED_EXPONENT, TRUNCATION],
  run,
};

async function run(context: Context<Parameters & { readonly images: number }>): Promise<Findings> {
  const { parameters, measure, onProgress } = context;
  const data = await loadImages(parameters.images);
  const images = asImages(data);
  /** Networks × two hidden layers: the first six elements. */
  const bars: Float64Array[][] = [];
  const top = (means: readonly Float64Array[]) =>
    means.slice(0, 2).map((mean) => mean.slice(0, BARS));
  let distance = 0;
  let shown: { device: Float64Array[]; float64: Float64Array[] } | undefined;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`network ${number} of ${parameters.seeds}`);
    const network = initialise(WIDTHS, { seed });
    bars.push(top(meanDeltas(network, data)));
    if (!isMeasured) continue;
    const reading = await measure({ network, images });
    const float64 = meanDeltas(reading.network, data);
    shown ??= { device: top(reading.meanDelta), float64: top(float64) };
    distance = Math.max(distance, worstDistance(reading.meanDelta, float64));
  }
  const ratios = bars.flatMap(([first, second]) =>
    Array.from(second ?? [], (bar, j) => Math.abs(bar / (first?.[j] as number))),
  );
  const larger = share(ratios, (ratio) => ratio > 1);
  const { y, low, high } = spread('', ratios);
  const because = `${sayShare(larger)} are larger; the median ratio is ${say(y)}, ${SPREAD}: ${say(low)} to ${say(high)}.`;
  const often = larger > 0.5 ? 'holds-if' : 'wrong';
  const device = shown?.device ?? [];
  const float64 = shown?.float64 ?? [];
  return {
    claims: {
      'second-is-larger': {
        verdict: larger >= 0.8 && y >= 3 ? 'holds' : often,
        because: often === 'holds-if' && larger < 0.8 ? `For most neurons: ${because}` : because,
      },
    },
    checks: [
      {
        name: `mean δ of every layer, worst of ${parameters.deviceSeeds} networks`,
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
    ],
    tables: [
      {
        title: 'The bars, first network',
        columns: [
          { name: 'layer', unit: null },
          { name: 'neuron', unit: null },
          { name: '∂C/∂b, device', unit: null },
          { name: 'float64, the same weights', unit: null },
          { name: 'error', unit: '%' },
        ],
        rows: device.flatMap((layer, index) =>
          Array.from(layer, (bar, j) => {
            const expected = float64[index]?.[j] as number;
            return [index + 1, j + 1, bar, expected, 100 * Math.abs(bar / expected - 1)];
          }),
        ),
      },
    ],
    pictures: [picture(device, float64)],
  };
}

function picture(device: readonly Float64Array[], float64: readonly Float64Array[]): Picture {
  const points = (values: Float64Array | undefined) =>
    Array.from(values ?? [], (y, j) => ({ x: `neuron ${j + 1}`, y: Math.abs(y) }));
  return {
    id: 'bars',
    title: 'Six neurons of each hidden layer',
    caption:
      'Magnitude of ∂C/∂b of the top six neurons, first network: the speed at which each of them learns.',
    kind: 'bars',
    x: { label: 'neuron of either layer', unit: null, scale: 'category' },
    y: { label: '|∂C/∂b|', unit: null, scale: 'linear' },
    series: [1, 2].flatMap((layer) => [
      { name: `device, layer ${layer}`, source: 'device', points: points(device[layer - 1]) },
      { name: `float64, layer ${layer}`, source: 'float64', points: points(float64[layer - 1]) },
    ]),
  };
}
