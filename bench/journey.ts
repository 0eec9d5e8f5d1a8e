/**
 * What an image leaves behind on its way through a network, in the order in which it does: forwards
 * z, a and σ′ of layer 1 up, backwards δ and its norm. The same for float64, `golden/fixed` and a
 * device, so that two of them can be followed until they part.
 */
import { FORMATS, NO_EXPONENT } from '../contract/formats.ts';
import type { IntegerNetwork } from '../contract/network.ts';
import type { DIFF_QUANTITIES } from '../contract/result.ts';
import type { FixedLayer } from '../golden/fixed/network.ts';
import type { Pass } from '../golden/float64/network.ts';
import { norm } from '../golden/float64/norm.ts';
import type { LayerSums } from '../host/device.ts';
import type { MeasuredImage } from '../host/measure.ts';

/** Values code · 2^exponent; a norm is its square, Σm² · 2^(2X). */
export interface Stretch {
  readonly layer: number;
  readonly quantity: (typeof DIFF_QUANTITIES)[number];
  readonly codes: ArrayLike<number>;
  /** One for all of them, or one each; null of float64, where a code is the value. */
  readonly exponents: number | ArrayLike<number> | null;
}

/** What all three have of a layer; δ = m · 2^X. */
interface LayerValues {
  readonly z: ArrayLike<number>;
  readonly activation: ArrayLike<number>;
  readonly slope: ArrayLike<number>;
  readonly slopeExponent: ArrayLike<number>;
  readonly delta: ArrayLike<number>;
  readonly deltaExponent: number;
  readonly sumSquares: number;
}

export function fixedJourney(network: IntegerNetwork, layers: readonly FixedLayer[]): Stretch[] {
  return journey(network, layers);
}

/** @throws RangeError when the image was not observed. */
export function deviceJourney(network: IntegerNetwork, image: MeasuredImage): Stretch[] {
  const layers = image.layers.map(({ deltaExponent, sumSquares }, index): LayerValues => {
    const observed = image.observation?.[index];
    if (observed === undefined) throw new RangeError('δ was not read back');
    return {
      z: observed.z,
      activation: observed.activations,
      slope: observed.slopes,
      slopeExponent: observed.slopeExponents,
      delta: observed.deltas,
      deltaExponent,
      sumSquares,
    };
  });
  return journey(network, layers);
}

function journey({ layers }: IntegerNetwork, values: readonly LayerValues[]): Stretch[] {
  const forwards = values.flatMap((of, index): Stretch[] => {
    const layer = index + 1;
    const scale = layers[index]?.activationScale ?? 0;
    const slopeExponents = Array.from(of.slopeExponent, (e) => -FORMATS.slope.fraction - e);
    return [
      { layer, quantity: 'z', codes: of.z, exponents: -FORMATS.z.fraction },
      {
        ...{ layer, quantity: 'a', codes: of.activation },
        exponents: scale - FORMATS.activation.fraction,
      },
      { layer, quantity: 'σ′', codes: of.slope, exponents: slopeExponents },
    ];
  });
  const backwards = values.map((of, index): Stretch[] => {
    const [layer, exponents] = [index + 1, of.deltaExponent];
    return [
      { layer, quantity: 'δ', codes: of.delta, exponents },
      { layer, quantity: 'norm', codes: [of.sumSquares], exponents: 2 * exponents },
    ];
  });
  return [...forwards, ...backwards.reverse().flat()];
}

export function floatJourney({ z, a, slope, delta }: Pass): Stretch[] {
  const exact = { exponents: null };
  const forwards = z.flatMap((of, index): Stretch[] => {
    const layer = index + 1;
    return [
      { layer, quantity: 'z', codes: of.slice(), ...exact },
      { layer, quantity: 'a', codes: (a[index] as Float64Array).slice(), ...exact },
      { layer, quantity: 'σ′', codes: (slope[index] as Float64Array).slice(), ...exact },
    ];
  });
  const backwards = delta.map((of, index): Stretch[] => {
    const layer = index + 1;
    return [
      { layer, quantity: 'δ', codes: of.slice(), ...exact },
      { layer, quantity: 'norm', codes: [norm(of)], ...exact },
    ];
  });
  return [...forwards, ...backwards.reverse().flat()];
}

/** Σδ of all images, which is gathered where δ is. */
export function sumStretches(sums: readonly LayerSums[]): Stretch[] {
  return sums
    .map(({ sums: codes, exponent }, index): Stretch => {
      const lsb = exponent === NO_EXPONENT ? NO_EXPONENT : exponent - FORMATS.deltaSum.fraction;
      return { layer: index + 1, quantity: 'Σδ', codes, exponents: lsb };
    })
    .reverse();
}
