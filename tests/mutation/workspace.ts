/** Copies of the tree, in which files may be broken. */
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../tools/setup/environment.mjs';

/** Not copied: what is installed, built and measured, or no part of any test here. */
const LEFT_OUT = ['.git', '.venv', 'node_modules', 'build', 'results'];

/** A fresh copy under build/mutation, with what is installed linked into it; its builds stay. */
export async function copyTree(name: string): Promise<string> {
  const copy = path.join(ROOT, 'build', 'mutation', name);
  await mkdir(copy, { recursive: true });
  for (const entry of await readdir(copy)) {
    if (entry !== 'build') await rm(path.join(copy, entry), { recursive: true });
  }
  for (const entry of await readdir(ROOT)) {
    if (LEFT_OUT.includes(entry)) continue;
    await cp(path.join(ROOT, entry), path.join(copy, entry), { recursive: true });
  }
  for (const entry of ['node_modules', '.venv']) {
    await symlink(path.join(ROOT, entry), path.join(copy, entry));
  }
  return copy;
}
