/**
 * Units that are 0 whatever the image: how many there are before, during and after training, by
 * learning rate and activation. Source: Géron, Hands-On Machine Learning (2017), ch. 11, "Nonsaturating
 * Activation Functions"; Maas et al. (2013).
 */
import { median, sum } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, ResultTable, Series } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import {
  asTrainRequest,
  type DescentPlan,
  distanceOfEpoch,
  forEachPass,
  trainInFloat64,
} from './descents.ts';
import type { Context, Experiment, Fault, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_GRADIENT, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import type { Reading } from './instrument.ts';
import { loadHalved } from './mnist-batch.ts';
import { bandOf, networksOf, sayShare, spread, upTo } from './statistics.ts';

const WIDTHS = [196, 30, 30, 10];
const HIDDEN = 2;
const INITIALISER = 'he2015';
const BATCH = 10;
/** η, smallest first. */
const RATES = [0.03, 0.1, 0.3, 1];
const OTHERS = ['leaky', 'rrelu', 'prelu', 'elu'] as const;
const ACTIVATIONS = ['relu', ...OTHERS] as const;
type Name = (typeof ACTIVATIONS)[number];
/** h′ below this on every image: asleep. */
const ASLEEP = 1 / 32;
/** Of the way from the start after one epoch, at the smallest η: with larger steps rounding leads elsewhere. */
const TRAINED_BOUND = 0.03;

interface Few extends Parameters {
  readonly images: number;
  readonly epochs: number;
}

/** α that should be 0. */
const LEAK: Fault = {
  name: 'leak',
  about: 'the ReLUs of the first layer leak: α is 1/8',
  seenBy: 'float64',
  network: ({ layers, cost }) => ({
    cost,
    layers: layers.map((layer, index) =>
      index === 0 && layer.activation === 'relu'
        ? { ...layer, alphas: new Int32Array(layer.nOut).fill(EIGHTH) }
        : layer,
    ),
  }),
};

/** 1/8 in the format of α: D = 2^15, F = 3. */
const EIGHTH = 2 ** 15 + 3 * 2 ** 16;

export const dyingRelu: Experiment<Few> = {
  name: 'dying-relu',
  title: 'Dying ReLUs',
  question: 'How many units are 0 whatever the image, before and after training?',
  claims: [
    {
      id: 'half-die',
      lecture: ['B'],
      text: 'With a large learning rate half of the neurons of a ReLU network may die.',
      rule: `dead: h′ = 0 on every image; holds: in the median of the networks in float64 at least half of the hidden units are dead after training with η = ${RATES.at(-1)}, and fewer than a quarter with η = ${RATES[0]}`,
    },
    {
      id: 'stays-dead',
      lecture: ['B'],
      text: 'A dead neuron stays dead: its gradient is 0, and descent does not change it any more.',
      rule: 'holds: no unit of any network that is dead after an epoch is alive after a later one; holds-if: so for the first hidden layer only',
      slip: 'imprecise',
    },
    {
      id: 'others-do-not',
      lecture: ['B'],
      text: 'Leaky, randomised and parametric ReLUs and ELUs do not die.',
      rule: 'holds: with no learning rate has a unit of any network h′ = 0 on every image in float64, after any epoch; holds-if: so for learning rates below the largest only',
    },
  ],
  quick: { seeds: 5, deviceSeeds: 1, images: 60, epochs: 10 },
  full: { seeds: 50, deviceSeeds: 5, images: 200, epochs: 30 },
  faults: [LEAK, SWAPPED_ACTIVATION, DOUBLED_GRADIENT, TRUNCATION],
  run,
};

/** Of the hidden units, all in a row. */
interface Units {
  /** h′ = 0 on every image. */
  readonly dead: readonly boolean[];
  readonly asleep: readonly boolean[];
}

/** One network, trained in float64. */
interface Life {
  readonly before: Units;
  /** After each epoch. */
  readonly epochs: readonly Units[];
}

/** All networks of one activation and η. */
interface Found {
  readonly name: Name;
  readonly rate: number;
  readonly lives: readonly Life[];
  /** Share of dead units after training, on the device. */
  readonly device: readonly number[];
  /** Units that are dead on the device and alive in float64 with the same weights, or the reverse. */
  readonly different: number;
}

async function run(context: Context<Few>): Promise<Findings> {
  const examples = asImages(await loadHalved(context.parameters.images));
  const found: Found[] = [];
  for (const name of ACTIVATIONS) {
    for (const rate of RATES) {
      found.push(await live(context, { name, rate, examples }));
    }
  }
  const { parameters } = context;
  const ofRelu = (seed: number) =>
    planOf({ name: 'relu', rate: RATES[0] as number }, { parameters, examples, seed });
  const trained = await distanceOfEpoch(ofRelu, context);
  const relus = found.filter(({ name }) => name === 'relu');
  return {
    claims: {
      'half-die': judgeHalf(relus),
      'stays-dead': judgeStays(relus),
      'others-do-not': judgeOthers(found.filter(({ name }) => name !== 'relu')),
    },
    checks: [
      {
        name: `weights and biases of a ReLU network after an epoch with η = ${RATES[0]}, of their way from the start, median`,
        against: 'float64',
        distance: trained,
        bound: TRAINED_BOUND,
        unit: 'relative',
      },
      {
        name: 'trained units that are dead in one of the two, with the weights of the device',
        against: 'float64',
        distance: sum(relus.map(({ different }) => different)),
        bound: 0,
        unit: 'units',
      },
    ],
    tables: [tableOf(found)],
    pictures: [ratesOf(found, context.parameters), epochsOf(relus)],
  };
}

async function live(
  context: Context<Few>,
  { name, rate, examples }: Pick<Found, 'name' | 'rate'> & { examples: TrainingExample[] },
): Promise<Found> {
  const { parameters, train, measure, onProgress } = context;
  const lives: Life[] = [];
  const device: number[] = [];
  let different = 0;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`${name}, η = ${rate}: network ${number} of ${parameters.seeds}`);
    const plan = planOf({ name, rate }, { parameters, examples, seed });
    const { network } = plan;
    const after: Units[] = [];
    await trainInFloat64(plan, (of) => {
      after.push(unitsOf(of, examples));
    });
    lives.push({ before: unitsOf(network, examples), epochs: after });
    if (name !== 'relu' || !isMeasured) continue;
    const { readNetwork } = await train(asTrainRequest(plan));
    const trained = await readNetwork();
    const reading = await measure({ network: trained, images: examples, observe: true });
    const dead = deadOnDevice(reading);
    const expected = unitsOf(reading.network, examples).dead;
    different += dead.filter((isDead, unit) => isDead !== expected[unit]).length;
    device.push(shareOf(dead));
  }
  return { name, rate, lives, device, different };
}

function planOf(
  { name, rate }: Pick<Found, 'name' | 'rate'>,
  {
    parameters: { epochs },
    examples,
    seed,
  }: { parameters: Few; examples: readonly TrainingExample[]; seed: number },
): DescentPlan {
  const drawn = initialise(WIDTHS, { initialiser: INITIALISER, seed });
  const network = activate(drawn, { activation: name, seed });
  return { network, examples, learningRate: rate, batch: BATCH, epochs, shuffle: seed };
}

function unitsOf(network: FloatNetwork, examples: readonly TrainingExample[]): Units {
  const steepest = network.layers.slice(0, HIDDEN).map(({ nOut }) => new Float64Array(nOut));
  forEachPass(network, examples, ({ slope }) => {
    for (const [index, most] of steepest.entries()) raise(most, slope[index] as Float64Array);
  });
  const all = steepest.flatMap((most) => [...most]);
  return { dead: all.map((slope) => slope === 0), asleep: all.map((slope) => slope < ASLEEP) };
}

function deadOnDevice({ observed }: Reading): boolean[] {
  const steepest = upTo(HIDDEN).map((layer) => new Float64Array(WIDTHS[layer] as number));
  for (const layers of observed) {
    for (const [index, most] of steepest.entries()) raise(most, layers[index]?.slope ?? most);
  }
  return steepest.flatMap((most) => Array.from(most, (slope) => slope === 0));
}

/** Each element to the larger of the two. */
function raise(most: Float64Array, values: Float64Array): void {
  for (let j = 0; j < most.length; j++) {
    most[j] = Math.max(most[j] as number, values[j] as number);
  }
}

function shareOf(units: readonly boolean[]): number {
  return units.filter((is) => is).length / units.length;
}

/** After training, a network each. */
function shares({ lives }: Found, which: keyof Units = 'dead'): number[] {
  return lives.map(({ epochs }) => shareOf(epochs.at(-1)?.[which] ?? []));
}

function judgeHalf(relus: readonly Found[]): Judgement {
  const dead = relus.map((found) => median(shares(found)));
  const before = median((relus[0]?.lives ?? []).map((life) => shareOf(life.before.dead)));
  const list = relus.map(
    ({ rate }, index) => `${sayShare(dead[index] as number)} with η = ${rate}`,
  );
  return {
    verdict: (dead.at(-1) as number) >= 0.5 && (dead[0] as number) < 0.25 ? 'holds' : 'wrong',
    because: `Dead after training: ${list.join(', ')}; before it ${sayShare(before)}.`,
  };
}

function judgeStays(relus: readonly Found[]): Judgement {
  const width = WIDTHS[1] as number;
  const risen = { first: 0, second: 0 };
  for (const { before, epochs } of relus.flatMap(({ lives }) => lives)) {
    const times = [before, ...epochs];
    before.dead.forEach((_, unit) => {
      const died = times.findIndex(({ dead }) => dead[unit]);
      const rises = died >= 0 && times.slice(died).some(({ dead }) => !dead[unit]);
      if (rises) risen[unit < width ? 'first' : 'second'] += 1;
    });
  }
  const of = relus.flatMap(({ lives }) => lives).length * width;
  const because = `${risen.first} of ${of} units of the first hidden layer came back to life, and ${risen.second} of ${of} of the second.`;
  if (risen.first > 0) return { verdict: 'wrong', because };
  return risen.second === 0
    ? { verdict: 'holds', because }
    : {
        verdict: 'holds-if',
        because: `In the first hidden layer, whose inputs stay as they are. ${because} Their own weights did not change, but those below them did.`,
      };
}

function judgeOthers(others: readonly Found[]): Judgement {
  const everDead = ({ lives }: Found) =>
    lives.some(({ before, epochs }) => [before, ...epochs].some(({ dead }) => dead.includes(true)));
  const dying = others.filter(everDead);
  const largest = RATES.at(-1) as number;
  const asleep = OTHERS.map((name) => {
    const [found] = others.filter((of) => of.name === name && of.rate === largest);
    return `${name} ${sayShare(median(found ? shares(found, 'asleep') : [0]))}`;
  });
  const because = `h′ may become small for good: at η = ${largest} it is below ${ASLEEP} on every image for ${asleep.join(', ')} of the hidden units.`;
  if (dying.length === 0) return { verdict: 'holds', because };
  const list = dying.map(({ name, rate }) => `${name} with η = ${rate}`).join(', ');
  return dying.every(({ rate }) => rate === largest)
    ? {
        verdict: 'holds-if',
        because: `Below η = ${largest}; there h′ becomes 0 for ${list}. ${because}`,
      }
    : { verdict: 'wrong', because: `h′ becomes 0 for ${list}. ${because}` };
}

function ratesOf(found: readonly Found[], { seeds, deviceSeeds }: Few): Picture {
  const of = (name: Name) => found.filter((one) => one.name === name);
  const device: Series = {
    name: 'device, relu',
    source: 'device',
    points: of('relu').map((one) => spread(`${one.rate}`, one.device)),
  };
  return {
    id: 'rates',
    title: 'Dead units after training',
    caption: 'A step that is too large takes a ReLU where no image reaches it, and it stays there.',
    kind: 'lines',
    x: { label: 'learning rate η', unit: null, scale: 'category' },
    y: { label: 'share of the hidden units', unit: null, scale: 'linear' },
    band: bandOf({ seeds, deviceSeeds }),
    series: [
      device,
      ...ACTIVATIONS.map(
        (name): Series => ({
          name: `float64, ${name}`,
          source: 'float64',
          points: of(name).map((one) => spread(`${one.rate}`, shares(one))),
        }),
      ),
    ],
  };
}

function epochsOf(relus: readonly Found[]): Picture {
  return {
    id: 'epochs',
    title: 'Dead ReLUs, epoch by epoch',
    caption: 'Epoch 0 is before training: some units are dead from the start.',
    kind: 'lines',
    x: { label: 'epoch', unit: null, scale: 'linear' },
    y: { label: 'share of the hidden units', unit: null, scale: 'linear' },
    series: relus.flatMap(({ rate, lives, device }): Series[] => {
      const [life] = lives;
      const times = life === undefined ? [] : [life.before, ...life.epochs];
      const last = times.length - 1;
      return [
        {
          name: `device, η = ${rate}`,
          source: 'device',
          points: device.slice(0, 1).map((y) => ({ x: last, y })),
        },
        {
          name: `float64, η = ${rate}`,
          source: 'float64',
          points: times.map(({ dead }, x) => ({ x, y: shareOf(dead) })),
        },
      ];
    }),
  };
}

function tableOf(found: readonly Found[]): ResultTable {
  return {
    title: 'After training, medians of the networks',
    columns: [
      { name: 'activation', unit: null },
      { name: 'η', unit: null },
      { name: 'dead, float64', unit: '%' },
      { name: 'h′ below 1/32 on every image, float64', unit: '%' },
      { name: 'dead, device', unit: '%' },
    ],
    rows: found.map((one) => [
      one.name,
      one.rate,
      100 * median(shares(one)),
      100 * median(shares(one, 'asleep')),
      one.device.length === 0 ? null : 100 * median([...one.device]),
    ]),
  };
}
