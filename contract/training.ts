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

/** W, B and their V of one layer: codes of `FORMATS.master` and `FORMATS.gradient`. */
export interface TrainingState {
  /** n_out × n_in, row-major. */
  readonly weights: Int32Array;
  /** n_out. */
  readonly biases: Int32Array;
  /** V of the weights, in their order. */
  readonly weightSums: Int32Array;
  /** V of the biases. */
  readonly biasSums: Int32Array;
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
