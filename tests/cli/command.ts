/** The command line as tests use it: as a shell starts it, or many in one process. */
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { ROOT } from '../../tools/setup/environment.mjs';

export interface Outcome {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export const DELTASCOPE = path.join(ROOT, 'cli', 'deltascope.mjs');

const SESSION = fileURLToPath(new URL('session.ts', import.meta.url));

/** The real command as a child process. */
export async function deltascope(
  args: readonly string[],
  { cwd = ROOT, timeoutMs = 120_000, env = {} as NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [DELTASCOPE, ...args], {
    cwd,
    env,
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 2000,
  });
  return { status: exitCode, stdout, stderr };
}

export interface Session extends AsyncDisposable {
  /** One after the other. */
  run(args: readonly string[]): Promise<Outcome>;
}

export function startSession(): Session {
  const child = execa(process.execPath, ['--import', 'tsx', SESSION], {
    stdin: 'pipe',
    buffer: false,
    reject: false,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(args) {
      child.stdin.write(`${JSON.stringify(args)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the session ended');
      return JSON.parse(value) as Outcome;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child;
    },
  };
}
