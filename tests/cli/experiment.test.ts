/** `experiment` and `report` as a user meets them; the model stands for the device. */
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentResult, ExperimentResults } from '../../contract/experiment.ts';
import { EXPERIMENTS } from '../../experiments/catalogue.ts';
import { DELTASCOPE, deltascope, type Session, startSession } from './command.ts';

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-experiment-'));
  session = startSession();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

test('experiment alone lists every experiment under its lectures', async () => {
  const { stdout, status } = await session.run(['experiment']);
  expect(status).toBe(0);
  for (const { name, question } of EXPERIMENTS) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name} +`, 'm'));
    expect(stdout).toContain(question);
  }
  expect(stdout).toMatch(/^U {2}De Masellis/m);
  expect(stdout).toMatch(/next: npx deltascope experiment speed-of-learning --quick\n?$/);
});

test('experiment NAME says what was measured, both verdicts, the report and the next command', async () => {
  const out = path.join(folder, 'new', 'sigma.json');
  const args = ['experiment', 'sigma-prime', '--quick', '--on', 'model', '--out', out];
  const { stdout, stderr, status } = await deltascope(args);
  expect(status, stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^DEVICE model, bit-exact to the RTL in CI; not hardware/);
  expect(stdout).toContain('✓ holds: σ′ is largest at z = 0, where it is 1/4.');
  expect(stdout).toMatch(/^DEVICE {2}✓ agrees$/m);
  expect(lines.at(-2)).toMatch(/^report: .*sigma\.html$/);
  expect(lines.at(-1)).toMatch(/^next: {3}npx deltascope report .*sigma\.json --plain$/);
  expect(lines.filter((line) => [...line].length > 104 && !line.includes(folder))).toEqual([]);

  const result = (await read(out)) as ExperimentResult;
  expect(result).toMatchObject({ kind: 'experiment', name: 'sigma-prime', quick: true });
  expect(result.commandLine).toContain('deltascope experiment sigma-prime --quick');
  expect(await readFile(out.replace('.json', '.html'), 'utf8')).toContain(
    'The derivative of the sigmoid',
  );
});

test('--json prints the result and nothing else; --seeds is taken over', async () => {
  const out = path.join(folder, 'chain.json');
  const args = [
    'experiment',
    'chain',
    '--quick',
    '--on',
    'model',
    '--json',
    '--seeds',
    '3',
    '--out',
    out,
  ];
  const { stdout, stderr, status } = await session.run(args);
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout) as ExperimentResult;
  expect(result.parameters).toEqual({ seeds: 3, deviceSeeds: 3 });
  expect(await read(out)).toEqual(result);
  expect(stderr).toContain('DEVICE model');
});

test('--errata prints the page and nothing else', async () => {
  const out = path.join(folder, 'exploding.json');
  const args = ['experiment', 'exploding-chain', '--quick', '--on', 'model', '--errata'];
  const { stdout, stderr, status } = await session.run([...args, '--out', out]);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^# Errata\n/);
  expect(stdout).toMatch(/^## Holds if$/m);
  expect(stdout).toContain('`npx deltascope experiment exploding-chain --quick`');
  expect(stderr).toContain('DEVICE model');
});

test('--student draws networks of its own, says which, and records it', async () => {
  const out = path.join(folder, 'ada.json');
  const args = ['experiment', 'chain', '--quick', '--on', 'model', '--student', 'Ada Lovelace'];
  const { stdout, stderr, status } = await session.run([...args, '--seeds', '2', '--out', out]);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('STUDENT Ada Lovelace: networks from seed 33312001 on');
  const result = (await read(out)) as ExperimentResult;
  expect(result.student).toBe('Ada Lovelace');
  expect(result.parameters).toEqual({ seeds: 2, deviceSeeds: 2, firstSeed: 33312001 });
  const others = (await read(path.join(folder, 'chain.json'))) as ExperimentResult;
  expect(result.tables).not.toEqual(others.tables);
});

test('--answers writes the form once; --check says what is missing in it', async () => {
  const form = path.join(folder, 'answers.json');
  const named = ['experiment', 'chain', '--student', 'Ada', '--answers', form];
  expect((await session.run(named)).status).toBe(0);
  const again = await session.run(named);
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('Cannot write')]);
  const empty = await session.run(['experiment', 'chain', '--check', form]);
  expect([empty.status, empty.stderr]).toEqual([1, expect.stringContaining('claims.product')]);

  const answers = await read(form);
  for (const id of Object.keys(answers.claims)) {
    answers.claims[id] = { verdict: 'wrong', because: 'a guess' };
  }
  await writeFile(form, JSON.stringify({ ...answers, guess: 'a quarter' }));
  const full = await session.run(['experiment', 'chain', '--check', form]);
  expect(full.status, full.stderr).toBe(0);
  expect(full.stdout).toContain('Whether they are right was not looked at');
});

describe('report', () => {
  test('of two results, and of a run, is one page; --plain prints', async () => {
    const sigma = path.join(folder, 'new', 'sigma.json');
    const run = path.join(folder, 'run.json');
    const measured = await session.run(['run', '--on', 'model', '--images', '5', '--json']);
    await writeFile(run, measured.stdout);
    const page = path.join(folder, 'both.html');
    const made = await session.run(['report', sigma, run, '--out', page]);
    expect(made.status, made.stderr).toBe(0);
    const html = await readFile(page, 'utf8');
    expect(html).toContain('2 results');
    expect(html).toContain('[784, 30, 30, 10]');
    expect(html).toContain('The derivative of the sigmoid');

    const { stdout, status } = await session.run(['report', sigma, run, '--plain']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/σ′ over its range: σ′\(z\) \(one row in \d+\)/);
    expect(stdout).toContain('Made by: deltascope experiment sigma-prime');
    expect(stdout).toContain('‖mean δ‖');
  });

  test('of a page of several experiments takes the one file', async () => {
    const out = path.join(folder, 'several.json');
    const one = (await read(path.join(folder, 'new', 'sigma.json'))) as ExperimentResult;
    const several: ExperimentResults = { kind: 'experiments', schema: 1, results: [one, one] };
    await writeFile(out, JSON.stringify(several));
    expect((await session.run(['report', out])).status).toBe(0);
    expect(await readFile(out.replace('.json', '.html'), 'utf8')).toContain('2 results');
    const { stdout } = await session.run(['report', out, '--plain']);
    expect(stdout).toMatch(/sigma-prime +2 +agrees +\d+\.\d\n/);
    expect(stdout).toMatch(/^2 of 2 agree, in \d+\.\d minutes$/m);
    expect(stdout).toMatch(/^SIDE BY SIDE {2}/m);
    expect(stdout).toMatch(/result 1 +result 2/);
  });

  test.each([
    ['{', /not JSON/],
    ['{"kind":"photograph"}', /kind/],
  ])('of %s says what is wrong with the file', async (text, reason) => {
    const file = path.join(folder, 'bad.json');
    await writeFile(file, text);
    const { stderr, status } = await session.run(['report', file]);
    expect(status).toBe(1);
    expect(stderr).toMatch(reason);
  });

  test('of a file that is not there', async () => {
    const { stderr, status } = await session.run(['report', path.join(folder, 'none.json')]);
    expect([status, stderr]).toEqual([1, expect.stringContaining('there is no such file')]);
  });

  test('of a directory, or of a file larger than any result, before it is read', async () => {
    const directory = await session.run(['report', folder]);
    expect([directory.status, directory.stderr]).toEqual([
      1,
      expect.stringContaining('it is not a regular file'),
    ]);
    const large = path.join(folder, 'large.json');
    await writeFile(large, '');
    await truncate(large, 2 ** 40);
    const { stderr, status } = await session.run(['report', large]);
    expect([status, stderr]).toEqual([1, expect.stringContaining('1099511627776 bytes are more')]);
  });
});

test.each([
  [['experiment', 'chian'], /did you mean "chain"/],
  [['experiment', '--lecture', 'X'], /There is no lecture "X"/],
  [['experiment', 'chain', '--all'], /do not go together/],
  [['experiment', 'chain', '--json', '--errata'], /both print/],
  [['experiment', '--all', '--check', 'a.json'], /--check is for one experiment/],
  [['experiment', 'chain', '--answers', 'a.json'], /whose they are/],
  [['experiment', 'chain', '--seeds', '0'], /--seeds takes a whole number from 1 up/],
  [
    ['experiment', 'chain', '--on', 'model', '--fill-seed', '3'],
    /--fill-seed is for simulated boards/,
  ],
])('%j is refused', async (args, message) => {
  const { stderr, status } = await session.run(args);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

test('Ctrl-C ends with status 130, leaves nothing behind, and keeps what was done', async () => {
  const out = path.join(folder, 'stopped.json');
  const args = ['experiment', '--all', '--quick', '--seeds', '1', '--on', 'model', '--out', out];
  const child = execa(process.execPath, [DELTASCOPE, ...args], { reject: false, buffer: true });
  let said = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      // The first experiment is done.
      if (said.includes('CLAIMS')) resolve();
    });
  });
  child.kill('SIGINT');
  const { exitCode, stderr } = await child;
  expect(exitCode, stderr).toBe(130);
  expect(stderr).toContain('error: Interrupted');
  const result = (await read(out)) as ExperimentResult;
  expect(result.name).toBe(EXPERIMENTS[0]?.name);
});
