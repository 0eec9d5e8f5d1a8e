/** What is said of lines of the sources, in docs/coverage.md and docs/mutation.md, and how they are read. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { findGaps } from '../coverage/page.ts';
import { REASONS } from '../coverage/reasons.ts';
import { addPoints, type Point } from '../coverage/verilator.ts';
import { EXCUSES } from '../mutation/equivalent.ts';

test.each([...REASONS, ...EXCUSES])('$file has the one line `$part`', ({ file, part }) => {
  const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  expect(lines.filter((line) => line.includes(part))).toHaveLength(1);
});

test('addPoints joins the counts of several simulations, and takes the RTL only', () => {
  const record = (file: string, kind: string, count: number) =>
    `C '\x01f\x02${file}\x01l\x0212\x01n\x024\x01o\x02${kind}\x01h\x02top' ${count}\n`;
  const points = new Map<string, Point>();
  const own = path.join(ROOT, 'rtl/core/ds_a.v');
  addPoints(points, `# header\n${record(own, 'if', 0)}${record(own, 'else', 3)}`);
  addPoints(points, record('rtl/core/ds_a.v', 'if', 0) + record('cells/b.v', 'if', 0));
  expect([...points.values()].map(({ kind, isCovered }) => [kind, isCovered])).toEqual([
    ['if', false],
    ['else', true],
  ]);
  const reason = { file: 'rtl/core/ds_a.v', part: 'never', why: 'cannot be' };
  const gaps = findGaps([...points.values()], [reason], () => '  if (never)');
  expect(gaps).toMatchObject([{ code: 'if (never)', why: 'cannot be' }]);
});
