/** One neuron's activation and derivative, bit for bit as `ds_activation` gives them. */
import { SATURATED_EXPONENT } from '../../contract/formats.ts';
import type { IntegerLayer } from '../../contract/network.ts';
import { decodeAlpha } from './alpha.ts';
import { elu, identity, type RectifierResult, relu, UNIT_SLOPE } from './rectifier.ts';
import { type SigmoidResult, sigmoid, tanh } from './sigmoid.ts';

export interface UnitResult {
  /** a = activation · 2^(e-15), code of `FORMATS.activation`. */
  readonly activation: number;
  /** ∂a/∂z = slope · 2^(-15-slopeExponent). */
  readonly slope: number;
  readonly slopeExponent: number;
  /** The code of a was clamped. */
  readonly clamped: boolean;
  /** In the flat part of its activation, see `SATURATED_EXPONENT`. */
  readonly saturated: boolean;
  /** What the output error is formed from; undefined for other activations. */
  readonly sigmoid: SigmoidResult | undefined;
}

/** z: code of `FORMATS.z`; `alpha`: the neuron's word, of relu and elu. */
export function activate(
  z: number,
  { activation, activationScale: scale }: Pick<IntegerLayer, 'activation' | 'activationScale'>,
  alpha = 0,
): UnitResult {
  switch (activation) {
    case 'sigmoid': {
      const result = sigmoid(z);
      return { ...fromTail(result), sigmoid: result };
    }
    case 'tanh':
      return fromTail(tanh(z));
    case 'relu':
      return rectified(relu(z, { alpha: decodeAlpha(alpha), scale }));
    case 'elu':
      return rectified(elu(z, { alpha: decodeAlpha(alpha), scale }));
    case 'identity': {
      const result = identity(z, scale);
      const one = { slope: UNIT_SLOPE, slopeExponent: 0, saturated: false };
      return { ...result, ...one, sigmoid: undefined };
    }
  }
}

function fromTail({ activation, slope, slopeExponent, tailExponent }: SigmoidResult): UnitResult {
  const saturated = tailExponent >= SATURATED_EXPONENT;
  return { activation, slope, slopeExponent, clamped: false, saturated, sigmoid: undefined };
}

function rectified(result: RectifierResult): UnitResult {
  const { activation, slope, slopeExponent, clamped, tailExponent } = result;
  const saturated = slope === 0 || tailExponent >= SATURATED_EXPONENT;
  return { activation, slope, slopeExponent, clamped, saturated, sigmoid: undefined };
}
