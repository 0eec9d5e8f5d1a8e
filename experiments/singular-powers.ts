/**
 * Orthogonal matrices times s, one after the other: every singular value of the product is s^L.
 * Source: Saxe et al., Exact solutions to the nonlinear dynamics of learning (2014).
 */
import type { Picture } from '../contract/experiment.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DOUBLED_WEIGHTS,
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SHIFTED_EXPONENT,
  TRANSPOSED_WEIGHTS,
} from './faults.ts';
import { matrixDistance, measureProduct, productOf, singularValues } from './linear-chain.ts';
import { networksOf, say } from './statistics.ts';

const WIDTH = 4;
const GAINS = [0.5, 1.5] as const;
const DEPTHS = [10, 100] as const;
/** Against float64 with the same weights: a mantissa of 16 bits is rounded 100 times. */
const BOUND = 0.01;
/** Of the quantised weights against s^L: 100 matrices, each off by some 2⁻¹⁵. */
const POWER_BOUND = 0.01;

interface Found {
  readonly gain: number;
  readonly depth: number;
  readonly smallest: number;
  readonly largest: number;
  readonly norms: readonly number[];
}

export const singularPowers: Experiment = {
  name: 'singular-powers',
  title: 'Powers of a singular value',
  question: 'What do 10 and 100 layers make of a singular value of 0.5, and of 1.5?',
  claims: [
    {
      id: 'below-one-vanishes',
      lecture: ['V'],
      text: 'If the singular values of every Jacobian are below 1, the gradient vanishes exponentially: 0.5 to the 100 is 8·10⁻³¹.',
      rule: 'holds: all singular values of the product of 100 orthogonal matrices times 0.5 are 0.5¹⁰⁰ to 10⁻⁹ in float64',
    },
    {
      id: 'above-one-explodes',
      lecture: ['V'],
      text: 'If they are above 1, it explodes: 1.5 to the 100 is 4·10¹⁷.',
      rule: 'holds: as above, with 1.5',
    },
  ],
  quick: { seeds: 1, deviceSeeds: 1 },
  full: { seeds: 200, deviceSeeds: 20 },
  faults: [FLIPPED_SIGN, DROPPED_LAYER, DOUBLED_WEIGHTS, TRANSPOSED_WEIGHTS, SHIFTED_EXPONENT],
  run,
};

function networkOf(gain: number, depth: number, seed: number) {
  const widths = new Array<number>(depth + 2).fill(WIDTH);
  return initialise(widths, { initialiser: `orthogonal:${gain}`, seed });
}

/** Worst relative distance of a singular value from s^L. */
function fromPower(values: readonly number[], gain: number, depth: number): number {
  return Math.max(...values.map((value) => Math.abs(value / gain ** depth - 1)));
}

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const found: Found[] = [];
  const exact = { '0.5': 0, '1.5': 0 };
  let distance = 0;
  let powerDistance = 0;
  for (const gain of GAINS) {
    for (const depth of DEPTHS) {
      for (const { seed, isMeasured } of networksOf(parameters)) {
        await onProgress(`s = ${gain}, ${depth} matrices, seed ${seed}`);
        const network = networkOf(gain, depth, seed);
        const textbook = fromPower(singularValues(productOf(network, WIDTH).jacobian), gain, depth);
        exact[`${gain}`] = Math.max(exact[`${gain}`], textbook);
        if (!isMeasured) continue;
        const { measured, expected } = await measureProduct(network, { measure });
        distance = Math.max(distance, matrixDistance(measured.jacobian, expected.jacobian));
        const values = singularValues(measured.jacobian);
        powerDistance = Math.max(powerDistance, fromPower(values, gain, depth));
        const [smallest, largest] = [Math.min(...values), Math.max(...values)];
        if (seed === 1) found.push({ gain, depth, smallest, largest, norms: measured.norms });
      }
    }
  }
  const judge = (gain: (typeof GAINS)[number]) => ({
    verdict: exact[`${gain}`] < 1e-9 ? ('holds' as const) : ('wrong' as const),
    because: `All four are ${say(gain ** 100)}, to ${say(exact[`${gain}`])} in float64.`,
  });
  return {
    claims: { 'below-one-vanishes': judge(0.5), 'above-one-explodes': judge(1.5) },
    checks: [
      {
        name: 'the whole product of matrices',
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
      {
        name: 'every singular value, from s^L',
        against: 'theory',
        distance: powerDistance,
        bound: POWER_BOUND,
        unit: 'relative',
      },
    ],
    tables: [
      {
        title: 'Singular values of the product, first network',
        columns: [
          { name: 's', unit: null },
          { name: 'matrices L', unit: null },
          { name: 'smallest, device', unit: null },
          { name: 'largest, device', unit: null },
          { name: 's^L', unit: null },
          { name: 'worst error', unit: '%' },
        ],
        rows: found.map(({ gain, depth, smallest, largest }) => [
          gain,
          depth,
          smallest,
          largest,
          gain ** depth,
          100 * fromPower([smallest, largest], gain, depth),
        ]),
      },
    ],
    pictures: [pictureOf(found)],
  };
}

function pictureOf(found: readonly Found[]): Picture {
  const deepest = found.filter(({ depth }) => depth === Math.max(...DEPTHS));
  return {
    id: 'powers',
    title: 'δ on its way through 100 linear layers',
    caption:
      'A straight line on a logarithmic scale: every layer multiplies with the same s. A device with plain fixed point would show zero after some 16 layers.',
    kind: 'lines',
    x: { label: 'matrices passed', unit: null, scale: 'linear' },
    y: { label: '‖δ‖', unit: null, scale: 'log' },
    series: deepest.flatMap(({ gain, norms }) => [
      {
        name: `device, s = ${gain}`,
        source: 'device' as const,
        points: norms.map((y, x) => ({ x, y })),
      },
      {
        name: `${gain}^k`,
        source: 'theory' as const,
        points: norms.map((_, x) => ({ x, y: gain ** x })),
      },
    ]),
    marks: [{ axis: 'y', at: 2 ** -16, label: 'last bit of plain 16 bit fixed point' }],
  };
}
