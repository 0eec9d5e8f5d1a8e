/** The entry points as a user meets them before set-up, in a bare copy of the tree. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';

let copy = '';

beforeEach(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'deltascope-bare-'));
  for (const name of ['package.json', 'package-lock.json', 'tools', 'cli/deltascope.mjs']) {
    cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  }
});

afterEach(() => rmSync(copy, { recursive: true }));

function node(file: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [path.join(copy, file), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

test('deltascope says what to type when it is not set up', () => {
  const { status, stdout, stderr } = node('cli/deltascope.mjs', ['--help']);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    'deltascope is not set up, or its packages changed: npm run setup',
  ]);
});

test('set-up without tools on PATH names them and installs nothing', () => {
  const { status, stderr } = node('tools/run.mjs', ['setup'], { PATH: copy });
  expect(status).toBe(1);
  for (const name of ['C++ compiler', 'make', 'perl', 'Python 3.10 to 3.14']) {
    expect(stderr).toContain(name);
  }
  expect(stderr).not.toContain('node:internal');
});

test('run without a verb prints the verbs', () => {
  const { status, stderr } = node('tools/run.mjs', []);
  expect(status).toBe(2);
  expect(stderr).toContain('setup|bench|test|check');
});
