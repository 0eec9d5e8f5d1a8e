/** What a build is at, in words. */
import type { BuildProgress } from '../fpga/result.ts';
import { createStatusLine } from './status-line.ts';

type Step = Exclude<BuildProgress, { kind: 'result' }>;

export interface BuildProgressWriter {
  (progress: Step): void;
  finish(): void;
}

export function createBuildProgress(): BuildProgressWriter {
  const line = createStatusLine();
  const phases = new Map<number, string>();
  const write = (progress: Step) => {
    if (progress.kind === 'stage') {
      line.show(stageText(progress), { lasting: true });
      return;
    }
    const text = seedText(progress);
    const finished = progress.phase === 'finished' || progress.phase === 'not routed';
    phases.set(progress.seed, text);
    line.show(finished ? text : [...phases.values()].join(', '), { lasting: finished });
    if (finished) phases.delete(progress.seed);
  };
  return Object.assign(write, { finish: line.finish });
}

/** `synthesis: 41.2 s`. */
export function stageText({ stage, state, seconds }: Extract<Step, { kind: 'stage' }>): string {
  switch (state) {
    case 'started':
      return `${stage} …`;
    case 'cached':
      return `${stage}: cached`;
    case 'finished':
      return `${stage}: ${seconds.toFixed(1)} s`;
  }
}

/** `seed 3 routing`, `seed 3: 38.21 MHz`. */
export function seedText({ seed, phase, fmaxHz }: Extract<Step, { kind: 'seed' }>): string {
  return fmaxHz === undefined
    ? `seed ${seed} ${phase}`
    : `seed ${seed}: ${(fmaxHz / 1e6).toFixed(2)} MHz`;
}
