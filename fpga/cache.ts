/**
 * What a stage made, kept by the hash of everything that went into it. An entry is a folder; it is
 * made under another name and renamed when it is whole, so that none is ever there by half.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { BuildFailure } from './failure.ts';

/** Below the root. */
export const CACHE_FOLDER = 'build/bitstreams';

export interface Entry {
  /** Relative to the root. */
  readonly folder: string;
  /** It was there already. */
  readonly cached: boolean;
}

export interface EntryOptions {
  readonly root: string;
  /** Relative to the root: `build/bitstreams/icebreaker/synthesis-…`. */
  readonly folder: string;
  /** Fills the folder, which it is given relative to the root. */
  readonly make: (scratch: string) => Promise<void>;
}

const SCRATCH = /\.(?<pid>\d+)-[0-9a-f]{8}$/;

/**
 * The entry, made now unless it is there.
 * @throws BuildFailure `cache-not-writable`, or what `make` throws
 */
export async function keepEntry({ root, folder, make }: EntryOptions): Promise<Entry> {
  const place = path.join(root, folder);
  if (existsSync(place)) return { folder, cached: true };
  const scratch = `${folder}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(path.dirname(place), { recursive: true });
    await removeAbandoned(path.dirname(place));
    await mkdir(path.join(root, scratch));
    await make(scratch);
    await rename(path.join(root, scratch), place).catch((error: NodeJS.ErrnoException) => {
      // Another process made the same entry meanwhile.
      if (!existsSync(place)) throw error;
    });
    return { folder, cached: false };
  } catch (error) {
    throw asCacheFailure(error, path.dirname(folder));
  } finally {
    await rm(path.join(root, scratch), { recursive: true, force: true }).catch(() => {});
  }
}

/** Twelve digits for `inputs`, the content of `files` among them. */
export async function keyOf(
  root: string,
  { inputs, files }: { inputs: unknown; files: readonly string[] },
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(inputs));
  for (const file of files) {
    hash.update(`\0${file}\0`).update(await readFile(path.join(root, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Of processes that were killed. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = SCRATCH.exec(name)?.groups?.['pid'];
    if (pid !== undefined && !isAlive(Number(pid))) {
      await rm(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of the path is a file, not a directory',
  EEXIST: 'part of the path is a file, not a directory',
};

/** `error`, or the failure it means for the cache in `folder`. */
export function asCacheFailure(error: unknown, folder: string): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (reason === undefined || error instanceof BuildFailure) return error;
  return new BuildFailure('cache-not-writable', `Cannot write to "${folder}": ${reason}`, {
    hint: `Make ${folder} writable (ls -ld ${folder} shows whose it is), then run the same command again.`,
    cause: error,
  });
}
