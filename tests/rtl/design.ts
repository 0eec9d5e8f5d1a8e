/** Which files a module needs: followed from the instances and includes in the Verilog itself. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/setup/environment.mjs';
import type { LintOptions } from '../bridge/verilator.ts';
import { vendorCells } from '../bridge/yosys.ts';

/** Folders of rtl/ with one module a file. */
const FOLDERS = ['rtl/core', 'rtl/link', 'rtl/stream', 'rtl/board'] as const;

/** Versions of the same modules, each in its folder of rtl/platform. */
export const FAMILIES = ['generic', 'ice40', 'ecp5', 'null'] as const;
export type Family = (typeof FAMILIES)[number];

export interface ModuleFile {
  name: string;
  /** Of a platform module only. */
  family?: Family;
  /** Relative to the repository's root. */
  file: string;
  text: string;
}

const INSTANCE = /^\s*(ds_\w+)\s*(?:#\(|u_\w+)/gm;
const INCLUDE = /`include\s+"([^"]+)"/g;

/** Every module of the project, those of the platform once a family. */
export const MODULES: readonly ModuleFile[] = [
  ...FOLDERS.flatMap((folder) => modulesIn(folder)),
  ...FAMILIES.flatMap((family) =>
    modulesIn(`rtl/platform/${family}`).map((module) => ({ ...module, family })),
  ),
];

const HEADERS = [...FOLDERS, 'rtl/include'].flatMap((folder) => filesIn(folder, '.vh'));
const WAIVERS = 'rtl/lint.vlt';

/** @returns `toplevel` with the files below it, those that declare cells, folders of its includes */
export function designOf(
  toplevel: string,
  family: Family = 'generic',
): LintOptions & { declarations: string[]; includeDirs: string[] } {
  const found = new Map<string, ModuleFile>();
  const folders = new Set<string>();
  const follow = (name: string) => {
    const module = MODULES.find(
      (candidate) =>
        candidate.name === name && (candidate.family === undefined || candidate.family === family),
    );
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
  const cells = vendorCells(family);
  const declarations = cells === undefined ? [] : [WAIVERS, cells];
  return { toplevel, sources, declarations, includeDirs: [...folders].sort() };
}

function modulesIn(folder: string): ModuleFile[] {
  return filesIn(folder, '.v').map((file) => ({
    name: path.basename(file, '.v'),
    file,
    text: readFileSync(path.join(ROOT, file), 'utf8'),
  }));
}

function filesIn(folder: string, extension: string): string[] {
  const names = readdirSync(path.join(ROOT, folder));
  return names.filter((name) => name.endsWith(extension)).map((name) => `${folder}/${name}`);
}
