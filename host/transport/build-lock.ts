/** One process at a time: a file that names its holder. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { interrupted } from '../abort.ts';
import { isRunning } from './is-running.ts';

export interface Lock {
  readonly work: () => Promise<void>;
  /** Called once when somebody else holds it. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 100;

/**
 * Does `work` while this process holds `file`. A holder that died loses it; should two then both
 * believe to hold it, they repeat the same work, nothing worse.
 */
export async function holdLock(file: string, { work, onWait, signal }: Lock): Promise<void> {
  for (let waited = false; !(await take(file)); waited = true) {
    if (signal?.aborted) {
      throw interrupted();
    }
    if (!waited) {
      onWait?.();
    }
    await delay(POLL_MS);
    if (await isStale(file)) {
      await rm(file, { force: true });
    }
  }
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  // 0: gone, or not yet written.
  return holder !== 0 && !isRunning(holder);
}
