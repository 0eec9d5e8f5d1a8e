/** The page of errata: what is on it, under which heading, and that its text is only text. */
import { expect, test } from 'vitest';
import type { ClaimResult, ExperimentResult } from '../../contract/experiment.ts';
import { renderErrata } from '../../report/errata.ts';
import { EXAMPLE, HOSTILE } from './example.ts';

const [CLAIM] = EXAMPLE.claims as [ClaimResult];

function resultWith(...claims: Partial<ClaimResult>[]): ExperimentResult {
  return { ...EXAMPLE, claims: claims.map((claim) => ({ ...CLAIM, ...claim })) };
}

const headings = (page: string) =>
  page.split('\n').filter((line) => line.startsWith('## ') || line.includes('“'));

test('each claim that does not hold stands under its kind, errors first', () => {
  const page = renderErrata([
    resultWith(
      { text: 'a typo', verdict: 'wrong', slip: 'typo' },
      { text: 'it depends', verdict: 'holds-if' },
      { text: 'usually', verdict: 'holds-if', slip: 'imprecise' },
    ),
    resultWith({ text: 'false', verdict: 'wrong', slip: 'error' }),
  ]);
  expect(headings(page)).toEqual([
    '## Errors',
    '- **U, N** “false”',
    '## Imprecise',
    '- **U, N** “usually”',
    '## Holds if',
    '- **U, N** “it depends”',
    '## Typos',
    '- **U, N** “a typo”',
  ]);
  expect(page).toContain('Of 4 claims measured, these 4 do not hold');
  expect(page).toContain('`npx deltascope experiment example --quick`');
});

test('what holds, and what is undecided, is not listed', () => {
  const page = renderErrata([
    resultWith(
      { text: 'true', verdict: 'holds', slip: 'error' },
      { text: 'unknown', verdict: 'undecided', slip: 'error' },
    ),
  ]);
  expect(headings(page)).toEqual([]);
  expect(page).toContain('Of 2 claims measured, these 0 do not hold');
});

test('a wrong claim needs the kind that was fixed before it was measured', () => {
  const nameless = resultWith({ id: 'nameless', verdict: 'wrong' });
  expect(() => renderErrata([nameless])).toThrow(/nameless/);
});

test('text with the signs of Markdown or HTML stays text', () => {
  const page = renderErrata([
    resultWith({ text: `[x](y) *b* a_b \`c\` ${HOSTILE}`, verdict: 'holds-if' }),
  ]);
  expect(page).toContain('“\\[x\\](y) \\*b\\* a\\_b \\`c\\` \\<img');
});
