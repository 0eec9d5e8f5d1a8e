/**
 * Activations, initialisers and depths, crossed: which combination saturates, vanishes or learns.
 * Sources: Glorot & Bengio (2010), eq. 16; Bengio, Practical Recommendations (2012), §3.2, for the
 * factor 4; He et al., Delving Deep into Rectifiers (2015).
 */
import { mean, median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Cell, Picture, ResultTable, Series } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { measureBatch } from '../golden/float64/batch.ts';
import { norm } from '../golden/float64/norm.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Dataset } from '../host/data/mnist.ts';
import {
  type DescentPlan,
  distanceOfEpoch,
  forEachPass,
  judgeNetwork,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_GRADIENT, DOUBLED_WEIGHTS, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import type { Reading } from './instrument.ts';
import { loadHalved } from './mnist-batch.ts';
import { bandOf, networksOf, say, sayShare, spread } from './statistics.ts';

const WIDTH = 30;
const DEPTHS = [2, 5] as const;
const BATCH = 10;
/** N, in batches. */
const STEPS = 100;
/** η, the initialiser that is recommended for it, and the largest h′. */
const ACTIVATIONS = {
  sigmoid: { rate: 1, own: 'xavier4', steepest: 1 / 4 },
  tanh: { rate: 0.1, own: 'xavier-uniform', steepest: 1 },
  relu: { rate: 0.1, own: 'he2015', steepest: 1 },
} as const;
type Name = keyof typeof ACTIVATIONS;
const NAMES = Object.keys(ACTIVATIONS) as Name[];
const INITIALISERS = ['normal', 'xavier-uniform', 'xavier4', 'he2015'] as const;
type Initialiser = (typeof INITIALISERS)[number];
/** h′ below this part of its largest is flat. */
const FLAT = 1 / 10;
/** More than this flat: the network saturates. */
const SATURATED = 1 / 4;
/** ‖mean δ‖ of the last hidden layer over that of the first, or the reverse: even. */
const EVEN = 10;
/** Of the images, right after all steps: it learns. */
const LEARNT = 0.5;
/** Of log₁₀ of last over first. */
const RATIO_BOUND = 0.02;
/** Units that stand on the edge. */
const FLAT_BOUND = 0.02;
/** Of the way from the start: mostly 0.0003. */
const TRAINED_BOUND = 0.05;

interface Few extends Parameters {
  readonly images: number;
  readonly epochs: number;
}

export const initialisers: Experiment<Few> = {
  name: 'initialisers',
  title: 'Activations and initialisers',
  question: 'Which initialiser suits which activation, and how deep?',
  claims: [
    {
      id: 'normal',
      lecture: ['B', 'S'],
      text: 'With weights from N(0, 1) a deep network does not learn.',
      rule: `${DEPTHS[1]} hidden layers of ${WIDTH}; learns: in the median of the networks in float64 more than half of the images are right after ${STEPS} steps; holds: with no activation; holds-if: with some`,
      slip: 'imprecise',
    },
    {
      id: 'factor-4',
      lecture: ['B', 'S'],
      text: 'For logistic units the limits of Xavier are to be four times as wide.',
      rule: `in the median of the networks in float64; holds: at every depth ‖mean δ‖ of last and first hidden layer are nearer to each other (in decades) with 4 times the limits for logistic units, and without for tanh, and with ${DEPTHS[0]} hidden layers more images are right after ${STEPS} steps of logistic units`,
    },
    {
      id: 'own-suits',
      lecture: ['B', 'S'],
      text: 'With the initialiser made for it (logistic: 4 times Xavier, tanh: Xavier, ReLU: He) no activation saturates, vanishes or explodes, and networks learn.',
      rule: `flat: h′ below ${FLAT} of its largest, for a ReLU on every image; holds: in the median of the networks in float64 hidden units are flat at most ${100 * SATURATED} % of the time, last and first ‖mean δ‖ are within a factor of ${EVEN}, and the network learns, for every activation at every depth; holds-if: for some`,
      slip: 'imprecise',
    },
  ],
  quick: { seeds: 3, deviceSeeds: 1, images: 50, epochs: STEPS / (50 / BATCH) },
  full: { seeds: 200, deviceSeeds: 20, images: 200, epochs: STEPS / (200 / BATCH) },
  faults: [SWAPPED_ACTIVATION, DOUBLED_WEIGHTS, DOUBLED_GRADIENT, TRUNCATION],
  run,
};

interface Combination {
  readonly name: Name;
  readonly initialiser: Initialiser;
  readonly depth: number;
}

/** Before training. */
interface Start {
  /** ‖mean δ‖ of the last hidden layer over that of the first. */
  readonly ratio: number;
  /** Share of hidden units and images; ReLUs count, with all images, where they are so on each. */
  readonly flat: number;
}

interface Found extends Combination {
  /** A network each, in float64; of the device those in which nothing was clamped. */
  readonly starts: readonly Start[];
  readonly device: readonly Start[];
  /** Share right after all steps, in float64. */
  readonly correct: readonly number[];
  /** Worst of the networks on the device. */
  readonly distance: Distance;
}

interface Distance {
  /** Decades. */
  readonly ratio: number;
  readonly flat: number;
}

interface Data {
  readonly set: Dataset;
  readonly examples: TrainingExample[];
}

async function run(context: Context<Few>): Promise<Findings> {
  const set = await loadHalved(context.parameters.images);
  const data = { set, examples: asImages(set) };
  const found: Found[] = [];
  for (const depth of DEPTHS) {
    for (const name of NAMES) {
      for (const initialiser of INITIALISERS) {
        found.push(await measureAll({ name, initialiser, depth }, data, context));
      }
    }
  }
  const trained: number[] = [];
  for (const name of NAMES) {
    const combination = { name, initialiser: ACTIVATIONS[name].own, depth: DEPTHS[0] };
    const { parameters } = context;
    const own = (seed: number) =>
      planOf(combination, { parameters, examples: data.examples, seed });
    trained.push(await distanceOfEpoch(own, context));
  }
  const worst = (of: keyof Distance) => Math.max(...found.map(({ distance }) => distance[of]));
  return {
    claims: {
      normal: judgeNormal(found),
      'factor-4': judgeFactor(found),
      'own-suits': judgeOwn(found),
    },
    checks: [
      {
        name: 'log₁₀ of ‖mean δ‖ of the last over the first hidden layer, where nothing was clamped',
        against: 'float64',
        distance: worst('ratio'),
        bound: RATIO_BOUND,
        unit: 'decades',
      },
      {
        name: 'share of flat units, where nothing was clamped',
        against: 'float64',
        distance: worst('flat'),
        bound: FLAT_BOUND,
        unit: 'absolute',
      },
      {
        name: `weights and biases after an epoch, from the initialiser made for them, ${DEPTHS[0]} hidden layers, of their way, median`,
        against: 'float64',
        distance: Math.max(...trained),
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
    ],
    tables: [tableOf(found)],
    pictures: DEPTHS.map((depth) => pictureOf(found, depth, context.parameters)),
  };
}

async function measureAll(
  combination: Combination,
  data: Data,
  context: Context<Few>,
): Promise<Found> {
  const { examples } = data;
  const { parameters, measure, onProgress } = context;
  const { name, initialiser, depth } = combination;
  const found = { starts: [] as Start[], device: [] as Start[], correct: [] as number[] };
  const distance = { ratio: 0, flat: 0 };
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`${name}, ${initialiser}, ${depth} hidden: network ${number}`);
    const plan = planOf(combination, { parameters, examples, seed });
    const { network } = plan;
    found.starts.push(startOf(network, combination, data));
    found.correct.push(judgeNetwork(await trainInFloat64(plan), examples).correct);
    if (!isMeasured) continue;
    const reading = await measure({ network, images: examples, observe: true });
    if (!isClamped(reading)) {
      const own = startOnDevice(reading, combination);
      const expected = startOf(reading.network, combination, data);
      const decades = Math.abs(Math.log10(own.ratio / expected.ratio));
      distance.ratio = Math.max(distance.ratio, decades);
      distance.flat = Math.max(distance.flat, Math.abs(own.flat - expected.flat));
      found.device.push(own);
    }
  }
  return { ...combination, ...found, distance };
}

function planOf(
  { name, initialiser, depth }: Combination,
  { parameters: { epochs }, examples, seed }: PlanOptions,
): DescentPlan {
  const widths = [196, ...new Array<number>(depth).fill(WIDTH), 10];
  const network = activate(initialise(widths, { initialiser, seed }), { activation: name, seed });
  const learningRate = ACTIVATIONS[name].rate;
  return { network, examples, learningRate, batch: BATCH, epochs, shuffle: seed };
}

interface PlanOptions {
  readonly parameters: Few;
  readonly examples: readonly TrainingExample[];
  readonly seed: number;
}

function isClamped({ records }: Reading): boolean {
  return records.some(({ layers }) =>
    layers.some(({ zSaturated, activationSaturated }) => zSaturated + activationSaturated > 0),
  );
}

function startOf(network: FloatNetwork, of: Combination, { set, examples }: Data): Start {
  const { images, labels } = set;
  const norms = measureBatch(network, { images, labels, cost: 'cross-entropy' });
  const counts = flatCounts(of);
  forEachPass(network, examples, ({ slope }) => {
    counts.add(slope);
  });
  const hidden = norms.slice(0, -1).map(({ normOfMean }) => normOfMean);
  return { ratio: ratioOf(hidden), flat: counts.share() };
}

function startOnDevice({ observed, meanDelta }: Reading, of: Combination): Start {
  const counts = flatCounts(of);
  for (const layers of observed) counts.add(layers.map(({ slope }) => slope));
  return { ratio: ratioOf(meanDelta.slice(0, -1).map(norm)), flat: counts.share() };
}

function ratioOf(hidden: readonly number[]): number {
  return (hidden.at(-1) as number) / (hidden[0] as number);
}

/** On how many images each hidden unit is flat; a ReLU is on half of them as it should be. */
function flatCounts({ name, depth }: Combination) {
  const isAllOrNothing = name === 'relu';
  const least = FLAT * ACTIVATIONS[name].steepest;
  const flats = new Float64Array(depth * WIDTH);
  let images = 0;
  return {
    /** @param slopes h′(z) of every layer. */
    add(slopes: readonly Float64Array[]): void {
      images++;
      for (const [layer, own] of slopes.slice(0, depth).entries()) {
        for (const [j, slope] of own.entries()) {
          const at = layer * WIDTH + j;
          if (slope < least) flats[at] = (flats[at] as number) + 1;
        }
      }
    },
    share: () =>
      mean(Array.from(flats, (count) => (isAllOrNothing && count < images ? 0 : count / images))),
  };
}

/** Medians of the networks in float64. */
function mediansOf({ starts, correct }: Found): Start & { readonly correct: number } {
  return {
    ratio: median(starts.map(({ ratio }) => ratio)),
    flat: median(starts.map(({ flat }) => flat)),
    correct: median([...correct]),
  };
}

/** The three verdicts on a combination, in words, and whether all are good. */
function verdictsOf(found: Found) {
  const { ratio, flat, correct } = mediansOf(found);
  const gradient = ratio > EVEN ? 'vanishes' : ratio < 1 / EVEN ? 'explodes' : 'even';
  const saturates = flat > SATURATED;
  const learns = correct > LEARNT;
  return { saturates, gradient, learns, isGood: !saturates && gradient === 'even' && learns };
}

function at(found: readonly Found[], of: Combination): Found {
  return found.find(
    ({ name, initialiser, depth }) =>
      name === of.name && initialiser === of.initialiser && depth === of.depth,
  ) as Found;
}

function judgeNormal(found: readonly Found[]): Judgement {
  const depth = DEPTHS[1];
  const all = NAMES.map((name) => at(found, { name, initialiser: 'normal', depth }));
  const list = all.map((of) => `${sayShare(mediansOf(of).correct)} with ${of.name}`).join(', ');
  const failing = all.filter((of) => !verdictsOf(of).learns);
  const because = `Right after the steps, ${depth} hidden layers: ${list}.`;
  if (failing.length === all.length) return { verdict: 'holds', because };
  const where = failing.map(({ name }) => name).join(' and ');
  return failing.length > 0
    ? { verdict: 'holds-if', because: `With ${where} only. ${because}` }
    : { verdict: 'wrong', because };
}

function judgeFactor(found: readonly Found[]): Judgement {
  const compared = DEPTHS.map((depth) => {
    const of = (name: Name, initialiser: Initialiser) =>
      mediansOf(at(found, { name, initialiser, depth }));
    const [narrow, wide] = [of('sigmoid', 'xavier-uniform'), of('sigmoid', 'xavier4')];
    const [tanhNarrow, tanhWide] = [of('tanh', 'xavier-uniform'), of('tanh', 'xavier4')];
    const learnsMore = depth !== DEPTHS[0] || wide.correct > narrow.correct;
    return {
      isBetter: isNearer(wide, narrow) && isNearer(tanhNarrow, tanhWide) && learnsMore,
      text: `with ${depth} hidden layers last over first is ${say(narrow.ratio)} with Xavier's limits and ${say(wide.ratio)} with four times these (tanh: ${say(tanhNarrow.ratio)} and ${say(tanhWide.ratio)}), and ${sayShare(narrow.correct)} and ${sayShare(wide.correct)} of the images are right`,
    };
  });
  return {
    verdict: compared.every(({ isBetter }) => isBetter) ? 'holds' : 'wrong',
    because: `σ′ is at most 1/4, tanh′ 1: ${compared.map(({ text }) => text).join('; ')}.`,
  };
}

/** Whether the last and first layer of one are more alike than those of another. */
function isNearer(one: Start, other: Start): boolean {
  return Math.abs(Math.log(one.ratio)) < Math.abs(Math.log(other.ratio));
}

function judgeOwn(found: readonly Found[]): Judgement {
  const own = found.filter(({ name, initialiser }) => initialiser === ACTIVATIONS[name].own);
  const bad = own.filter((of) => !verdictsOf(of).isGood);
  const list = own.map((of) => {
    const { ratio, flat, correct } = mediansOf(of);
    return `${titleOf(of)}: ${sayShare(flat)} flat, last over first ${say(ratio)}, ${sayShare(correct)} right`;
  });
  const because = `${list.join('; ')}.`;
  if (bad.length === 0) return { verdict: 'holds', because };
  return bad.length < own.length
    ? { verdict: 'holds-if', because: `Not for ${bad.map(titleOf).join(', ')}. ${because}` }
    : { verdict: 'wrong', because };
}

function titleOf({ name, depth }: Combination): string {
  return `${name} with ${depth} hidden layers`;
}

function pictureOf(found: readonly Found[], depth: number, parameters: Few): Picture {
  const seriesOf = (source: 'device' | 'float64', name: Name): Series => ({
    name: `${source}, ${name}`,
    source,
    points: INITIALISERS.flatMap((initialiser) => {
      const { starts, device } = at(found, { name, initialiser, depth });
      const ratios = (source === 'device' ? device : starts).map(({ ratio }) => ratio);
      return ratios.length === 0 ? [] : [spread(initialiser, ratios)];
    }),
  });
  return {
    id: `ratio-${depth}`,
    title: `Last over first hidden layer before training, ${depth} hidden layers`,
    caption:
      'Above 1 the gradient vanishes towards the input, below it explodes. What the device had to clamp is left out.',
    kind: 'dots',
    x: { label: 'initialiser', unit: null, scale: 'category' },
    y: { label: '‖mean δ‖ of the last / of the first', unit: null, scale: 'log' },
    band: bandOf(parameters),
    series: NAMES.flatMap((name) => [seriesOf('device', name), seriesOf('float64', name)]),
    marks: [{ axis: 'y', at: 1, label: 'even' }],
  };
}

function tableOf(found: readonly Found[]): ResultTable {
  return {
    title: 'Every combination, medians of the networks in float64',
    columns: [
      { name: 'activation', unit: null },
      { name: 'hidden layers', unit: null },
      { name: 'initialiser', unit: null },
      { name: 'flat', unit: '%' },
      { name: 'saturates', unit: null },
      { name: 'last over first', unit: null },
      { name: 'on the device, first network', unit: null },
      { name: 'gradient', unit: null },
      { name: `right after ${STEPS} steps`, unit: '%' },
      { name: 'learns', unit: null },
    ],
    rows: found.map((of): Cell[] => {
      const { ratio, flat, correct } = mediansOf(of);
      const { saturates, gradient, learns } = verdictsOf(of);
      return [
        ...[of.name, of.depth, of.initialiser],
        ...[100 * flat, saturates ? 'yes' : 'no'],
        ...[ratio, of.device[0]?.ratio ?? 'clamped', gradient],
        ...[100 * correct, learns ? 'yes' : 'no'],
      ];
    }),
  };
}
