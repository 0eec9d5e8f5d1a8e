/** Follows two journeys side by side until they part. */
import { max } from 'simple-statistics';
import { NO_EXPONENT } from '../contract/formats.ts';
import type { DiffPair, DiffValue, Parting } from '../contract/result.ts';
import { scaleByPowerOfTwo } from '../host/values.ts';
import { finiteOrNull } from './compare-float.ts';
import type { Stretch } from './journey.ts';

export interface PairOptions {
  readonly left: string;
  readonly right: string;
  /**
   * 0: codes and exponents must be equal. Else a share: for z and a of their size or 1, whichever
   * is larger; of the value itself for σ′ and a norm; and for δ and Σδ of the largest in the layer,
   * since that is what their shared exponent and every norm go by.
   */
  readonly tolerance: number;
}

export class PairFollower {
  readonly #options: PairOptions;
  #valuesCompared = 0;
  #parting = 0;
  #largestError = 0;
  #first: Parting | null = null;

  constructor(options: PairOptions) {
    this.#options = options;
  }

  /** @param image null for what is gathered over all images. */
  follow(image: number | null, left: readonly Stretch[], right: readonly Stretch[]): void {
    left.forEach((of, index) => {
      const other = right[index];
      if (other?.layer !== of.layer || other.quantity !== of.quantity) {
        throw new RangeError('not two journeys through the same network');
      }
      this.#compare(image, of, other);
    });
  }

  /** A difference that was found elsewhere; the first one stays. */
  note(parting: Parting): void {
    this.#parting++;
    this.#first ??= parting;
  }

  get first(): Parting | null {
    return this.#first;
  }

  result(): DiffPair {
    return {
      ...this.#options,
      valuesCompared: this.#valuesCompared,
      parting: this.#parting,
      largestError: this.#options.tolerance === 0 ? null : this.#largestError,
      first: this.#first,
    };
  }

  #compare(image: number | null, left: Stretch, right: Stretch): void {
    const { tolerance } = this.#options;
    const { layer, quantity } = left;
    const largest = tolerance === 0 ? 0 : largestOf(left, right);
    for (let j = 0; j < left.codes.length; j++) {
      this.#valuesCompared++;
      if (tolerance === 0) {
        const same =
          left.codes[j] === right.codes[j] && exponentAt(left, j) === exponentAt(right, j);
        if (same) continue;
      } else {
        const error = errorAt(j, { left, right, largest });
        if (Number.isFinite(error)) this.#largestError = Math.max(this.#largestError, error);
        if (error <= tolerance) continue;
      }
      this.note({
        ...{ image, layer, quantity },
        neuron: quantity === 'norm' ? null : j,
        left: valueAt(left, j, exponentAt(right, j)),
        right: valueAt(right, j, exponentAt(left, j)),
      });
    }
  }
}

/** null of a float64. */
function exponentAt({ exponents }: Stretch, j: number): number | null {
  return typeof exponents === 'number' ? exponents : (exponents?.[j] ?? null);
}

function numberAt(stretch: Stretch, j: number): number {
  const exponent = exponentAt(stretch, j);
  const code = stretch.codes[j] as number;
  if (exponent === null || code === 0) return code;
  return stretch.quantity === 'norm'
    ? scaleByPowerOfTwo(Math.sqrt(code), exponent / 2)
    : scaleByPowerOfTwo(code, exponent);
}

/** Of δ and Σδ: what the error of a whole stretch is a share of. */
function largestOf(left: Stretch, right: Stretch): number {
  return Math.max(
    ...[left, right].map((of) => max(Array.from(of.codes, (_, j) => Math.abs(numberAt(of, j))))),
  );
}

/** Not a number where a float64 cannot tell, which is no agreement. */
function errorAt(
  j: number,
  { left, right, largest }: { left: Stretch; right: Stretch; largest: number },
): number {
  const [a, b] = [numberAt(left, j), numberAt(right, j)];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.NaN;
  if (a === b) return 0;
  const own = Math.max(Math.abs(a), Math.abs(b));
  switch (left.quantity) {
    case 'z':
    case 'a':
      return Math.abs(a - b) / Math.max(1, own);
    case 'σ′':
    case 'norm':
      return Math.abs(a - b) / own;
    case 'δ':
    case 'Σδ':
      return Math.abs(a - b) / largest;
  }
}

/** A float64 is written with the exponent of what it is compared with, where that is not zero. */
function valueAt(stretch: Stretch, j: number, partner: number | null): DiffValue {
  const value = numberAt(stretch, j);
  const decimal = finiteOrNull(value);
  const own = exponentAt(stretch, j);
  if (own !== null) return { mantissa: stretch.codes[j] as number, exponent: own, decimal };
  const exponent = partner === null || partner <= NO_EXPONENT ? 0 : partner;
  const mantissa =
    stretch.quantity === 'norm'
      ? scaleByPowerOfTwo(value, -exponent / 2) ** 2
      : scaleByPowerOfTwo(value, -exponent);
  return { mantissa, exponent, decimal };
}
