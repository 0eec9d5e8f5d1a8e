/** One neuron's activation and derivative, bit for bit as `ds_activation` gives them. */
import { FORMATS, SATURATED_EXPONENT } from '../../contract/formats.ts';
import type { IntegerLayer } from '../../contract/network.ts';
import { roundShift, saturate } from './arithmetic.ts';
import { type SigmoidResult, sigmoid } from './sigmoid.ts';

export interface UnitResult {
  /** a = activation · 2^(e-15), code of `FORMATS.activation`. */
  readonly activation: number;
  /** ∂a/∂z = slope · 2^(-15-slopeExponent). */
  readonly slope: number;
  readonly slopeExponent: number;
  /** The code of a was clamped. */
  readonly clamped: boolean;
  /** In the flat part of its activation: a sigmoid within 1/32 of 0 or 1. */
  readonly saturated: boolean;
  /** What the output error is formed from; undefined for activations without a tail. */
  readonly sigmoid: SigmoidResult | undefined;
}

/** Slope 1. */
export const UNIT_SLOPE = 2 ** FORMATS.slope.fraction;

/** z: code of `FORMATS.z`. */
export function activate(
  z: number,
  { activation, activationScale }: Pick<IntegerLayer, 'activation' | 'activationScale'>,
): UnitResult {
  switch (activation) {
    case 'sigmoid': {
      const result = sigmoid(z);
      return {
        activation: result.activation,
        slope: result.slope,
        slopeExponent: result.slopeExponent,
        clamped: false,
        saturated: result.tailExponent >= SATURATED_EXPONENT,
        sigmoid: result,
      };
    }
    case 'identity': {
      const widened = z * 2 ** (FORMATS.activation.fraction - FORMATS.z.fraction);
      const rounded = roundShift(widened, activationScale);
      const code = saturate(rounded, FORMATS.activation);
      return {
        activation: code,
        slope: UNIT_SLOPE,
        slopeExponent: 0,
        clamped: code !== rounded,
        saturated: false,
        sigmoid: undefined,
      };
    }
  }
}
