/** Every command of the lab without a board works, in the order of the sheet. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { deltascope } from '../cli/command.ts';

const LAB = path.join(ROOT, 'docs', 'labs', 'vanishing-gradient.md');

/** What makes a command short here; the sheet offers the model to who has no compiler. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  run: ['--images', '5', '--on', 'model'],
  experiment: ['--seeds', '2', '--on', 'model'],
  report: [],
};

/** The form as a student would leave it. */
async function fillIn(file: string): Promise<void> {
  const form = JSON.parse(await readFile(file, 'utf8'));
  for (const answer of Object.values<object>(form.claims)) {
    Object.assign(answer, { verdict: 'holds', because: 'the picture' });
  }
  await writeFile(file, JSON.stringify({ ...form, guess: 'ten times' }));
}

test('the lab sheet, step by step', async () => {
  const text = await readFile(LAB, 'utf8');
  const commands = [...text.matchAll(/^\$ npx deltascope (.+)$/gm)].map(([, line = '']) =>
    line.split(' '),
  );
  expect(commands.length).toBeGreaterThan(8);
  // Later steps read what earlier ones wrote.
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-lab-'));
  try {
    for (const args of commands) {
      const short = SHORT[args[0] ?? ''];
      if (args.includes('--check')) await fillIn(path.join(folder, args.at(-1) as string));
      expect(short, `an unknown kind of command: ${args.join(' ')}`).toBeDefined();
      const { status, stderr } = await deltascope([...args, ...(short ?? [])], { cwd: folder });
      expect(status, `${args.join(' ')}: ${stderr}`).toBe(0);
    }
    const page = await readFile(path.join(folder, 'results', 'lab.html'), 'utf8');
    expect(page).toContain('3 results');
  } finally {
    await rm(folder, { recursive: true });
  }
});
