/**
 * A hundred Gaussian 4×4 matrices, multiplied. Source: Zhang et al., Dive into Deep Learning, §5.4
 * ("exploding gradients"); theory: Newman, The distribution of Lyapunov exponents (1986).
 */
import { median, quantile } from 'simple-statistics';
import type { Picture } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DOUBLED_WEIGHTS,
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SHIFTED_EXPONENT,
  TRANSPOSED_WEIGHTS,
  TRUNCATION,
} from './faults.ts';
import { matrixDistance, measureProduct, productOf } from './linear-chain.ts';
import {
  histograms,
  networksOf,
  SPREAD,
  say,
  sayShare,
  share,
  spread,
  upTo,
} from './statistics.ts';

const SIZE = 4;
const MATRICES = 100;
/** Γ′/Γ(2) = 1 - γ. */
const DIGAMMA_2 = 1 - 0.577_215_664_901_532_9;
/**
 * Mean growth of ln ‖x‖ for each N(0, 1) matrix of 4 × 4: ½(ψ(n/2) + ln 2) with n = 4, because ‖Gx‖²
 * is ‖x‖² times χ² of n degrees.
 */
const GROWTH = (DIGAMMA_2 + Math.LN2) / 2;
/** Where a product neither grows nor shrinks. */
const CRITICAL = Math.exp(-GROWTH);
const SCALES = [1, CRITICAL, 0.1] as const;
/** Rounded 100 times to 16 bits; where the product nearly cancels, an error weighs more. */
const MEDIAN_BOUND = 0.002;
const MOST_BOUND = 0.01;

export const hundredMatrices: Experiment = {
  name: 'hundred-matrices',
  title: 'A hundred random matrices',
  question: 'What becomes of a product of 100 random 4×4 matrices?',
  claims: [
    {
      id: 'explodes',
      lecture: ['S'],
      text: 'Multiplied by 100 random Gaussian 4×4 matrices, M explodes.',
      rule: 'holds-if (the matrices are N(0, 1)): the largest element is above 10¹⁰ in at least 95 % of the float64 products, and below 10⁻¹⁰ with a standard deviation of 0.1; holds: it explodes with both',
    },
  ],
  quick: { seeds: 200, deviceSeeds: 10 },
  full: { seeds: 2000, deviceSeeds: 40 },
  faults: [
    FLIPPED_SIGN,
    DROPPED_LAYER,
    DOUBLED_WEIGHTS,
    TRANSPOSED_WEIGHTS,
    SHIFTED_EXPONENT,
    TRUNCATION,
  ],
  run,
};

function chainOf(seed: number, scale: number): FloatNetwork {
  const { normal } = randomState(seed);
  return {
    layers: upTo(MATRICES + 1).map(() => ({
      nIn: SIZE,
      nOut: SIZE,
      weights: Float64Array.from({ length: SIZE * SIZE }, () => scale * normal()),
      biases: new Float64Array(SIZE),
    })),
  };
}

interface OfScale {
  readonly scale: number;
  /** Seeds × matrices passed: ‖δ‖. */
  readonly float64: readonly (readonly number[])[];
  readonly device: readonly (readonly number[])[];
  /** log₁₀ of the largest element of the product. */
  readonly decades: readonly number[];
  readonly deviceDecades: readonly number[];
}

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const scales: OfScale[] = [];
  const distances: number[] = [];
  const log = (matrix: { to1DArray(): number[] }) =>
    Math.log10(Math.max(...matrix.to1DArray().map(Math.abs)));
  for (const scale of SCALES) {
    const found = {
      float64: [] as (readonly number[])[],
      device: [] as (readonly number[])[],
      decades: [] as number[],
      deviceDecades: [] as number[],
    };
    for (const { seed, number, isMeasured } of networksOf(parameters)) {
      await onProgress(`scale ${say(scale)}, product ${number} of ${parameters.seeds}`);
      const network = chainOf(seed, scale);
      const textbook = productOf(network, SIZE);
      found.float64.push(textbook.norms);
      found.decades.push(log(textbook.jacobian));
      if (!isMeasured) continue;
      const { measured, expected } = await measureProduct(network, { measure });
      found.device.push(measured.norms);
      found.deviceDecades.push(log(measured.jacobian));
      distances.push(matrixDistance(measured.jacobian, expected.jacobian));
    }
    scales.push({ scale, ...found });
  }
  const [plain, , small] = scales as [OfScale, OfScale, OfScale];
  const exploded = share(plain.decades, (decades) => decades > 10);
  const vanished = share(small.decades, (decades) => decades < -10);
  const { y, low, high } = spread('', plain.decades);
  const theory = (GROWTH * MATRICES) / Math.LN10;
  const [inFloat64 = [], onDevice = []] = histograms([plain.decades, plain.deviceDecades], 16);
  return {
    claims: {
      explodes: {
        verdict: exploded < 0.95 ? 'wrong' : vanished >= 0.95 ? 'holds-if' : 'holds',
        because: `If they are N(0, 1): the largest element is 10^${say(y)} (${SPREAD}: 10^${say(low)} to 10^${say(high)}; theory 10^${say(theory)}), above 10¹⁰ in ${sayShare(exploded)}. Below a standard deviation of ${say(CRITICAL)} it vanishes: with 0.1 it is below 10⁻¹⁰ in ${sayShare(vanished)}.`,
      },
    },
    checks: [
      ...[
        { name: 'median', distance: median(distances), bound: MEDIAN_BOUND },
        { name: '95 %', distance: quantile(distances, 0.95), bound: MOST_BOUND },
      ].map(({ name, ...figures }) => ({
        name: `the whole product, ${name} of ${distances.length}`,
        against: 'float64' as const,
        ...figures,
        unit: 'relative',
      })),
    ],
    tables: [
      {
        title: 'Largest element of the product, as a power of ten',
        columns: [
          'standard deviation',
          'device, first network',
          'float64, first network',
          'median',
          '5 %',
          '95 %',
          'theory, of ‖δ‖',
        ].map((name) => ({ name, unit: null })),
        rows: scales.map(({ scale, decades, deviceDecades }) => {
          const band = spread('', decades);
          const expected = (MATRICES * (GROWTH + Math.log(scale))) / Math.LN10;
          return [
            scale,
            deviceDecades[0] ?? null,
            decades[0] ?? null,
            band.y,
            band.low,
            band.high,
            Math.abs(expected) < 1e-9 ? 0 : expected,
          ];
        }),
      },
    ],
    pictures: [
      growthPicture(scales, parameters),
      {
        id: 'decades',
        title: 'How far 100 matrices of N(0, 1) carry',
        caption:
          'One count a product. The logarithm of the product is a sum of 100 random terms, so it is spread like a bell.',
        kind: 'histogram',
        x: { label: 'log₁₀ of the largest element', unit: null, scale: 'linear' },
        y: { label: 'products', unit: null, scale: 'linear' },
        series: [
          { name: 'float64', source: 'float64', points: inFloat64 },
          { name: 'device', source: 'device', points: onDevice },
        ],
        marks: [{ axis: 'x', at: theory, label: 'theory' }],
      },
    ],
  };
}

function growthPicture(scales: readonly OfScale[], { seeds, deviceSeeds }: Parameters): Picture {
  const every = 5;
  const steps = Array.from({ length: MATRICES / every + 1 }, (_, index) => index * every);
  const along = (samples: readonly (readonly number[])[]) =>
    steps.map((k) =>
      spread(
        k,
        samples.map((norms) => norms[k] as number),
      ),
    );
  return {
    id: 'growth',
    title: 'A vector on its way through 100 random matrices',
    caption: `It grows or shrinks exponentially, whatever the scale; only a standard deviation of ${say(CRITICAL)} keeps it in the middle.`,
    kind: 'lines',
    x: { label: 'matrices passed', unit: null, scale: 'linear' },
    y: { label: '‖δ‖', unit: null, scale: 'log' },
    band: `${SPREAD} of ${seeds} products in float64, of ${deviceSeeds} on the device`,
    series: scales.flatMap(({ scale, float64, device }) => [
      { name: `float64, ${say(scale)}`, source: 'float64' as const, points: along(float64) },
      { name: `device, ${say(scale)}`, source: 'device' as const, points: along(device) },
    ]),
  };
}
