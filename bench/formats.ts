/**
 * The job behind `deltascope formats`: which format of δ lasts through how many layers. Everything
 * else is exact (float64, weights as the device rounds them), so that the picture shows what the
 * shared exponent is for.
 */
import type { FormatPoint, FormatsResult, Spread } from '../contract/result.ts';
import { backpropagate, createPass } from '../golden/float64/network.ts';
import { norm } from '../golden/float64/norm.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import { backpropagateRounded, type DeltaFormat } from '../golden/formats/rounded-delta.ts';
import { interrupted } from '../host/abort.ts';
import { initialise } from '../host/data/initialisers.ts';
import { type Dataset, loadDataset } from '../host/data/mnist.ts';
import { dequantise, quantise } from '../host/data/quantise.ts';
import { spread } from './compare-float.ts';

const PLAIN_BITS = [12, 16, 18, 24];
const BLOCK_BITS = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];
const ROUNDINGS = ['nearest', 'down'] as const;

export const FORMATS_SWEPT: readonly DeltaFormat[] = ROUNDINGS.flatMap((rounding) => [
  ...PLAIN_BITS.map((bits) => ({ kind: 'plain', bits, rounding }) as const),
  ...BLOCK_BITS.map((bits) => ({ kind: 'block', bits, rounding }) as const),
]);

const COST = 'cross-entropy';
const HIDDEN = 30;
const CLASSES = 10;

export interface FormatsOptions {
  readonly commandLine: string;
  /** Told of each depth that is done. */
  readonly onDepth?: (hiddenLayers: number) => void;
  /** Heard between two depths. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws DeltascopeError of the data or the initialiser, or `interrupted`. */
export async function sweepFormats(
  request: FormatsResult['request'],
  { commandLine, onDepth, signal }: FormatsOptions,
): Promise<FormatsResult> {
  const data = await loadDataset({ split: 'train', limit: request.images });
  const points: FormatPoint[] = [];
  for (const depth of request.depths) {
    points.push(...sweepDepth(depth, { data, ...request }));
    onDepth?.(depth);
    await new Promise(setImmediate);
    if (signal?.aborted) throw interrupted();
  }
  return {
    kind: 'formats',
    schema: 1,
    request,
    data: { name: data.name, images: data.count },
    points,
    commandLine,
  };
}

interface Tally {
  readonly format: DeltaFormat;
  /** Σδ¹ over the images. */
  readonly sum: Float64Array;
  readonly errors: number[];
  lost: number;
}

function sweepDepth(
  hiddenLayers: number,
  { data, init, seed }: FormatsResult['request'] & { data: Dataset },
): FormatPoint[] {
  const pixels = data.rows * data.columns;
  const widths = [pixels, ...Array<number>(hiddenLayers).fill(HIDDEN), CLASSES];
  const network = dequantise(
    quantise(initialise(widths, { initialiser: init, seed }), { cost: COST }),
  );
  const pass = createPass(network);
  const exactSum = new Float64Array(HIDDEN);
  const tallies = FORMATS_SWEPT.map((format): Tally => {
    return { format, sum: new Float64Array(HIDDEN), errors: [], lost: 0 };
  });
  data.labels.forEach((label, image) => {
    const input = pixelInputs(data.images.subarray(image * pixels, (image + 1) * pixels));
    backpropagate(network, { input, label, cost: COST }, pass);
    const exact = pass.delta[0] as Float64Array;
    const exactNorm = norm(exact);
    add(exactSum, exact);
    for (const tally of tallies) {
      const { delta, lost } = backpropagateRounded(network, pass, tally.format);
      const [first] = delta as [Float64Array];
      add(tally.sum, first);
      tally.lost += lost;
      tally.errors.push(Math.abs(norm(first) - exactNorm) / exactNorm);
    }
  });
  const exactNorm = norm(exactSum);
  const elements = (hiddenLayers * HIDDEN + CLASSES) * data.count;
  return tallies.map(({ format, sum, errors, lost }) => ({
    ...format,
    hiddenLayers,
    normOfMeanError: Math.abs(norm(sum) - exactNorm) / exactNorm,
    normPerImageError: spread(errors) as Spread,
    lostElements: lost / elements,
  }));
}

function add(sum: Float64Array, addend: Float64Array): void {
  addend.forEach((x, j) => {
    sum[j] = (sum[j] as number) + x;
  });
}
