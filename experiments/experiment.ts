/** What an experiment is. One file each; `catalogue.ts` lists them, `run-experiment.ts` runs one. */
import type {
  Claim,
  ClaimVerdict,
  DeviceCheck,
  Picture,
  ResultTable,
} from '../contract/experiment.ts';
import type { IntegerNetwork } from '../contract/network.ts';
import type { TrainingCodes } from '../contract/training.ts';
import type { Measurement } from '../host/measure.ts';
import type { Measure, Train } from './instrument.ts';

/**
 * Counts an experiment is run with; `seeds` networks in float64, `deviceSeeds` of them measured, from
 * `firstSeed` on where it is not 1.
 */
export type Parameters = { readonly seeds: number; readonly deviceSeeds: number } & Readonly<
  Record<string, number>
>;

/** Something broken in a device that the experiment must notice. */
export interface Fault {
  readonly name: string;
  readonly about: string;
  /**
   * Which comparison must see it. `fixed` sees every changed bit; `float64` only what is larger than
   * the rounding of the number formats.
   */
  readonly seenBy: 'fixed' | 'float64';
  /** What the broken device computes in place of the network it was given. */
  readonly network?: (network: IntegerNetwork) => IntegerNetwork;
  /** What becomes of its measurement. */
  readonly measurement?: (measurement: Measurement) => Measurement;
  /** What it takes for the settings of its steps. */
  readonly codes?: (codes: TrainingCodes) => TrainingCodes;
  /** Its gradients stay as they are, whatever the settings say. */
  readonly isNotClipped?: true;
}

export interface Judgement {
  readonly verdict: Exclude<ClaimVerdict, 'undecided'>;
  readonly because: string;
}

/** What was found; the frame adds the comparison with `golden/fixed` and the provenance. */
export interface Findings {
  /** By id of the claim; each claim has one. */
  readonly claims: Readonly<Record<string, Judgement>>;
  readonly checks: readonly Omit<DeviceCheck, 'agrees'>[];
  readonly tables?: readonly ResultTable[];
  readonly pictures: readonly Picture[];
}

export interface Context<P extends Parameters> {
  readonly parameters: P;
  /** One batch through the device. */
  readonly measure: Measure;
  /** Gradient descent on the device. */
  readonly train: Train;
  /**
   * Also lets a Ctrl-C through, which waits while float64 computes: to be awaited.
   * @throws DeltascopeError `interrupted`.
   */
  readonly onProgress: (text: string) => Promise<void>;
}

export interface Experiment<P extends Parameters = Parameters> {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly claims: readonly Claim[];
  readonly quick: P;
  readonly full: P;
  readonly faults: readonly Fault[];
  readonly run: (context: Context<P>) => Promise<Findings>;
}
