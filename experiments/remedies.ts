/**
 * Two remedies at initialisation. A convolution is run as the dense layer it is, expanded; batch
 * normalisation is in float64 only, for it is not on the device yet. Sources: Nielsen, Neural
 * Networks and Deep Learning, ch. 6; Ioffe & Szegedy, Batch Normalization (2015).
 */
import { mean, median } from 'simple-statistics';
import { asImages } from '../bench/inputs.ts';
import type { Picture, ResultTable, Series } from '../contract/experiment.ts';
import type { FloatLayer, FloatNetwork, IntegerLayer } from '../contract/network.ts';
import { measureBatch } from '../golden/float64/batch.ts';
import { meanOfImages, passNormalised } from '../golden/float64/batch-norm.ts';
import { norm } from '../golden/float64/norm.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import { initialise } from '../host/data/initialisers.ts';
import type { Dataset } from '../host/data/mnist.ts';
import type { Context, Experiment, Fault, Findings, Judgement, Parameters } from './experiment.ts';
import { DOUBLED_WEIGHTS, FLIPPED_SIGN, SWAPPED_ACTIVATION, TRUNCATION } from './faults.ts';
import { loadHalved, meanDeltas } from './mnist-batch.ts';
import { bandOf, networksOf, say, spreadColumns, worstDistance } from './statistics.ts';

/** Sides of the square layers that 3 × 3 windows lead through, one kernel each. */
const SIDES = [14, 12, 10, 8, 6];
const KERNEL = 3;
const OUTPUTS = 10;
const COST = 'cross-entropy';
/** Hidden layers, and their width, of the networks that are normalised. */
const DEEP = [196, 30, 30, 30, 30, 30, OUTPUTS];
const INITIALISERS = ['nin', 'normal', 'orthogonal:0.5'] as const;
const DELTA_BOUND = 0.005;
const Z_BOUND = 2 ** -8;
/** Of the speed of the last hidden layer, at least this is left for the first. */
const KEPT = 1 / 10;

interface Few extends Parameters {
  readonly images: number;
}

/** An address of the weights that is off by one. */
const SHIFTED_WINDOW: Fault = {
  name: 'shifted window',
  about: 'the weights of the first layer are read one column further on',
  seenBy: 'float64',
  network: ({ layers, cost }) => ({
    cost,
    layers: layers.map((layer, index) => (index === 0 ? shiftColumns(layer) : layer)),
  }),
};

export const remedies: Experiment<Few> = {
  name: 'remedies',
  title: 'Convolution and batch normalisation',
  question: 'What do convolutional layers and batch normalisation do for the gradient?',
  claims: [
    {
      id: 'convolution',
      lecture: ['U'],
      text: 'Convolutional layers are a remedy for the vanishing gradient.',
      rule: 'at initialisation, 4 sigmoid layers of 3 × 3 windows against dense layers of the same widths, weights N(0, 1/√n_in); holds: the median ‖mean δ⁴‖/‖mean δ¹‖ in float64 is at most half of that of the dense layers; wrong otherwise',
      slip: 'imprecise',
    },
    {
      id: 'normalisation',
      lecture: ['U', 'B'],
      text: 'Batch normalisation strongly reduces the vanishing gradient, even with the logistic function.',
      rule: `5 sigmoid layers, in float64; holds: in the median of the networks the first hidden layer has at least ${KEPT} of ‖mean δ‖ of the last with every initialiser, and not so without normalisation; holds-if: so for the mean of ‖δ‖ over the images only, for normalising takes the mean out of δ by construction`,
    },
    {
      id: 'initialisation',
      lecture: ['B'],
      text: 'With batch normalisation networks are much less sensitive to their initialisation.',
      rule: 'holds: over the initialisers the median ‖mean δ⁵‖/‖mean δ¹‖ lies within a factor of 3 with it, and is more than a factor of 10 apart without',
    },
  ],
  quick: { seeds: 10, deviceSeeds: 1, images: 50 },
  full: { seeds: 200, deviceSeeds: 20, images: 200 },
  faults: [FLIPPED_SIGN, SWAPPED_ACTIVATION, DOUBLED_WEIGHTS, SHIFTED_WINDOW, TRUNCATION],
  run,
};

function shiftColumns({ weights, ...layer }: IntegerLayer): IntegerLayer {
  const { nIn } = layer;
  const shifted = weights.map(
    (_, at) => weights[at - (at % nIn) + (((at % nIn) + 1) % nIn)] as number,
  );
  return { ...layer, weights: shifted };
}

/** 9 weights from N(0, 1/3). */
function kernelOf(seed: number, layer: number): Float64Array {
  const options = { initialiser: 'nin', seed: SIDES.length * seed + layer };
  return (initialise([KERNEL * KERNEL, 1], options).layers[0] as FloatLayer).weights;
}

/** The dense layer that is a convolution: a row for each place of the window. */
function expand(kernel: Float64Array, side: number): FloatLayer {
  const places = side - KERNEL + 1;
  const [nIn, nOut] = [side * side, places * places];
  const weights = new Float64Array(nIn * nOut);
  for (let j = 0; j < nOut; j++) {
    const corner = Math.floor(j / places) * side + (j % places);
    kernel.forEach((w, at) => {
      weights[j * nIn + corner + Math.floor(at / KERNEL) * side + (at % KERNEL)] = w;
    });
  }
  return { nIn, nOut, weights, biases: new Float64Array(nOut) };
}

function convolutional(seed: number): FloatNetwork {
  const hidden = SIDES.slice(0, -1).map((side, index) => expand(kernelOf(seed, index), side));
  const inputs = hidden.at(-1)?.nOut as number;
  return {
    layers: [...hidden, ...initialise([inputs, OUTPUTS], { initialiser: 'nin', seed }).layers],
  };
}

function dense(seed: number): FloatNetwork {
  const widths = [...SIDES.map((side) => side * side), OUTPUTS];
  return initialise(widths, { initialiser: 'nin', seed });
}

/** The window slid over the image, without any matrix. */
function slide(pixels: Float64Array, kernel: Float64Array, side: number): Float64Array {
  const places = side - KERNEL + 1;
  return Float64Array.from({ length: places * places }, (_, j) => {
    let sum = 0;
    for (let y = 0; y < KERNEL; y++) {
      for (let x = 0; x < KERNEL; x++) {
        const row = Math.floor(j / places) + y;
        const column = (j % places) + x;
        sum += (kernel[y * KERNEL + x] as number) * (pixels[row * side + column] as number);
      }
    }
    return sum;
  });
}

/** Of the hidden layers: seeds × layers. */
type Norms = readonly (readonly number[])[];

interface Found {
  readonly name: string;
  /** ‖mean δ^ℓ‖. */
  readonly float64: Norms;
  readonly device: Norms;
  /** Mean over the images of ‖δ^ℓ‖, in float64. */
  readonly imageByImage: Norms;
  /** Worst of a mean δ against float64 with the same weights. */
  readonly distance: number;
}

async function run(context: Context<Few>): Promise<Findings> {
  const data = await loadHalved(context.parameters.images);
  const windows = await measureNetworks(context, {
    name: 'convolution',
    make: convolutional,
    data,
  });
  const full = await measureNetworks(context, { name: 'dense', make: dense, data });
  const plain: Found[] = [];
  const normalised: Found[] = [];
  for (const name of INITIALISERS) {
    const make = (seed: number) => initialise(DEEP, { initialiser: name, seed });
    plain.push(await measureNetworks(context, { name, make, data }));
    normalised.push(await normaliseNetworks(context, { name, make, data }));
  }
  const all = [windows, full, ...plain];
  return {
    claims: {
      convolution: judgeConvolution(windows, full),
      normalisation: judgeNormalisation(plain, normalised),
      initialisation: judgeInitialisation(plain, normalised),
    },
    checks: [
      {
        name: 'mean δ of every layer, worst network',
        against: 'float64',
        distance: Math.max(...all.map(({ distance }) => distance)),
        bound: DELTA_BOUND,
        unit: 'relative',
      },
      {
        name: 'z of the expanded layer, 14 × 14 to 12 × 12, from the window slid over the image',
        against: 'theory',
        distance: await slideDistance(context, data),
        bound: Z_BOUND,
        unit: 'absolute',
      },
    ],
    tables: [tableOf(all, normalised)],
    pictures: [
      pictureOf(context.parameters, {
        id: 'convolution',
        title: 'Windows against full layers',
        caption: 'Layers of the same widths at initialisation: σ′ ≤ 1/4 is a factor of both.',
        series: [windows, full].flatMap((of) => seriesOf(of, of.name)),
      }),
      pictureOf(context.parameters, {
        id: 'normalisation',
        title: 'Batch normalisation (not on the device yet: float64 only)',
        caption: 'Normalised layers learn at about one speed, whatever their initialiser.',
        series: [
          ...plain.flatMap((of) => seriesOf(of, of.name)),
          ...normalised.flatMap((of) => seriesOf(of, `${of.name}, normalised`)),
        ],
      }),
    ],
  };
}

interface Networks {
  readonly name: string;
  readonly make: (seed: number) => FloatNetwork;
  readonly data: Dataset;
}

async function measureNetworks(
  { parameters, measure, onProgress }: Context<Few>,
  { name, make, data }: Networks,
): Promise<Found> {
  const found = {
    float64: [] as number[][],
    device: [] as number[][],
    imageByImage: [] as number[][],
  };
  const images = asImages(data);
  let distance = 0;
  for (const { seed, number, isMeasured } of networksOf(parameters)) {
    await onProgress(`${name}, network ${number} of ${parameters.seeds}`);
    const network = make(seed);
    const norms = measureBatch(network, { ...data, cost: COST }).slice(0, -1);
    found.float64.push(norms.map(({ normOfMean }) => normOfMean));
    found.imageByImage.push(norms.map(({ meanOfNorms }) => meanOfNorms));
    if (!isMeasured) continue;
    const reading = await measure({ network, images, cost: COST });
    found.device.push(reading.meanDelta.slice(0, -1).map(norm));
    const reference = meanDeltas(reading.network, data, COST);
    distance = Math.max(distance, worstDistance(reading.meanDelta, reference));
  }
  return { name, ...found, distance };
}

async function normaliseNetworks(
  { parameters, onProgress }: Context<Few>,
  { name, make, data }: Networks,
): Promise<Found> {
  const float64: number[][] = [];
  const imageByImage: number[][] = [];
  const inputs = asImages(data).map(({ pixels }) => pixelInputs(pixels));
  for (const { seed, number } of networksOf(parameters)) {
    await onProgress(`${name}, normalised, network ${number} of ${parameters.seeds}`);
    const batch = { inputs, labels: data.labels, cost: COST } as const;
    const hidden = passNormalised(make(seed), batch).delta.slice(0, -1);
    float64.push(hidden.map((rows) => norm(meanOfImages(rows))));
    imageByImage.push(hidden.map((rows) => mean(rows.map(norm))));
  }
  return { name, float64, imageByImage, device: [], distance: 0 };
}

/** Of z of the first image, worst window. */
async function slideDistance({ measure }: Context<Few>, data: Dataset): Promise<number> {
  const images = asImages(data).slice(0, 1);
  const { observed } = await measure({
    network: convolutional(1),
    images,
    cost: COST,
    observe: true,
  });
  const pixels = pixelInputs(images[0]?.pixels ?? new Uint8Array());
  const expected = slide(pixels, kernelOf(1, 0), SIDES[0] as number);
  const z = observed[0]?.[0]?.z ?? new Float64Array();
  return Math.max(...expected.map((x, j) => Math.abs(x - (z[j] as number))));
}

/** Median of last hidden layer over first. */
function ratioOf(found: Found, by: 'float64' | 'imageByImage' = 'float64'): number {
  return median(found[by].map((layers) => (layers.at(-1) as number) / (layers[0] as number)));
}

function judgeConvolution(windows: Found, full: Found): Judgement {
  const [own, other] = [ratioOf(windows), ratioOf(full)];
  return {
    verdict: own <= other / 2 ? 'holds' : 'wrong',
    because: `At initialisation the last hidden layer is ${say(own)} times faster than the first with windows, and ${say(other)} times with full layers of the same widths: σ′ is in both. What windows save is weights, 9 in place of 28224 in the first layer.`,
  };
}

function judgeNormalisation(plain: readonly Found[], normalised: readonly Found[]): Judgement {
  const ratios = (found: readonly Found[], by: 'float64' | 'imageByImage') =>
    found.map((of) => ratioOf(of, by));
  const isKept = (by: 'float64' | 'imageByImage') => {
    const kept = (found: readonly Found[]) => ratios(found, by).every((x) => x <= 1 / KEPT);
    return kept(normalised) && !kept(plain);
  };
  const list = (found: readonly Found[], by: 'float64' | 'imageByImage') =>
    ratios(found, by).map(say).join(', ');
  const because = `For ${INITIALISERS.join(', ')} the last hidden layer has ${list(normalised, 'imageByImage')} times the mean ‖δ‖ of the first with it, ${list(plain, 'imageByImage')} times without; ${list(normalised, 'float64')} and ${list(plain, 'float64')} times its ‖mean δ‖. ${NOT_YET}`;
  if (isKept('float64')) return { verdict: 'holds', because };
  return isKept('imageByImage')
    ? { verdict: 'holds-if', because: `If δ is measured image by image. ${because}` }
    : { verdict: 'wrong', because };
}

function judgeInitialisation(plain: readonly Found[], normalised: readonly Found[]): Judgement {
  const apart = (found: readonly Found[]) => {
    const ratios = found.map((of) => ratioOf(of));
    return Math.max(...ratios) / Math.min(...ratios);
  };
  const [without, withIt] = [apart(plain), apart(normalised)];
  return {
    verdict: withIt <= 3 && without > 10 ? 'holds' : 'wrong',
    because: `The ratio of last to first differs by a factor of ${say(withIt)} over ${INITIALISERS.length} initialisers with it, of ${say(without)} without. ${NOT_YET}`,
  };
}

const NOT_YET = 'Batch normalisation is not on the device yet: float64 only.';

function seriesOf({ float64, device }: Found, name: string): Series[] {
  const own: Series[] = [
    { name: `float64, ${name}`, source: 'float64', points: spreadColumns(float64) },
  ];
  if (device.length === 0) return own;
  return [{ name: `device, ${name}`, source: 'device', points: spreadColumns(device) }, ...own];
}

function pictureOf(
  { seeds, deviceSeeds }: Few,
  own: Pick<Picture, 'id' | 'title' | 'caption' | 'series'>,
): Picture {
  return {
    ...own,
    kind: 'lines',
    x: { label: 'hidden layer', unit: null, scale: 'linear' },
    y: { label: '‖mean δ‖', unit: null, scale: 'log' },
    band: bandOf({ seeds, deviceSeeds }),
  };
}

function tableOf(all: readonly Found[], normalised: readonly Found[]): ResultTable {
  return {
    title: 'First and last hidden layer, medians',
    columns: [
      { name: 'networks', unit: null },
      { name: '‖mean δ‖ of the first, float64', unit: null },
      { name: 'of the last', unit: null },
      { name: 'of the first, device', unit: null },
      { name: 'of the last', unit: null },
    ],
    rows: [...all, ...normalised].map((found) => [
      found.device.length === 0 ? `${found.name}, normalised` : found.name,
      ...ends(found.float64),
      ...(found.device.length === 0 ? [null, null] : ends(found.device)),
    ]),
  };
}

function ends(norms: Norms): number[] {
  const columns = spreadColumns(norms).map(({ y }) => y);
  return [columns[0] as number, columns.at(-1) as number];
}
