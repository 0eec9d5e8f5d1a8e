/** docs/errors.md explains exactly the codes that deltascope uses. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../host/error.ts';
import { ROOT } from '../../tools/setup/environment.mjs';

const page = readFileSync(path.join(ROOT, 'docs', 'errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(?<code>[a-z-]+)` \|(?<rest>.*)\|$/gm)].map(({ groups }) => ({
  code: groups?.['code'],
  cells: (groups?.['rest'] ?? '').split('|').map((cell) => cell.trim()),
}));

test('docs/errors.md lists every error code, in the order of ERROR_CODES', () => {
  expect(rows.map(({ code }) => code)).toEqual([...ERROR_CODES]);
});

test('docs/errors.md gives each code a meaning and a cure', () => {
  for (const { code, cells } of rows) {
    expect(cells, code).toHaveLength(2);
    for (const cell of cells) expect(cell.length, `${code}: "${cell}"`).toBeGreaterThan(5);
  }
});
