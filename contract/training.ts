/** What training adds to a network, as plain records (docs/decisions/0018-training.md). */

/** Of one step; codes as in `TRAINING` of contract/protocol.ts. */
export interface TrainingCodes {
  /** Γ. */
  readonly gradientShift: number;
  /** D: η/B = D · 2^E with E = -15 - G - Γ. */
  readonly step: number;
  /** G. */
  readonly stepShift: number;
  /** K: ηλ/n = K · 2^(-15-n_K). */
  readonly decay: number;
  /** n_K. */
  readonly decayShift: number;
  /** M: μ = M · 2^-15. */
  readonly momentum: number;
}

/** V of one layer: codes of `FORMATS.gradient`. */
export interface Gradient {
  /** Of the weights, n_out × n_in, row-major. */
  readonly weightSums: Int32Array;
  /** Of the biases, n_out. */
  readonly biasSums: Int32Array;
}

/** W and B of one layer, codes of `FORMATS.master`, with their V. */
export interface TrainingState extends Gradient {
  /** In the order of `weightSums`. */
  readonly weights: Int32Array;
  /** n_out. */
  readonly biases: Int32Array;
}

/** What `accumulate` and `commit` count; the names of `TRAINING`. */
export interface TrainingCounts {
  /** Contributions to V that were not zero and became zero. */
  roundedToZero: number;
  /** W and V that were clamped. */
  clamped: number;
  /** Layers of images that were too large for V. */
  shiftClamped: number;
}
