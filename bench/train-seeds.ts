/** The same training from several seeds, each on a device of its own. */
import type { TrainRequest } from '../contract/result.ts';
import { interrupted } from '../host/abort.ts';
import { type TrainOptions, type TrainOutcome, trainJob } from './train-job.ts';
import type { RunProgress } from './with-device.ts';

export interface SeedsOptions extends Omit<TrainOptions, 'onEpoch'> {
  readonly seeds: readonly number[];
  /** How many devices there may be at a time. */
  readonly atOnce: number;
}

export interface SeedsOutcome {
  /** In the order of the seeds, without those that have no epoch. */
  readonly outcomes: readonly TrainOutcome[];
  /** Why others have none; undefined where all have. */
  readonly failure: unknown;
}

/** Begins no other one after a failure. */
export async function trainSeeds(
  request: TrainRequest,
  { seeds, atOnce, ...options }: SeedsOptions,
): Promise<SeedsOutcome> {
  const found: (TrainOutcome | undefined)[] = seeds.map(() => undefined);
  const reportTo = shareProgress(options.onProgress, seeds.length);
  const failures: unknown[] = [];
  let next = 0;
  const work = async () => {
    while (next < seeds.length && failures.length === 0 && !options.signal?.aborted) {
      const at = next++;
      const seed = seeds[at] as number;
      try {
        found[at] = await trainJob({ ...request, seed }, { ...options, onProgress: reportTo(at) });
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, seeds.length) }, work));
  const outcomes = found.filter((outcome) => outcome !== undefined);
  const isWhole = outcomes.length === seeds.length;
  return { outcomes, failure: isWhole ? undefined : (failures[0] ?? interrupted()) };
}

/** One count of images over all; the first device stands for the others. */
function shareProgress(onProgress: TrainOptions['onProgress'], runs: number) {
  const done = new Map<number, number>();
  return (run: number) => (progress: RunProgress) => {
    if (progress.kind === 'device' && run > 0) return;
    if (progress.kind !== 'images') {
      onProgress?.(progress);
      return;
    }
    done.set(run, progress.done);
    const sum = [...done.values()].reduce((total, images) => total + images, 0);
    onProgress?.({ kind: 'images', done: sum, total: progress.total * runs });
  };
}
