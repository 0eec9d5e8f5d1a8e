/**
 * Gradient descent on integers, bit for bit what the RTL does (docs/decisions/0018-training.md): an
 * image adds its gradient (BP3 and BP4 of Nielsen, NN&DL, chapter 2) to V, a commit takes the step
 * of the batch. The state is changed in place.
 */
import { FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import type { IntegerLayer } from '../../contract/network.ts';
import type { TrainingCodes, TrainingCounts, TrainingState } from '../../contract/training.ts';
import { roundShift } from './arithmetic.ts';

/** One layer of one image. */
export interface Contribution {
  /** Codes of the layer's inputs, n_in or more. */
  readonly input: ArrayLike<number>;
  /** e of the inputs, 0 for an image. */
  readonly inputScale: number;
  /** s of the layer. */
  readonly scale: number;
  readonly delta: ArrayLike<number>;
  /** X: δ = delta · 2^X. */
  readonly deltaExponent: number;
}

const HALF = 2 ** 16;
const LOWEST = -(2 ** (FORMATS.master.width - 1));
/** The largest code whose upper half, rounded, still is a weight. */
const HIGHEST = -LOWEST - HALF / 2 - 1;
/** Input of a bias. */
const ONE = 2 ** 14;
const SHIFT_MIN = 1;
const SHIFT_MAX = 2 ** FORMATS.updateShift.width - 1;
/** From a step in LSB of W to one in LSB of B, at e = 0. */
const BIAS_SHIFT = FORMATS.master.fraction - FORMATS.bias.fraction;
const Z_SHIFT = FORMATS.accumulator.fraction - FORMATS.z.fraction;

export function noCounts(): TrainingCounts {
  return { roundedToZero: 0, clamped: 0, shiftClamped: 0 };
}

/** The upper half of a code, rounded. */
export function highHalf(code: number): number {
  return (code + HALF / 2) >> 16;
}

/** What the upper half leaves: signed, 16 bits. */
export function lowHalf(code: number): number {
  return (code << 16) >> 16;
}

/** Into the range whose upper half is a signed number of 16 bits. */
export function clampCode(code: number): number {
  return code > HIGHEST ? HIGHEST : code < LOWEST ? LOWEST : code;
}

/** Adds the gradient of one image, δ_j a_k and δ_j, to V of one layer. */
export function accumulate(
  { weightSums, biasSums }: TrainingState,
  { input, inputScale, scale, delta, deltaExponent }: Contribution,
  { gradientShift, counts }: { gradientShift: number; counts: TrainingCounts },
): void {
  if (deltaExponent === NO_EXPONENT) return;
  const zShift = Z_SHIFT - scale - inputScale;
  const wanted = gradientShift - zShift - 2 * inputScale - deltaExponent;
  if (wanted < SHIFT_MIN) counts.shiftClamped++;
  const shift = Math.min(SHIFT_MAX, Math.max(SHIFT_MIN, wanted));
  const lsb = 2 ** -shift;
  const biasLsb = 2 ** -(shift + inputScale - 1);
  const nIn = weightSums.length / biasSums.length;
  const active: number[] = [];
  for (let k = 0; k < nIn; k++) if (input[k] !== 0) active.push(k);
  const add = (sums: Int32Array, at: number, contribution: number) => {
    if (contribution === 0) counts.roundedToZero++;
    const sum = (sums[at] as number) + contribution;
    const clamped = clampCode(sum);
    if (clamped !== sum) counts.clamped++;
    sums[at] = clamped;
  };
  for (let j = 0; j < delta.length; j++) {
    const doubled = 2 * (delta[j] as number);
    if (doubled === 0) continue;
    const row = j * nIn;
    for (const k of active) {
      add(weightSums, row + k, Math.floor(doubled * (input[k] as number) * lsb + 0.5));
    }
    add(biasSums, j, Math.floor(doubled * ONE * biasLsb + 0.5));
  }
}

/**
 * The step of a batch: W and B by V, and the decay of W; then V becomes what momentum keeps of it.
 * @param inputScale e of the layer's inputs, 0 for an image.
 */
export function commit(
  state: TrainingState,
  codes: TrainingCodes,
  { inputScale, counts }: { inputScale: number; counts: TrainingCounts },
): void {
  const places = 1 + codes.stepShift;
  descend({ values: state.weights, sums: state.weightSums }, { codes, places, counts });
  descend(
    { values: state.biases, sums: state.biasSums },
    { codes: { ...codes, decay: 0 }, places: places + BIAS_SHIFT + inputScale, counts },
  );
}

/** @param options.places by which the product of V's upper half and D is shifted. */
function descend(
  { values, sums }: { values: Int32Array; sums: Int32Array },
  { codes, places, counts }: { codes: TrainingCodes; places: number; counts: TrainingCounts },
): void {
  const { step, decay, decayShift, momentum } = codes;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    const sum = sums[at] as number;
    // Nothing is left out: every product would be 0.
    if (sum === 0 && decay === 0) continue;
    const high = 2 * highHalf(sum);
    const low = 2 * lowHalf(sum);
    const shrink = roundShift(2 * highHalf(value) * decay, decayShift);
    const move = roundShift(high * step, places) + roundShift(low * step, places + 16);
    const kept = roundShift(high * momentum, 0) + roundShift(low * momentum, 16);
    values[at] = clampCode(value - shrink - move);
    sums[at] = clampCode(kept);
    if (values[at] !== value - shrink - move) counts.clamped++;
    if (sums[at] !== kept) counts.clamped++;
  }
}

/** The layer as the passes see it: weights are the upper halves of W, biases are B. */
export function trainedLayer<L extends IntegerLayer>(layer: L, state: TrainingState): L {
  // Not Int16Array.from with a function, which takes ten times as long.
  const weights = new Int16Array(state.weights.length);
  for (let at = 0; at < weights.length; at++) weights[at] = highHalf(state.weights[at] as number);
  return { ...layer, weights, biases: state.biases.slice() };
}
