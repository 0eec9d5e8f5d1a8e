/** Stamps: what counts as set up, on a scratch tree. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  nodeModulesFresh,
  nodeStamp,
  removeStamp,
  STAMP,
  setHashes,
  venvState,
  writeStamp,
} from '../../tools/setup/stamp.mjs';

let root = '';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'deltascope-stamp-'));
  for (const folder of ['node_modules', '.venv/bin', 'tools/setup']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  writeFileSync(path.join(root, 'package-lock.json'), '{}');
  writeFileSync(path.join(root, '.venv/bin/python'), '');
  for (const set of ['bench', 'test']) writeFileSync(lockOf(set), `${set}==1\n`);
});

afterEach(() => rmSync(root, { recursive: true }));

function lockOf(set: string): string {
  return path.join(root, 'tools', 'setup', `requirements-${set}.txt`);
}

function stampVenv(set: string): void {
  const venv = path.join(root, '.venv');
  writeStamp(venv, { path: venv, sets: setHashes(root, set) });
}

test('nodeModulesFresh only after the stamp and until the lock changes', () => {
  const modules = path.join(root, 'node_modules');
  expect(nodeModulesFresh(root)).toBe(false);
  writeStamp(modules, nodeStamp(root));
  expect(nodeModulesFresh(root)).toBe(true);
  writeFileSync(path.join(root, 'package-lock.json'), '{ }');
  expect(nodeModulesFresh(root)).toBe(false);
});

test('nodeModulesFresh is false for another platform and for half a stamp', () => {
  const modules = path.join(root, 'node_modules');
  writeStamp(modules, { ...nodeStamp(root), platform: 'darwin-s390x' });
  expect(nodeModulesFresh(root)).toBe(false);
  writeStamp(modules, nodeStamp(root));
  const half = readFileSync(path.join(modules, STAMP), 'utf8').slice(0, 40);
  writeFileSync(path.join(modules, STAMP), half);
  expect(nodeModulesFresh(root)).toBe(false);
});

test('venvState: an interrupted set-up has no stamp and is made again', () => {
  stampVenv('bench');
  removeStamp(path.join(root, '.venv'));
  expect(venvState(root, 'bench')).toBe('make');
});

test('venvState: the test set is added to the bench set, and includes it', () => {
  stampVenv('bench');
  expect(venvState(root, 'bench')).toBe('fresh');
  expect(venvState(root, 'test')).toBe('add');
  stampVenv('test');
  expect(venvState(root, 'test')).toBe('fresh');
  expect(venvState(root, 'bench')).toBe('fresh');
});

test('venvState: a changed lock, a moved folder or a vanished python is made again', () => {
  const venv = path.join(root, '.venv');
  stampVenv('test');
  writeFileSync(lockOf('bench'), 'bench==2\n');
  expect(venvState(root, 'test')).toBe('make');
  writeStamp(venv, { path: '/elsewhere/.venv', sets: setHashes(root, 'test') });
  expect(venvState(root, 'test')).toBe('make');
  stampVenv('test');
  rmSync(path.join(venv, 'bin', 'python'));
  expect(venvState(root, 'test')).toBe('make');
});
