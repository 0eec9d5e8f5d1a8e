/**
 * Activations against each other: the same start, the same order of the examples, ten times. Source:
 * Géron, Hands-On Machine Learning (2017), ch. 11; Xu et al., Empirical Evaluation of Rectified
 * Activations (2015).
 */
import { median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Claim, Picture, ResultTable } from '../contract/experiment.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import {
  asTrainRequest,
  type DescentPlan,
  distanceOfEpoch,
  judgeNetwork,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_GRADIENT, STALE_GRADIENT, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import { loadHalved } from './mnist-batch.ts';
import { networksOf, SPREAD, say, spread } from './statistics.ts';

const WIDTHS = [196, 30, 30, 10];
const INITIALISER = 'xavier-normal';
const BATCH = 10;
/** η; with the largest, those that are unbounded diverge. */
const RATES = [0.03, 0.3, 1, 3];
/** Stands for a larger cost, and for one that overflowed to no number. */
const DIVERGED = 1e6;
const ACTIVATIONS = ['sigmoid', 'relu', 'leaky:0.01', 'leaky:0.2', 'elu'] as const;
type Name = (typeof ACTIVATIONS)[number];
/** Which is said to be better than which. */
const DUELS = {
  'relu-fast': { better: 'relu', worse: 'sigmoid' },
  'elu-fast': { better: 'elu', worse: 'relu' },
  'leakier-better': { better: 'leaky:0.2', worse: 'leaky:0.01' },
} as const satisfies Record<string, { better: Name; worse: Name }>;
/** Of the two-sided sign test: 9 of 10 have 0.021. */
const SIGNIFICANT = 0.05;
/** Of the way from the start after one epoch, with the smallest η. */
const TRAINED_BOUND = 0.05;

interface Few extends Parameters {
  readonly images: number;
  readonly epochs: number;
}

const RULE =
  'by the cost after training in float64, in pairs of networks with one start; holds: smaller with each at its best η, by a two-sided sign test with p < 0.05; holds-if: so at some common η only; wrong otherwise';

function claim(id: keyof typeof DUELS, text: string): Claim {
  return { id, lecture: ['B'], text, rule: RULE, slip: 'imprecise' };
}

export const activations: Experiment<Few> = {
  name: 'activations',
  title: 'Activations against each other',
  question: 'With which activation does the same network learn fastest?',
  claims: [
    claim('relu-fast', 'ReLU networks learn faster than those of logistic units.'),
    claim('elu-fast', 'ELUs learn faster than ReLUs: the training takes fewer steps.'),
    claim('leakier-better', 'A leak of α = 0.2 is better than one of 0.01.'),
  ],
  quick: { seeds: 10, deviceSeeds: 1, images: 40, epochs: 10 },
  full: { seeds: 10, deviceSeeds: 5, images: 500, epochs: 20 },
  faults: [SWAPPED_ACTIVATION, DOUBLED_GRADIENT, STALE_GRADIENT, TRUNCATION],
  run,
};

/** One activation. */
interface Found {
  readonly name: Name;
  /** By η: cost after training in float64, a network each. */
  readonly costs: readonly (readonly number[])[];
  /** Of the smallest η, after each epoch. */
  readonly curves: readonly (readonly number[])[];
  /** Share wrong during each epoch with the smallest η: on the device, a network each. */
  readonly device: readonly (readonly number[])[];
  readonly distance: number;
}

async function run(context: Context<Few>): Promise<Findings> {
  const examples = asImages(await loadHalved(context.parameters.images));
  const found = {} as Record<Name, Found>;
  for (const name of ACTIVATIONS) found[name] = await trainAll(name, examples, context);
  const all = ACTIVATIONS.map((name) => found[name]);
  return {
    claims: Object.fromEntries(
      Object.entries(DUELS).map(([id, { better, worse }]) => [
        id,
        judge(found[better], found[worse]),
      ]),
    ),
    checks: [
      {
        name: `weights and biases after an epoch with η = ${RATES[0]}, of their way from the start, median`,
        against: 'float64',
        distance: Math.max(...all.map(({ distance }) => distance)),
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
    ],
    tables: [tableOf(all)],
    pictures: [curvesOf(all, context.parameters)],
  };
}

async function trainAll(
  name: Name,
  examples: TrainingExample[],
  context: Context<Few>,
): Promise<Found> {
  const { parameters, train, onProgress } = context;
  const { seeds, epochs } = parameters;
  const planOf = (seed: number, learningRate: number): DescentPlan => {
    const drawn = initialise(WIDTHS, { initialiser: INITIALISER, seed });
    const network = activate(drawn, { activation: name, seed });
    return { network, examples, learningRate, batch: BATCH, epochs, shuffle: seed };
  };
  const costs: number[][] = [];
  const curves: number[][] = [];
  const device: number[][] = [];
  for (const [index, learningRate] of RATES.entries()) {
    const own: number[] = [];
    for (const { seed, number, isMeasured } of networksOf(parameters)) {
      await onProgress(`${name}, η = ${learningRate}: network ${number} of ${seeds}`);
      const plan = planOf(seed, learningRate);
      const wrong: number[] = [];
      const reference = await trainInFloat64(plan, (of) => {
        if (index === 0) wrong.push(1 - judgeNetwork(of, examples).correct);
      });
      const { cost } = judgeNetwork(reference, examples);
      own.push(cost < DIVERGED ? cost : DIVERGED);
      if (index > 0) continue;
      curves.push(wrong);
      if (!isMeasured) continue;
      const trained = await train(asTrainRequest(plan));
      device.push(trained.epochs.map(({ correct }) => 1 - correct));
    }
    costs.push(own);
  }
  const distance = await distanceOfEpoch((seed) => planOf(seed, RATES[0] as number), context);
  return { name, costs, curves, device, distance };
}

/** Index of the η with the smallest median cost. */
function bestOf({ costs }: Found): number {
  const medians = costs.map((own) => median([...own]));
  return medians.indexOf(Math.min(...medians));
}

/** Pairs that the first wins, and the probability of so many or more, or so few or fewer. */
function duel(
  better: readonly number[],
  worse: readonly number[],
): { readonly won: number; readonly isSignificant: boolean } {
  const won = better.filter((cost, pair) => cost < (worse[pair] as number)).length;
  const lost = better.length - won;
  return { won, isSignificant: won > lost && signTest(won, lost) < SIGNIFICANT };
}

/** Two-sided p of so unequal a split of fair coins. */
function signTest(won: number, lost: number): number {
  const throws = won + lost;
  let [ways, tail] = [1, 0];
  for (let heads = 0; heads <= Math.min(won, lost); heads++) {
    tail += ways;
    ways = (ways * (throws - heads)) / (heads + 1);
  }
  return Math.min(1, (2 * tail) / 2 ** throws);
}

function judge(better: Found, worse: Found): Judgement {
  const pairs = better.costs[0]?.length as number;
  const atBest = duel(better.costs[bestOf(better)] ?? [], worse.costs[bestOf(worse)] ?? []);
  const common = RATES.map((rate, index) => ({
    rate,
    ...duel(better.costs[index] ?? [], worse.costs[index] ?? []),
  }));
  const costOf = (found: Found) => {
    const best = bestOf(found);
    return `${say(median([...(found.costs[best] ?? [])]))} for ${found.name} with η = ${RATES[best]}`;
  };
  const wins = common.map(({ rate, won }) => `${won} with η = ${rate}`).join(', ');
  const because = `With the best η of each ${better.name} ends with the smaller cost in ${atBest.won} of ${pairs} pairs, with a common one in ${wins}. The median cost is ${costOf(better)}, ${costOf(worse)}.`;
  if (atBest.isSignificant) return { verdict: 'holds', because };
  const where = common.filter(({ isSignificant }) => isSignificant).map(({ rate }) => rate);
  return where.length > 0
    ? { verdict: 'holds-if', because: `With η = ${where.join(' or ')} for both. ${because}` }
    : { verdict: 'wrong', because: `Not seen in ${pairs} pairs. ${because}` };
}

function curvesOf(all: readonly Found[], { seeds }: Few): Picture {
  return {
    id: 'curves',
    title: `Wrong images, epoch by epoch, η = ${RATES[0]}`,
    caption: 'The device counts during an epoch, float64 after it.',
    kind: 'lines',
    x: { label: 'epoch', unit: null, scale: 'linear' },
    y: { label: 'share of the images that is wrong', unit: null, scale: 'linear' },
    band: `${SPREAD} of ${seeds} networks in float64; the device trained the first`,
    series: all.flatMap(({ name, curves, device }) => [
      {
        name: `device, ${name}`,
        source: 'device' as const,
        points: (device[0] ?? []).map((y, epoch) => ({ x: epoch + 1, y })),
      },
      {
        name: `float64, ${name}`,
        source: 'float64' as const,
        points: (curves[0] ?? []).map((_, epoch) =>
          spread(
            epoch + 1,
            curves.map((curve) => curve[epoch] as number),
          ),
        ),
      },
    ]),
  };
}

function tableOf(all: readonly Found[]): ResultTable {
  return {
    title: 'Cost after training, medians of the networks in float64',
    columns: [
      { name: 'activation', unit: null },
      ...RATES.map((rate) => ({ name: `η = ${rate}`, unit: null })),
      { name: 'weights of the device from float64 after an epoch, of their way', unit: '%' },
    ],
    rows: all.map(({ name, costs, distance }) => [
      name,
      ...costs.map((own) => median([...own])),
      100 * distance,
    ]),
  };
}
