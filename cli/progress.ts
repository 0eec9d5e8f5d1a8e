/** Progress on standard error: one line that is written over on a terminal, few lines elsewhere. */
import type { RunProgress } from '../bench/with-device.ts';
import { createStatusLine } from './status-line.ts';

/** Between two looks of the same line: as fast as one can read. */
const REDRAW_MS = 100;

export interface ProgressWriter {
  (progress: RunProgress): void;
  /** Removes the line, so that what follows starts at its left end. */
  finish(): void;
}

/** @param onDevice is told what will be measured, once for each run. */
export function createProgress(onDevice: (label: string) => void): ProgressWriter {
  const line = createStatusLine();
  let started = 0;
  let drawn = 0;
  const write = (progress: RunProgress) => {
    switch (progress.kind) {
      case 'device':
        line.finish();
        onDevice(progress.label);
        started = performance.now();
        break;
      case 'simulator-build':
        line.show(buildText(progress), { lasting: true });
        break;
      case 'images': {
        const now = performance.now();
        if (now - drawn < REDRAW_MS) break;
        drawn = now;
        line.show(imagesText(progress, (now - started) / 1000), { lasting: false });
        break;
      }
      case 'golden':
        line.show('comparing with the golden models', { lasting: false });
        break;
      case 'speed':
        line.show(`repeating it in mode ${progress.mode}`, { lasting: false });
        break;
      case 'software':
        line.show('measuring software on this machine, some seconds', { lasting: false });
        break;
    }
  };
  return Object.assign(write, { finish: line.finish });
}

type Progress<Kind extends RunProgress['kind']> = Extract<RunProgress, { kind: Kind }>;

/** `400 of 1000 images, 1530 a second, 1 s left`. */
export function imagesText({ done, total }: Progress<'images'>, elapsedSeconds: number): string {
  const count = `${done} of ${total} images`;
  if (done === 0 || elapsedSeconds <= 0) return count;
  const rate = done / elapsedSeconds;
  const left = Math.ceil((total - done) / rate);
  const wait = left < 60 ? `${left} s` : `${Math.floor(left / 60)} min ${left % 60} s`;
  return `${count}, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second, ${wait} left`;
}

function buildText({ board, state }: Progress<'simulator-build'>): string {
  switch (state) {
    case 'started':
      return `building the simulated ${board} with Verilator (once, about 20 s)`;
    case 'waiting':
      return `waiting for another process that builds the simulated ${board}`;
    case 'finished':
      return `built the simulated ${board}`;
  }
}
