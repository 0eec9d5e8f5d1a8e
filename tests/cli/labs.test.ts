/** The commands of the labs are commands that exist, with options that they take. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { type Session, startSession } from './command.ts';

const FOLDER = path.join(ROOT, 'docs', 'labs');
const labs = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));

let session: Session;
beforeAll(() => {
  session = startSession();
});
afterAll(() => session[Symbol.asyncDispose]());

const textOf = (lab: string) => readFileSync(path.join(FOLDER, lab), 'utf8');

test.each(labs)('%s', async (lab) => {
  const commands = [...textOf(lab).matchAll(/npx deltascope ([a-z-]+)((?: [^`\n]*)?)/g)];
  expect(commands.length).toBeGreaterThan(0);
  for (const [line, command = '', rest = ''] of commands) {
    const { status, stdout } = await session.run([command, '--help']);
    expect(status, line).toBe(0);
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(stdout, line).toContain(option);
  }
});

/** As GitHub names the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function leadsNowhere(lab: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const found = path.join(FOLDER, file === '' ? lab : file);
  if (!existsSync(found)) return true;
  return anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).includes(anchor);
}

test.each(labs)('every link of %s within the repository leads somewhere', (lab) => {
  const targets = [...textOf(lab).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, to = '']) => to);
  expect(targets.filter((target) => leadsNowhere(lab, target))).toEqual([]);
});
