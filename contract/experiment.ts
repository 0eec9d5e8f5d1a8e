/** What an experiment gives back: plain, serialisable records; pictures are data only. */
import type { Environment, RunResult } from './result.ts';

/** The lectures on unstable gradients whose claims are measured. */
export const LECTURES = {
  U: 'De Masellis, Uppsala 1DT109, "Unstable gradients" (2021)',
  V: '"Vanishing & exploding gradients" (Jacobian view)',
  B: 'Bruns, CSUMB, "Vanishing gradients" (after Géron)',
  N: 'lecture on Nielsen, Neural Networks and Deep Learning, ch. 5',
  S: 'Samad, CS 316 week 6 (after Dive into Deep Learning)',
} as const;

export type Lecture = keyof typeof LECTURES;

/** `error`: false as it stands; `imprecise`: too strong a word, or true of some networks only. */
export const SLIPS = ['error', 'imprecise', 'typo'] as const;

/** What a lecture says, and how it is judged. Fixed before anything is measured. */
export interface Claim {
  readonly id: string;
  readonly lecture: readonly Lecture[];
  readonly text: string;
  /** When it holds, in words; the same rule is code in the experiment's file. */
  readonly rule: string;
  /** What the errata call it should it not hold; without one, a `holds-if` is just that. */
  readonly slip?: (typeof SLIPS)[number];
}

export type ClaimVerdict = 'holds' | 'holds-if' | 'wrong' | 'undecided';

export interface ClaimResult extends Claim {
  readonly verdict: ClaimVerdict;
  /** The figures it was decided by; for `holds-if` the condition, for `wrong` the right value. */
  readonly because: string;
}

/** How far the device is from a reference. */
export interface DeviceCheck {
  /** What was compared. */
  readonly name: string;
  /** `fixed`: every bit; `float64` and `theory`: within the bound. */
  readonly against: 'fixed' | 'float64' | 'theory';
  readonly distance: number;
  readonly bound: number;
  /** Of distance and bound: `relative`, `batches` … */
  readonly unit: string;
  readonly agrees: boolean;
}

/** Where a number comes from. */
export type Source = 'device' | 'float64' | 'theory' | 'published';

export interface Axis {
  readonly label: string;
  /** null: a pure number. */
  readonly unit: string | null;
  readonly scale: 'linear' | 'log' | 'category';
}

export interface Point {
  readonly x: number | string;
  readonly y: number;
  /** The band around y, as the picture's `band` says. */
  readonly low?: number;
  readonly high?: number;
}

export interface Series {
  readonly name: string;
  readonly source: Source;
  readonly points: readonly Point[];
}

export interface Picture {
  /** Unique in its experiment. */
  readonly id: string;
  readonly title: string;
  /** What to see in it, in one or two sentences. */
  readonly caption: string;
  /** `histogram`: x is the middle of a bin. `roofline`: dots below lines of `theory`. */
  readonly kind: 'lines' | 'dots' | 'bars' | 'histogram' | 'roofline';
  readonly x: Axis;
  readonly y: Axis;
  /** What low and high are, e.g. `5 % and 95 % of 20 seeds`; absent where no point has them. */
  readonly band?: string;
  readonly series: readonly Series[];
  /** Lines across the picture: a bound, a published value. */
  readonly marks?: readonly {
    readonly axis: 'x' | 'y';
    readonly at: number;
    readonly label: string;
  }[];
}

export type Cell = string | number | null;

export interface ResultTable {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly unit: string | null }[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface ExperimentResult {
  readonly kind: 'experiment';
  readonly schema: 1;
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly quick: boolean;
  readonly parameters: Readonly<Record<string, number>>;
  /** Whose networks; `firstSeed` of the parameters follows from the name. */
  readonly student?: string;
  readonly device: RunResult['device'];
  readonly claims: readonly ClaimResult[];
  /** `agrees` when every check does. */
  readonly deviceVerdict: 'agrees' | 'disagrees';
  readonly checks: readonly DeviceCheck[];
  readonly tables: readonly ResultTable[];
  readonly pictures: readonly Picture[];
  /** ISO 8601, UTC, of its start. */
  readonly time: string;
  /** Wall clock. */
  readonly seconds: number;
  readonly environment: Environment;
  readonly contractCrc: string;
  /** Versions. */
  readonly tools: Readonly<Record<string, string>>;
  readonly commandLine: string;
}

/** Several of one command, in one file. */
export interface ExperimentResults {
  readonly kind: 'experiments';
  readonly schema: 1;
  readonly results: readonly ExperimentResult[];
}

/** What an experiment took and said in one of its forms, without its figures. */
export interface FormFigures {
  readonly name: string;
  readonly device: ExperimentResult['device']['kind'];
  /** Wall clock. */
  readonly seconds: number;
  readonly commit: string | null;
  readonly deviceVerdict: ExperimentResult['deviceVerdict'];
  /** By the id of the claim. */
  readonly verdicts: Readonly<Record<string, ClaimVerdict>>;
}

/** What `npm run campaign:experiments` leaves behind; docs/experiments.md is made of it. */
export interface FormsCampaign {
  readonly kind: 'experiment-forms';
  readonly schema: 1;
  readonly environment: Environment;
  readonly commandLine: string;
  readonly quick: readonly FormFigures[];
  readonly full: readonly FormFigures[];
}
