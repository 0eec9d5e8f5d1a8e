/** Σδ over the images of a batch, per neuron, with one running exponent per layer. */
import { FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import { roundShift } from './arithmetic.ts';

const GUARD = FORMATS.deltaSum.fraction;

/** Value of a sum: code · 2^(exponent - 16). Order of the images matters in the last bits. */
export class DeltaSum {
  /** Running X: the largest of the images so far; `NO_EXPONENT` while every δ was zero. */
  exponent: number = NO_EXPONENT;
  /** One code of `FORMATS.deltaSum` per neuron. */
  readonly codes: Float64Array;

  constructor(neurons: number) {
    this.codes = new Float64Array(neurons);
  }

  /** Adds one image: whichever of sum and addend has the smaller exponent is shifted, rounded. */
  add(delta: Int32Array, deltaExponent: number): void {
    if (deltaExponent === NO_EXPONENT) return;
    const larger = Math.max(this.exponent, deltaExponent);
    const sumShift = larger - this.exponent;
    const addendShift = larger - deltaExponent;
    for (let j = 0; j < this.codes.length; j++) {
      const sum = roundShift(this.codes[j] as number, sumShift);
      this.codes[j] = sum + roundShift((delta[j] as number) * 2 ** GUARD, addendShift);
    }
    this.exponent = larger;
  }
}
