/**
 * The last hidden layer of sigmoids during training, with tanh beside it. Source: Glorot & Bengio,
 * Understanding the difficulty of training deep feedforward neural networks (2010), §3.
 */
import { mean, median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, ResultTable, Series } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import {
  asTrainRequest,
  type DescentPlan,
  distanceTrained,
  forEachPass,
  judgeNetwork,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_GRADIENT, STALE_GRADIENT, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import { loadHalved } from './mnist-batch.ts';
import { bandOf, networksOf, say, spread, upTo } from './statistics.ts';

const HIDDEN = 3;
const WIDTHS = [196, 30, 30, 30, 10];
const INITIALISER = 'nin';
const BATCH = 10;
/** η, near the best of each. */
const RATES = { sigmoid: 1, tanh: 0.1 } as const;
type Name = keyof typeof RATES;
const ACTIVATIONS = Object.keys(RATES) as Name[];
/** Epochs after which the device's weights are read, of those that there are. */
const KEPT = [1, 2, 5, 10, 20, 30, 40, 60, 80, 100, 150, 200];
/** Mean activation below which sigmoids lean to 0; from there to 1 - LOW they do not. */
const LOW = 1 / 4;
/** Of the images, when a network counts as learning. */
const LEARNS = 0.5;
/** Of the way from the start, after the first of `KEPT`; later, rounding leads elsewhere. */
const TRAINED_BOUND = 0.02;
/** Of a mean activation, with the device's weights. */
const MEAN_BOUND = 2 ** -11;

interface Few extends Parameters {
  readonly images: number;
  readonly epochs: number;
  /** The device stops after so many. */
  readonly deviceEpochs: number;
}

export const glorotBengio: Experiment<Few> = {
  name: 'glorot-bengio',
  title: 'The last hidden layer during training',
  question: 'Does the last hidden layer of sigmoids saturate early in training, and recover?',
  claims: [
    {
      id: 'drifts-to-zero',
      lecture: ['N', 'B'],
      text: 'Early in training the activations of the last hidden layer of sigmoids drift to 0, where they saturate.',
      rule: `${HIDDEN} hidden layers, weights N(0, 1/√n_in), η = ${RATES.sigmoid}, batches of ${BATCH}, in float64; holds: in the median of the networks the mean activation of the last hidden layer falls below ${LOW} while fewer than half of the images are right, and that of the other hidden layers stays from ${LOW} to ${1 - LOW} meanwhile`,
    },
    {
      id: 'recovers-late',
      lecture: ['N'],
      text: 'The layer recovers, late, and the network only learns then.',
      rule: 'holds: in the median of the networks the mean activation of the last hidden layer rises from its lowest to twice as much or more, and half of the images are right only after the epoch of the lowest; holds-if: so in some networks within the epochs measured',
    },
    {
      id: 'tanh-does-not',
      lecture: ['N', 'B'],
      text: 'With tanh, which is symmetric about 0, the last hidden layer does not drift, and the network learns at once.',
      rule: `η = ${RATES.tanh}; holds: in the median of the networks the mean activation of the last hidden layer stays within ±${LOW}, and half of the images are right in at most a quarter of the epochs that sigmoids take`,
    },
  ],
  quick: { seeds: 3, deviceSeeds: 1, images: 100, epochs: 80, deviceEpochs: 30 },
  full: { seeds: 50, deviceSeeds: 5, images: 200, epochs: 200, deviceEpochs: 200 },
  faults: [SWAPPED_ACTIVATION, DOUBLED_GRADIENT, STALE_GRADIENT, TRUNCATION],
  run,
};

/** A network at one time; means over images and units, of each hidden layer. */
interface State {
  readonly means: readonly number[];
  readonly correct: number;
}

/** Before training, and after each epoch. */
type Life = readonly State[];

interface Found {
  readonly name: Name;
  /** In float64, a network each. */
  readonly lives: readonly Life[];
  /** Of each network on the device: means after the epochs of `KEPT`. */
  readonly device: readonly (readonly (readonly number[])[])[];
  /** Worst of the networks. */
  readonly distance: { readonly trained: number; readonly means: number };
}

async function run(context: Context<Few>): Promise<Findings> {
  const examples = asImages(await loadHalved(context.parameters.images));
  const found = {} as Record<Name, Found>;
  for (const name of ACTIVATIONS) found[name] = await trainAll(name, examples, context);
  const both = ACTIVATIONS.map((name) => found[name]);
  return {
    claims: {
      'drifts-to-zero': judgeDrift(found.sigmoid),
      'recovers-late': judgeRecovery(found.sigmoid),
      'tanh-does-not': judgeTanh(found),
    },
    checks: [
      {
        name: `weights and biases after epoch ${KEPT[0]}, of their way from the start`,
        against: 'float64',
        distance: Math.max(...both.map(({ distance }) => distance.trained)),
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
      {
        name: 'mean activation of every hidden layer, with the weights that the device trained',
        against: 'float64',
        distance: Math.max(...both.map(({ distance }) => distance.means)),
        bound: MEAN_BOUND,
        unit: 'absolute',
      },
    ],
    tables: [tableOf(both)],
    pictures: both.map((of) => pictureOf(of, context.parameters)),
  };
}

async function trainAll(
  name: Name,
  examples: TrainingExample[],
  context: Context<Few>,
): Promise<Found> {
  const { parameters } = context;
  const { seeds, epochs } = parameters;
  const lives: Life[] = [];
  const device: number[][][] = [];
  const distance = { trained: 0, means: 0 };
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await context.onProgress(`${name}: network ${number} of ${seeds}`);
    const drawn = initialise(WIDTHS, { initialiser: INITIALISER, seed });
    const network = activate(drawn, { activation: name, seed });
    const plan: DescentPlan = {
      ...{ network, examples, learningRate: RATES[name], batch: BATCH, epochs, shuffle: seed },
    };
    const life = [stateOf(network, examples)];
    await trainInFloat64(plan, (of) => {
      life.push(stateOf(of, examples));
    });
    lives.push(life);
    if (!isMeasured) continue;
    const { trained, means, gap } = await trainOnDevice(plan, context);
    device.push(means);
    distance.trained = Math.max(distance.trained, trained);
    distance.means = Math.max(distance.means, gap);
  }
  return { name, lives, device, distance };
}

/** @returns how far the weights are off after the first of `KEPT`; the means after all, and by how much. */
async function trainOnDevice(
  plan: DescentPlan,
  { parameters, train, measure, onProgress }: Context<Few>,
) {
  const { examples } = plan;
  const epochs = lastOnDevice(parameters);
  const { kept } = await train({
    ...asTrainRequest({ ...plan, epochs }),
    keep: KEPT,
    onEpoch: (epoch) => onProgress(`device, epoch ${epoch} of ${epochs}`),
  });
  const means: number[][] = [];
  let gap = 0;
  for (const network of kept) {
    const reading = await measure({ network, images: examples, observe: true });
    const own = columnMeans(reading.observed.map((layers) => imageMeans(layers.map(({ a }) => a))));
    const expected = stateOf(reading.network, examples).means;
    gap = Math.max(gap, ...own.map((x, index) => Math.abs(x - (expected[index] as number))));
    means.push(own);
  }
  const reference = await trainInFloat64({ ...plan, epochs: KEPT[0] as number });
  const trained = distanceTrained(kept[0] as FloatNetwork, { start: plan.network, reference });
  return { trained, means, gap };
}

function lastOnDevice({ epochs, deviceEpochs }: Few): number {
  return Math.min(epochs, deviceEpochs);
}

function stateOf(network: FloatNetwork, examples: readonly TrainingExample[]): State {
  const images: number[][] = [];
  forEachPass(network, examples, ({ a }) => images.push(imageMeans(a)));
  return { means: columnMeans(images), correct: judgeNetwork(network, examples).correct };
}

/** @param a of every layer. @returns mean of each hidden one. */
function imageMeans(a: readonly Float64Array[]): number[] {
  return a.slice(0, HIDDEN).map((layer) => layer.reduce((sum, x) => sum + x, 0) / layer.length);
}

function columnMeans(images: readonly (readonly number[])[]): number[] {
  return upTo(HIDDEN).map((layer) => mean(images.map((means) => means[layer - 1] as number)));
}

/** Of the last hidden layer. */
function lastMeans(life: Life): number[] {
  return life.map(({ means }) => means.at(-1) as number);
}

/** First epoch after which enough images are right; the one after the last where there is none. */
function learnsAt(life: Life): number {
  const at = life.findIndex(({ correct }) => correct >= LEARNS);
  return at < 0 ? life.length : at;
}

function lowestAt(life: Life): number {
  const means = lastMeans(life);
  return means.indexOf(Math.min(...means));
}

function judgeDrift({ lives }: Found): Judgement {
  const early = lives.map((life) => life.slice(0, Math.max(1, learnsAt(life))));
  const lowest = median(early.map((life) => Math.min(...lastMeans(life))));
  const others = early.map((life) => life.flatMap(({ means }) => means.slice(0, -1)));
  const [least, most] = [
    median(others.map((means) => Math.min(...means))),
    median(others.map((means) => Math.max(...means))),
  ];
  const isAlone = least >= LOW && most <= 1 - LOW;
  return {
    verdict: lowest < LOW && isAlone ? 'holds' : 'wrong',
    because: `The mean activation of the last hidden layer is ${say(median(lives.map((life) => lastMeans(life)[0] as number)))} before training, ${say(median(lives.map((life) => lastMeans(life)[1] as number)))} after one epoch and ${say(lowest)} at its lowest, while that of the other hidden layers stays from ${say(least)} to ${say(most)}.`,
  };
}

function judgeRecovery({ lives }: Found): Judgement {
  const found = lives.map((life) => {
    const lowest = lowestAt(life);
    const means = lastMeans(life);
    const rise = Math.max(...means.slice(lowest)) / (means[lowest] as number);
    return { lowest, rise, learns: learnsAt(life), recovers: rise >= 2 && learnsAt(life) > lowest };
  });
  const [lowest, rise, learns] = (['lowest', 'rise', 'learns'] as const).map((name) =>
    median(found.map((of) => of[name])),
  ) as [number, number, number];
  const epochs = (lives[0]?.length ?? 1) - 1;
  const when = learns > epochs ? `not within ${epochs} epochs` : `after epoch ${learns}`;
  const because = `The mean activation is lowest after epoch ${lowest} and rises to ${say(rise)} times that by epoch ${epochs}; half of the images are right ${when}.`;
  if (rise >= 2 && learns > lowest) return { verdict: 'holds', because };
  const some = found.filter(({ recovers }) => recovers).length;
  return some > 0
    ? { verdict: 'holds-if', because: `In ${some} of ${found.length} networks. ${because}` }
    : { verdict: 'wrong', because };
}

function judgeTanh({ tanh, sigmoid }: Record<Name, Found>): Judgement {
  const drift = median(tanh.lives.map((life) => Math.max(...lastMeans(life).map(Math.abs))));
  const [own, other] = [median(tanh.lives.map(learnsAt)), median(sigmoid.lives.map(learnsAt))];
  return {
    verdict: drift <= LOW && own <= other / 4 ? 'holds' : 'wrong',
    because: `The mean activation of the last hidden layer is at most ${say(drift)} from 0. Half of the images are right after epoch ${own} with tanh, ${other} with sigmoids.`,
  };
}

function pictureOf({ name, lives, device }: Found, parameters: Few): Picture {
  const { epochs } = parameters;
  const kept = KEPT.filter((epoch) => epoch <= lastOnDevice(parameters));
  const series = upTo(HIDDEN).flatMap((layer): Series[] => {
    const at = (means: readonly number[] | undefined) => means?.[layer - 1] as number;
    return [
      {
        name: `device, layer ${layer}`,
        source: 'device',
        points: kept.map((epoch, index) =>
          spread(
            epoch,
            device.map((times) => at(times[index])),
          ),
        ),
      },
      {
        name: `float64, layer ${layer}`,
        source: 'float64',
        points: [0, ...upTo(epochs)].map((epoch) =>
          spread(
            epoch,
            lives.map((life) => at(life[epoch]?.means)),
          ),
        ),
      },
    ];
  });
  return {
    id: name,
    title: `Mean activation of every hidden layer, ${name}`,
    caption:
      name === 'sigmoid'
        ? 'The last hidden layer goes to 0 at once, and comes back when the others begin to tell images apart.'
        : 'tanh has its mean where it started.',
    kind: 'lines',
    x: { label: 'epochs trained', unit: null, scale: 'linear' },
    y: { label: 'mean activation', unit: null, scale: 'linear' },
    band: bandOf(parameters),
    series,
  };
}

function tableOf(both: readonly Found[]): ResultTable {
  return {
    title: 'The last hidden layer, medians of the networks in float64',
    columns: [
      { name: 'activation', unit: null },
      { name: 'mean before training', unit: null },
      { name: 'lowest mean', unit: null },
      { name: 'after epoch', unit: null },
      { name: 'mean at the end', unit: null },
      { name: 'half of the images right after epoch', unit: null },
      { name: 'right at the end', unit: '%' },
    ],
    rows: both.map(({ name, lives }) => {
      const of = (value: (life: Life) => number) => median(lives.map(value));
      return [
        name,
        of((life) => lastMeans(life)[0] as number),
        of((life) => Math.min(...lastMeans(life))),
        of(lowestAt),
        of((life) => lastMeans(life).at(-1) as number),
        of(learnsAt),
        100 * of((life) => life.at(-1)?.correct as number),
      ];
    }),
  };
}
