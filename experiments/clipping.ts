/**
 * Gradients clipped by value and by norm where nothing else stops the explosion. Sources: Pascanu,
 * Mikolov & Bengio, On the difficulty of training recurrent neural networks (2013), §3.2; Géron,
 * Hands-On Machine Learning (2017), ch. 11, "Gradient Clipping".
 */
import { median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, ResultTable } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { norm } from '../golden/float64/norm.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import {
  asTrainRequest,
  type Clip,
  type DescentPlan,
  distanceOnDevice,
  judgeNetwork,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Fault, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_GRADIENT, STALE_GRADIENT, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import { loadHalved } from './mnist-batch.ts';
import { bandOf, networksOf, say, sayShare, spread, upTo } from './statistics.ts';

const WIDTHS = [196, 30, 30, 30, 30, 30, 10];
const INITIALISER = 'he2015';
const RATE = 1;
const CLIPS = {
  none: {},
  value: { clipValue: 0.01 },
  norm: { clipNorm: 0.1 },
} as const satisfies Record<string, Clip>;
type Name = keyof typeof CLIPS;
const NAMES = Object.keys(CLIPS) as Name[];
/** Of the cost before training: exploded. */
const EXPLODED = 2;
/** Of z and activations of a batch: a run that the format held together is not a stable one. */
const CLIPPED_BY_FORMAT = 0.01;
/**
 * With which the device is compared. With η = 1 its V does not hold the gradient of the first step,
 * so that there is less left to clip.
 */
const COMPARED = { learningRate: 0.3, epochs: 2 } as const;
/** Of the way from the start: 0.01 to 0.07 in seven networks, by ReLUs that rounding puts beyond their kink. */
const TRAINED_BOUND = 0.25;

interface Few extends Parameters {
  readonly images: number;
  /** Steps: a batch is all images. */
  readonly epochs: number;
}

const NOT_CLIPPED: Fault = {
  name: 'not clipped',
  about: 'the clipped gradient is not written back before the step',
  seenBy: 'float64',
  isNotClipped: true,
};

export const clipping: Experiment<Few> = {
  name: 'clipping',
  title: 'Gradient clipping',
  question: 'Does clipping stop an explosion, and what does it change of the step?',
  claims: [
    {
      id: 'stops-explosion',
      lecture: ['B'],
      text: 'Clipping the gradients keeps training from exploding.',
      rule: `5 ReLU layers, He, η = ${RATE}, whole batch, in float64; exploded: the cost passes ${EXPLODED} times its start; holds: without clipping the cost of the median network explodes, and with clipping at ${CLIPS.value.clipValue} by value and at ${CLIPS.norm.clipNorm} by norm it does not and more images are right in the end`,
    },
    {
      id: 'norm-keeps-ratios',
      lecture: ['B'],
      text: 'Clipping by norm keeps the direction of the step, and so the ratio between layers.',
      rule: 'of the first step in float64; holds: the ratio of the last hidden layer to the first differs by less than 10⁻⁹ from that without clipping, in every network',
    },
    {
      id: 'value-changes-ratios',
      lecture: ['B'],
      text: 'Clipping by value changes the direction of the step.',
      rule: 'of the first step in float64; holds: that ratio differs by more than 1 % in every network',
    },
  ],
  quick: { seeds: 5, deviceSeeds: 1, images: 50, epochs: 30 },
  full: { seeds: 200, deviceSeeds: 5, images: 100, epochs: 60 },
  faults: [NOT_CLIPPED, SWAPPED_ACTIVATION, DOUBLED_GRADIENT, STALE_GRADIENT, TRUNCATION],
  run,
};

/** One network in float64. */
interface Descended {
  /** Before the first step, and after each. */
  readonly costs: readonly number[];
  /** Share right in the end. */
  readonly correct: number;
  /** ‖first step‖ of the last hidden layer over that of the first. */
  readonly ratio: number;
}

interface OnDevice {
  /** Share wrong before each step. */
  readonly wrong: readonly number[];
  /** Largest share of z and activations that were clamped at a step. */
  readonly saturated: number;
}

interface Found {
  readonly name: Name;
  readonly networks: readonly Descended[];
  readonly device: readonly OnDevice[];
  readonly distance: number;
}

async function run(context: Context<Few>): Promise<Findings> {
  const examples = asImages(await loadHalved(context.parameters.images));
  const found = {} as Record<Name, Found>;
  for (const name of NAMES) found[name] = await descendAll(name, examples, context);
  return {
    claims: {
      'stops-explosion': judgeExplosion(found),
      'norm-keeps-ratios': judgeRatios(found, 'norm'),
      'value-changes-ratios': judgeRatios(found, 'value'),
    },
    checks: [
      {
        name: `weights and biases after ${COMPARED.epochs} steps, clipped and not, with η = ${COMPARED.learningRate}, of their way from the start`,
        against: 'float64',
        distance: Math.max(...NAMES.map((name) => found[name].distance)),
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
    ],
    tables: [tableOf(found)],
    pictures: [pictureOf(found, context.parameters)],
  };
}

async function descendAll(
  name: Name,
  examples: TrainingExample[],
  { parameters, train, onProgress }: Context<Few>,
): Promise<Found> {
  const { seeds, epochs } = parameters;
  const networks: Descended[] = [];
  const device: OnDevice[] = [];
  let distance = 0;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`clipped by ${name}: network ${number} of ${seeds}`);
    const drawn = initialise(WIDTHS, { initialiser: INITIALISER, seed });
    const network = activate(drawn, { activation: 'relu', seed });
    const plan: DescentPlan = {
      ...{ network, examples, learningRate: RATE, clip: CLIPS[name] },
      ...{ batch: examples.length, epochs, shuffle: seed },
    };
    networks.push(await descended(plan));
    if (!isMeasured) continue;
    const trained = await train(asTrainRequest(plan));
    device.push({
      wrong: trained.epochs.map(({ correct }) => 1 - correct),
      saturated: Math.max(...trained.epochs.map(({ saturated }) => saturated)),
    });
    distance = Math.max(distance, await distanceOnDevice({ ...plan, ...COMPARED }, train));
  }
  return { name, networks, device, distance };
}

async function descended(plan: DescentPlan): Promise<Descended> {
  const { network, examples } = plan;
  const states = [judgeNetwork(network, examples)];
  let ratio = Number.NaN;
  await trainInFloat64(plan, (of, epoch) => {
    if (epoch === 1) ratio = stepNorm(network, of, WIDTHS.length - 3) / stepNorm(network, of, 0);
    states.push(judgeNetwork(of, examples));
  });
  return {
    costs: states.map(({ cost }) => cost),
    correct: states.at(-1)?.correct as number,
    ratio,
  };
}

/** ‖Δw, Δb‖ of a layer. */
function stepNorm(from: FloatNetwork, to: FloatNetwork, layer: number): number {
  const [before, after] = [from.layers[layer], to.layers[layer]];
  return norm(
    (['weights', 'biases'] as const).flatMap((name) =>
      Array.from(after?.[name] ?? [], (x, at) => x - (before?.[name][at] as number)),
    ),
  );
}

/** Highest cost over that before training; a cost that is no number any more is the highest. */
function peakOf({ costs }: Descended): number {
  const peak = Math.max(...costs.map((cost) => (Number.isFinite(cost) ? cost : Number.MAX_VALUE)));
  return peak / (costs[0] as number);
}

function judgeExplosion(found: Record<Name, Found>): Judgement {
  const of = (name: Name) => ({
    peak: median(found[name].networks.map(peakOf)),
    correct: median(found[name].networks.map(({ correct }) => correct)),
  });
  const [none, ...clipped] = [of('none'), of('value'), of('norm')];
  const helps = clipped.every(({ peak, correct }) => peak < EXPLODED && correct > none.correct);
  const [value, byNorm] = clipped as [typeof none, typeof none];
  return {
    verdict: none.peak >= EXPLODED && helps ? 'holds' : 'wrong',
    because: `Without, the cost passes ${say(none.peak)} times its start in the median, and ${sayShare(none.correct)} of the images are right in the end; by value ${say(value.peak)} times and ${sayShare(value.correct)}, by norm ${say(byNorm.peak)} times and ${sayShare(byNorm.correct)}. On the device it ${fateOnDevice(found.none)} without.`,
  };
}

function isHeld({ saturated }: OnDevice): boolean {
  return saturated > CLIPPED_BY_FORMAT;
}

/** What became of the first network there. */
function fateOnDevice({ device: [first] }: Found): string {
  if (first === undefined) return 'was not measured';
  const share = `${sayShare(first.saturated)} of z and a at a step`;
  return isHeld(first) ? `is clipped by the format (${share})` : `is stable (${share} clamped)`;
}

/** By norm it is to stay, by value to change. */
function judgeRatios({ none, ...found }: Record<Name, Found>, by: 'norm' | 'value'): Judgement {
  const ratios = ({ networks }: Found) => networks.map(({ ratio }) => ratio);
  const plain = ratios(none);
  const own = ratios(found[by]);
  const changes = own.map((ratio, index) => Math.abs(ratio / (plain[index] as number) - 1));
  const [least, most] = [Math.min(...changes), Math.max(...changes)];
  const holds = by === 'norm' ? most < 1e-9 : least > 0.01;
  const change = most < 1e-9 ? 'rounding only' : `${sayShare(least)} to ${sayShare(most)}`;
  return {
    verdict: holds ? 'holds' : 'wrong',
    because: `Of the first step, last hidden layer over first is ${say(median(plain))} without clipping and ${say(median(own))} with clipping by ${by}, in the median; it changes by ${change}.`,
  };
}

function pictureOf(found: Record<Name, Found>, parameters: Few): Picture {
  return {
    id: 'wrong',
    title: 'Wrong images, step by step, and in float64 at the end',
    caption: 'Without clipping one step too long leaves ReLUs that answer to no image.',
    kind: 'lines',
    x: { label: 'steps taken', unit: null, scale: 'linear' },
    y: { label: 'share of the images that is wrong', unit: null, scale: 'linear' },
    band: bandOf(parameters),
    series: NAMES.flatMap((name) => [
      {
        name: `device, ${name}`,
        source: 'device' as const,
        points: [0, ...upTo(parameters.epochs - 1)].map((step) =>
          spread(
            step,
            found[name].device.map(({ wrong }) => wrong[step] as number),
          ),
        ),
      },
      {
        name: `float64, ${name}`,
        source: 'float64' as const,
        points: [
          spread(
            parameters.epochs,
            found[name].networks.map(({ correct }) => 1 - correct),
          ),
        ],
      },
    ]),
  };
}

function tableOf(found: Record<Name, Found>): ResultTable {
  return {
    title: 'By kind of clipping, medians of the networks in float64',
    columns: [
      { name: 'clipped by', unit: null },
      { name: 'highest cost over its start', unit: null },
      { name: 'right in the end', unit: '%' },
      { name: 'first step, last hidden layer over first', unit: null },
      { name: 'clamped on the device, worst step', unit: '%' },
      { name: 'the run on the device is', unit: null },
      {
        name: `weights of the device from float64, η = ${COMPARED.learningRate}, of their way`,
        unit: '%',
      },
    ],
    rows: NAMES.map((name) => {
      const { networks, device, distance } = found[name];
      return [
        name,
        median(networks.map(peakOf)),
        100 * median(networks.map(({ correct }) => correct)),
        median(networks.map(({ ratio }) => ratio)),
        100 * Math.max(...device.map(({ saturated }) => saturated)),
        device.some(isHeld) ? 'clipped by the format' : 'stable',
        100 * distance,
      ];
    }),
  };
}
