/** Which files a design consists of: followed from its top through modules and includes. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildFailure } from './failure.ts';
import type { FamilyName } from './families.ts';

/** Paths are relative to the root and use `/`. */
export interface Sources {
  readonly modules: readonly string[];
  readonly headers: readonly string[];
  /** Folders of the headers. */
  readonly includes: readonly string[];
}

/** Folders of the device for a family, one module a file. */
export function deviceFolders(family: FamilyName): string[] {
  return [
    'rtl/board',
    'rtl/core',
    'rtl/link',
    'rtl/stream',
    `rtl/platform/${family}`,
    'rtl/include',
  ];
}

/**
 * The files of `top` and of all below it, sorted.
 * @throws BuildFailure `build-failed` when the top or an included file is in none of the folders
 */
export async function findSources(
  top: string,
  { root, folders }: { root: string; folders: readonly string[] },
): Promise<Sources> {
  const files = (await Promise.all(folders.map((folder) => listFiles(root, folder)))).flat();
  const byName = new Map(files.map((file) => [path.posix.basename(file), file]));
  const needed = new Set<string>();
  const follow = async (name: string, from: string) => {
    const file = byName.get(name);
    if (file === undefined) {
      throw new BuildFailure(
        'build-failed',
        `No file "${name}" in ${folders.join(', ')} (${from})`,
      );
    }
    if (needed.has(file)) return;
    needed.add(file);
    const text = withoutComments(await readFile(path.join(root, file), 'utf8'));
    for (const header of includesOf(text)) await follow(header, `included by ${file}`);
    for (const word of new Set(text.match(/\w+/g))) {
      if (byName.has(`${word}.v`)) await follow(`${word}.v`, `used by ${file}`);
    }
  };
  await follow(`${top}.v`, 'the top');
  const sorted = [...needed].sort();
  const headers = sorted.filter((file) => !file.endsWith('.v'));
  return {
    modules: sorted.filter((file) => file.endsWith('.v')),
    headers,
    includes: [...new Set(headers.map((file) => path.posix.dirname(file)))],
  };
}

/** Names after `` `include ``. */
export function includesOf(text: string): string[] {
  return [...text.matchAll(/`include\s+"([^"]+)"/g)].map(([, name = '']) => name);
}

export function withoutComments(text: string): string {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
}

async function listFiles(root: string, folder: string): Promise<string[]> {
  const names = await readdir(path.join(root, folder)).catch(() => []);
  return names.filter((name) => /\.vh?$/.test(name)).map((name) => `${folder}/${name}`);
}
