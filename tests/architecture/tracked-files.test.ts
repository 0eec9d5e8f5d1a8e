/** The repository holds nothing that is true on one machine only. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';

/** Written with a bracket where this file would otherwise find itself. */
const FORBIDDEN: readonly { what: string; pattern: RegExp }[] = [
  {
    what: 'the host of a package registry',
    pattern: /\b(?:registry\.[\w-]+\.\w+|pypi\.[a-z]+|files\.python[h]osted|npmmirr[o]r|nexus\.)/,
  },
  { what: "a registry's address", pattern: /"resolved": "[h]ttp|--(?:extra-)?index-[u]rl/ },
  {
    what: 'an absolute path of a machine',
    pattern: /(?<![\w.:/])\/(?:home|Users|[r]oot|work)\/[\w.-]+|\b[A-Z]:\\Users/,
  },
];

function trackedFiles(): string[] {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' });
  return stdout.split('\0').filter((file) => file !== '' && existsSync(path.join(ROOT, file)));
}

/** Homes of nobody, in tests and examples. */
const MADE_UP = /\/home\/ada\b/g;

function findForbidden(text: string): string[] {
  return FORBIDDEN.flatMap(({ what, pattern }) => {
    const found = pattern.exec(text.replace(MADE_UP, ''))?.[0];
    return found === undefined ? [] : [`${what}: ${found}`];
  });
}

test('no tracked file names a registry host or a path of one machine', () => {
  const files = trackedFiles();
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) =>
    findForbidden(readFileSync(path.join(ROOT, file), 'latin1')).map((what) => `${file}: ${what}`),
  );
  expect(found).toEqual([]);
});

describe('what is forbidden is found', () => {
  const host = ['registry', 'npmjs', 'org'].join('.');
  test.each([
    `https://${host}/x`,
    `see ${['pypi', 'org'].join('.')}`,
    ['', 'home', 'me'].join('/'),
  ])('%s', (text) => {
    expect(findForbidden(text)).toHaveLength(1);
  });
});
