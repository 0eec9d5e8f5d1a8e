/** Which files a module needs: followed from the instances and includes in the Verilog itself. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/setup/environment.mjs';
import type { LintOptions } from '../bridge/verilator.ts';

/** Folders of rtl/ with one module a file; the families are other versions of `generic`. */
export const FOLDERS = [
  'rtl/core',
  'rtl/link',
  'rtl/stream',
  'rtl/platform/generic',
  'rtl/board',
] as const;

export interface ModuleFile {
  name: string;
  /** Relative to the repository's root. */
  file: string;
  text: string;
}

const INSTANCE = /^\s*(ds_\w+)\s*(?:#\(|u_\w+)/gm;
const INCLUDE = /`include\s+"([^"]+)"/g;

/** Every module of {@link FOLDERS}. */
export const MODULES: readonly ModuleFile[] = FOLDERS.flatMap((folder) =>
  filesIn(folder, '.v').map((file) => ({
    name: path.basename(file, '.v'),
    file,
    text: readFileSync(path.join(ROOT, file), 'utf8'),
  })),
);

const HEADERS = [...FOLDERS, 'rtl/include'].flatMap((folder) => filesIn(folder, '.vh'));

/** @returns `toplevel` with the files below it and the folders of its includes */
export function designOf(toplevel: string): LintOptions & { includeDirs: string[] } {
  const found = new Map<string, ModuleFile>();
  const folders = new Set<string>();
  const follow = (name: string) => {
    const module = MODULES.find((candidate) => candidate.name === name);
    if (module === undefined) throw new Error(`no file under rtl/ holds the module ${name}`);
    if (found.has(name)) return;
    found.set(name, module);
    for (const [, header] of module.text.matchAll(INCLUDE)) {
      const file = HEADERS.find((candidate) => path.basename(candidate) === header);
      if (file === undefined) throw new Error(`${module.file} includes the unknown ${header}`);
      folders.add(path.dirname(file));
    }
    for (const [, instance] of module.text.matchAll(INSTANCE)) {
      if (instance !== undefined && instance !== name) follow(instance);
    }
  };
  follow(toplevel);
  const sources = [...found.values()].map(({ file }) => file).sort();
  return { toplevel, sources, includeDirs: [...folders].sort() };
}

function filesIn(folder: string, extension: string): string[] {
  const names = readdirSync(path.join(ROOT, folder));
  return names.filter((name) => name.endsWith(extension)).map((name) => `${folder}/${name}`);
}
