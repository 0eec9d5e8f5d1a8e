/** Finds what was built before. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE_FOLDER } from './cache.ts';
import { BITSTREAM_ENTRY, RESULT } from './pack.ts';
import { type BuildResult, buildResultSchema } from './result.ts';
import { deviceFolders, findSources } from './sources.ts';
import { netlistKey } from './synthesise.ts';

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

/** Those whose netlist is that of the Verilog as it is, newest first: the others are of another device. */
export async function findCurrentBuilds(root: string, board: string): Promise<BuildResult[]> {
  const builds = await findBuilds(root, board);
  const current = await Promise.all(builds.map((build) => isCurrent(root, build)));
  return builds.filter((_, index) => current[index]);
}

async function isCurrent(root: string, { target, tools, synthesis }: BuildResult) {
  const folders = target.folders ?? deviceFolders(target.family);
  const sources = await findSources(target.top, { root, folders });
  const key = await netlistKey(target, { root, yosys: tools.yosys, sources });
  return path.posix.dirname(synthesis.netlist).endsWith(`-${key}`);
}

/** Undefined for one of another schema. */
async function read(folder: string): Promise<BuildResult | undefined> {
  const text = await readFile(path.join(folder, RESULT), 'utf8').catch(() => 'null');
  return buildResultSchema.safeParse(JSON.parse(text)).data;
}
