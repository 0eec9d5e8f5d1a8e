/**
 * Descent with the whole batch at learning rates from too small to too large. Source: Nielsen, Neural
 * Networks and Deep Learning, ch. 3, "How to choose a neural network's hyper-parameters?".
 */
import { mean, median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, ResultTable, Series } from '../contract/experiment.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { initialise } from '../host/data/initialisers.ts';
import {
  asTrainRequest,
  type DescentPlan,
  distanceTrained,
  judgeNetwork,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import {
  DOUBLED_GRADIENT,
  NO_BIASES,
  STALE_GRADIENT,
  SWAPPED_ACTIVATION,
  TRUNCATION,
} from './faults.ts';
import { loadHalved } from './mnist-batch.ts';
import { bandOf, networksOf, say, sayShare, spread } from './statistics.ts';

const WIDTHS = [196, 30, 10];
/** η, smallest first. */
const RATES = [0.01, 0.1, 1, 3, 10, 100];
/** Up to this η descent is smooth, and rounding leads nowhere else. */
const SMOOTH = 1;
const TRAINED_BOUND = 0.005;
interface Few extends Parameters {
  readonly images: number;
  /** Steps: a batch is all images. */
  readonly epochs: number;
}

export const learningRate: Experiment<Few> = {
  name: 'learning-rate',
  title: 'The learning rate',
  question: 'When is a step too small, when does descent oscillate, when does it diverge?',
  claims: [
    {
      id: 'too-small',
      lecture: ['V'],
      text: 'With a learning rate that is too small learning takes long.',
      rule: 'in float64; holds: in the median of the networks more than half of the cost is left in the last quarter of the steps with the smallest η, and less than a quarter with the best one',
    },
    {
      id: 'oscillates',
      lecture: ['V'],
      text: 'With a learning rate that is too large the cost oscillates.',
      rule: 'in float64; holds: in the median of the networks the cost rises at a fifth of the steps or more with an η of the sweep, and at none with the smallest',
    },
    {
      id: 'diverges',
      lecture: ['V'],
      text: 'With one that is larger still descent diverges.',
      rule: 'in float64; holds: with the largest η the mean cost of the last quarter of the steps is at least twice that of the third quarter in the median of the networks, and larger than that before training; holds-if: larger than that before training, but it grows no further',
    },
  ],
  quick: { seeds: 5, deviceSeeds: 1, images: 50, epochs: 40 },
  full: { seeds: 50, deviceSeeds: 5, images: 500, epochs: 200 },
  faults: [SWAPPED_ACTIVATION, NO_BIASES, DOUBLED_GRADIENT, STALE_GRADIENT, TRUNCATION],
  run,
};

/** One network in float64: before the first step, and after each. */
interface Descended {
  readonly costs: readonly number[];
  readonly correct: readonly number[];
}

interface Found {
  readonly rate: number;
  readonly networks: readonly Descended[];
  /** Of each network on the device: share that is right before each step. */
  readonly device: readonly (readonly number[])[];
  /** Values that the device clamped, in all. */
  readonly clamped: number;
  readonly distance: number;
}

async function run(context: Context<Few>): Promise<Findings> {
  const examples = asImages(await loadHalved(context.parameters.images));
  const found: Found[] = [];
  for (const rate of RATES) found.push(await descendAt(rate, examples, context));
  return {
    claims: {
      'too-small': judgeSmall(found),
      oscillates: judgeOscillation(found),
      diverges: judgeDivergence(found.at(-1) as Found),
    },
    checks: [
      {
        name: `trained weights and biases, of their way from the start, η up to ${SMOOTH}`,
        against: 'float64',
        distance: Math.max(
          ...found.filter(({ rate }) => rate <= SMOOTH).map(({ distance }) => distance),
        ),
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
    ],
    tables: [tableOf(found)],
    pictures: [curvesOf(found), sweepOf(found, context.parameters)],
  };
}

async function descendAt(
  rate: number,
  examples: TrainingExample[],
  { parameters, train, onProgress }: Context<Few>,
): Promise<Found> {
  const { seeds, epochs } = parameters;
  const networks: Descended[] = [];
  const device: number[][] = [];
  let clamped = 0;
  let distance = 0;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`η = ${rate}: network ${number} of ${seeds}`);
    const network = initialise(WIDTHS, { seed });
    const plan: DescentPlan = {
      ...{ network, examples, learningRate: rate, batch: examples.length, epochs, shuffle: seed },
    };
    const times = [judgeNetwork(network, examples)];
    const reference = await trainInFloat64(plan, (of) => {
      times.push(judgeNetwork(of, examples));
    });
    networks.push({
      costs: times.map(({ cost }) => cost),
      correct: times.map(({ correct }) => correct),
    });
    if (!isMeasured) continue;
    const trained = await train(asTrainRequest(plan));
    device.push(trained.epochs.map(({ correct }) => correct));
    clamped += trained.clamped;
    const gap = distanceTrained(await trained.readNetwork(), { start: network, reference });
    distance = Math.max(distance, gap);
  }
  return { rate, networks, device, clamped, distance };
}

/** The last quarter of the steps, or the one `before` it. */
function quarterOf(values: readonly number[], before: 0 | 1 = 0): readonly number[] {
  const quarter = Math.floor(values.length / 4);
  const end = values.length - before * quarter;
  return values.slice(end - quarter, end);
}

/** Mean cost of a quarter over that before training: a network each. */
function costsLeft({ networks }: Found, before: 0 | 1 = 0): number[] {
  return networks.map(({ costs }) => mean([...quarterOf(costs, before)]) / (costs[0] as number));
}

/** Share of the steps at which the cost rises, a network each. */
function risesOf({ networks }: Found): number[] {
  return networks.map(({ costs }) =>
    mean(costs.slice(1).map((cost, step) => (cost > (costs[step] as number) ? 1 : 0))),
  );
}

function judgeSmall(found: readonly Found[]): Judgement {
  const left = found.map((of) => median(costsLeft(of)));
  const best = left.indexOf(Math.min(...left));
  return {
    verdict: (left[0] as number) > 0.5 && (left[best] as number) < 0.25 ? 'holds' : 'wrong',
    because: `${sayShare(left[0] as number)} of the cost is left with η = ${RATES[0]}, ${sayShare(left[best] as number)} with η = ${RATES[best]}, the best of these.`,
  };
}

function judgeOscillation(found: readonly Found[]): Judgement {
  const rises = found.map((of) => median(risesOf(of)));
  const list = found.map(({ rate }, index) => `${sayShare(rises[index] as number)} at η = ${rate}`);
  return {
    verdict: rises[0] === 0 && Math.max(...rises) >= 0.2 ? 'holds' : 'wrong',
    because: `The cost rises at so many of the steps: ${list.join(', ')}.`,
  };
}

function judgeDivergence(largest: Found): Judgement {
  const [end, earlier] = [median(costsLeft(largest)), median(costsLeft(largest, 1))];
  const because = `With η = ${largest.rate} the cost is ${say(end)} times that before training in the last quarter of the steps, and was ${say(earlier)} times in the third. The device clamped ${largest.clamped} values there: what would outgrow its format is held by it.`;
  if (end <= 1) return { verdict: 'wrong', because };
  return end >= 2 * earlier
    ? { verdict: 'holds', because }
    : {
        verdict: 'holds-if',
        because: `If it is enough that the cost stays above its start: σ saturates, δ of a saturated unit is small, and the cost grows no further. ${because}`,
      };
}

function curvesOf(found: readonly Found[]): Picture {
  const points = (correct: readonly number[]) => correct.map((y, x) => ({ x, y: 1 - y }));
  return {
    id: 'curves',
    title: 'Wrong images, step by step',
    caption: 'A larger η learns faster, until it begins to jump to and fro.',
    kind: 'lines',
    x: { label: 'steps taken', unit: null, scale: 'linear' },
    y: { label: 'share of the images that is wrong', unit: null, scale: 'linear' },
    series: found
      .filter((_, index) => index % 2 === 0)
      .flatMap(({ rate, device, networks }): Series[] => [
        { name: `device, η = ${rate}`, source: 'device', points: points(device[0] ?? []) },
        {
          name: `float64, η = ${rate}`,
          source: 'float64',
          points: points(networks[0]?.correct ?? []),
        },
      ]),
  };
}

function sweepOf(found: readonly Found[], { seeds, deviceSeeds }: Few): Picture {
  const points = (samples: (of: Found) => readonly (readonly number[])[]) =>
    found.map((of) =>
      spread(
        `${of.rate}`,
        samples(of).map((correct) => 1 - mean([...quarterOf(correct)])),
      ),
    );
  return {
    id: 'sweep',
    title: 'Wrong images at the end, by learning rate',
    caption: 'Mean of the last quarter of the steps.',
    kind: 'lines',
    x: { label: 'learning rate η', unit: null, scale: 'category' },
    y: { label: 'share of the images that is wrong', unit: null, scale: 'linear' },
    band: bandOf({ seeds, deviceSeeds }),
    series: [
      { name: 'device', source: 'device', points: points(({ device }) => device) },
      {
        name: 'float64',
        source: 'float64',
        points: points(({ networks }) => networks.map(({ correct }) => correct)),
      },
    ],
  };
}

function tableOf(found: readonly Found[]): ResultTable {
  return {
    title: 'By learning rate, medians of the networks',
    columns: [
      { name: 'η', unit: null },
      { name: 'cost left, float64', unit: '%' },
      { name: 'steps at which it rises, float64', unit: '%' },
      { name: 'weights of the device from float64, of their way', unit: '%' },
      { name: 'values the device clamped', unit: null },
    ],
    rows: found.map((of) => [
      of.rate,
      100 * median(costsLeft(of)),
      100 * median(risesOf(of)),
      100 * of.distance,
      of.clamped,
    ]),
  };
}
