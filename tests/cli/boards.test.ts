import { expect, test } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { deltascope } from './command.ts';

test('deltascope boards lists every board with its lanes and clock, within 100 columns', async () => {
  const { stdout, status } = await deltascope(['boards']);
  expect(status).toBe(0);
  for (const [name, { title, lanes, clockHz }] of Object.entries(BOARDS)) {
    expect(stdout).toMatch(
      new RegExp(`^ {2}${name} +${title} .* ${lanes} .* ${clockHz / 1e6} `, 'm'),
    );
  }
  expect(stdout.split('\n').filter((line) => [...line].length > 100)).toEqual([]);
});

test('deltascope boards --json is the table, for programs', async () => {
  const { stdout } = await deltascope(['boards', '--json']);
  const boards = JSON.parse(stdout) as { name: string; lanes: number }[];
  expect(boards.map(({ name }) => name)).toEqual(Object.keys(BOARDS));
  expect(boards[0]).toMatchObject({ name: 'icebreaker', ...BOARDS.icebreaker });
});
