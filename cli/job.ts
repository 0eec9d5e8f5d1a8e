/** What every command that runs a job on a device does around it: device line, progress, Ctrl-C. */
import { projectEnvironment } from '../tools/setup/environment.mjs';
import { abortOnInterrupt } from './interrupt.ts';
import { createProgress, type ProgressWriter } from './progress.ts';
import { openTarget } from './target.ts';

/** As it was typed, for results. */
export function commandLine(): string {
  return ['deltascope', ...process.argv.slice(2)].join(' ');
}

export interface Terminal {
  /** For the job. */
  readonly options: {
    readonly commandLine: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly open: typeof openTarget;
    readonly onProgress: ProgressWriter;
    readonly signal: AbortSignal;
  };
  /** To standard output, or beside the JSON that goes there. */
  announce(text: string): void;
}

/** Names each device when it is known; takes the progress away and lets Ctrl-C go however `work` ends. */
export async function withTerminal(
  json: boolean,
  work: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const announce = json ? console.error : console.log;
  let announced: string | undefined;
  const onProgress = createProgress((label) => {
    if (label !== announced) announce(`DEVICE ${label}`);
    announced = label;
  });
  const interrupt = abortOnInterrupt();
  const { signal } = interrupt;
  const environment = projectEnvironment();
  try {
    await work({
      options: { commandLine: commandLine(), environment, open: openTarget, onProgress, signal },
      announce,
    });
  } finally {
    onProgress.finish();
    interrupt.release();
  }
}
