/** Clipping of a batch's mean gradient in codes of V (docs/decisions/0020-clipping-on-the-host.md). Pure. */
import { FORMATS } from '../contract/formats.ts';
import type { IntegerLayer } from '../contract/network.ts';
import type { Gradient, TrainingCodes } from '../contract/training.ts';
import { type DescentOptions, refusal } from './descent.ts';

type ClipOptions = Pick<DescentOptions, 'clipValue' | 'clipNorm' | 'batch'>;

export interface ClipPlan extends Pick<ClipOptions, 'clipValue' | 'clipNorm'> {
  /** 2^γ/B of each layer: mean gradient of one LSB of V. */
  readonly units: readonly number[];
  /** Something of V outlives a step. */
  readonly hasMomentum: boolean;
}

export interface Clipped {
  readonly gradients: readonly Gradient[];
  /** Beyond `clipValue`. */
  readonly elements: number;
}

/** γ = s + Γ - this. */
const UNIT_BITS = FORMATS.gradient.width;

/**
 * @returns undefined where nothing is to be clipped.
 * @throws DeltascopeError `bad-option` for a threshold that V cannot hold.
 */
export function planClip(
  { clipValue, clipNorm, batch }: ClipOptions,
  { gradientShift, momentum }: TrainingCodes,
  layers: readonly Pick<IntegerLayer, 'scale' | 'nIn' | 'nOut'>[],
): ClipPlan | undefined {
  if (clipValue === undefined && clipNorm === undefined) return undefined;
  const units = layers.map(({ scale }) => 2 ** (scale + gradientShift - UNIT_BITS) / batch);
  const reach = Math.max(...units) * 2 ** (FORMATS.gradient.width - 1);
  const parameters = layers.reduce((sum, { nIn, nOut }) => sum + (nIn + 1) * nOut, 0);
  const least = Math.max(...units);
  checkThreshold('clip-value', clipValue, { least, most: reach });
  checkThreshold('clip-norm', clipNorm, { least, most: reach * Math.sqrt(parameters) });
  return { clipValue, clipNorm, units, hasMomentum: momentum !== 0 };
}

function checkThreshold(
  option: string,
  threshold: number | undefined,
  { least, most }: { least: number; most: number },
): void {
  if (threshold === undefined) return;
  if (!Number.isFinite(threshold) || threshold <= 0) {
    throw refusal(option, threshold, 'takes a number above 0');
  }
  if (threshold < least) {
    const message = `is below the last bit of the gradient; at least ${least.toPrecision(3)}`;
    throw refusal(option, threshold, message);
  }
  if (threshold > most) {
    const message = `never clips: with this η no gradient is held beyond ${most.toPrecision(3)}`;
    throw refusal(option, threshold, message);
  }
}

/**
 * @param sums V after the images of the batch.
 * @param kept V before them; undefined: 0.
 * @returns what V has to be before the step; undefined where it is that already.
 */
export function clipGradient(
  sums: readonly Gradient[],
  kept: readonly Gradient[] | undefined,
  { clipValue, clipNorm, units }: ClipPlan,
): Clipped | undefined {
  const gradients = sums.map((layer, index) => ({
    weightSums: difference(layer.weightSums, kept?.[index]?.weightSums),
    biasSums: difference(layer.biasSums, kept?.[index]?.biasSums),
  }));
  let elements = 0;
  let squares = 0;
  for (const [index, layer] of gradients.entries()) {
    const unit = units[index] as number;
    for (const gradient of [layer.weightSums, layer.biasSums]) {
      if (clipValue !== undefined) elements += clamp(gradient, Math.round(clipValue / unit));
      squares += unit ** 2 * sumOfSquares(gradient);
    }
  }
  const scale = clipNorm === undefined ? 1 : clipNorm / Math.sqrt(squares);
  if (elements === 0 && !(scale < 1)) return undefined;
  const factor = Math.min(1, scale);
  return {
    elements,
    gradients: gradients.map(({ weightSums, biasSums }, index) => ({
      weightSums: scaled(weightSums, factor, kept?.[index]?.weightSums),
      biasSums: scaled(biasSums, factor, kept?.[index]?.biasSums),
    })),
  };
}

function difference(sums: Int32Array, kept: Int32Array | undefined): Float64Array {
  const gradient = Float64Array.from(sums);
  kept?.forEach((code, at) => {
    gradient[at] = (gradient[at] as number) - code;
  });
  return gradient;
}

/** In place. @returns how many were beyond ±limit. */
function clamp(gradient: Float64Array, limit: number): number {
  let beyond = 0;
  for (let at = 0; at < gradient.length; at++) {
    const value = gradient[at] as number;
    if (Math.abs(value) <= limit) continue;
    gradient[at] = Math.sign(value) * limit;
    beyond++;
  }
  return beyond;
}

function sumOfSquares(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum;
}

/** On top of what was kept; between that and the V there was, so that it fits. */
function scaled(gradient: Float64Array, factor: number, kept: Int32Array | undefined): Int32Array {
  const codes = new Int32Array(gradient.length);
  for (let at = 0; at < codes.length; at++) {
    codes[at] = (kept?.[at] ?? 0) + Math.round((gradient[at] as number) * factor);
  }
  return codes;
}
