/** What is pinned stays pinned: exact versions, hashes, no addresses, one serial binding. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { SETS } from '../../tools/setup/sets.mjs';

const EXACT = /^\d+\.\d+\.\d+$/;
const LOCKS = Object.values(SETS).map(({ lock }) => lock);

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

test('package.json pins every version exactly', () => {
  const { dependencies, devDependencies, overrides } = JSON.parse(read('package.json'));
  const pins = Object.entries({ ...dependencies, ...devDependencies, ...overrides });
  expect(pins.length).toBeGreaterThan(10);
  expect(pins.filter(([, version]) => !EXACT.test(String(version)))).toEqual([]);
});

test('package-lock.json holds no address of a registry', () => {
  const { packages } = JSON.parse(read('package-lock.json'));
  const entries = Object.entries<{ resolved?: string; integrity?: string }>(packages);
  const installed = entries.filter(([name]) => name !== '');
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
});

test.each(LOCKS)('%s pins every package with hashes and holds no address', (lock) => {
  const text = read(lock);
  const entries = text.split(/^(?=[a-z])/m).filter((entry) => /^[a-z]/.test(entry));
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) {
    expect(entry).toMatch(/^[a-z0-9._-]+==\S+/);
    expect(entry, entry.split(' ')[0]).toMatch(/--hash=sha256:[0-9a-f]{64}/);
  }
  expect(text).not.toMatch(/:\/\/|--(?:extra-)?index-url|--find-links/);
});

test('the test lock holds the bench lock, and what only Python 3.10 needs', () => {
  const names = (lock: string) => [...read(lock).matchAll(/^[a-z0-9._-]+==\S+/gm)].map(([n]) => n);
  const tests = names(SETS.test.lock);
  expect(tests).toEqual(expect.arrayContaining(names(SETS.bench.lock)));
  expect(tests.join(' ')).toMatch(/exceptiongroup==.*tomli==/);
});

test('one copy of the serial bindings is installed', () => {
  expect(copiesOf('bindings-cpp', path.join(ROOT, 'node_modules'))).toHaveLength(1);
});

test('.ci/run and the command can be executed', () => {
  for (const file of ['.ci/run', 'cli/deltascope.mjs']) {
    expect(statSync(path.join(ROOT, file)).mode & 0o111, file).toBe(0o111);
  }
});

/** Folders called `name` directly in a scope or a node_modules, however deep. */
function copiesOf(name: string, modules: string): string[] {
  const folders = readdirSync(modules, { withFileTypes: true }).filter((f) => f.isDirectory());
  return folders.flatMap((folder) => {
    const inside = path.join(modules, folder.name);
    if (folder.name === name) return [inside];
    if (folder.name.startsWith('@')) return copiesOf(name, inside);
    const nested = readdirSync(inside).includes('node_modules');
    return nested ? copiesOf(name, path.join(inside, 'node_modules')) : [];
  });
}
