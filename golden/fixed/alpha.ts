/** α of relu and elu as the device holds it: `FORMATS.alpha` and `alphaExponent` in one word. */
import { FORMATS } from '../../contract/formats.ts';

export interface Alpha {
  /** D: α = mantissa · 2^(-15-exponent). */
  readonly mantissa: number;
  /** F. */
  readonly exponent: number;
}

const SPAN = 2 ** FORMATS.alpha.width;

/** word: D + F · 2^16. */
export function decodeAlpha(word: number): Alpha {
  return { mantissa: word % SPAN, exponent: Math.floor(word / SPAN) };
}
