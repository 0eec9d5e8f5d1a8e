/**
 * What width can do, and what depth saves: a sine by one hidden layer, and parity as logic and as
 * networks. Sources: Nielsen, Neural Networks and Deep Learning, ch. 4 (universality) and ch. 5 (deep
 * circuits).
 */
import { Matrix, solve } from 'ml-matrix';
import type { Picture, ResultTable } from '../contract/experiment.ts';
import type { FloatNetwork } from '../contract/network.ts';
import { createPass, feedForward } from '../golden/float64/network.ts';
import type { Image } from '../host/protocol/image.ts';
import type { Context, Experiment, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_WEIGHTS, NO_BIASES, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import type { Measure, Reading } from './instrument.ts';
import {
  deepCircuit,
  deepNetwork,
  ONE,
  onesIn,
  shallowCircuit,
  shallowNetwork,
} from './parity-circuits.ts';
import { isRising, SPREAD, say, spread, upTo } from './statistics.ts';

/** Hidden units of the networks that are fitted to a sine. */
const WIDTHS = [2, 4, 8, 16, 32, 64];
/** Places at which the output weights are fitted. */
const FITTED = 512;
/** Of the sine's height. */
const CLOSE = 0.01;
/** Of the fitted function, from float64 with the device's weights. */
const SINE_BOUND = 2 ** -9;
/** Bits whose parity is taken. */
const BITS = [2, 4, 8];
const MOST_BITS = 8;
const PARITY_BOUND = 2 ** -10;
/** Codes of an input of 1. */
const INPUT_ONE = 2 ** 15;

interface Few extends Parameters {
  /** x at which a fitted network is measured. */
  readonly points: number;
}

export const depthAndWidth: Experiment<Few> = {
  name: 'depth-and-width',
  title: 'Depth and width',
  question: 'What can one wide hidden layer compute, and what does depth save?',
  claims: [
    {
      id: 'sine',
      lecture: ['U'],
      text: 'One hidden layer approximates any function, the better the wider it is.',
      rule: `sin 2πx on [0, 1) by [1, n, 1]: n sigmoids in a row, the output weights by least squares in float64; holds: the largest error falls with each n of ${WIDTHS.join(', ')}, to below ${CLOSE} at the last`,
    },
    {
      id: 'circuits',
      lecture: ['U'],
      text: 'Deep circuits do with few gates what takes shallow ones exponentially many: parity.',
      rule: `AND and OR gates with any number of inputs, NOT for nothing; as yosys counts them (tests/formal/parity.test.ts); holds: with 2 gates in a row each bit more doubles the ANDs, and a tree takes 3 gates a bit, for ${BITS.join(', ')} bits`,
    },
    {
      id: 'networks',
      lecture: ['U'],
      text: 'As with circuits, so with neural networks: depth saves units, for parity too.',
      rule: `holds: of the two networks that compute the parity of ${MOST_BITS} bits, right for each of the ${2 ** MOST_BITS} inputs in float64, that with one hidden layer has more neurons than the tree of exclusive ors`,
      slip: 'imprecise',
    },
  ],
  quick: { seeds: 1, deviceSeeds: 1, points: 128 },
  full: { seeds: 1, deviceSeeds: 1, points: 1024 },
  faults: [SWAPPED_ACTIVATION, DOUBLED_WEIGHTS, NO_BIASES, TRUNCATION],
  run,
};

/** [1, n, 1] at the points. */
interface Fit {
  readonly width: number;
  readonly float64: readonly number[];
  readonly device: readonly number[];
  /** Largest |device - float64| with the device's weights. */
  readonly distance: number;
}

/** A network of parity on every input, in the order of their codes. */
interface Parity {
  readonly name: string;
  readonly neurons: number;
  readonly layers: number;
  readonly float64: readonly number[];
  readonly device: readonly number[];
  readonly distance: number;
}

async function run({ parameters, measure, onProgress }: Context<Few>): Promise<Findings> {
  const fits: Fit[] = [];
  for (const width of WIDTHS) {
    await onProgress(`sine by ${width} hidden units`);
    fits.push(await fitSine(width, parameters.points, measure));
  }
  const nets: Parity[] = [];
  for (const [name, network] of [
    ['one hidden layer', shallowNetwork(MOST_BITS)],
    ['tree of exclusive ors', deepNetwork(MOST_BITS)],
  ] as const) {
    await onProgress(`parity, ${name}`);
    nets.push(await measureParity(name, network, measure));
  }
  return {
    claims: { sine: judgeSine(fits), circuits: judgeCircuits(), networks: judgeNetworks(nets) },
    checks: [
      {
        name: 'fitted function at every point, with the weights of the device',
        against: 'float64',
        distance: Math.max(...fits.map(({ distance }) => distance)),
        bound: SINE_BOUND,
        unit: 'absolute',
      },
      {
        name: `output of the networks of parity for all inputs of ${MOST_BITS} bits`,
        against: 'float64',
        distance: Math.max(...nets.map(({ distance }) => distance)),
        bound: PARITY_BOUND,
        unit: 'absolute',
      },
    ],
    tables: [sineTable(fits), circuitTable(), networkTable(nets)],
    pictures: [curvePicture(fits), errorPicture(fits), parityPicture(nets)],
  };
}

function sine(x: number): number {
  return Math.sin(2 * Math.PI * x);
}

/** n sigmoids that rise one after the other, and the best output weights for these. */
function fittedNetwork(n: number): FloatNetwork {
  const steepness = 2 * n;
  const hidden = {
    ...{ nIn: 1, nOut: n, activation: 'sigmoid' as const },
    weights: new Float64Array(n).fill(steepness),
    biases: Float64Array.from({ length: n }, (_, j) => (-steepness * (j + 1 / 2)) / n),
  };
  const places = upTo(FITTED).map((at) => (at - 1) / FITTED);
  const features = places.map((x) => [...outputsOf({ layers: [hidden] }, [x]), 1]);
  const solved = solve(new Matrix(features), Matrix.columnVector(places.map(sine)), true);
  const weights = Float64Array.from(solved.to1DArray());
  const output = {
    ...{ nIn: n, nOut: 1, activation: 'identity' as const },
    ...{ weights: weights.slice(0, n), biases: weights.slice(n) },
  };
  return { layers: [hidden, output] };
}

async function fitSine(width: number, points: number, measure: Measure): Promise<Fit> {
  const network = fittedNetwork(width);
  const inputs = upTo(points).map((at) => [(at - 1) / points]);
  // The cost is of sigmoid outputs only: δ is given instead.
  const injection = { layer: 2, delta: [2 ** 14], exponent: -14 };
  const images = inputs.map((input) => imageOf(input, 0));
  const reading = await measure({ network, images, injection, observe: true });
  const device = reading.observed.map((layers) => layers[1]?.z[0] as number);
  return {
    ...{ width, device, distance: distanceOf(reading, inputs, device) },
    float64: inputs.map((input) => outputsOf(network, input)[0] as number),
  };
}

async function measureParity(
  name: string,
  network: FloatNetwork,
  measure: Measure,
): Promise<Parity> {
  const inputs = upTo(2 ** MOST_BITS).map((at) =>
    upTo(MOST_BITS).map((bit) => (((at - 1) >> (bit - 1)) & 1) * ONE),
  );
  const images = inputs.map((input, pattern) => imageOf(input, isOdd(pattern) ? 0 : 1));
  const reading = await measure({ network, images, observe: true });
  const device = reading.observed.map((layers) => layers.at(-1)?.a[0] as number);
  return {
    ...{ name, device, distance: distanceOf(reading, inputs, device) },
    neurons: network.layers.reduce((sum, { nOut }) => sum + nOut, 0),
    layers: network.layers.length,
    float64: inputs.map((input) => outputsOf(network, input)[0] as number),
  };
}

function isOdd(pattern: number): boolean {
  return onesIn(pattern) % 2 === 1;
}

/** @param label 0: the output is to be 1; 1: it is to be 0. */
function imageOf(input: readonly number[], label: 0 | 1): Image {
  return { codes: Int16Array.from(input, (x) => Math.round(x * INPUT_ONE)), label };
}

function outputsOf(network: FloatNetwork, input: readonly number[]): Float64Array {
  const { a } = feedForward(network, Float64Array.from(input), createPass(network));
  return a.at(-1) as Float64Array;
}

function distanceOf(
  { network }: Reading,
  inputs: readonly (readonly number[])[],
  device: readonly number[],
): number {
  const gaps = inputs.map((input, at) =>
    Math.abs((device[at] as number) - (outputsOf(network, input)[0] as number)),
  );
  return Math.max(...gaps);
}

function largestError(values: readonly number[]): number {
  return Math.max(...values.map((y, at) => Math.abs(y - sine(at / values.length))));
}

function judgeSine(fits: readonly Fit[]): Judgement {
  const errors = fits.map(({ float64 }) => largestError(float64));
  const last = errors.at(-1) as number;
  const list = fits.map(({ width }, at) => `${say(errors[at] as number)} with ${width}`).join(', ');
  return {
    verdict: isRising([...errors].reverse()) && last < CLOSE ? 'holds' : 'wrong',
    because: `The largest error is ${list} hidden units; on the device ${say(largestError(fits.at(-1)?.device ?? []))} with the last. Fitted in float64, computed by the device: it cannot train identity outputs.`,
  };
}

function judgeCircuits(): Judgement {
  const all = BITS.map((bits) => ({
    bits,
    shallow: shallowCircuit(bits).gates,
    deep: deepCircuit(bits).gates,
  }));
  const grows = all.every(
    ({ bits, shallow, deep }) => shallow - 1 === 2 ** (bits - 1) && deep <= 3 * bits,
  );
  const list = all.map(({ bits, shallow, deep }) => `${shallow} and ${deep} for ${bits} bits`);
  return {
    verdict: grows ? 'holds' : 'wrong',
    because: `Shallow and deep take ${list.join(', ')}.`,
  };
}

function judgeNetworks([shallow, deep]: readonly Parity[]): Judgement {
  if (shallow === undefined || deep === undefined) throw new RangeError('two networks');
  const isRight = (values: readonly number[]) =>
    values.every((a, pattern) => a > 0.5 === isOdd(pattern));
  const right = [shallow, deep].every(({ float64 }) => isRight(float64));
  return {
    verdict: right && shallow.neurons > deep.neurons ? 'holds' : 'wrong',
    because: `${shallow.neurons} neurons with one hidden layer are enough, where the tree has ${deep.neurons} in ${deep.layers} layers: a neuron counts ones, an AND cannot. ${right ? 'Both are right' : 'Not both are right'} for all ${2 ** MOST_BITS} inputs${[shallow, deep].every(({ device }) => isRight(device)) ? ', on the device too' : ''}. Built by hand; that training finds them is not said.`,
  };
}

function curvePicture(fits: readonly Fit[]): Picture {
  const pointsOf = (values: readonly number[]) =>
    values.map((y, at) => ({ x: at / values.length, y }));
  const shown = fits.filter((_, index) => index % 2 === 0);
  const count = shown[0]?.float64.length ?? 0;
  return {
    id: 'sine',
    title: 'A sine by one hidden layer',
    caption: 'Two units cannot; a few more already can.',
    kind: 'lines',
    x: { label: 'x', unit: null, scale: 'linear' },
    y: { label: 'output', unit: null, scale: 'linear' },
    series: [
      ...shown.map(({ width, device }) => ({
        name: `device, n = ${width}`,
        source: 'device' as const,
        points: pointsOf(device),
      })),
      {
        name: 'sin 2πx',
        source: 'theory',
        points: pointsOf(upTo(count).map((at) => sine((at - 1) / count))),
      },
    ],
  };
}

function errorPicture(fits: readonly Fit[]): Picture {
  return {
    id: 'error',
    title: 'Largest error against the number of hidden units',
    caption: 'Twice as many units, half the error.',
    kind: 'lines',
    x: { label: 'hidden units n', unit: null, scale: 'log' },
    y: { label: 'largest error', unit: null, scale: 'log' },
    series: (['device', 'float64'] as const).map((source) => ({
      name: source,
      source,
      points: fits.map((fit) => ({ x: fit.width, y: largestError(fit[source]) })),
    })),
  };
}

function parityPicture(nets: readonly Parity[]): Picture {
  return {
    id: 'parity',
    title: `Parity of ${MOST_BITS} bits by two networks`,
    caption: 'The output is 1 for an odd number of ones, whichever they are.',
    kind: 'lines',
    x: { label: 'ones among the inputs', unit: null, scale: 'linear' },
    y: { label: 'output', unit: null, scale: 'linear' },
    band: `${SPREAD} of all inputs with so many ones`,
    series: nets.flatMap((net) =>
      (['device', 'float64'] as const).map((source) => ({
        name: `${source}, ${net.name}`,
        source,
        points: [0, ...upTo(MOST_BITS)].map((ones) =>
          spread(
            ones,
            net[source].filter((_, pattern) => onesIn(pattern) === ones),
          ),
        ),
      })),
    ),
  };
}

function sineTable(fits: readonly Fit[]): ResultTable {
  return {
    title: 'Largest error of [1, n, 1] from sin 2πx',
    columns: [
      { name: 'n', unit: null },
      { name: 'float64', unit: null },
      { name: 'device', unit: null },
    ],
    rows: fits.map(({ width, float64, device }) => [
      width,
      largestError(float64),
      largestError(device),
    ]),
  };
}

function circuitTable(): ResultTable {
  return {
    title: 'Parity as logic: AND and OR gates with any number of inputs',
    columns: [
      { name: 'bits', unit: null },
      { name: 'gates, 2 in a row', unit: null },
      { name: 'gates, tree', unit: null },
      { name: 'in a row', unit: null },
    ],
    rows: BITS.map((bits) => {
      const { gates, depth } = deepCircuit(bits);
      return [bits, shallowCircuit(bits).gates, gates, depth];
    }),
  };
}

function networkTable(nets: readonly Parity[]): ResultTable {
  return {
    title: `Parity of ${MOST_BITS} bits as networks`,
    columns: [
      { name: 'network', unit: null },
      { name: 'neurons', unit: null },
      { name: 'layers', unit: null },
      { name: 'farthest from 0 or 1, device', unit: null },
    ],
    rows: nets.map(({ name, neurons, layers, device }) => [
      ...[name, neurons, layers],
      Math.max(...device.map((a, pattern) => Math.abs(a - (isOdd(pattern) ? 1 : 0)))),
    ]),
  };
}
