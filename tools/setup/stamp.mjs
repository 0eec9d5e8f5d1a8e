/**
 * Stamps say what set-up has finished. They are removed before work begins and written last, so
 * an interrupted set-up leaves no stamp and the next run does the work again.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SETS } from './sets.mjs';

/** Inside the folder it vouches for: `npm ci` and `rm -r` take it away with the rest. */
export const STAMP = '.deltascope-stamp.json';

export function hashFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Anything unreadable counts as no stamp. */
export function readStamp(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, STAMP), 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeStamp(folder, stamp) {
  const file = path.join(folder, STAMP);
  writeFileSync(`${file}.new`, `${JSON.stringify(stamp, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeStamp(folder) {
  rmSync(path.join(folder, STAMP), { force: true });
}

/** What node_modules must carry to be taken as it is. */
export function nodeStamp(root) {
  return {
    lock: hashFile(path.join(root, 'package-lock.json')),
    platform: `${process.platform}-${process.arch}`,
  };
}

export function nodeModulesFresh(root) {
  return same(readStamp(path.join(root, 'node_modules')), nodeStamp(root));
}

/** Lock hashes of `set` and of the sets it includes, by name. */
export function setHashes(root, set) {
  const names = [set, ...SETS[set].includes];
  return Object.fromEntries(
    names.map((name) => [name, hashFile(path.join(root, SETS[name].lock))]),
  );
}

/**
 * 'fresh': nothing to do; 'add': the environment is whole but lacks this set; 'make': it is
 * absent, broken, of another place (virtual environments cannot be moved), or of an older lock.
 */
export function venvState(root, set) {
  const venv = path.join(root, '.venv');
  const stamp = readStamp(venv);
  const alive = existsSync(path.join(venv, 'bin', 'python')); // false for a dangling link too
  if (!stamp || !alive || stamp.path !== venv || typeof stamp.sets !== 'object') return 'make';
  for (const [name, hash] of Object.entries(stamp.sets)) {
    if (!(name in SETS) || hash !== hashFile(path.join(root, SETS[name].lock))) return 'make';
  }
  return set in stamp.sets ? 'fresh' : 'add';
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
