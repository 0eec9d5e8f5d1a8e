/**
 * ‖mean δ^ℓ‖ of every hidden layer at every epoch of gradient descent, and what mini-batches do to
 * the curves. Source: Nielsen, Neural Networks and Deep Learning, ch. 5, and
 * fig/generate_gradient.py: cross-entropy, full batch, η = 0.1, λ = 5 for 1000 images.
 */
import { mean, median } from 'simple-statistics';
import { floatCorrect } from '../bench/epoch-stats.ts';
import { asImages } from '../bench/inputs.ts';
import type { Picture, Point, ResultTable, Series } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import {
  type DescentSettings,
  descend,
  startDescent,
  type TrainingExample,
} from '../golden/float64/training.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Context, Experiment, Findings, Judgement } from './experiment.ts';
import {
  DOUBLED_GRADIENT,
  NO_DECAY,
  SHIFTED_EXPONENT,
  STALE_GRADIENT,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import type { TrainedEpoch } from './instrument.ts';
import { loadImages } from './mnist-batch.ts';
import { firstSeed, networksOf, say, sayShare, share, upTo } from './statistics.ts';

interface Parameters {
  readonly seeds: number;
  readonly deviceSeeds: number;
  /** The first so many of the MNIST training set. */
  readonly images: number;
  readonly epochs: number;
  readonly [name: string]: number;
}

interface Settings {
  readonly name: string;
  readonly learningRate: number;
  /** λ/n. */
  readonly decay: number;
}

const NIELSEN: Settings = { name: 'η = 0.1, λ/n = 0.005', learningRate: 0.1, decay: 0.005 };
const FASTER: Settings = { name: 'η = 1, λ = 0', learningRate: 1, decay: 0 };
const DEEPEST = 4;
const RUNS: readonly { readonly hidden: number; readonly settings: Settings }[] = [
  { hidden: 2, settings: NIELSEN },
  { hidden: 3, settings: NIELSEN },
  { hidden: DEEPEST, settings: NIELSEN },
  { hidden: 2, settings: FASTER },
  { hidden: 3, settings: FASTER },
];
const WIDTH = 30;
const SMALL_BATCH = 10;
/** Of log₁₀ ‖mean δ‖ of a layer at an epoch, in the median, against float64 from the same start. */
const BOUND = 0.02;
/**
 * Epochs that are compared. Chosen after a run of 500: with η = 1 and 3 hidden layers descent is unstable
 * from about epoch 195 on, and whatever differs grows by a quarter an epoch. The rounding of 16 bit weights
 * is enough, in float64 too: `npm run campaign:instability`. Until then the median is 0.0003 decades.
 */
const COMPARED = 100;
/** Correct at the end: more than a network that always says the same can have. */
const LEARNT = 0.5;
/** "About 100 times". */
const [LEAST, MOST] = [30, 300];

/** Epochs × hidden layers: ‖mean δ‖. */
type Curves = readonly (readonly number[])[];

/** One depth with one setting. */
interface Run {
  readonly hidden: number;
  readonly settings: Settings;
  /** Of each seed, in float64. */
  readonly curves: readonly Curves[];
  /** Share of the images, of each seed, after the last epoch. */
  readonly correct: readonly number[];
  /** Of the first seed, on the device. */
  readonly device: Curves;
  /** |log₁₀ device / float64|, of every hidden layer in the first `COMPARED` epochs. */
  readonly decades: readonly number[];
}

/** Curves of the deepest network at one size of the batches. */
interface Batched {
  readonly batch: number;
  readonly device: Curves;
  /** In decades. */
  readonly noise: number;
}

export const trainingCurves: Experiment<Parameters> = {
  name: 'training-curves',
  title: 'Training curves',
  question: 'How fast does each hidden layer learn during the training, epoch by epoch?',
  claims: [
    {
      id: 'hundred-times-throughout',
      lecture: ['U', 'N'],
      text: 'During training, too, the first of 4 hidden layers learns about 100 times more slowly than the last.',
      rule: 'with η = 0.1 and λ = 5 for 1000 images; holds: ‖mean δ⁴‖/‖mean δ¹‖ is from 30 to 300 at every epoch of every network, and each has more than half of the images right in the end; holds-if: the same without the latter',
      slip: 'imprecise',
    },
    {
      id: 'same-pattern-throughout',
      lecture: ['U', 'N'],
      text: 'With 2 and 3 hidden layers the first layer learns more slowly than the last throughout the training.',
      rule: 'holds: ‖mean δ‖ of the last hidden layer is larger than that of the first at every epoch of every network, with η = 0.1, λ = 5 and with η = 1, λ = 0; holds-if: with one of the two; wrong otherwise',
      slip: 'imprecise',
    },
    {
      id: 'fast-then-slow',
      lecture: ['N'],
      text: 'The layers start out learning fast, and their speed then drops.',
      rule: 'holds: in 95 % of the hidden layers of all networks and settings ‖mean δ‖ is less than half of the first at the last epoch; holds-if: in half of them',
    },
    {
      id: 'mini-batch-is-noisier',
      lecture: ['U', 'N'],
      text: 'Mini-batches give noisier data than the whole batch.',
      rule: `noise: mean step of log₁₀ ‖mean δ¹‖ from one epoch to the next with 4 hidden layers; holds: at batches of ${SMALL_BATCH} it is at least twice that of the whole batch, and larger batches have no more of it`,
    },
  ],
  quick: { seeds: 3, deviceSeeds: 1, images: 100, epochs: 20 },
  full: { seeds: 5, deviceSeeds: 1, images: 1000, epochs: 500 },
  faults: [
    SWAPPED_ACTIVATION,
    DOUBLED_GRADIENT,
    STALE_GRADIENT,
    NO_DECAY,
    SHIFTED_EXPONENT,
    TRUNCATION,
  ],
  run,
};

async function run(context: Context<Parameters>): Promise<Findings> {
  const examples = asImages(await loadImages(context.parameters.images));
  const runs: Run[] = [];
  for (const { hidden, settings } of RUNS) {
    runs.push(await trainDepth(context, { hidden, settings, examples }));
  }
  const batched = await trainBatches(context, examples, runs);
  return {
    claims: {
      'hundred-times-throughout': judgeHundred(runs.find(isDeepest) as Run),
      'same-pattern-throughout': judgePattern(runs.filter((one) => !isDeepest(one))),
      'fast-then-slow': judgeDrop(runs),
      'mini-batch-is-noisier': judgeNoise(batched),
    },
    checks: runs.map(({ hidden, settings, decades }) => ({
      name: `log₁₀ ‖mean δ‖ of every hidden layer, median of ${Math.min(COMPARED, context.parameters.epochs)} epochs, ${hidden} hidden, ${settings.name}`,
      against: 'float64',
      distance: median([...decades]),
      bound: BOUND,
      unit: 'decades',
    })),
    tables: [tableOf(runs)],
    pictures: [...runs.map(curvesOf), ratiosOf(runs), noiseOf(batched)],
  };
}

function isDeepest({ hidden }: Run): boolean {
  return hidden === DEEPEST;
}

function networkOf(hidden: number, seed: number): FloatNetwork {
  const widths = [784, ...new Array<number>(hidden).fill(WIDTH), 10];
  return initialise(widths, { initialiser: 'nielsen', seed });
}

async function trainDepth(
  { parameters, train, onProgress }: Context<Parameters>,
  {
    hidden,
    settings,
    examples,
  }: Pick<Run, 'hidden' | 'settings'> & { examples: TrainingExample[] },
): Promise<Run> {
  const { epochs } = parameters;
  const about = `${hidden} hidden, ${settings.name}`;
  const curves: number[][][] = [];
  const correct: number[] = [];
  for (const { seed, number } of networksOf(parameters)) {
    const descent = startDescent(networkOf(hidden, seed));
    const options = optionsOf(settings, examples);
    const found: number[][] = [];
    for (const epoch of upTo(epochs)) {
      if (epoch % 10 === 1)
        await onProgress(`${about}: float64, network ${number}, epoch ${epoch}`);
      const norms = descend(descent, examples, options);
      found.push(norms.slice(0, hidden).map(({ normOfMean }) => normOfMean));
    }
    curves.push(found);
    correct.push(floatCorrect(descent.network, examples) / examples.length);
  }
  const { epochs: trained } = await train({
    network: networkOf(hidden, firstSeed(parameters)),
    examples,
    descent: { ...optionsOf(settings, examples), batch: examples.length },
    epochs,
    onEpoch: (epoch) => onProgress(`${about}: device, epoch ${epoch} of ${epochs}`),
  });
  const device = hiddenCurves(trained, hidden);
  const decades = device
    .slice(0, COMPARED)
    .flatMap((layers, epoch) =>
      layers.map((x, layer) => Math.abs(Math.log10(x / (curves[0]?.[epoch]?.[layer] as number)))),
    );
  return { hidden, settings, curves, correct, device, decades };
}

function optionsOf(
  { learningRate, decay }: Settings,
  { length: images }: { length: number },
): DescentSettings {
  return { cost: 'cross-entropy', learningRate, decay: decay * images, images, momentum: 0 };
}

function hiddenCurves(epochs: readonly TrainedEpoch[], hidden: number): number[][] {
  return epochs.map(({ norms }) => norms.slice(0, hidden));
}

/** The deepest network again, on the device, in batches; the whole batch was trained before. */
async function trainBatches(
  { parameters, train, onProgress }: Context<Parameters>,
  examples: TrainingExample[],
  runs: readonly Run[],
): Promise<Batched[]> {
  const { epochs, images } = parameters;
  const found: Batched[] = [];
  for (const batch of [SMALL_BATCH, Math.max(2 * SMALL_BATCH, images / 10)]) {
    const { epochs: trained } = await train({
      network: networkOf(DEEPEST, firstSeed(parameters)),
      examples,
      descent: { ...optionsOf(NIELSEN, examples), batch },
      epochs,
      shuffle: 1,
      onEpoch: (epoch) => onProgress(`batches of ${batch}: device, epoch ${epoch} of ${epochs}`),
    });
    const device = hiddenCurves(trained, DEEPEST);
    found.push({ batch, device, noise: noiseIn(device) });
  }
  const { device } = runs.find(isDeepest) as Run;
  return [...found, { batch: images, device, noise: noiseIn(device) }];
}

/** Mean step of log₁₀ ‖mean δ¹‖ from one epoch to the next. */
function noiseIn(curves: Curves): number {
  const first = curves.map((layers) => Math.log10(layers[0] as number));
  return mean(first.slice(1).map((x, epoch) => Math.abs(x - (first[epoch] as number))));
}

/** Last hidden layer over the first, at each epoch. */
function ratios(curves: Curves): number[] {
  return curves.map((layers) => (layers.at(-1) as number) / (layers[0] as number));
}

function judgeHundred({ curves, correct }: Run): Judgement {
  const all = curves.flatMap(ratios);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const because = `The ratio is from ${say(least)} to ${say(most)} over all epochs and networks.`;
  if (least < LEAST || most > MOST) return { verdict: 'wrong', because };
  return Math.min(...correct) > LEARNT
    ? { verdict: 'holds', because }
    : {
        verdict: 'holds-if',
        because: `On a plateau: with these settings the network does not learn, and has at most ${sayShare(Math.max(...correct))} of the images right after the last epoch. ${because}`,
      };
}

function judgePattern(runs: readonly Run[]): Judgement {
  const shares = runs.map(({ curves }) => share(curves.flatMap(ratios), (ratio) => ratio > 1));
  const figures = runs
    .map(({ hidden, settings }, index) => {
      return `${sayShare(shares[index] as number)} of the epochs with ${hidden} and ${settings.name}`;
    })
    .join(', ');
  const because = `The last hidden layer is faster than the first at ${figures}.`;
  const held = [NIELSEN, FASTER].filter((settings) =>
    runs.every((one, index) => one.settings !== settings || shares[index] === 1),
  );
  if (held.length === 2) return { verdict: 'holds', because };
  return held.length === 1
    ? { verdict: 'holds-if', because: `With ${held[0]?.name} only. ${because}` }
    : { verdict: 'wrong', because };
}

function judgeDrop(runs: readonly Run[]): Judgement {
  const left = runs.flatMap(({ curves }) =>
    curves.flatMap((curve) =>
      (curve.at(-1) ?? []).map((x, layer) => x / (curve[0]?.[layer] as number)),
    ),
  );
  const dropped = share(left, (x) => x < 0.5);
  const because = `At the last epoch ${sayShare(dropped)} of the hidden layers have less than half of their first ‖mean δ‖; the median is ${say(median(left))} of it.`;
  if (dropped >= 0.95) return { verdict: 'holds', because };
  return dropped >= 0.5
    ? { verdict: 'holds-if', because: `For most layers and settings. ${because}` }
    : { verdict: 'wrong', because };
}

function judgeNoise(batched: readonly Batched[]): Judgement {
  const noises = batched.map(({ noise }) => noise);
  const [small = 0, whole = 0] = [noises[0], noises.at(-1)];
  const falls = noises.every((noise, index) => index === 0 || noise <= (noises[index - 1] ?? 0));
  const figures = batched.map(({ batch, noise }) => `${say(noise)} at ${batch}`).join(', ');
  const because = `From one epoch to the next log₁₀ ‖mean δ¹‖ moves, in the mean, by ${figures} images.`;
  return { verdict: falls && small >= 2 * whole ? 'holds' : 'wrong', because };
}

function points(curves: Curves, layer: number): Point[] {
  return curves.map((layers, epoch) => ({ x: epoch + 1, y: layers[layer] as number }));
}

const EPOCHS = { label: 'epoch', unit: null, scale: 'linear' } as const;

function curvesOf({ hidden, settings, device, curves }: Run): Picture {
  const layers = upTo(hidden);
  const seriesOf = (source: 'device' | 'float64', of: Curves): Series[] =>
    layers.map((layer) => ({
      name: `${source}, layer ${layer}`,
      source,
      points: points(of, layer - 1),
    }));
  return {
    id: `curves-${hidden}-${settings === NIELSEN ? 'nielsen' : 'faster'}`,
    title: `${hidden} hidden layers, ${settings.name}`,
    caption:
      settings === NIELSEN
        ? 'Every layer loses speed, and the distance between them stays.'
        : 'Where the network learns, the distance between the layers changes.',
    kind: 'lines',
    x: EPOCHS,
    y: { label: '‖mean δ‖ before the step', unit: null, scale: 'log' },
    series: [...seriesOf('device', device), ...seriesOf('float64', curves[0] ?? [])],
  };
}

function ratiosOf(runs: readonly Run[]): Picture {
  return {
    id: 'ratios',
    title: 'How much slower the first hidden layer is than the last',
    caption: 'Below 1 the first hidden layer is the faster one.',
    kind: 'lines',
    x: EPOCHS,
    y: { label: '‖mean δ‖ of the last / of the first', unit: null, scale: 'log' },
    series: runs.map(({ hidden, settings, device }) => ({
      name: `${hidden} hidden, ${settings.name}`,
      source: 'device',
      points: ratios(device).map((y, epoch) => ({ x: epoch + 1, y })),
    })),
    marks: [{ axis: 'y', at: 1, label: 'as fast' }],
  };
}

function noiseOf(batched: readonly Batched[]): Picture {
  return {
    id: 'noise',
    title: 'The first hidden layer, in batches',
    caption:
      'Of the first batch of each epoch: a few images have another mean each time. Smaller batches also take more steps an epoch.',
    kind: 'lines',
    x: EPOCHS,
    y: { label: '‖mean δ¹‖', unit: null, scale: 'log' },
    series: batched.map(({ batch, device }) => ({
      name: `batches of ${batch}`,
      source: 'device',
      points: points(device, 0),
    })),
  };
}

function tableOf(runs: readonly Run[]): ResultTable {
  return {
    title: 'Before and after',
    columns: [
      { name: 'hidden layers', unit: null },
      { name: 'settings', unit: null },
      { name: 'layer', unit: null },
      { name: '‖mean δ‖ at the first epoch, device', unit: null },
      { name: 'at the last epoch, device', unit: null },
      { name: 'float64', unit: null },
      { name: 'correct after it, float64', unit: '%' },
    ],
    rows: runs.flatMap(({ hidden, settings, device, curves, correct }) =>
      upTo(hidden).map((layer) => [
        hidden,
        settings.name,
        layer,
        device[0]?.[layer - 1] ?? null,
        device.at(-1)?.[layer - 1] ?? null,
        curves[0]?.at(-1)?.[layer - 1] ?? null,
        100 * (correct[0] as number),
      ]),
    ),
  };
}
