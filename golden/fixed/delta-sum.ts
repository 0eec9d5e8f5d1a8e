/** Σδ over the images of a batch, per neuron, with one running exponent per layer. */
import { DELTA_SUM_STEP, FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import { roundShift } from './arithmetic.ts';

const GUARD = FORMATS.deltaSum.fraction;

/** Value of a sum: code · 2^(exponent - 1). Order of the images matters in the last bits. */
export class DeltaSum {
  /**
   * The largest X of the images so far, down to a multiple of `DELTA_SUM_STEP`; `NO_EXPONENT` while
   * every δ was zero.
   */
  exponent: number = NO_EXPONENT;
  /** One code of `FORMATS.deltaSum` per neuron. */
  readonly codes: Float64Array;

  constructor(neurons: number) {
    this.codes = new Float64Array(neurons);
  }

  /**
   * Adds one image. Whichever of sum and addend is behind is shifted and rounded; a sum that is two
   * steps behind holds less than half an LSB for each of its images, and is dropped.
   */
  add(delta: Int32Array, deltaExponent: number): void {
    if (deltaExponent === NO_EXPONENT) return;
    const step = Math.floor(deltaExponent / DELTA_SUM_STEP) * DELTA_SUM_STEP;
    const larger = Math.max(this.exponent, step);
    const sumShift = larger - this.exponent;
    const scale = 2 ** (deltaExponent - step + GUARD);
    for (let j = 0; j < this.codes.length; j++) {
      const sum = sumShift > DELTA_SUM_STEP ? 0 : roundShift(this.codes[j] as number, sumShift);
      this.codes[j] = sum + roundShift((delta[j] as number) * scale, larger - step);
    }
    this.exponent = larger;
  }
}
