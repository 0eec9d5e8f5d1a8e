/**
 * One program at a time on a board: a file that every user of the machine can read, and that names
 * the holder. The port itself is opened exclusively as well: should two programs take a stale lock
 * over in the same instant, one of them fails there.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, link, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { DeltascopeError } from '../error.ts';
import { isRunning } from './is-running.ts';

const holder = z.object({
  pid: z.int().positive(),
  user: z.string(),
  command: z.string(),
  /** ISO 8601, UTC. */
  started: z.string(),
  /** When the process began, as the system counts; null where it does not say. */
  birth: z.string().nullable(),
});

export type Holder = z.infer<typeof holder>;

export interface LockOptions {
  /** Shared by all users of the machine. */
  readonly folder?: string | undefined;
  /** What the others are told. */
  readonly command?: string | undefined;
}

/** Not `tmpdir()` on macOS: there each user has one of their own. */
const FOLDER = process.platform === 'win32' ? tmpdir() : '/tmp';
const EVERYBODY = 0o666;

export class BoardLock implements AsyncDisposable {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * @param key serial number of the board, or the path of its port
   * @throws DeltascopeError `board-in-use` naming the holder, who may be this very process.
   */
  static async take(key: string, options: LockOptions = {}): Promise<BoardLock> {
    const file = fileOf(key, options);
    const { command = ['deltascope', ...process.argv.slice(2)].join(' ') } = options;
    const { pid } = process;
    const started = new Date().toISOString();
    const mine: Holder = { pid, user: userName(), command, started, birth: birthOf(pid) };
    // What is there may be gone before it is taken over: then it is made after all.
    while (!(await make(file, mine))) {
      const found = await readHolder(key, options);
      if (found) throw inUse(key, found);
      if (await takeOver(file, mine)) {
        const now = await readHolder(key, options);
        if (now && now.pid !== pid) throw inUse(key, now);
        break;
      }
    }
    return new BoardLock(file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Somebody else's file in a sticky folder stays, empty: that is no lock.
    await rm(this.#file, { force: true }).catch(() => empty(this.#file));
  }
}

/** Who holds the board; undefined when nobody does, or a process that is no more. */
export async function readHolder(
  key: string,
  options: LockOptions = {},
): Promise<Holder | undefined> {
  const text = await readFile(fileOf(key, options), 'utf8').catch(() => '');
  const parsed = holder.safeParse(parse(text));
  return parsed.success && isAlive(parsed.data) ? parsed.data : undefined;
}

/** `ada: "deltascope run" (process 4711, since 14:03)`. */
export function describeHolder({ user, command, pid, started }: Holder): string {
  const since = new Date(started).toTimeString().slice(0, 5);
  return `${user}: "${command}" (process ${pid}, since ${since})`;
}

export function inUse(key: string, found: Holder): DeltascopeError {
  return new DeltascopeError('board-in-use', `Board ${key} is in use by ${describeHolder(found)}`, {
    hint: 'wait, or name another board: npx deltascope doctor lists them',
  });
}

function fileOf(key: string, { folder = FOLDER }: LockOptions): string {
  return path.join(folder, `deltascope-${key.replace(/[^\w.-]/g, '_')}.lock`);
}

/** With its content from the first moment on. False when there is one. */
async function make(file: string, who: Holder): Promise<boolean> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, textOf(who));
    // What the umask took away.
    await chmod(draft, EVERYBODY);
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw notWritable(file, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Writes a stale lock over: another user's cannot be removed. False when it is gone. */
async function takeOver(file: string, who: Holder): Promise<boolean> {
  try {
    await using handle = await open(file, 'r+');
    await handle.truncate();
    await handle.writeFile(textOf(who));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw notWritable(file, error);
  }
}

function textOf(who: Holder): string {
  return `${JSON.stringify(who)}\n`;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function notWritable(file: string, cause: unknown): DeltascopeError {
  return new DeltascopeError('board-in-use', `Cannot write the lock "${file}": ${codeOf(cause)}`, {
    hint: `sudo rm ${file}`,
    cause,
  });
}

async function empty(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.truncate();
}

function isAlive({ pid, birth }: Holder): boolean {
  return isRunning(pid) && birthOf(pid) === birth;
}

/** Tells a process from a later one with the same number: clock ticks since boot, field 22. */
function birthOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
