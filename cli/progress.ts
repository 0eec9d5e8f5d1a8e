/** Progress on standard error: one line that is written over on a terminal, few lines elsewhere. */
import type { RunProgress } from '../bench/run-job.ts';

const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressWriter {
  (progress: RunProgress): void;
  /** Removes the line, so that what follows starts at its left end. */
  finish(): void;
}

/** @param onDevice is told what will be measured, once. */
export function createProgress(onDevice: (label: string) => void): ProgressWriter {
  const stream = process.stderr;
  let open = false;
  const finish = () => {
    if (open) stream.write(CLEAR_LINE);
    open = false;
  };
  const show = (text: string, everywhere: boolean) => {
    if (stream.isTTY) {
      stream.write(`${CLEAR_LINE}${text}`);
      open = true;
    } else if (everywhere) {
      stream.write(`${text}\n`);
    }
  };
  const write = (progress: RunProgress) => {
    switch (progress.kind) {
      case 'device':
        finish();
        onDevice(progress.label);
        break;
      case 'simulator-build':
        show(buildText(progress), true);
        break;
      case 'images':
        show(`${progress.done} of ${progress.total} images`, false);
        break;
      case 'golden':
        show('comparing with the golden models', false);
        break;
    }
  };
  return Object.assign(write, { finish });
}

function buildText({ board, state }: Extract<RunProgress, { kind: 'simulator-build' }>): string {
  switch (state) {
    case 'started':
      return `building the simulated ${board} with Verilator (once, about 20 s)`;
    case 'waiting':
      return `waiting for another process that builds the simulated ${board}`;
    case 'finished':
      return `built the simulated ${board}`;
  }
}
