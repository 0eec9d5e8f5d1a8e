/**
 * Forward and backward pass on integers, bit for bit what the RTL does, structured like the
 * mathematics (BP1, BP2 and BP3 of Nielsen, NN&DL, chapter 2) and not like the pipeline.
 */
import { FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import type { CostName, IntegerLayer, IntegerNetwork } from '../../contract/network.ts';
import { bitLength, maxCode, normalise, roundShift, saturate } from './arithmetic.ts';
import { type SigmoidResult, sigmoid } from './sigmoid.ts';

/** One layer of one image. Vectors have n_out elements, codes of contract/formats.ts. */
export interface FixedLayer {
  readonly z: Int32Array;
  readonly activation: Int32Array;
  readonly slope: Int32Array;
  readonly slopeExponent: Int32Array;
  readonly delta: Int32Array;
  /** X: δ = delta · 2^X; `NO_EXPONENT` when all are zero. */
  readonly deltaExponent: number;
  /** Σ delta², exact. */
  readonly sumSquares: number;
  /** Elements that were not zero and became zero in the shared exponent. */
  readonly roundedToZero: number;
  /** Elements clamped to the mantissa's range. */
  readonly deltaSaturated: number;
  /** Weighted inputs clamped to ±32. */
  readonly zSaturated: number;
}

/** A number before block normalisation: product · 2^(exponent + the layer's base). */
export interface Element {
  readonly product: number;
  readonly exponent: number;
}

const ACCUMULATOR_PER_BIAS = 2 ** (FORMATS.accumulator.fraction - FORMATS.bias.fraction);
const DELTA_BITS = FORMATS.delta.width - 1;

/** Weighted inputs, rounded once: z = W·a + b. */
export function weightedInputs(
  layer: IntegerLayer,
  input: Int32Array,
): { z: Int32Array; saturated: number } {
  const { nIn, nOut, weights, biases, scale } = layer;
  const shift = FORMATS.accumulator.fraction - FORMATS.z.fraction - scale;
  const active: number[] = [];
  for (let k = 0; k < nIn; k++) if (input[k] !== 0) active.push(k);
  const z = new Int32Array(nOut);
  let saturated = 0;
  for (let j = 0; j < nOut; j++) {
    let sum = (biases[j] as number) * ACCUMULATOR_PER_BIAS;
    for (const k of active) sum += (weights[j * nIn + k] as number) * (input[k] as number);
    const rounded = roundShift(sum, shift);
    z[j] = saturate(rounded, FORMATS.z, { symmetric: true });
    if (z[j] !== rounded) saturated++;
  }
  return { z, saturated };
}

/**
 * ∂C/∂a of one output neuron, times σ′ for the quadratic cost: a - y for a one-hot y, formed from t
 * with its exponent so that a well-classified image keeps its relative error.
 */
export function outputElement(
  z: number,
  s: SigmoidResult,
  isTarget: boolean,
  cost: CostName,
): Element {
  const small = isTarget === z >= 0;
  const magnitude = Math.min(roundShift(small ? s.tail : s.complement, 1), maxCode(FORMATS.delta));
  const error = isTarget ? -magnitude : magnitude;
  const exponent = small ? -s.tailExponent : 0;
  return cost === 'quadratic'
    ? { product: error * s.slope, exponent: exponent - s.slopeExponent }
    : { product: error * 2 ** FORMATS.slope.fraction, exponent };
}

/** δ of a layer from its elements: one shared exponent, each mantissa rounded once. */
export function blockNormalise(elements: readonly Element[], base: number) {
  const delta = new Int32Array(elements.length);
  let shared = Number.NEGATIVE_INFINITY;
  for (const { product, exponent } of elements) {
    if (product === 0) continue;
    shared = Math.max(shared, exponent + Math.max(0, bitLength(product) - DELTA_BITS));
  }
  let sumSquares = 0;
  let roundedToZero = 0;
  let deltaSaturated = 0;
  elements.forEach(({ product, exponent }, j) => {
    if (product === 0) return;
    const rounded = roundShift(product, shared - exponent);
    const mantissa = saturate(rounded, FORMATS.delta);
    delta[j] = mantissa;
    if (mantissa !== rounded) deltaSaturated++;
    if (mantissa === 0) roundedToZero++;
    sumSquares += mantissa * mantissa;
  });
  const deltaExponent = Number.isFinite(shared) ? base + shared : NO_EXPONENT;
  return { delta, deltaExponent, sumSquares, roundedToZero, deltaSaturated };
}

/** Exponent of a product at the output: error mantissa · 2^-15 times slope · 2^-15. */
const OUTPUT_BASE = -DELTA_BITS - FORMATS.slope.fraction;

/**
 * Elements of layer ℓ from δ^(ℓ+1): (Wᵀδ) ⊙ σ′. `layer` is layer ℓ + 1, whose weights lead there.
 */
export function backElements(
  layer: IntegerLayer,
  delta: Int32Array,
  slope: Int32Array,
  slopeExponent: Int32Array,
): Element[] {
  const { nIn, nOut, weights } = layer;
  const sums = new Float64Array(nIn);
  for (let j = 0; j < nOut; j++) {
    const d = delta[j] as number;
    if (d === 0) continue;
    for (let k = 0; k < nIn; k++)
      sums[k] = (sums[k] as number) + (weights[j * nIn + k] as number) * d;
  }
  return Array.from(sums, (sum, k) => {
    const { mantissa, shift } = normalise(sum);
    return {
      product: mantissa * (slope[k] as number),
      exponent: shift - (slopeExponent[k] as number),
    };
  });
}

/**
 * One image through the network and back.
 *
 * @param input n_in codes of `FORMATS.activation` (a pixel x is x · 128)
 * @param label index of the one in the one-hot y
 * @returns layers 1 … L in order
 */
export function backpropagate(
  network: IntegerNetwork,
  input: Int32Array,
  label: number,
): FixedLayer[] {
  const forward: { z: Int32Array; saturated: number; units: SigmoidResult[] }[] = [];
  let activation = input;
  for (const layer of network.layers) {
    const { z, saturated } = weightedInputs(layer, activation);
    const units = Array.from(z, sigmoid);
    activation = Int32Array.from(units, (unit) => unit.activation);
    forward.push({ z, saturated, units });
  }
  const layers: FixedLayer[] = [];
  let next: FixedLayer | undefined;
  for (let index = forward.length - 1; index >= 0; index--) {
    const { z, saturated, units } = forward[index] as (typeof forward)[number];
    const slope = Int32Array.from(units, (unit) => unit.slope);
    const slopeExponent = Int32Array.from(units, (unit) => unit.slopeExponent);
    const above = network.layers[index + 1];
    let normalised: ReturnType<typeof blockNormalise>;
    if (next === undefined || above === undefined) {
      const elements = units.map((unit, j) =>
        outputElement(z[j] as number, unit, j === label, network.cost),
      );
      normalised = blockNormalise(elements, OUTPUT_BASE);
    } else {
      const elements = backElements(above, next.delta, slope, slopeExponent);
      const base = next.deltaExponent + above.scale - FORMATS.accumulator.fraction;
      normalised = blockNormalise(elements, base);
    }
    next = {
      z,
      activation: Int32Array.from(units, (unit) => unit.activation),
      slope,
      slopeExponent,
      ...normalised,
      zSaturated: saturated,
    };
    layers.unshift(next);
  }
  return layers;
}
