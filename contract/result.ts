/** What a `run` is asked for and what it gives back: plain, serialisable records. */
import type { ActivationName, CostName, RunCostName } from './network.ts';
import type { RECORD_LAYER } from './protocol.ts';
import type { TrainingCodes, TrainingCounts } from './training.ts';

export interface RunRequest {
  /** Widths n_0, n_1 … n_L. Undefined: those of `weights`. */
  readonly layers?: readonly number[] | undefined;
  /** Name of the initialiser; unused when `weights` names a file. */
  readonly init: string;
  readonly seed: number;
  /** The first so many images of the data set, in file order. */
  readonly images: number;
  readonly cost: RunCostName;
  /**
   * One name for all hidden layers, one for each, or one for each layer, with commas; undefined:
   * those of `weights`, else sigmoid.
   */
  readonly activation?: string | undefined;
  /** `.npz`, `.safetensors` or `.json` file. */
  readonly weights?: string | undefined;
  /** Directory of IDX files. */
  readonly dataset?: string | undefined;
  /** Read z, a and δ of every image back. */
  readonly observe: boolean;
  /**
   * `sim` or `model`, either with `:BOARD`; `serial:NUMBER`, `board` or a port; undefined: a board if
   * attached, else `sim`.
   */
  readonly on?: string | undefined;
  /**
   * Of the random content with which the simulated board's memories and registers power up.
   * Undefined: another one each time, as with a real board. No result may depend on it.
   */
  readonly fillSeed?: number | undefined;
  /** Of a simulated board: whole bytes, the default, or the bits of a serial line. */
  readonly link?: 'bytes' | 'pins' | undefined;
  /** Waves of a simulated board: of one image, from 0, or of everything. */
  readonly trace?: { readonly file: string; readonly image?: number | undefined } | undefined;
}

/** Relative errors of ‖δ‖ per image, over the images whose reference norm is not zero. */
export interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** δ of one layer against one float64 network. Norms are null where float64 itself overflows. */
export interface Reference {
  readonly normOfMean: number | null;
  readonly meanOfNorms: number | null;
  /** |device - reference| / reference; null where the reference is 0, or either is no float64. */
  readonly normOfMeanError: number | null;
  readonly meanOfNormsError: number | null;
  /** null where every reference norm is 0. */
  readonly normPerImageError: Spread | null;
}

/**
 * How faithfully the device keeps δ of one layer: against float64 with the device's own weights, so
 * that only its arithmetic is judged. The error of the norm is in `Reference`. What needs δ of every
 * image is null without `observe`, and where float64 overflows.
 */
export interface Fidelity {
  /** Cosine of the angle between the mean δ of both; null where one of them is zero. */
  readonly cosineOfMean: number | null;
  /** The same for δ of each image. */
  readonly cosinePerImage: { readonly median: number; readonly min: number } | null;
  /**
   * Largest distance of an element from float64's δ rounded into the device's format of that image
   * (m · 2^X, to nearest), in LSB of it.
   */
  readonly largestUlps: number | null;
  /** Elements of opposite signs, neither of them zero in the device's format. */
  readonly signFlips: number | null;
  /**
   * Share of the units, over all images, whose σ′ is on the other side of a kink (ReLU and its
   * kin); 0 where the activation is smooth.
   */
  readonly otherBranch: number | null;
}

/** What became of a layer's δ in the device's format, over all images. */
export const LAYER_STATES = {
  held: 'held, however small',
  zero: 'exactly zero, in float64 too',
  underflowed: 'lost: zero on the device, but not in float64',
  vanished: 'held, but too small for a float64',
  clamped: 'held, but z or a of its unbounded units was clamped: δ is of another network',
  exploded: 'held, but too large for a float64',
} as const;
export type LayerState = keyof typeof LAYER_STATES;

/** Counts of the device's records (contract/protocol.ts), of one layer over all images. */
export type LayerCounts = {
  readonly [Name in Exclude<
    keyof typeof RECORD_LAYER,
    'sumSquaresLow' | 'sumSquaresHigh' | 'deltaExponent'
  >]: number;
};

/**
 * Counters of the device's records (contract/protocol.ts), mean over the images; of an image that
 * takes two passes both together. Cycles are null from the model, which has none.
 */
export interface ImageCounters {
  readonly cycles: number | null;
  readonly forwardCycles: number | null;
  readonly backwardCycles: number | null;
  readonly alignCycles: number | null;
  readonly rows: number;
  readonly drainStalls: number | null;
  /** Idle between a pass and the next: link and host. */
  readonly waitCycles: number | null;
  readonly nonZeroInputs: number;
}

export interface LayerResult extends LayerCounts {
  /** ℓ, from 1. */
  readonly layer: number;
  readonly neurons: number;
  /** s of the weights: |w| < 2^s. */
  readonly weightScale: number;
  readonly state: LayerState;
  readonly activation: ActivationName;
  /** e of the activations: |a| < 2^e. */
  readonly activationScale: number;
  /**
   * ‖mean over the images of δ^ℓ‖, as NN&DL chapter 5 plots it; null when the device was gone
   * before its sums were read, or when it is too large for a float64.
   */
  readonly normOfMean: number | null;
  /** Mean over the images of ‖δ^ℓ‖; null when too large for a float64. */
  readonly meanOfNorms: number | null;
  /** Both as powers of ten, whatever their size: what a float64 cannot hold is here. Null: of 0. */
  readonly log10: { readonly normOfMean: number | null; readonly meanOfNorms: number | null };
  /**
   * X of δ = m · 2^X, smallest and largest over the images; null when every δ was zero. 2^min is the
   * smallest magnitude that the format could have held.
   */
  readonly deltaExponents: { readonly min: number; readonly max: number } | null;
  /** Over the whole batch; null when the device was gone before its flags were read. */
  readonly units: {
    /** σ′ was zero for every image. */
    readonly dead: number;
    /** In the flat part of the activation for every image. */
    readonly alwaysSaturated: number;
  } | null;
  /** Against float64 with the weights as asked for, and with the device's quantised weights. */
  readonly float64: Reference;
  readonly float64SameWeights: Reference;
  readonly fidelity: Fidelity;
}

/** The first value in which the device and the bit-exact model part. */
export interface Difference {
  readonly image: number | null;
  readonly layer: number;
  readonly quantity: string;
  readonly neuron: number | null;
  readonly device: number;
  readonly fixed: number;
}

export interface RunResult {
  readonly kind: 'run';
  readonly schema: 1;
  /** Interrupted, or the device was lost: what was done until then. */
  readonly partial: boolean;
  readonly device: {
    /** `simulated ulx3s-85f (no board found)`, `serial /dev/ttyUSB1` … */
    readonly label: string;
    /** `model`: `golden/fixed` behind the protocol; nothing of the RTL ran. */
    readonly kind: 'simulated' | 'serial' | 'model';
    readonly board: string;
    readonly lanes: number;
    readonly clockHz: number;
    readonly baud: number;
    /** `fillSeed` that was used; null where nothing is simulated. */
    readonly fillSeed: number | null;
  };
  /** Why fewer images than asked for were measured; null when none is missing. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
  /** As asked for, with the widths known. */
  readonly request: RunRequest & { readonly layers: readonly number[] };
  readonly data: { readonly name: string; readonly images: number };
  readonly layers: readonly LayerResult[];
  /** `golden/fixed`: every value that came back, bit for bit. */
  readonly fixed: {
    readonly equal: boolean;
    readonly valuesCompared: number;
    readonly firstDifference: Difference | null;
  };
  /** 2 where the host forms δ^L from z^L: one pass for z, one for δ. */
  readonly passesPerImage: 1 | 2;
  /** Clock cycles of all passes, from the device's own counters; null from the model, which has none. */
  readonly cycles: { readonly total: number; readonly perImage: number } | null;
  readonly perImage: ImageCounters;
  readonly link: {
    readonly bytesSent: number;
    readonly bytesReceived: number;
    readonly framesSent: number;
    readonly resends: number;
    readonly discardedBytes: number;
    /** How often the baud went down in use, for silence or errors. */
    readonly stepDowns: number;
  };
  /** Seconds. What each means is in docs/architecture.md. */
  readonly time: {
    /** cycles / clock: computed; null without cycles. */
    readonly device: number | null;
    /** Bytes of the busier direction, 10 bits each, at the baud in use: computed. */
    readonly link: number;
    /** Measured on this machine, wall clock, from the first image to the last reply. */
    readonly measured: number;
    /** CPU time of the simulator's process, from its start to its end; null where there is none. */
    readonly simulator: number | null;
    /** CPU time of this process while the device was open. */
    readonly host: number;
    /** CPU time of the golden models, after the measurement. */
    readonly golden: number;
  };
  readonly contractCrc: string;
  /** Versions. */
  readonly tools: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly commandLine: string;
}

/** The network and its data as of a `run`; training set: the first `images`. */
export interface TrainRequest
  extends Pick<
    RunRequest,
    | 'layers'
    | 'init'
    | 'seed'
    | 'images'
    | 'activation'
    | 'weights'
    | 'dataset'
    | 'on'
    | 'fillSeed'
    | 'link'
  > {
  readonly cost: CostName;
  readonly epochs: number;
  /** η. */
  readonly learningRate: number;
  /** λ: each step takes ηλ/n of a weight (NN&DL eq. 93). */
  readonly decay: number;
  /** Images of a step; undefined: all of them. */
  readonly batch?: number | undefined;
  /** μ, where the schedule has no other. */
  readonly momentum: number;
  /** Ascending epochs, each with the μ from then on; undefined: none. */
  readonly momentumSchedule?: readonly MomentumChange[] | undefined;
  /** Most that |∂C/∂w| and |∂C/∂b| of a batch's mean may be; undefined: anything. */
  readonly clipValue?: number | undefined;
  /** Most that ‖∇C‖ of a batch, over all weights and biases, may be; judged after `clipValue`. */
  readonly clipNorm?: number | undefined;
  /** Another order of the images in each epoch, drawn from the seed. */
  readonly shuffle: boolean;
  /** Bits by which the weights may outgrow the scale that they need at the start. */
  readonly headroom: number;
  /** Images of the test set that are judged after each epoch; undefined: none. */
  readonly test?: number | undefined;
  /** Training images whose z and a are read back after each epoch; undefined: none. */
  readonly stats?: number | undefined;
  /** Train `golden/float64` too, from the same start. */
  readonly compare: boolean;
  /** Train `golden/fixed` too, and compare every bit at the end; undefined: where that is short. */
  readonly verify?: boolean | undefined;
  /** File for the state, written every `checkpointEvery` epochs and at the end. */
  readonly checkpoint?: string | undefined;
  readonly checkpointEvery: number;
  /** Such a file, to go on from. */
  readonly resume?: string | undefined;
}

export interface MomentumChange {
  /** From 2. */
  readonly epoch: number;
  readonly momentum: number;
}

/** δ of the first batch of an epoch, before its step, as NN&DL chapter 5 plots it. */
export interface EpochLayer {
  /** ℓ, from 1. */
  readonly layer: number;
  /** Both as in `LayerResult`. */
  readonly normOfMean: number | null;
  readonly meanOfNorms: number | null;
  readonly log10: LayerResult['log10'];
  /**
   * ‖mean δ‖ of float64, and log₁₀ of the device's over it; null without, or where one of them is
   * zero.
   */
  readonly float64: { readonly normOfMean: number | null; readonly decades: number | null } | null;
  /** z and a of units that have no bound themselves, clamped to their formats. */
  readonly clamped: number;
}

/** C as NN&DL defines it is their sum; null where float64 has no number for it. */
export interface EpochCost {
  /** Mean over the images. */
  readonly data: number | null;
  /** λ/2n Σw², n all training images. */
  readonly decay: number | null;
}

/** After an epoch, of the first training images. */
export interface EpochStats {
  readonly images: number;
  readonly cost: EpochCost;
  /** On the same images; null without. */
  readonly float64: EpochCost | null;
  /** Of a over all units of layer ℓ and all images. */
  readonly layers: readonly {
    readonly layer: number;
    readonly mean: number;
    readonly deviation: number;
  }[];
}

export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  readonly layers: readonly EpochLayer[];
  /** Over the whole epoch, each image judged before the step of its batch. */
  readonly images: number;
  readonly correct: number;
  readonly batches: number;
  readonly counts: TrainingCounts;
  /** Steps whose gradient was clipped, and elements beyond `clipValue`; null where it may be anything. */
  readonly clipped: { readonly steps: number; readonly elements: number } | null;
  /** Of the test set after the epoch, and how many float64 has right; null without. */
  readonly test: {
    readonly images: number;
    readonly correct: number;
    readonly float64: number | null;
  } | null;
  /** Null unless asked for. */
  readonly stats: EpochStats | null;
  /** Of an image, mean of the first batch, and of the last step; null from the model. */
  readonly cycles: { readonly perImage: number; readonly step: number } | null;
}

export interface TrainResult {
  readonly kind: 'train';
  readonly schema: 1;
  /** Fewer epochs than asked for. */
  readonly partial: boolean;
  readonly device: RunResult['device'];
  readonly stopped: RunResult['stopped'];
  /** As asked for, with widths and batch known. */
  readonly request: TrainRequest & { readonly layers: readonly number[]; readonly batch: number };
  readonly data: { readonly name: string; readonly images: number };
  /** What η, λ and μ are in the device. */
  readonly codes: TrainingCodes;
  /** s of each layer: |w| < 2^s. */
  readonly weightScales: readonly number[];
  readonly epochs: readonly EpochResult[];
  /** How many of the epochs were in the checkpoint; times are of the others. */
  readonly resumedEpochs: number;
  /** |log₁₀| of the device's ‖mean δ‖ over float64's, all epochs and layers; null without. */
  readonly decades: { readonly median: number; readonly max: number } | null;
  /** W, B and V after the last epoch against `golden/fixed`; null where it was not trained. */
  readonly fixed: {
    readonly equal: boolean;
    readonly valuesCompared: number;
    readonly firstDifference: { readonly layer: number; readonly quantity: string } | null;
  } | null;
  readonly link: RunResult['link'];
  /** Seconds, all measured. */
  readonly time: {
    /** Wall clock of the epochs on the device. */
    readonly device: number;
    /** CPU time of the golden models. */
    readonly golden: number;
    readonly simulator: number | null;
  };
  readonly contractCrc: string;
  readonly tools: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly commandLine: string;
}

/** The same training from several seeds. */
export interface TrainResults {
  readonly kind: 'trains';
  readonly schema: 1;
  readonly results: readonly TrainResult[];
}

/** In the order in which an image meets them: forwards z, a, σ′ of layer 1 up; backwards δ, norm. */
export const DIFF_QUANTITIES = ['z', 'a', 'σ′', 'δ', 'norm', 'Σδ'] as const;

/** mantissa · 2^exponent; of a norm its square, Σm² · 2^(2X). */
export interface DiffValue {
  readonly mantissa: number;
  readonly exponent: number;
  /** Of a norm the norm; null where a float64 cannot hold it. */
  readonly decimal: number | null;
}

export interface Parting {
  /** From 0; null for what is gathered over all images. */
  readonly image: number | null;
  readonly layer: number;
  /** One of `DIFF_QUANTITIES`, or a count or flag of the device. */
  readonly quantity: string;
  readonly neuron: number | null;
  readonly left: DiffValue;
  readonly right: DiffValue;
}

/** Two that computed the same images. */
export interface DiffPair {
  readonly left: string;
  readonly right: string;
  /** Error that is let pass, see bench/diff-pair.ts; 0: bit for bit. */
  readonly tolerance: number;
  readonly valuesCompared: number;
  /** How many of them part. */
  readonly parting: number;
  /** As a share of what the tolerance is a share of; null where bits are compared. */
  readonly largestError: number | null;
  readonly first: Parting | null;
}

export interface DiffResult {
  readonly kind: 'diff';
  readonly schema: 1;
  readonly request: RunRequest & { readonly layers: readonly number[] };
  readonly data: { readonly name: string; readonly images: number };
  readonly devices: readonly RunResult['device'][];
  readonly pairs: readonly DiffPair[];
  /** Of the simulated RTL at work on an image. */
  readonly waves: { readonly file: string; readonly image: number } | null;
  readonly contractCrc: string;
  readonly commandLine: string;
}

/** What `selftest` may break on purpose, and which of its checks must then fail. */
export const SELFTEST_FAULTS = {
  weight: ['memory', 'arithmetic'],
  delta: ['arithmetic'],
  frame: ['link'],
} as const satisfies Record<string, readonly SelftestCheck['name'][]>;
export type SelftestFault = keyof typeof SELFTEST_FAULTS;

/** Patterns there and back, as fast as they go and one by one. */
export interface LinkCheck {
  readonly name: 'link';
  readonly ok: boolean;
  readonly baud: number;
  readonly frames: number;
  /** Frames that the device or the host dropped, or that came back as something else. */
  readonly damaged: number;
  /** Whatever was behind a damaged one goes again too. */
  readonly resends: number;
  readonly bytes: number;
  /** Of one echo, wall clock. */
  readonly latencyMs: { readonly median: number; readonly p99: number };
}

/** Every word of a memory written with a pattern and compared, then with its complement. */
export interface MemoryCheck {
  readonly name: 'memory';
  readonly ok: boolean;
  readonly region: string;
  readonly words: number;
  /** The first that held something else. */
  readonly wrong: {
    readonly address: number;
    readonly written: number;
    readonly read: number;
  } | null;
}

/** A network whose every value is known bit for bit. */
export interface ArithmeticCheck {
  readonly name: 'arithmetic';
  readonly ok: boolean;
  readonly network: string;
  readonly layers: readonly number[];
  /** 0: the device did not hold the network that was written. */
  readonly images: number;
  readonly valuesCompared: number;
  readonly firstDifference: Difference | null;
}

export type SelftestCheck = LinkCheck | MemoryCheck | ArithmeticCheck;

export interface SelftestResult {
  readonly kind: 'selftest';
  readonly schema: 1;
  readonly device: RunResult['device'];
  readonly injectedFault: SelftestFault | null;
  readonly checks: readonly SelftestCheck[];
  /** Without a fault: every check passed. With one: every check that must see it failed. */
  readonly ok: boolean;
  readonly contractCrc: string;
  readonly commandLine: string;
}

/** One format of δ in a network of one depth, against float64 with the same quantised weights. */
export interface FormatPoint {
  readonly kind: 'plain' | 'block';
  readonly bits: number;
  readonly rounding: 'nearest' | 'down';
  readonly hiddenLayers: number;
  /** Of ‖mean δ¹‖: |rounded - exact| / exact; 1 when all of it is lost. */
  readonly normOfMeanError: number;
  /** Of ‖δ¹‖ of each image. */
  readonly normPerImageError: Spread;
  /** Share of the elements of all layers and images that became zero. */
  readonly lostElements: number;
}

export interface FormatsResult {
  readonly kind: 'formats';
  readonly schema: 1;
  readonly request: {
    readonly depths: readonly number[];
    readonly images: number;
    readonly init: string;
    readonly seed: number;
  };
  readonly data: { readonly name: string; readonly images: number };
  readonly points: readonly FormatPoint[];
  readonly commandLine: string;
}

/** What a measurement ran on. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  /** How the clock of the CPU is chosen, `performance` say; null where the system does not tell. */
  readonly governor?: string | null | undefined;
  readonly platform: string;
  readonly node: string;
  /** Commit of the working tree, `+` when it has changes; null outside git. */
  readonly commit: string | null;
}
