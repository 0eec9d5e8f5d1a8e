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

/** Of one kind of traffic at one rate over UART pins. */
export interface GoodputFigures {
  readonly baud: number;
  readonly traffic: 'weights' | 'images' | 'images, records read back';
  /** Chance that a bit on the wire is wrong. */
  readonly bitErrors: number;
  /** Added before the host sees a reply, ms. */
  readonly replyLatencyMs: number;
  /** Words of weights, or images as they are encoded. */
  readonly payloadBytes: number;
  /** Of the board's own time. */
  readonly deviceSeconds: number;
  /** Payload, 10 bits a byte, as a share of what the line could carry in that time. */
  readonly goodput: number;
  readonly resends: number;
}

/** What the host itself takes, with a device in another process that computes nothing. */
export interface HostFigures {
  readonly baud: number;
  readonly traffic: 'weights' | 'images';
  /** On the wire, both directions. */
  readonly bytes: number;
  /** Of the host's process. */
  readonly cpuSeconds: number;
  /** That the line takes for the requests, and that it took, on the wall's clock. */
  readonly lineSeconds: number;
  readonly wallSeconds: number;
}

export interface GoodputCampaign {
  readonly kind: 'goodput-campaign';
  readonly schema: 1;
  readonly board: string;
  readonly clockHz: number;
  readonly environment: Environment;
  readonly time: string;
  readonly commandLine: string;
  readonly figures: readonly GoodputFigures[];
  readonly host: readonly HostFigures[];
}

/** Of one process, MB of memory that it holds. */
export interface MemoryFigures {
  readonly process: string;
  /** Medians of the samples of the second and of the last quarter of the time. */
  readonly early: number;
  readonly late: number;
  readonly most: number;
}

export interface SoakCampaign {
  readonly kind: 'soak-campaign';
  readonly schema: 1;
  readonly boards: readonly string[];
  readonly minutes: number;
  readonly rounds: number;
  readonly frames: number;
  readonly wrong: number;
  readonly errors: number;
  /** CPU time of the host by wall time. */
  readonly hostLoad: number;
  readonly memory: readonly MemoryFigures[];
  readonly environment: Environment;
  readonly time: string;
  readonly commandLine: string;
}
