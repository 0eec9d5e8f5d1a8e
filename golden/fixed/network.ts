/**
 * Forward and backward pass on integers, bit for bit what the RTL does, structured like the
 * mathematics (BP1, BP2 and BP3 of Nielsen, NN&DL, chapter 2) and not like the pipeline.
 */
import { FORMATS, NO_EXPONENT } from '../../contract/formats.ts';
import type { CostName, Injection, IntegerLayer, IntegerNetwork } from '../../contract/network.ts';
import { bitLength, maxCode, normalise, roundShift, saturate } from './arithmetic.ts';
import { UNIT_SLOPE } from './rectifier.ts';
import type { SigmoidResult } from './sigmoid.ts';
import { activate, type UnitResult } from './unit.ts';
import { unitFlags } from './unit-flags.ts';

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
  /** Activations clamped to the range of their scale. */
  readonly activationSaturated: number;
  /** Units in the flat part of their activation. */
  readonly saturatedUnits: number;
  /** One word of `UNIT_FLAGS` per neuron. */
  readonly unitFlags: Int32Array;
}

/**
 * A number before block normalisation: product · 2^(exponent + the layer's base - 1), the product a
 * code of `FORMATS.product`. It has one bit more than its mantissa at this exponent.
 */
export interface Element {
  readonly product: number;
  readonly exponent: number;
}

const ACCUMULATOR_PER_BIAS = 2 ** (FORMATS.accumulator.fraction - FORMATS.bias.fraction);
const DELTA_BITS = FORMATS.delta.width - 1;
/** Lowest bits of mantissa · slope, which no element keeps. */
const DROPPED_BITS = FORMATS.delta.width + FORMATS.slope.width - FORMATS.product.width;

/** mantissa · slope · 2^exponent. Nothing is rounded here: a mantissa is, once, in its block. */
function element(mantissa: number, slope: number, exponent: number): Element {
  return {
    product: Math.floor((mantissa * slope) / 2 ** DROPPED_BITS),
    exponent: exponent + DROPPED_BITS + 1,
  };
}

/** Weighted inputs, rounded once: z = W·a + b. `inputScale` is e of the inputs, 0 for an image. */
export function weightedInputs(
  layer: IntegerLayer,
  input: Int32Array,
  inputScale = 0,
): { z: Int32Array; saturated: number } {
  const { nIn, nOut, weights, biases, scale } = layer;
  const shift = FORMATS.accumulator.fraction - FORMATS.z.fraction - scale - inputScale;
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
    ? element(error, s.slope, exponent - s.slopeExponent)
    : element(error, UNIT_SLOPE, exponent);
}

/** δ of a layer from its elements: one shared exponent, each mantissa rounded once. */
export function blockNormalise(elements: readonly Element[], base: number) {
  const delta = new Int32Array(elements.length);
  let shared = Number.NEGATIVE_INFINITY;
  for (const { product, exponent } of elements) {
    if (product === 0) continue;
    shared = Math.max(shared, exponent + Math.max(0, bitLength(product) - DELTA_BITS - 1));
  }
  let sumSquares = 0;
  let roundedToZero = 0;
  let deltaSaturated = 0;
  elements.forEach(({ product, exponent }, j) => {
    if (product === 0) return;
    const rounded = roundShift(product, shared - exponent + 1);
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
    return element(mantissa, slope[k] as number, shift - (slopeExponent[k] as number));
  });
}

interface Forward {
  readonly z: Int32Array;
  readonly units: readonly UnitResult[];
  readonly zSaturated: number;
}

function feedForward(network: IntegerNetwork, input: Int32Array): Forward[] {
  let activation = input;
  let inputScale = 0;
  return network.layers.map((layer) => {
    const { z, saturated } = weightedInputs(layer, activation, inputScale);
    const units = Array.from(z, (code, j) => activate(code, layer, layer.alphas?.[j]));
    activation = Int32Array.from(units, (unit) => unit.activation);
    inputScale = layer.activationScale;
    return { z, units, zSaturated: saturated };
  });
}

/** Elements of the layer whose δ does not come from the layer above. */
function sourceElements(
  { z, units }: Forward,
  { layer, target, cost }: { layer: number; target: number | Injection; cost: CostName },
): { elements: Element[]; base: number } {
  if (typeof target !== 'number') {
    const given = target.layer === layer ? target.delta : [];
    const elements = units.map((_, j) => ({ product: 2 * (given[j] ?? 0), exponent: 0 }));
    return { elements, base: target.exponent };
  }
  const elements = units.map(({ sigmoid }, j) => {
    if (sigmoid === undefined) throw new RangeError(`the ${cost} cost needs a sigmoid output`);
    return outputElement(z[j] as number, sigmoid, j === target, cost);
  });
  return { elements, base: OUTPUT_BASE };
}

/**
 * One image through the network and back.
 *
 * @param input n_in codes of `FORMATS.activation` (a pixel x is x · 128)
 * @param target index of the one in the one-hot y, or a given δ
 * @returns layers 1 … L in order
 * @throws RangeError when a cost is asked of an output that is not sigmoid
 */
export function backpropagate(
  network: IntegerNetwork,
  input: Int32Array,
  target: number | Injection,
): FixedLayer[] {
  const forward = feedForward(network, input);
  const firstSource = typeof target === 'number' ? forward.length : target.layer;
  const layers: FixedLayer[] = [];
  let next: FixedLayer | undefined;
  for (let index = forward.length - 1; index >= 0; index--) {
    const pass = forward[index] as Forward;
    const { z, units, zSaturated } = pass;
    const slope = Int32Array.from(units, (unit) => unit.slope);
    const slopeExponent = Int32Array.from(units, (unit) => unit.slopeExponent);
    const above = network.layers[index + 1];
    const { elements, base } =
      next === undefined || above === undefined || index + 1 >= firstSource
        ? sourceElements(pass, { layer: index + 1, target, cost: network.cost })
        : {
            elements: backElements(above, next.delta, slope, slopeExponent),
            base: next.deltaExponent + above.scale - FORMATS.accumulator.fraction,
          };
    next = {
      z,
      activation: Int32Array.from(units, (unit) => unit.activation),
      slope,
      slopeExponent,
      ...blockNormalise(elements, base),
      zSaturated,
      activationSaturated: units.filter(({ clamped }) => clamped).length,
      saturatedUnits: units.filter(({ saturated }) => saturated).length,
      unitFlags: Int32Array.from(units, unitFlags),
    };
    layers.unshift(next);
  }
  return layers;
}
