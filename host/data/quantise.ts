/** Floats ↔ the integers a device holds, by `contract/formats.ts`: weights, biases and their scale. */
import { ACTIVATION_SCALE, FORMATS, WEIGHT_SCALE } from '../../contract/formats.ts';
import type {
  ActivationName,
  CostName,
  FloatLayer,
  FloatNetwork,
  IntegerLayer,
  IntegerNetwork,
} from '../../contract/network.ts';
import { DeltascopeError } from '../error.ts';
import { alphaValue, biasValue, weightValue } from '../values.ts';

export interface QuantiseOptions {
  cost: CostName;
  /** Of layers that name none. Default `sigmoid`. */
  activation?: ActivationName | undefined;
  /** e of each layer whose activation has one. Default: as far as z reaches. */
  activationScales?: readonly number[] | undefined;
  /** Added to the smallest scale of each layer, as far as scales go. Default 0. */
  headroom?: number | undefined;
}

type Format = (typeof FORMATS)['weight' | 'bias'];

/** Whether an activation reaches beyond ±1, so that its layer needs a scale e. */
export const IS_UNBOUNDED: Readonly<Record<ActivationName, boolean>> = {
  sigmoid: false,
  tanh: false,
  identity: true,
  relu: true,
  elu: true,
};

/**
 * Each layer with the smallest scale s at which all its weights and biases fit: weights are
 * W · 2^(s-15) with W of 16 bits, biases B · 2^(s+e-22) with B of 32. Rounded to the nearest code,
 * ties towards +∞, so a weight is off by 2^(s-16) at most.
 * @throws DeltascopeError `bad-weights` naming layer, row and column when a value is not finite, or
 *   does not fit at the largest scale.
 */
export function quantise(network: FloatNetwork, options: QuantiseOptions): IntegerNetwork {
  const { cost, activation: fallback = 'sigmoid', activationScales, headroom = 0 } = options;
  let activationScale = 0;
  const layers = network.layers.map((layer, index): IntegerLayer => {
    const { nIn, nOut, activation = fallback, alphas } = layer;
    const inputScale = activationScale;
    const widest = activationScales?.[index] ?? ACTIVATION_SCALE.max;
    activationScale = IS_UNBOUNDED[activation] ? widest : 0;
    const smallest = smallestScale(layer, { number: index + 1, inputScale });
    const scale = Math.min(WEIGHT_SCALE.max, smallest + headroom);
    return {
      nIn,
      nOut,
      scale,
      activation,
      activationScale,
      ...(alphas && { alphas: Int32Array.from(alphas, toAlphaWord) }),
      weights: Int16Array.from(layer.weights, (w) => toCode(w, scale, FORMATS.weight)),
      biases: Int32Array.from(layer.biases, (b) => toCode(b, scale + inputScale, FORMATS.bias)),
    };
  });
  return { layers, cost };
}

/** The values a device computes with; exact, so `quantise` of it gives back the same values. */
export function dequantise(network: IntegerNetwork): FloatNetwork {
  const layers = network.layers.map((layer, index): FloatLayer => {
    const { nIn, nOut, scale, weights, biases, activation, alphas } = layer;
    const inputScale = network.layers[index - 1]?.activationScale ?? 0;
    return {
      nIn,
      nOut,
      activation,
      ...(alphas && { alphas: Float64Array.from(alphas, alphaValue) }),
      weights: Float64Array.from(weights, (code) => weightValue(code, scale)),
      biases: Float64Array.from(biases, (code) => biasValue(code, { scale, inputScale })),
    };
  });
  return { layers };
}

/** D + F · 2^16 of the nearest α, with the largest D that F allows. */
function toAlphaWord(alpha: number): number {
  if (alpha === 0) return 0;
  const { width, fraction } = FORMATS.alpha;
  const largest = 2 ** FORMATS.alphaExponent.width - 1;
  let exponent = 0;
  while (exponent < largest && Math.round(alpha * 2 ** (fraction + exponent + 1)) < 2 ** width) {
    exponent += 1;
  }
  return exponent * 2 ** width + Math.round(alpha * 2 ** (fraction + exponent));
}

/** Rounding is monotone, so the extremes of a layer decide. */
function smallestScale(
  layer: FloatLayer,
  { number, inputScale }: { number: number; inputScale: number },
): number {
  const extremes = [
    ...extremesOf(layer.weights, FORMATS.weight, (at) => weightName(layer, number, at)),
    ...extremesOf(layer.biases, FORMATS.bias, (at) => `Layer ${number}: the bias of row ${at}`),
  ];
  let scale: number = WEIGHT_SCALE.min;
  for (const { value, format, name } of extremes) {
    const offset = format === FORMATS.bias ? inputScale : 0;
    while (!fits(value, scale + offset, format)) {
      if (scale === WEIGHT_SCALE.max) throw tooBig(value, format, name());
      scale += 1;
    }
  }
  return scale;
}

interface Extreme {
  readonly value: number;
  readonly format: Format;
  readonly name: () => string;
}

/** Lowest and highest of the values; refuses NaN and infinities. */
function extremesOf(
  values: Float64Array,
  format: Format,
  nameOf: (index: number) => string,
): Extreme[] {
  let lowest = 0;
  let highest = 0;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      throw new DeltascopeError(
        'bad-weights',
        `${nameOf(index)} is ${value}, not a finite number`,
        {
          hint: 'Did the training that made these weights diverge?',
        },
      );
    }
    if (value < (values[lowest] ?? 0)) lowest = index;
    if (value > (values[highest] ?? 0)) highest = index;
  });
  return [lowest, highest].map((index) => ({
    value: values[index] ?? 0,
    format,
    name: () => nameOf(index),
  }));
}

function weightName({ nIn }: FloatLayer, number: number, index: number): string {
  return `Layer ${number}: the weight of row ${Math.floor(index / nIn)}, column ${index % nIn}`;
}

/** The nearest code, floor(x + 1/2) (which is what Math.round does, without the error of x + 1/2). */
function toCode(value: number, scale: number, { fraction }: Format): number {
  return Math.round(value * 2 ** (fraction - scale));
}

function fits(value: number, scale: number, format: Format): boolean {
  const code = toCode(value, scale, format);
  const limit = 2 ** (format.width - 1);
  return code >= -limit && code < limit;
}

function tooBig(value: number, format: Format, name: string): DeltascopeError {
  let needed: number = WEIGHT_SCALE.max;
  while (!fits(value, needed, format)) needed += 1;
  const lsb = 2 ** (WEIGHT_SCALE.max - format.fraction);
  const limit = 2 ** (format.width - 1);
  return new DeltascopeError(
    'bad-weights',
    `${name} is ${value}; it would need scale ${needed}, and the largest, ${WEIGHT_SCALE.max}, ` +
      `holds ${-limit * lsb} … ${(limit - 1) * lsb}`,
    { hint: 'Scale the weights of this layer down, or clip them.' },
  );
}
