/**
 * The number format of every signal that leaves a module, and the names of the rounding and
 * saturation rules. Plain data: the arithmetic is in `golden/fixed/` (TypeScript) and `rtl/core/`
 * (Verilog), both of which take their widths from here.
 *
 * Notation: a signal of `width` bits with `fraction` fractional bits has the value
 * code · 2^-fraction. Where a power-of-two scale s belongs to a layer, the value is
 * code · 2^(s - fraction).
 */
export const FORMATS = {
  /** Weight of the forward and backward pass; value W · 2^(s-15), |w| < 2^s. */
  weight: { width: 16, signed: true, fraction: 15, scaled: true },
  /**
   * Weight in training, W · 2^(s-31), whose upper half, rounded, is the weight of the passes; a bias
   * has the format of `bias`. Both are clamped to the largest code whose upper half still fits.
   */
  master: { width: 32, signed: true, fraction: 31, scaled: true },
  /** Sum of a batch's gradient of a weight or bias, V · 2^γ (docs/decisions/0018-training.md). */
  gradient: { width: 32, signed: true, fraction: 0, scaled: true },
  /** Places that twice a product is shifted by on its way to V, W or B; the largest leaves nothing. */
  updateShift: { width: 6, signed: false, fraction: 0, scaled: false },
  /**
   * Bias; value B · 2^(s+e-22) with e the scale of the layer's inputs, so |b| < 2^(s+e+9). One LSB
   * is 2^8 LSB of the accumulator.
   */
  bias: { width: 32, signed: true, fraction: 22, scaled: true },
  /**
   * Activation A · 2^(e-15); e = 0 for σ, tanh and the input. σ and |tanh| are at most 1 - 2^-15
   * (within one LSB of 1).
   */
  activation: { width: 16, signed: true, fraction: 15, scaled: true },
  /** Σ_k W·A, exact for up to 1024 inputs with the bias added; value · 2^(s+e-30). */
  accumulator: { width: 42, signed: true, fraction: 30, scaled: true },
  /** Weighted input z, Q6.14, saturated to ±(2^19 - 1) · 2^-14, just under 32. */
  z: { width: 20, signed: true, fraction: 14, scaled: false },
  /** t = σ(-|z|) = M · 2^(-16-E): mantissa M unsigned, exponent E = `tailExponent`. */
  tail: { width: 16, signed: false, fraction: 16, scaled: false },
  tailExponent: { width: 6, signed: false, fraction: 0, scaled: false },
  /** ∂a/∂z = D · 2^(-15-E′): mantissa D unsigned, exponent E′ = `slopeExponent`. */
  slope: { width: 16, signed: false, fraction: 15, scaled: false },
  slopeExponent: { width: 6, signed: false, fraction: 0, scaled: false },
  /** α of relu and elu, in [0, 1]: D · 2^(-15-F), D from 2^15 up where F < 15 (or 0). */
  alpha: { width: 16, signed: false, fraction: 15, scaled: false },
  alphaExponent: { width: 4, signed: false, fraction: 0, scaled: false },
  /** Wᵀδ: exact sum over up to 256 neurons. */
  backSum: { width: 40, signed: true, fraction: 0, scaled: true },
  /**
   * Element before block normalisation, with its own exponent: the upper 20 bits of the product of
   * mantissa and slope. Two full operands give 28 bits or more, so what a mantissa of 16 bits and
   * its rounding need is all there.
   */
  product: { width: 20, signed: true, fraction: 0, scaled: true },
  productExponent: { width: 8, signed: true, fraction: 0, scaled: false },
  /** δ mantissa; value m · 2^X with one X per layer and image. */
  delta: { width: 16, signed: true, fraction: 0, scaled: true },
  /** X, the exponent of one LSB of δ. `NO_EXPONENT` marks a vector of zeros. */
  deltaExponent: { width: 16, signed: true, fraction: 0, scaled: false },
  /** Σ_j m_j² of one layer and image; value · 2^(2X). */
  sumSquares: { width: 40, signed: false, fraction: 0, scaled: true },
  /**
   * Σ_images δ_j; value · 2^(R-1), R running per layer: the largest X, down to a multiple of
   * `DELTA_SUM_STEP`. At most 65535 images.
   */
  deltaSum: { width: 48, signed: true, fraction: 1, scaled: true },
} as const;

/** Activation code of pixel 1: a pixel x is the input x/256, as in Nielsen's data loader. */
export const CODES_PER_PIXEL = 2 ** (FORMATS.activation.fraction - 8);

/** Exponent that stands for "every element is zero": the one coding of a zero vector. */
export const NO_EXPONENT = -32768;

/** The running exponent of Σδ moves in steps of this; whatever is two steps behind is dropped. */
export const DELTA_SUM_STEP = 16;

/** Least shift of `normalise`: a smaller sum is not brought to the full length of a mantissa. */
export const LEAST_SHIFT = -7;

/** Images a Σδ accumulator holds before it could overflow. */
export const MAX_BATCH_IMAGES = 65535;

/** Per-layer weight scale s: 16 - s - e is the shift from accumulator to z. */
export const WEIGHT_SCALE = { min: -15, max: 8 } as const;

/** Per-layer activation scale e; at 5 an activation reaches as far as z. */
export const ACTIVATION_SCALE = { min: 0, max: 5 } as const;

/** From accumulator to z, at the largest scales of weights and inputs. */
export const Z_SHIFT_MIN =
  FORMATS.accumulator.fraction - FORMATS.z.fraction - WEIGHT_SCALE.max - ACTIVATION_SCALE.max;

/**
 * A unit counts as saturated from this tail exponent on: σ within 1/32 of 0 or 1, tanh within 1/16
 * of ±1, e^z of an ELU below 1/32. A relu does where its derivative is 0.
 */
export const SATURATED_EXPONENT = 5;

/**
 * The rules, by the name that the RTL module and the golden function share.
 *
 * - `roundShift`: x · 2^-n to the nearest integer, ties towards +∞: floor(x / 2^n + 1/2).
 * - `saturate`: clamp to the two's complement range; z is clamped symmetrically. Always counted.
 * - `normalise`: the smallest n ≥ `LEAST_SHIFT` for which roundShift(x, n) fits 16 bits signed; a
 *   negative n shifts left, exactly.
 */
export const RULES = ['roundShift', 'saturate', 'normalise'] as const;

/**
 * Of both tables, `segments` chords each, see golden/fixed/tail-table.ts: σ(-v) over v in [0, 32),
 * and e^(-v/2) for elu.
 */
export const TAIL_TABLE = {
  segments: 512,
  /** v of one segment: 2^10 LSB of z, 1/16. */
  segmentBits: 10,
  /** Mantissa at the left end without its leading one, drop over the segment / 2, exponent E. */
  baseBits: 15,
  dropBits: 11,
  exponentBits: 6,
} as const;
