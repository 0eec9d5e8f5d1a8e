/**
 * σ′ over its range, from the device's σ unit: largest 1/4 at z = 0, and flat on both sides.
 * Source: NN&DL ch. 5 (σ′(0) = 1/4).
 */
import type { FloatNetwork } from '../contract/network.ts';
import { sigmoid, sigmoidPrime } from '../golden/float64/sigmoid.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import { DOUBLED_SLOPE, FLIPPED_SIGN, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import { say } from './statistics.ts';

interface Sweep extends Parameters {
  /** Neurons, each with its own z. */
  readonly points: number;
}

/** The σ unit is specified to this (docs/decisions/0005). */
const SLOPE_BOUND = 0.002;
const ACTIVATION_BOUND = 1e-4;
const REACH = 16;
/** Most neurons of a layer. */
const LAYER = 128;
/** δ that is injected above: 1 = 2^14 · 2^-14. */
const ONE = { mantissa: 2 ** 14, exponent: -14 };
/** "Saturated": the gradient is less than a hundredth of the largest. */
const FLAT = 0.01;

export const sigmaPrime: Experiment<Sweep> = {
  name: 'sigma-prime',
  title: 'The derivative of the sigmoid',
  question: 'How large can σ′(z) be, and where does it vanish?',
  claims: [
    {
      id: 'quarter',
      lecture: ['U', 'B', 'S'],
      text: 'σ′ is largest at z = 0, where it is 1/4.',
      rule: 'holds: the largest float64 value of the sweep is 1/4 and stands at z = 0',
    },
    {
      id: 'saturates',
      lecture: ['B', 'S'],
      text: 'For large inputs of either sign the sigmoid saturates, with a derivative extremely close to 0.',
      rule: `holds: σ′ is below ${FLAT}/4 at both ends of the sweep; the z where it falls below is named`,
    },
  ],
  quick: { seeds: 1, deviceSeeds: 1, points: 257 },
  full: { seeds: 1, deviceSeeds: 1, points: 2049 },
  faults: [DOUBLED_SLOPE, SWAPPED_ACTIVATION, FLIPPED_SIGN, TRUNCATION],
  run,
};

/** Layer 1: b_j = z_j and no weights, so each neuron has its z; layer 2 adds their δ up. */
function sweepNetwork(zs: readonly number[]): FloatNetwork {
  const nOut = zs.length;
  return {
    layers: [
      { nIn: 1, nOut, weights: new Float64Array(nOut), biases: Float64Array.from(zs) },
      { nIn: nOut, nOut: 1, weights: new Float64Array(nOut).fill(1), biases: new Float64Array(1) },
    ],
  };
}

async function run({ parameters, measure, onProgress }: Context<Sweep>): Promise<Findings> {
  const step = (2 * REACH) / (parameters.points - 1);
  const zs = Array.from({ length: parameters.points }, (_, index) => -REACH + index * step);
  const images = [{ codes: new Int16Array(1), label: 0 }];
  const injection = { layer: 2, delta: [ONE.mantissa], exponent: ONE.exponent };
  const device: { z: number; a: number; slope: number; delta: number }[] = [];
  for (let from = 0; from < zs.length; from += LAYER) {
    await onProgress(`z from ${say(zs[from] as number)}`);
    const part = zs.slice(from, from + LAYER);
    const reading = await measure({
      network: sweepNetwork(part),
      images,
      injection,
      observe: true,
    });
    const layer = reading.observed[0]?.[0];
    part.forEach((_, j) => {
      const at = (vector: Float64Array | undefined) => vector?.[j] as number;
      device.push({
        z: at(layer?.z),
        a: at(layer?.a),
        slope: at(layer?.slope),
        delta: at(layer?.delta),
      });
    });
  }
  const worst = (error: (point: (typeof device)[number], z: number) => number) =>
    Math.max(...device.map((point, index) => error(point, zs[index] as number)));
  const peak = zs.reduce((best, z) => (sigmoidPrime(z) > sigmoidPrime(best) ? z : best));
  const flatFrom = zs.find((z) => z > 0 && sigmoidPrime(z) < FLAT / 4) ?? Number.NaN;
  const ends = Math.max(sigmoidPrime(-REACH), sigmoidPrime(REACH));
  const picked = [-16, -8, -4, -2, 0, 2, 4, 8, 16];
  return {
    claims: {
      quarter: {
        verdict: peak === 0 && sigmoidPrime(0) === 0.25 ? 'holds' : 'wrong',
        because: `The largest is ${sigmoidPrime(peak)} at z = ${peak}; on the device ${worst(({ slope }) => slope)}.`,
      },
      saturates: {
        verdict: ends < FLAT / 4 ? 'holds' : 'wrong',
        because: `σ′ is below a hundredth of its largest from |z| = ${say(flatFrom)} on; at ±${REACH} it is ${say(ends)}.`,
      },
    },
    checks: [
      {
        name: 'σ′ over the whole sweep',
        against: 'float64',
        distance: worst(({ slope }, z) => Math.abs(slope / sigmoidPrime(z) - 1)),
        bound: SLOPE_BOUND,
        unit: 'relative',
      },
      {
        name: 'σ over the whole sweep',
        against: 'float64',
        distance: worst(({ a }, z) => Math.abs(a - sigmoid(z))),
        bound: ACTIVATION_BOUND,
        unit: 'absolute',
      },
      {
        name: 'δ behind the unit for δ = 1 above it, of the largest',
        against: 'float64',
        distance: worst(({ delta }, z) => Math.abs(delta - sigmoidPrime(z))) * 4,
        bound: SLOPE_BOUND,
        unit: 'relative',
      },
    ],
    tables: [
      {
        title: 'σ and σ′',
        columns: [
          { name: 'z', unit: null },
          { name: 'σ, device', unit: null },
          { name: 'σ, float64', unit: null },
          { name: 'σ′, device', unit: null },
          { name: 'σ′, float64', unit: null },
          { name: 'error of σ′', unit: '%' },
        ],
        rows: picked.flatMap((z) => {
          const point = device.find((_, index) => zs[index] === z);
          const slope = point?.slope ?? Number.NaN;
          const error = 100 * Math.abs(slope / sigmoidPrime(z) - 1);
          return point ? [[z, point.a, sigmoid(z), slope, sigmoidPrime(z), error]] : [];
        }),
      },
    ],
    pictures: [
      curve('linear', zs, device),
      {
        ...curve('log', zs, device),
        id: 'sigma-prime-log',
        title: 'σ′ in its tails',
        caption:
          'The same on a logarithmic scale: a straight fall by e for every unit of z. The device keeps the relative precision.',
      },
    ],
  };
}

function curve(
  scale: 'linear' | 'log',
  zs: readonly number[],
  device: readonly { readonly slope: number }[],
): Findings['pictures'][number] {
  return {
    id: 'sigma-prime',
    title: 'σ′ over its range',
    caption:
      'One quarter at the most, and that only at z = 0. Every sigmoid layer multiplies δ with this.',
    kind: 'lines',
    x: { label: 'z', unit: null, scale: 'linear' },
    y: { label: 'σ′(z)', unit: null, scale },
    series: [
      { name: 'float64', source: 'float64', points: zs.map((x) => ({ x, y: sigmoidPrime(x) })) },
      {
        name: 'device',
        source: 'device',
        points: zs.map((x, index) => ({ x, y: device[index]?.slope ?? Number.NaN })),
      },
    ],
    marks: [{ axis: 'y', at: 0.25, label: '1/4' }],
  };
}
