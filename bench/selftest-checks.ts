/** The checks of `deltascope selftest`, each on a device that is open. */
import { median, quantile } from 'simple-statistics';
import { FORMATS } from '../contract/formats.ts';
import type { ActivationName, Injection, IntegerNetwork } from '../contract/network.ts';
import { ACTIVATIONS, REGISTERS, REPLY, UNIT_MEMORY } from '../contract/protocol.ts';
import type { ArithmeticCheck, LinkCheck, MemoryCheck } from '../contract/result.ts';
import { activate } from '../host/data/activations.ts';
import { initialise } from '../host/data/initialisers.ts';
import { quantise } from '../host/data/quantise.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Device } from '../host/device.ts';
import { DeltascopeError } from '../host/error.ts';
import type { MeasuredImage } from '../host/measure.ts';
import type { RegionName } from '../host/protocol/requests.ts';
import { compareWithFixed } from './compare-fixed.ts';

/** In bursts, as fast as the window goes: about half a megabyte on the wire. */
const BURST_FRAMES = 4000;
const SINGLE_FRAMES = 100;

/** Echoes of pseudo-random bytes, then single ones for the time they take. */
export async function checkLink(device: Device): Promise<LinkCheck> {
  const before = { ...device.statistics, dropped: await countDropped(device) };
  let different = 0;
  const echo = async (number: number) => {
    const sent = pattern(number);
    if (Buffer.compare(await device.echo(sent), sent) !== 0) different++;
  };
  await Promise.all(Array.from({ length: BURST_FRAMES }, (_, number) => echo(number)));
  const latencies: number[] = [];
  for (let number = 0; number < SINGLE_FRAMES; number++) {
    const started = performance.now();
    await echo(number);
    latencies.push(performance.now() - started);
  }
  const after = { ...device.statistics, dropped: await countDropped(device) };
  const since = (name: keyof typeof after) => after[name] - before[name];
  const damaged = different + since('dropped') + since('discardedFrames');
  const resends = since('resends');
  return {
    name: 'link',
    ok: damaged === 0 && resends === 0,
    baud: device.baud,
    frames: BURST_FRAMES + SINGLE_FRAMES,
    damaged,
    resends,
    bytes: since('bytesSent') + since('bytesReceived'),
    latencyMs: { median: median(latencies), p99: quantile(latencies, 0.99) },
  };
}

/** Frames that the device has dropped since its reset. */
async function countDropped(device: Device): Promise<number> {
  const [count = 0] = await device.read('registers', REGISTERS.framesDiscarded.address, 1);
  return count;
}

function pattern(number: number): Uint8Array {
  return Uint8Array.from({ length: REPLY.payloadBytes }, (_, at) => mix(64 * number + at));
}

/** 32 bits that look random, others for each place: the finaliser of MurmurHash3, but for its last step. */
function mix(place: number): number {
  let word = Math.imul(place ^ (place >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

interface Memory {
  readonly name: string;
  readonly region: RegionName;
  readonly address: number;
  readonly words: number;
  /** The bits that a word has. */
  readonly bits: number;
}

const ALL = -1;
/** Activations whose boards keep an α for each neuron, behind the biases. */
const WITH_ALPHA: readonly ActivationName[] = ['relu', 'elu'];

/** The memories that are nothing but memory. */
function memoriesOf({ identity }: Device): Memory[] {
  const { weightRows, lanes, neurons } = identity;
  const parts = Object.keys(UNIT_MEMORY).length;
  const alphas: Memory = {
    ...{ name: 'alphas', region: 'biases', address: neurons, words: neurons },
    bits: 2 ** (FORMATS.alpha.width + FORMATS.alphaExponent.width) - 1,
  };
  return [
    { ...whole('weights'), words: (weightRows * lanes) / 2 },
    { ...whole('biases'), words: neurons },
    ...(builtActivations(identity).some((name) => WITH_ALPHA.includes(name)) ? [alphas] : []),
    { ...whole('units'), words: 2 * neurons * parts },
  ];
}

function whole(region: RegionName) {
  return { name: region, region, address: 0, bits: ALL };
}

function builtActivations({ activations }: Device['identity']): ActivationName[] {
  const names = Object.keys(ACTIVATIONS) as ActivationName[];
  return names.filter((name) => ((activations >> ACTIVATIONS[name]) & 1) === 1);
}

/**
 * Marches over each memory as a whole: a word of its own at each address, so that an address line
 * that is stuck shows too; then its complement, so that each bit has been both.
 *
 * @param options.breakWeight turn over one bit of what was written to weights
 */
export async function* checkMemories(
  device: Device,
  { breakWeight = false } = {},
): AsyncGenerator<MemoryCheck> {
  for (const memory of memoriesOf(device)) {
    const { name, region, address, words, bits } = memory;
    let wrong: MemoryCheck['wrong'] = null;
    for (const complement of [0, -1]) {
      const march = Int32Array.from({ length: words }, (_, at) => (mix(at) ^ complement) & bits);
      await device.write(region, address, march);
      if (breakWeight && region === 'weights') await turnOver(device, region, words >> 1);
      wrong ??= await firstWrong(device, memory, march);
    }
    yield { name: 'memory', ok: wrong === null, region: name, words, wrong };
  }
}

/** The device sums up; only when that is not right is it read word by word. */
async function firstWrong(
  device: Device,
  { region, address: from }: Memory,
  written: Int32Array,
): Promise<MemoryCheck['wrong']> {
  try {
    await device.verify(region, written, from);
    return null;
  } catch (error) {
    if (!(error instanceof DeltascopeError) || error.code !== 'wrong-result') throw error;
  }
  const read = await device.read(region, from, written.length);
  // A word that reads right now is wrong all the same: -1 when all do.
  const address = written.findIndex((word, at) => word !== read[at]);
  return { address, written: written[address] ?? 0, read: read[address] ?? 0 };
}

async function turnOver(device: Device, region: RegionName, address: number, bit = 2 ** 14) {
  const [word = 0] = await device.read(region, address, 1);
  await device.write(region, address, [word ^ bit]);
}

interface Vector {
  readonly network: string;
  readonly layers: readonly number[];
  readonly integers: IntegerNetwork;
  readonly injection?: Injection;
}

const IMAGES = 4;
const SEED = 20_261_121;

/** Small enough for every board: 512 neurons. */
const VECTORS: readonly Vector[] = [
  vector('sigmoid, cross-entropy', [784, 30, 30, 10], { init: 'nielsen', cost: 'cross-entropy' }),
  vector('deep', [16, ...Array<number>(30).fill(12), 4], { init: 'nin', cost: 'quadratic' }),
  vector('saturated', [64, 40, 40, 7], { init: 'normal', cost: 'quadratic' }),
  {
    ...vector('identity, δ given', [9, 8, 8, 8, 8, 8, 8], {
      init: 'normal',
      cost: 'quadratic',
      activation: 'identity',
    }),
    injection: { layer: 6, delta: [32767, -32768, 1, 0, -1, 99, -12345, 2], exponent: -300 },
  },
];

function vector(
  network: string,
  layers: readonly number[],
  options: { init: string; cost: IntegerNetwork['cost']; activation?: 'identity' },
): Vector {
  const { init: initialiser, ...quantised } = options;
  return {
    ...{ network, layers },
    integers: quantise(initialise(layers, { initialiser, seed: SEED }), quantised),
  };
}

/** `--activation` of one that each needs. */
const CHOICES: Readonly<Record<ActivationName, string>> = {
  sigmoid: 'sigmoid',
  identity: 'identity',
  tanh: 'tanh',
  relu: 'rrelu',
  elu: 'elu:0.7',
};

/** One hidden layer for each activation that the device has. */
function activationVector({ identity }: Device): Vector {
  const hidden = builtActivations(identity).map((name) => CHOICES[name]);
  const layers = [20, ...hidden.map(() => 12), 6];
  const network = activate(initialise(layers, { initialiser: 'xavier-normal', seed: SEED }), {
    activation: hidden.join(),
    seed: SEED,
  });
  return {
    ...{ network: hidden.join(', '), layers },
    integers: quantise(network, { cost: 'cross-entropy' }),
  };
}

/** What is turned over on purpose between an image and the look at it. */
export type ArithmeticFault = 'weight' | 'delta';

/**
 * Each network with images of its own, everything observed, against `golden/fixed`.
 * @param fault a weight once its check sum is right, or δ before it is read
 */
export async function* checkArithmetic(
  device: Device,
  fault?: ArithmeticFault,
): AsyncGenerator<ArithmeticCheck> {
  for (const { network, layers, integers, injection } of [...VECTORS, activationVector(device)]) {
    if (!(await isLoaded(device, integers, injection))) {
      const none = { images: 0, valuesCompared: 0, firstDifference: null };
      yield { name: 'arithmetic', ok: false, network, layers, ...none };
      continue;
    }
    if (fault === 'weight') await turnOver(device, 'weights', 0);
    const examples = drawImages(layers[0] ?? 0, layers.at(-1) ?? 0);
    const images: MeasuredImage[] = [];
    await device.beginBatch({ observe: true });
    for (const [index, example] of examples.entries()) {
      await device.run([example]);
      const [record] = await device.readRecords(index, 1);
      // δ^1 of neuron 0 is the upper half of its second word, of which the lower one is Σδ.
      if (fault === 'delta') await turnOver(device, 'units', 1, 2 ** 16);
      if (record) images.push({ ...record, observation: await device.observe() });
    }
    const { valuesCompared, firstDifference } = compareWithFixed(
      integers,
      {
        inputs: examples.map(({ codes }) => Int32Array.from(codes)),
        labels: examples.map(({ label }) => label),
        injection,
      },
      { images, layers: await device.readDeltaSums(), unitFlags: await device.readUnitFlags() },
    );
    const ok = firstDifference === null && images.length === IMAGES;
    const figures = { images: images.length, valuesCompared, firstDifference };
    yield { name: 'arithmetic', ok, network, layers, ...figures };
  }
}

/** False when the device then holds another one. */
async function isLoaded(
  device: Device,
  network: IntegerNetwork,
  injection: Injection | undefined,
): Promise<boolean> {
  try {
    await device.loadNetwork(network, { injection });
    return true;
  } catch (error) {
    if (error instanceof DeltascopeError && error.code === 'wrong-result') return false;
    throw error;
  }
}

/** Codes of activations, most of them not zero, and the first never. */
function drawImages(nIn: number, classes: number): { codes: Int16Array; label: number }[] {
  const random = randomState(SEED);
  return Array.from({ length: IMAGES }, (_, image) => ({
    codes: Int16Array.from({ length: nIn }, (_, k) =>
      k === 0 ? 20_000 : Math.max(0, Math.round(12_000 * random.normal())) % 32_768,
    ),
    label: image % classes,
  }));
}
