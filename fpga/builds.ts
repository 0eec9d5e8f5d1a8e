/** Finds what was built before. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CACHE_FOLDER } from './cache.ts';
import { BITSTREAM_ENTRY, RESULT } from './pack.ts';
import { type BuildResult, buildResultSchema } from './result.ts';

/**
 * Builds of a board that reached a bitstream, the newest first; those whose timing failed too, see
 * `timing.met`. Of the sources as they were then.
 */
export async function findBuilds(root: string, board: string): Promise<BuildResult[]> {
  const folder = path.join(root, CACHE_FOLDER, board);
  const names = await readdir(folder).catch(() => []);
  const results = await Promise.all(
    names.filter((name) => BITSTREAM_ENTRY.test(name)).map((name) => read(path.join(folder, name))),
  );
  return results
    .filter((result) => result !== undefined)
    .sort((a, b) => b.time.localeCompare(a.time));
}

/** Those made since the RTL last changed, newest first: the others are of another device. */
export async function findCurrentBuilds(root: string, board: string): Promise<BuildResult[]> {
  const [builds, changed] = await Promise.all([findBuilds(root, board), lastChange(root)]);
  return builds.filter(({ time }) => Date.parse(time) > changed);
}

/** [ms] since 1970. */
async function lastChange(root: string): Promise<number> {
  const folder = path.join(root, 'rtl');
  const files = await readdir(folder, { recursive: true });
  const times = await Promise.all(
    files.map(async (file) => (await stat(path.join(folder, file))).mtimeMs),
  );
  return Math.max(...times);
}

/** Undefined for one of another schema. */
async function read(folder: string): Promise<BuildResult | undefined> {
  const text = await readFile(path.join(folder, RESULT), 'utf8').catch(() => 'null');
  return buildResultSchema.safeParse(JSON.parse(text)).data;
}
