/** What the campaigns on faults, goodput and soak leave behind; docs/reliability.md is made of it. */
import type { Environment } from './result.ts';

/** One kind of fault on one kind of link. Times are the board's own, simulated, in ms. */
export interface FaultFigures {
  readonly fault: string;
  readonly link: 'bytes' | 'pins';
  /** Pieces of work: a network loaded, images measured, memory written and read back. */
  readonly rounds: number;
  /** Requests put on the wire, resends included. */
  readonly frames: number;
  readonly resends: number;
  /** Rounds whose every value was that of golden/fixed. */
  readonly right: number;
  readonly wrong: number;
  readonly hangs: number;
  /** Rounds that ended in an error of the product, by its code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Rounds that ended in any other error. */
  readonly unclear: number;
  /** Bytes that a clean link takes for the rounds that were right, by those that all rounds took. */
  readonly goodput: number;
  /** Longest that a round took until its error; 0 without one. */
  readonly slowestErrorMs: number;
  /** Longest from an error, or the fault itself, to the end of the next right round. */
  readonly slowestRecoveryMs: number;
}

export interface FaultCampaign {
  readonly kind: 'fault-campaign';
  readonly schema: 1;
  readonly board: string;
  readonly seed: number;
  readonly environment: Environment;
  /** Of the last run that added to it. ISO 8601, UTC. */
  readonly time: string;
  readonly commandLine: string;
  readonly figures: readonly FaultFigures[];
}
