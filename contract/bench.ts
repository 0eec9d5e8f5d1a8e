/** What `bench` measures: plain, serialisable records; and the rules that make a result valid. */
import type { Environment, RunResult } from './result.ts';

/** Figures of the rules (`RULES`). */
export const LIMITS = {
  /** Of whatever is timed; the median counts. */
  repeats: 5,
  /** Of a repeat of software, which has no counter of its own. */
  softwareSeconds: 0.1,
  /** Sent one by one; fewer have no 99th percentile. */
  latencyImages: 100,
  /** The largest batch has at least so many. */
  batchImages: 32,
  /** Of ‖mean δ‖ of each layer, relative, against float64 with the device's own weights. */
  normError: 0.02,
} as const;

/** What a result must hold, as docs/run-rules.md prints it; bench/rules.ts checks each. */
export const RULES = {
  version: 'It is of these rules, version 1.',
  environment: 'CPU, Node and commit are named, and nothing was changed after that commit.',
  origin: 'The device counts its own cycles: a board, or the simulated RTL; not the model.',
  whole: 'Every network ran all the images it was asked for.',
  bits:
    'In the session of the speed, on the same bitstream, every value that came back is that of ' +
    '`golden/fixed`, bit for bit.',
  fidelity:
    `‖mean δ‖ of each layer stands beside the speed, and is within ${100 * LIMITS.normError} % of ` +
    "float64 with the device's own weights.",
  repeats: `One warm-up that does not count, then at least ${LIMITS.repeats} repeats of each figure.`,
  cycles: 'A batch takes the same number of cycles in each repeat.',
  batches: `A batch of 1 image, and one of at least ${LIMITS.batchImages}.`,
  latency: `At least ${LIMITS.latencyImages} images sent one by one, each after the answer to the last.`,
  link: 'The rate of the line did not go down.',
  'software-repeats': `At least ${LIMITS.repeats} repeats of at least ${LIMITS.softwareSeconds} s each.`,
  'software-outputs':
    'Before it was timed, the norms of all layers were those of `golden/float64` within its tolerance.',
} as const;
export type RuleName = keyof typeof RULES;

export const RULES_VERSION = 1;

/** observe: z, a, σ′ and δ of every image come back; measure: its record; train: a step a batch. */
export const MODES = ['measure', 'observe', 'train'] as const;
export type ModeName = (typeof MODES)[number];

/** One batch, once. What is a time of which clock is in docs/run-rules.md. */
export interface Repeat {
  /** The device's own counter: all its images, and the step. */
  readonly cycles: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** CPU time of this process, seconds. */
  readonly host: number;
  /** Wall clock of this machine, seconds. */
  readonly wall: number;
}

export interface BatchBench {
  readonly images: number;
  readonly repeats: readonly Repeat[];
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Seconds of an image alone, from its first byte to the last of its record. */
export interface LatencyBench {
  readonly images: number;
  /** Cycles ÷ clock. */
  readonly device: Percentiles;
  /** Computed: bytes there and back, 10 bits each, and the cycles between them. */
  readonly overLink: Percentiles;
  /** Wall clock; of a simulated board it says how fast the simulation is. */
  readonly wall: Percentiles;
}

/** Mean over the images of the largest batch, in clock cycles. */
export interface PhaseCycles {
  readonly forward: number;
  readonly backward: number;
  readonly align: number;
  /** Of the step of the batch, for each of its images; 0 where nothing is trained. */
  readonly step: number;
  /** All of them, and what is between them. */
  readonly all: number;
  /** Computed: rows of weights of both passes, one a cycle; gradients and step are not in it. */
  readonly bound: number;
}

export interface ModeBench {
  readonly mode: ModeName;
  /** Of the warm-up, against `golden/fixed`. */
  readonly fixed: { readonly equal: boolean; readonly valuesCompared: number };
  readonly batches: readonly BatchBench[];
  /** null where images do not go one by one. */
  readonly latency: LatencyBench | null;
  readonly cycles: PhaseCycles;
  /**
   * Multiplications a cycle and lane, over `cycles.all`: of all inputs, and of those that are not
   * zero. The first may be above 1, since zeros are skipped.
   */
  readonly utilisation: { readonly dense: number; readonly effective: number };
  /** Multiplications an image, zeros included. */
  readonly macs: number;
  /** Bytes of images (records, where these are more) of those on the wire; null with `observe`. */
  readonly goodput: number | null;
}

/** One network on one device. */
export interface DeviceBench {
  /** Mode measure: norms, and how far they are from both golden models. */
  readonly run: RunResult;
  /** ‖mean δ‖ of the hidden layers as published, of another random network; or none. */
  readonly published: readonly number[];
  readonly modes: readonly ModeBench[];
  /** Of the simulator's process; null where there is none. */
  readonly simulation: { readonly cycles: number; readonly cpuSeconds: number } | null;
}

/** What a board cannot hold. */
export interface SkippedBench {
  readonly board: string;
  readonly layers: readonly number[];
  readonly mode: ModeName;
  readonly why: string;
}

/** Software on this machine, one thread: forward, every δ and the norms. */
export interface SoftwareRow {
  readonly name: string;
  /** Images of a call. */
  readonly batch: number;
  /** Seconds a call, one a repeat. */
  readonly seconds: readonly number[];
  /** Calls of the shortest repeat. */
  readonly calls: number;
  /** Of ‖mean δ‖ and mean ‖δ‖ of all layers, relative, and what is let pass. */
  readonly largestError: number;
  readonly tolerance: number;
  /** Of what it stands on; null for this program. */
  readonly version: string | null;
}

export interface SoftwareBench {
  readonly layers: readonly number[];
  readonly rows: readonly SoftwareRow[];
  /** What was not measured, and why. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

/** Of the newest cached build of a board, made since its RTL last changed. */
export interface BuildFigures {
  readonly board: string;
  readonly time: string;
  readonly luts: number;
  readonly flipFlops: number;
  readonly blockRams: number;
  readonly multipliers: number;
  readonly seeds: number;
  readonly fmaxHz: number;
  readonly met: boolean;
}

export interface BenchResult {
  readonly kind: 'bench';
  readonly schema: 2;
  readonly rules: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly environment: Environment;
  readonly full: boolean;
  readonly devices: readonly DeviceBench[];
  readonly skipped: readonly SkippedBench[];
  readonly software: readonly SoftwareBench[];
  readonly builds: readonly BuildFigures[];
  readonly commandLine: string;
}

/** Cycles alone, of a few images: the same on every machine, so that a change of one shows. */
export interface CyclesResult {
  readonly kind: 'cycles';
  readonly schema: 1;
  readonly images: number;
  readonly seed: number;
  readonly rows: readonly {
    readonly board: string;
    readonly layers: readonly number[];
    readonly mode: ModeName;
    /** Of all the images together, and the step. */
    readonly cycles: number;
  }[];
  readonly builds: readonly BuildFigures[];
}
