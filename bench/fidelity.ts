/**
 * How faithfully a device keeps δ: its direction, its last bits, its signs, and on which side of a
 * kink its units are. Against float64 with the device's own weights.
 */
import { median, min } from 'simple-statistics';
import { FORMATS, NO_EXPONENT } from '../contract/formats.ts';
import type { Fidelity } from '../contract/result.ts';
import { scaleByPowerOfTwo, slopeValue } from '../host/values.ts';

/** δ and σ′ of one layer and image as the device holds them. */
export interface HeldDelta {
  /** m of δ = m · 2^exponent. */
  readonly deltas: ArrayLike<number>;
  readonly exponent: number;
  /** D and E′ of σ′. */
  readonly slopes: ArrayLike<number>;
  readonly slopeExponents: ArrayLike<number>;
}

/** The same in float64. */
export interface ReferenceDelta {
  readonly delta: Float64Array;
  /** σ′. */
  readonly slope: ArrayLike<number>;
}

/**
 * Slopes on both sides of a kink differ by more: a smooth σ′ that is 1 on one side only, by
 * rounding, does not.
 */
const KINK = 2 ** -8;

/** One layer, image by image. */
export class FidelityGauge {
  /** Σδ of float64. */
  readonly #sum: Float64Array;
  readonly #cosines: number[] = [];
  #observed = 0;
  #largestUlps = 0;
  #signFlips = 0;
  #otherBranch = 0;

  constructor(neurons: number) {
    this.#sum = new Float64Array(neurons);
  }

  /** @param held undefined when δ was not read back. Images that overflow float64 do not count. */
  add(held: HeldDelta | undefined, { delta, slope }: ReferenceDelta): void {
    delta.forEach((x, j) => {
      this.#sum[j] = (this.#sum[j] as number) + x;
    });
    if (held === undefined || !delta.every(Number.isFinite)) return;
    const { deltas, slopes, slopeExponents } = held;
    const cosine = cosineOf(deltas, delta);
    if (cosine !== null) this.#cosines.push(cosine);
    // A device that holds all zeros has no format of its own for that image.
    const exponent = held.exponent === NO_EXPONENT ? exponentOf(delta) : held.exponent;
    delta.forEach((x, j) => {
      this.#observed++;
      const mantissa = deltas[j] as number;
      const reference = Math.floor(scaleByPowerOfTwo(x, -exponent) + 0.5);
      this.#largestUlps = Math.max(this.#largestUlps, Math.abs(mantissa - reference));
      if (mantissa * reference < 0) this.#signFlips++;
      const device = slopeValue(slopes[j] as number, slopeExponents[j] as number);
      if (isOtherBranch(device, slope[j] as number)) this.#otherBranch++;
    });
  }

  /** @param sums Σδ of the device, at any scale; undefined when it could not be read. */
  result(sums: Float64Array | undefined): Fidelity {
    const cosines = this.#cosines;
    const seen = this.#observed > 0;
    return {
      cosineOfMean: sums === undefined ? null : cosineOf(sums, this.#sum),
      cosinePerImage: cosines.length === 0 ? null : { median: median(cosines), min: min(cosines) },
      largestUlps: seen ? this.#largestUlps : null,
      signFlips: seen ? this.#signFlips : null,
      otherBranch: seen ? this.#otherBranch / this.#observed : null,
    };
  }
}

/** The units with kinks have slope 1 on the right of it, and less on the left. */
function isOtherBranch(device: number, reference: number): boolean {
  return (device === 1) !== (reference === 1) && Math.abs(device - reference) > KINK;
}

/** a·b / (‖a‖‖b‖), each scaled by its largest element first; null when it has none. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [unitA, unitB] = [unitVector(a), unitVector(b)];
  if (unitA === undefined || unitB === undefined) return null;
  return Math.min(
    1,
    unitA.reduce((sum, x, j) => sum + x * (unitB[j] as number), 0),
  );
}

function unitVector(x: ArrayLike<number>): number[] | undefined {
  const elements = Array.from(x);
  const largest = elements.reduce((most, element) => Math.max(most, Math.abs(element)), 0);
  if (largest === 0 || !Number.isFinite(largest)) return undefined;
  const scaled = elements.map((element) => element / largest);
  const length = Math.hypot(...scaled);
  return scaled.map((element) => element / length);
}

/** X that the format gives to a vector. */
function exponentOf(delta: Float64Array): number {
  const largest = delta.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return largest === 0 ? 0 : Math.floor(Math.log2(largest)) + 2 - FORMATS.delta.width;
}
