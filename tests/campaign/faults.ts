/** The campaign as an async iterable: every scenario in turn, until each has its share of frames. */
import type { BoardName } from '../../contract/boards.ts';
import type { FaultFigures } from '../../contract/reliability.ts';
import { openSimulated } from '../system/simulated.ts';
import type { Scenario } from './scenarios.ts';
import { Trial } from './trial.ts';
import { prepareWork } from './work.ts';

export const CAMPAIGN_BOARD: BoardName = 'icebreaker';

const LEAST_ROUNDS = 12;

export interface CampaignOptions {
  readonly scenarios: readonly Scenario[];
  /** Requests on the wire, of all scenarios. */
  readonly frames: number;
  readonly seed: number;
  /** Done before, by `keyOf`. */
  readonly done?: ReadonlyMap<string, FaultFigures>;
  readonly signal?: AbortSignal | undefined;
  /** Of one scenario, after which the next begins. */
  readonly secondsEach?: number;
  /** Of each scenario, however few frames it has. */
  readonly leastRounds?: number;
}

export interface CampaignProgress {
  readonly figures: FaultFigures;
  readonly wanted: number;
  readonly finished: boolean;
}

export function keyOf({ fault, link }: Pick<FaultFigures, 'fault' | 'link'>): string {
  return `${link}: ${fault}`;
}

/** Told of after each round. */
export async function* runCampaign(options: CampaignOptions): AsyncGenerator<CampaignProgress> {
  const { scenarios, frames, seed, done, signal } = options;
  const { secondsEach = Number.POSITIVE_INFINITY, leastRounds = LEAST_ROUNDS } = options;
  const isDone = (figures: FaultFigures | undefined, wanted: number) =>
    figures !== undefined && figures.frames >= wanted && figures.rounds >= leastRounds;
  await using clean = await openSimulated(CAMPAIGN_BOARD, seed);
  const work = await prepareWork(clean, seed);
  const weights = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  for (const [index, scenario] of scenarios.entries()) {
    const before = done?.get(keyOf(scenario));
    const wanted = Math.ceil((frames * scenario.weight) / weights);
    if (signal?.aborted || isDone(before, wanted)) continue;
    // What was done before is not repeated: rounds go on with another seed.
    const own = seed + 1000 * (index + 1) + (before?.rounds ?? 0);
    await using trial = await Trial.begin({ board: CAMPAIGN_BOARD, scenario, work, seed: own });
    const ends = performance.now() + 1000 * secondsEach;
    for (let finished = false; !finished; ) {
      await trial.round();
      const figures = before === undefined ? trial.figures : add(before, trial.figures);
      finished = isDone(figures, wanted) || performance.now() > ends || signal?.aborted === true;
      yield { figures, wanted, finished };
    }
  }
}

function add(a: FaultFigures, b: FaultFigures): FaultFigures {
  const errors: Record<string, number> = { ...a.errors };
  for (const [code, count] of Object.entries(b.errors)) errors[code] = (errors[code] ?? 0) + count;
  const both = (name: 'rounds' | 'frames' | 'resends' | 'right' | 'wrong' | 'hangs' | 'unclear') =>
    a[name] + b[name];
  return {
    ...{ fault: a.fault, link: a.link, errors },
    ...{ rounds: both('rounds'), frames: both('frames'), resends: both('resends') },
    ...{ right: both('right'), wrong: both('wrong'), hangs: both('hangs') },
    unclear: both('unclear'),
    goodput: (a.goodput * a.frames + b.goodput * b.frames) / Math.max(1, a.frames + b.frames),
    slowestErrorMs: Math.max(a.slowestErrorMs, b.slowestErrorMs),
    slowestRecoveryMs: Math.max(a.slowestRecoveryMs, b.slowestRecoveryMs),
  };
}
