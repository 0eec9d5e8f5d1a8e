/**
 * ∂z^L/∂z¹, row by row by injecting δ, and the product of norms that is to bound it. Source of the
 * bound: Pascanu et al., On the difficulty of training recurrent neural networks (2013), eq. 5 to 7.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Picture } from '../contract/experiment.ts';
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import { backpropagate } from '../golden/float64/network.ts';
import { sigmoidPrime } from '../golden/float64/sigmoid.ts';
import { initialise } from '../host/data/initialisers.ts';
import { randomState } from '../host/data/random-state.ts';
import type { Context, Experiment, Findings, Parameters } from './experiment.ts';
import {
  DOUBLED_WEIGHTS,
  DROPPED_LAYER,
  FLIPPED_SIGN,
  SWAPPED_ACTIVATION,
  TRANSPOSED_WEIGHTS,
  TRUNCATION,
} from './faults.ts';
import type { Measure } from './instrument.ts';
import { matrixDistance, singularValues } from './linear-chain.ts';
import { bandOf, networksOf, say, sayShare, share, spread, upTo } from './statistics.ts';

const WIDTH = 8;
const DEPTHS = [2, 3, 5, 8, 12, 20] as const;
const INITIALISERS = ['xavier-normal', 'xavier4', 'normal'] as const;
const BOUND = 0.01;
const ONE = { mantissa: 2 ** 14, exponent: -14 };
/** Directions of the circle. */
const DIRECTIONS = 64;

export const jacobianBound: Experiment = {
  name: 'jacobian-bound',
  title: 'The Jacobian and its bound',
  question: 'How large is ∂z^L/∂z¹ really, and how close is the product of norms that bounds it?',
  claims: [
    {
      id: 'product-bounds',
      lecture: ['V'],
      text: 'The norm of the Jacobian is at most the product of the layers’ norms ‖W‖·max h′.',
      rule: 'holds: no Jacobian in float64, of any initialiser and depth, has a spectral norm above the product; how loose it is, is named',
    },
    {
      id: 'slope-at-a',
      lecture: ['V'],
      text: 'The factor of a layer is h′(a), with a its activation.',
      rule: 'wrong: with h′(a) in place of h′(z) the Jacobian of 3 layers differs by more than 1 % in at least 95 % of the networks',
      slip: 'error',
    },
    {
      id: 'roots-of-eigenvalues',
      lecture: ['V'],
      text: 'The singular values of M are the square roots of its eigenvalues.',
      rule: 'wrong when they are not for M = [[0, 2], [0, 0]]; right: of MᵀM',
      slip: 'error',
    },
  ],
  quick: { seeds: 50, deviceSeeds: 1 },
  full: { seeds: 500, deviceSeeds: 20 },
  faults: [
    FLIPPED_SIGN,
    SWAPPED_ACTIVATION,
    DROPPED_LAYER,
    TRANSPOSED_WEIGHTS,
    DOUBLED_WEIGHTS,
    TRUNCATION,
  ],
  run,
};

/** Layers 1 … L of the same width. */
function squareNetwork(
  depth: number,
  options: { width: number; initialiser: string; seed: number },
): FloatNetwork {
  const { width, ...drawn } = options;
  return initialise(new Array<number>(depth + 1).fill(width), drawn);
}

function inputOf(width: number, seed: number): Int16Array {
  const { uniform } = randomState(seed + 2 ** 20);
  return Int16Array.from({ length: width }, () => Math.floor(uniform() * 2 ** 15));
}

/** ∂z^L/∂z¹ = W^L Σ′ W^(L-1) … W² Σ′, with σ′ at z, or at a as the slide has it. */
function jacobianOf(network: FloatNetwork, codes: Int16Array, at: 'z' | 'a'): Matrix {
  const input = Float64Array.from(codes, (code) => code / 2 ** 15);
  const pass = backpropagate(network, { input, label: 0, cost: 'quadratic' });
  return network.layers.slice(1).reduce(
    (product, { nIn, nOut, weights }, index) => {
      const slopes = Matrix.diag(Array.from(pass[at][index] as Float64Array, sigmoidPrime));
      return Matrix.from1DArray(nOut, nIn, weights).mmul(slopes).mmul(product);
    },
    Matrix.eye((network.layers[0] as FloatLayer).nOut),
  );
}

/** ∏ ‖W^ℓ‖ · 1/4 over layers 2 … L. */
function boundOf({ layers }: FloatNetwork): number {
  return layers.slice(1).reduce((bound, { nIn, nOut, weights }) => {
    return (bound * (singularValues(Matrix.from1DArray(nOut, nIn, weights))[0] as number)) / 4;
  }, 1);
}

/** Row r: δ¹ for the unit vector r at layer L. */
async function measureJacobian(network: FloatNetwork, codes: Int16Array, measure: Measure) {
  const layer = network.layers.length;
  const width = network.layers.at(-1)?.nOut ?? 0;
  const rows: number[][] = [];
  let exact = network;
  for (let row = 0; row < width; row++) {
    const delta = Array.from({ length: width }, (_, j) => (j === row ? ONE.mantissa : 0));
    const injection = { layer, delta, exponent: ONE.exponent };
    const reading = await measure({
      network,
      images: [{ codes, label: 0 }],
      injection,
      observe: true,
    });
    rows.push(Array.from(reading.observed[0]?.[0]?.delta ?? []));
    exact = reading.network;
  }
  return { jacobian: new Matrix(rows), exact };
}

interface Point {
  readonly initialiser: string;
  readonly depth: number;
  readonly norms: readonly number[];
  readonly bounds: readonly number[];
  readonly device: readonly number[];
}

async function run({ parameters, measure, onProgress }: Context<Parameters>): Promise<Findings> {
  const points: Point[] = [];
  const slideErrors: number[] = [];
  let distance = 0;
  for (const initialiser of INITIALISERS) {
    for (const depth of DEPTHS) {
      await onProgress(`${initialiser}, ${depth} layers`);
      const found = { norms: [] as number[], bounds: [] as number[], device: [] as number[] };
      for (const { seed, isMeasured } of networksOf(parameters)) {
        const network = squareNetwork(depth, { width: WIDTH, initialiser, seed });
        const codes = inputOf(WIDTH, seed);
        const jacobian = jacobianOf(network, codes, 'z');
        found.norms.push(singularValues(jacobian)[0] as number);
        found.bounds.push(boundOf(network));
        if (depth === 3)
          slideErrors.push(matrixDistance(jacobianOf(network, codes, 'a'), jacobian));
        if (!isMeasured) continue;
        const measured = await measureJacobian(network, codes, measure);
        found.device.push(singularValues(measured.jacobian)[0] as number);
        distance = Math.max(
          distance,
          matrixDistance(measured.jacobian, jacobianOf(measured.exact, codes, 'z')),
        );
      }
      points.push({ initialiser, depth, ...found });
    }
  }
  const looseness = points.flatMap(({ norms, bounds }) =>
    norms.map((norm, index) => Math.log10((bounds[index] as number) / norm)),
  );
  const slide = share(slideErrors, (error) => error > 0.01);
  const loose = spread('', looseness);
  const shear = new Matrix([
    [0, 2],
    [0, 0],
  ]);
  const eigenvalues = new EigenvalueDecomposition(shear).realEigenvalues;
  const circle = await ellipse(measure);
  return {
    claims: {
      'product-bounds': {
        // 10⁻¹² for the rounding of the SVD itself.
        verdict: Math.min(...looseness) >= -1e-12 ? 'holds' : 'wrong',
        because: `It is loose by ${say(loose.y)} decades in the median, by ${say(Math.min(...looseness))} to ${say(Math.max(...looseness))} over all depths and initialisers.`,
      },
      'slope-at-a': {
        verdict: slide >= 0.95 ? 'wrong' : 'holds',
        because: `Right: h′(z), z being the weighted input, which some books call a. With h′(a) the Jacobian is off by ${say(spread('', slideErrors).y * 100)} % in the median; by more than 1 % in ${sayShare(slide)}.`,
      },
      'roots-of-eigenvalues': {
        verdict:
          (singularValues(shear)[0] as number) ** 2 !== Math.max(...eigenvalues)
            ? 'wrong'
            : 'holds',
        because: `[[0, 2], [0, 0]] has the eigenvalues ${eigenvalues.join(' and ')}, and the singular values ${singularValues(shear).map(say).join(' and ')}: the roots of the eigenvalues of MᵀM.`,
      },
    },
    checks: [
      {
        name: 'the whole Jacobian, worst of all',
        against: 'float64',
        distance,
        bound: BOUND,
        unit: 'relative',
      },
      {
        name: 'the Jacobian of the 2-wide network',
        against: 'float64',
        distance: circle.distance,
        bound: BOUND,
        unit: 'relative',
      },
    ],
    pictures: [
      ...INITIALISERS.map((initialiser) => boundPicture(initialiser, points, parameters)),
      circle.picture,
    ],
  };
}

function boundPicture(
  initialiser: string,
  points: readonly Point[],
  { seeds, deviceSeeds }: Parameters,
): Picture {
  const own = points.filter((point) => point.initialiser === initialiser);
  return {
    id: `bound-${initialiser}`,
    title: `Spectral norm of ∂z^L/∂z¹: ${initialiser}`,
    caption:
      'The product of norms is above every Jacobian, and the deeper the network, the further.',
    kind: 'lines',
    x: { label: 'layers L', unit: null, scale: 'linear' },
    y: { label: 'spectral norm', unit: null, scale: 'log' },
    band: bandOf({ seeds, deviceSeeds }),
    series: [
      {
        name: 'bound',
        source: 'theory',
        points: own.map(({ depth, bounds }) => spread(depth, bounds)),
      },
      {
        name: 'float64',
        source: 'float64',
        points: own.map(({ depth, norms }) => spread(depth, norms)),
      },
      {
        name: 'device',
        source: 'device',
        points: own.map(({ depth, device }) => spread(depth, device)),
      },
    ],
  };
}

/** What a circle of directions becomes behind the Jacobian of a 2-wide network of three layers. */
async function ellipse(measure: Measure): Promise<{ picture: Picture; distance: number }> {
  const network = squareNetwork(3, { width: 2, initialiser: 'normal', seed: 3 });
  const codes = inputOf(2, 3);
  const { jacobian, exact } = await measureJacobian(network, codes, measure);
  const expected = jacobianOf(exact, codes, 'z');
  // Angles in turns, so that the four quarters are exact.
  const image = (matrix: Matrix) =>
    upTo(DIRECTIONS).map((n) => {
      const angle = (2 * Math.PI * n) / DIRECTIONS;
      const [x = 0, y = 0] = matrix
        .mmul(Matrix.columnVector([Math.cos(angle), Math.sin(angle)]))
        .to1DArray();
      return { x, y };
    });
  const [long = 0, short = 0] = singularValues(jacobian);
  return {
    distance: matrixDistance(jacobian, expected),
    picture: {
      id: 'ellipse',
      title: 'A circle behind two layers of two neurons',
      caption: `Every direction of length 1 at z¹, as it arrives at z³. The half axes of the ellipse are the singular values, ${say(long)} and ${say(short)}.`,
      kind: 'dots',
      x: { label: 'first element', unit: null, scale: 'linear' },
      y: { label: 'second element', unit: null, scale: 'linear' },
      series: [
        { name: 'device', source: 'device', points: image(jacobian) },
        { name: 'float64', source: 'float64', points: image(expected) },
      ],
    },
  };
}
