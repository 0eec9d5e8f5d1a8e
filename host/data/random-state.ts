/**
 * The random numbers of `numpy.random.RandomState(seed)`, so that whatever is drawn here can be
 * drawn again in Python: Mersenne Twister MT19937, and Marsaglia's polar method upon it.
 */
import { mersenne } from 'pure-rand/generator/mersenne';
import { DeltascopeError } from '../error.ts';

/** One stream; each call draws the next number of it. */
export interface RandomState {
  /** Uniform in [0, 1) with 53 bits: `random_sample()`, MT19937's genrand_res53. */
  readonly uniform: () => number;
  /** From N(0, 1): `randn()`, to the last bits of the logarithm. */
  readonly normal: () => number;
}

/**
 * The stream of `seed`, 0 … 2^32 - 1. Source of the normal deviates: Marsaglia & Bray, SIAM Review
 * 6 (1964) 260.
 * @throws DeltascopeError `bad-option` when the seed is not a whole number of 32 bits.
 */
export function randomState(seed: number): RandomState {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new DeltascopeError(
      'bad-option',
      `The seed must be a whole number from 0 to ${2 ** 32 - 1}, not ${seed}`,
      { hint: 'For example: --seed 1' },
    );
  }
  const generator = mersenne(seed);
  const uniform = () => {
    const high = generator.next() >>> 5;
    const low = generator.next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
  let spare: number | undefined;
  const normal = () => {
    if (spare !== undefined) {
      const deviate = spare;
      spare = undefined;
      return deviate;
    }
    for (;;) {
      const x1 = 2 * uniform() - 1;
      const x2 = 2 * uniform() - 1;
      const squares = x1 * x1 + x2 * x2;
      if (squares >= 1 || squares === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(squares)) / squares);
      spare = factor * x1;
      return factor * x2;
    }
  };
  return { uniform, normal };
}
