/**
 * Initialisation and momentum, each good and bad, together. Source: Sutskever, Martens, Dahl & Hinton,
 * On the importance of initialization and momentum in deep learning (2013), schedule of eq. 5.
 */
import { median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, ResultTable } from '../contract/experiment.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import {
  asTrainRequest,
  type DescentPlan,
  distanceOnDevice,
  judgeNetwork,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import { STALE_GRADIENT, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import { loadHalved } from './mnist-batch.ts';
import { bandOf, firstSeed, measuredOf, networksOf, say, spread } from './statistics.ts';

const WIDTHS = [196, 30, 30, 30, 10];
const BATCH = 10;
/** η; each pairing is judged with its best. */
const RATES = [0.02, 0.1, 0.5];
const INITIALISERS = ['normal', 'orthogonal:0.1', 'xavier-normal'] as const;
/** μ of an epoch of so many. */
const SCHEDULES = {
  'μ = 0': () => 0,
  'μ = 0.9': () => 0.9,
  'μ from 0.5 to 0.99': rising,
} as const;
type Schedule = keyof typeof SCHEDULES;
const NAMES = Object.keys(SCHEDULES) as Schedule[];
const PLAIN: Schedule = 'μ = 0';
const RISING: Schedule = 'μ from 0.5 to 0.99';
/** Of the cost: what counts as a substantial difference. */
const SUBSTANTIAL = 1 / 2;
/**
 * Of the way from the start, with the smallest η, over the whole of a schedule on a few images. From
 * N(0, 1) units saturate, and what rounding changes soon leads elsewhere; so does a μ of 0.95 in time:
 * after 1500 steps float64 whose weights are rounded to 16 bits once an epoch is half of the way off.
 */
const TRAINED_BOUND = 0.1;
const COMPARED = { images: 40, epochs: 10 } as const;
const CHECKED = 'xavier-normal';

interface Few extends Parameters {
  readonly images: number;
  readonly epochs: number;
}

export const momentumAndInit: Experiment<Few> = {
  name: 'momentum-and-init',
  title: 'Initialisation and momentum',
  question: 'How much do the initialisation and a schedule of the momentum change what is learnt?',
  claims: [
    {
      id: 'initialisation',
      lecture: ['N'],
      text: 'A good choice of the random initialisation makes a substantial difference to the training of deep networks.',
      rule: '3 tanh layers, each pairing with its best η, in float64; holds: with every schedule of the momentum the median cost after training with the best initialiser is at most half of that with the worst; holds-if: with some schedules',
    },
    {
      id: 'schedule',
      lecture: ['N'],
      text: 'A good schedule of the momentum makes a substantial difference to the training of deep networks.',
      rule: 'as above; holds: with every initialiser the median cost with the rising μ is at most half of that without momentum; holds-if: with some',
    },
    {
      id: 'rising',
      lecture: ['N'],
      text: 'A momentum that rises during the training is better than a constant one.',
      rule: 'as above; holds: with every initialiser the median cost with the rising μ is smaller than with 0.9; holds-if: with some',
      slip: 'imprecise',
    },
  ],
  quick: { seeds: 3, deviceSeeds: 1, ...COMPARED },
  full: { seeds: 30, deviceSeeds: 5, images: 500, epochs: 30 },
  faults: [SWAPPED_ACTIVATION, STALE_GRADIENT, TRUNCATION],
  run,
};

/**
 * min(1 - 2^(-1 - log₂(⌊t/T⌋ + 1)), 0.99), with T a tenth of all epochs: 1/2, 3/4, 5/6 … 19/20.
 * @param epoch from 1.
 */
function rising(epoch: number, epochs: number): number {
  const stage = Math.floor((10 * (epoch - 1)) / epochs);
  return Math.min(1 - 1 / (2 * (stage + 1)), 0.99);
}

/** How networks are trained. */
interface Pairing {
  readonly initialiser: (typeof INITIALISERS)[number];
  readonly schedule: Schedule;
  readonly rate: number;
}

interface Judged {
  readonly cost: number;
  readonly correct: number;
}

/** Networks of one initialiser and schedule, with the best η. */
interface Found extends Pairing {
  /** After training, in float64. */
  readonly float64: readonly Judged[];
  /** Median cost. */
  readonly cost: number;
  /** Share right during the last epoch, on the device. */
  readonly device: readonly number[];
}

async function run(context: Context<Few>): Promise<Findings> {
  const examples = asImages(await loadHalved(context.parameters.images));
  const found: Found[] = [];
  for (const initialiser of INITIALISERS) {
    for (const schedule of NAMES) {
      found.push(await trainAll(context, { initialiser, schedule, examples }));
    }
  }
  return {
    claims: {
      initialisation: judgeInitialisation(found),
      schedule: judgePair(found, { other: PLAIN, share: SUBSTANTIAL }),
      rising: judgePair(found, { other: 'μ = 0.9', share: 1 }),
    },
    checks: [
      {
        name: `trained weights and biases, of their way from the start, ${CHECKED} and η = ${RATES[0]}`,
        against: 'float64',
        distance: await worstTrained(context, examples),
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
    ],
    tables: [tableOf(found)],
    pictures: [pictureOf(found, context.parameters)],
  };
}

async function trainAll(
  { parameters, train, onProgress }: Context<Few>,
  {
    initialiser,
    schedule,
    examples,
  }: Pick<Pairing, 'initialiser' | 'schedule'> & { examples: TrainingExample[] },
): Promise<Found> {
  let best: Omit<Found, 'device'> | undefined;
  for (const rate of RATES) {
    const pairing = { initialiser, schedule, rate };
    const float64: Judged[] = [];
    for (const { seed, number } of networksOf(parameters)) {
      await onProgress(`${initialiser}, ${schedule}, η = ${rate}: network ${number}`);
      const plan = planOf(pairing, { parameters, examples, seed });
      float64.push(judgeNetwork(await trainInFloat64(plan), examples));
    }
    const cost = median(float64.map((one) => one.cost));
    if (best === undefined || cost < best.cost) best = { ...pairing, float64, cost };
  }
  const found = best as Omit<Found, 'device'>;
  const device: number[] = [];
  for (const { seed, number } of measuredOf(parameters)) {
    await onProgress(`${initialiser}, ${schedule}, η = ${found.rate}: network ${number}, device`);
    const { epochs } = await train(asTrainRequest(planOf(found, { parameters, examples, seed })));
    device.push(epochs.at(-1)?.correct as number);
  }
  return { ...found, device };
}

function planOf(
  { initialiser, schedule, rate }: Pairing,
  {
    parameters: { epochs },
    examples,
    seed,
  }: { parameters: Few; examples: readonly TrainingExample[]; seed: number },
): DescentPlan {
  const drawn = initialise(WIDTHS, { initialiser, seed });
  return {
    ...{ network: activate(drawn, { activation: 'tanh', seed }), examples, learningRate: rate },
    ...{ batch: BATCH, epochs, shuffle: seed },
    momentumOf: (epoch) => SCHEDULES[schedule](epoch, epochs),
  };
}

/** Of each schedule, where descent is smooth. */
async function worstTrained(
  { parameters, train, onProgress }: Context<Few>,
  examples: readonly TrainingExample[],
): Promise<number> {
  const few = { ...parameters, ...COMPARED };
  let worst = 0;
  for (const schedule of NAMES) {
    await onProgress(`${CHECKED}, ${schedule}: against float64`);
    const pairing = { initialiser: CHECKED, schedule, rate: RATES[0] as number } as const;
    const plan = planOf(pairing, {
      ...{ parameters: few, seed: firstSeed(parameters) },
      examples: examples.slice(0, few.images),
    });
    worst = Math.max(worst, await distanceOnDevice(plan, train));
  }
  return worst;
}

function costOf(found: readonly Found[], of: Pick<Pairing, 'initialiser' | 'schedule'>): number {
  return found.find(
    ({ initialiser, schedule }) => initialiser === of.initialiser && schedule === of.schedule,
  )?.cost as number;
}

function judgeInitialisation(found: readonly Found[]): Judgement {
  const pairs = NAMES.map((schedule) => {
    const costs = INITIALISERS.map((initialiser) => costOf(found, { initialiser, schedule }));
    return { name: schedule, from: Math.max(...costs), to: Math.min(...costs) };
  });
  return judgeAll(pairs, SUBSTANTIAL);
}

function judgePair(
  found: readonly Found[],
  { other, share }: { other: Schedule; share: number },
): Judgement {
  const pairs = INITIALISERS.map((initialiser) => ({
    name: initialiser,
    from: costOf(found, { initialiser, schedule: other }),
    to: costOf(found, { initialiser, schedule: RISING }),
  }));
  return judgeAll(pairs, share);
}

/** Whether the cost falls to less than `share` in all, or in some. */
function judgeAll(
  pairs: readonly { readonly name: string; readonly from: number; readonly to: number }[],
  share: number,
): Judgement {
  const better = pairs.filter(({ from, to }) => to < share * from);
  const list = pairs.map(({ name, from, to }) => `from ${say(from)} to ${say(to)} with ${name}`);
  const because = `The median cost after training changes ${list.join(', ')}.`;
  if (better.length === pairs.length) return { verdict: 'holds', because };
  if (better.length === 0) return { verdict: 'wrong', because };
  const where = better.map(({ name }) => name).join(' and ');
  return { verdict: 'holds-if', because: `With ${where}. ${because}` };
}

function pictureOf(found: readonly Found[], { seeds, deviceSeeds }: Few): Picture {
  const points = (samples: (of: Found) => readonly number[]) =>
    found.map((of) => spread(`${of.initialiser}, ${of.schedule}`, samples(of)));
  return {
    id: 'correct',
    title: 'Right images, by initialiser and momentum',
    caption:
      'Each pairing with its best η. The device counts during the last epoch, float64 after it.',
    kind: 'bars',
    x: { label: 'pairing', unit: null, scale: 'category' },
    y: { label: 'share of the images', unit: null, scale: 'linear' },
    band: bandOf({ seeds, deviceSeeds }),
    series: [
      { name: 'device', source: 'device', points: points(({ device }) => device) },
      {
        name: 'float64',
        source: 'float64',
        points: points(({ float64 }) => float64.map(({ correct }) => correct)),
      },
    ],
  };
}

function tableOf(found: readonly Found[]): ResultTable {
  return {
    title: 'After training, medians of the networks',
    columns: [
      { name: 'initialiser', unit: null },
      { name: 'momentum', unit: null },
      { name: 'best η', unit: null },
      { name: 'cost, float64', unit: null },
      { name: 'right, float64', unit: '%' },
      { name: 'right during the last epoch, device', unit: '%' },
    ],
    rows: found.map((of) => [
      of.initialiser,
      of.schedule,
      of.rate,
      of.cost,
      100 * median(of.float64.map(({ correct }) => correct)),
      100 * median([...of.device]),
    ]),
  };
}
