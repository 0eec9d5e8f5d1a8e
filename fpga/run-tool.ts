/** Runs one tool to its end; an abort ends it at once. */
import { execa } from 'execa';
import { BuildFailure } from './failure.ts';

export interface ToolRun {
  readonly args: readonly string[];
  /** Working directory: the tools see relative paths below it. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface ToolOutcome {
  /** What it printed, both streams. */
  readonly text: string;
  readonly ok: boolean;
  /** Wall clock. */
  readonly seconds: number;
}

/** @throws BuildFailure `interrupted`, or `build-failed` when the program cannot be started. */
export async function runTool(program: string, run: ToolRun): Promise<ToolOutcome> {
  const { args, root, environment, signal, onLine } = run;
  refuseAborted(signal);
  const started = performance.now();
  const child = execa(program, args, {
    cwd: root,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    maxBuffer: 1 << 28,
    ...(signal && { cancelSignal: signal }),
  });
  if (onLine) readLines(child.all, onLine);
  const result = await child;
  // The terminal's Ctrl-C reaches the tool too: it may be gone before the abort is.
  if (result.isCanceled) throw interrupted();
  refuseAborted(signal);
  if (result.exitCode === undefined) {
    const why = result.signal === undefined ? result.shortMessage : `${result.signal} ended it`;
    throw new BuildFailure('build-failed', `${program} did not finish: ${why}`, {
      hint: 'Is there memory left? Fewer jobs take less: add --jobs 1',
    });
  }
  const seconds = (performance.now() - started) / 1000;
  return { text: result.all, ok: result.exitCode === 0, seconds };
}

/** @throws BuildFailure `interrupted` */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted();
}

/** What a tool said went wrong: its own error lines, else its last line. */
export function firstError(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /\berror\b/i.test(line) && !/\b0 errors\b/.test(line));
  return (errors[0] ?? lines.findLast((line) => line !== '') ?? '').replace(/^ERROR: /, '');
}

function interrupted(): BuildFailure {
  return new BuildFailure('interrupted', 'Interrupted before the build had finished');
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
