/** Every command that the README shows is one that works. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeNpy } from '../../host/data/npy.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { DELTASCOPE, deltascope } from '../cli/command.ts';

/** Not run here, because they run this test or take what it stands on away. */
const EXEMPT = ['npm test'];

/** Options that make a command on images short. */
const SHORT = ['--images', '5'];
const SHORT_BENCH = [...SHORT, '--repeats', '1'];
/** They take no images. */
const WITHOUT_IMAGES = ['experiment', 'report'];

const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
const { scripts } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const commands = [...readme.matchAll(/^```(?:console|sh)\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.split('\n'))
  .map((line) => line.replace(/^\$ /, '').replace(/\s+#.*/, ''))
  .filter((line) => line !== '');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-readme-'));
  await writeFile(path.join(folder, 'net.npz'), smallNetwork());
});
afterAll(() => rm(folder, { recursive: true }));

test.each(commands.filter((command) => !EXEMPT.includes(command)))('%s', async (command) => {
  const { status, output } = await runShortly(command);
  expect(status, output).toBe(0);
});

test('what is exempt is in the README and is a script', () => {
  for (const command of EXEMPT) {
    expect(commands).toContain(command);
    expect(Object.keys(scripts)).toContain(command.split(' ').at(-1));
  }
});

test('every script and every command that the README names exists', async () => {
  const named = [...readme.matchAll(/`npm (?:run )?([\w:-]+)/g)].map(([, name = '']) => name);
  const known = [...Object.keys(scripts), 'ci'];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);

  const { stdout: help } = await deltascope(['--help']);
  const used = [...readme.matchAll(/npx deltascope (\w+)/g)].map(([, name = '']) => name);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((name) => !new RegExp(`^ {2}${name} `, 'm').test(help))).toEqual([]);
});

test('every script of package.json is in the table of commands', () => {
  const missing = Object.keys(scripts).filter(
    (name) => !readme.includes(`| \`npm run ${name}\``) && !readme.includes(`| \`npm ${name}\``),
  );
  expect(missing).toEqual([]);
});

test('every link within the repository leads somewhere', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, to = '']) => to);
  expect(targets.length).toBeGreaterThan(0);
  expect(targets.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([]);
});

async function runShortly(command: string) {
  const [program = '', ...args] = command.split(' ');
  const options = { reject: false, all: true } as const;
  const result =
    program === 'npx'
      ? await execa(
          process.execPath,
          [DELTASCOPE, ...args.slice(1), ...(WITHOUT_IMAGES.includes(args[1] ?? '') ? [] : SHORT)],
          {
            ...options,
            cwd: folder,
          },
        )
      : await execa(program, [...args, '--', ...SHORT_BENCH, '--out', path.join(folder, 'bench')], {
          ...options,
          cwd: ROOT,
        });
  return { status: result.exitCode, output: result.all };
}

function smallNetwork(): Uint8Array {
  const matrix = (rows: number, columns: number) =>
    writeNpy(
      Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
      [rows, columns],
    );
  return zipSync({
    'W1.npy': matrix(5, 784),
    'b1.npy': matrix(5, 1),
    'W2.npy': matrix(10, 5),
    'b2.npy': matrix(10, 1),
  });
}
