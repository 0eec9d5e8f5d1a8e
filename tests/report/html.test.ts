/** The report page: whole, safe, and the same numbers as the result. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { renderHtml } from '../../report/html.ts';
import { pictureTable, toCsv } from '../../report/picture-table.ts';
import { experimentSection } from '../../report/section.ts';
import { findChromium, headless } from '../../tools/chromium.ts';
import { EXAMPLE, HOSTILE } from './example.ts';

const section = experimentSection(EXAMPLE);
const html = await renderHtml([section]);

test('text of a result is never markup', () => {
  expect(html).not.toContain('<img');
  // As text, in each place that shows it: encoded, or in a data: URI.
  expect(html).toContain('&lt;img src=x onerror=');
  expect(decodeURIComponent(html.match(/href="(data:text\/csv[^"]+)"/)?.[1] ?? '')).toContain(
    'layer',
  );
});

test('it needs no network and runs no script', () => {
  const addresses = [...html.matchAll(/(?:href|src|action|xlink:href)="([^"]*)"/g)].map(
    ([, to = '']) => to,
  );
  expect(addresses.filter((to) => !to.startsWith('#') && !to.startsWith('data:'))).toEqual([]);
  expect(html).not.toMatch(/<script|javascript:|@import|url\((?!#)|https?:/i);
  expect(html).toContain("default-src 'none'");
});

test('every picture has a drawing, an alternative text, a table and its downloads', () => {
  const count = (pattern: RegExp) => [...html.matchAll(pattern)].length;
  const pictures = EXAMPLE.pictures.length;
  expect(count(/<figure /g)).toBe(pictures);
  expect(count(/<div class="drawing" role="img" aria-label="[^"]+"><svg /g)).toBe(pictures);
  expect(count(/<summary>The numbers of this picture/g)).toBe(pictures);
  expect(count(/href="data:text\/csv/g)).toBe(pictures + EXAMPLE.tables.length);
  expect(count(/href="data:application\/json/g)).toBe(pictures + EXAMPLE.tables.length);
});

test('a downloaded JSON is the picture itself', () => {
  const [first] = [...html.matchAll(/href="data:application\/json;charset=utf-8,([^"]+)"/g)];
  expect(JSON.parse(decodeURIComponent(first?.[1] ?? ''))).toEqual(EXAMPLE.pictures[0]);
});

test('verdicts come before pictures, and the command to run it again is at the foot', () => {
  const places = [
    'What the lectures claim',
    'The device',
    '<figure',
    'npx deltascope experiment',
  ].map((text) => html.indexOf(text));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

test('several results begin with an overview that leads to each', async () => {
  const two = await renderHtml([
    section,
    { ...section, title: 'Second', deviceVerdict: 'disagrees' },
  ]);
  expect(two).toMatch(
    /<nav aria-label="Results">[\s\S]*href="#result-1"[\s\S]*href="#result-2">Second/,
  );
  expect(two).toContain('<article id="result-2"');
  expect([...two.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)).toSatisfy(
    (ids: string[]) => new Set(ids).size === ids.length,
  );
});

test('results of one question stand side by side: verdicts, drawings, and what was measured', async () => {
  const other = experimentSection({
    ...EXAMPLE,
    device: { ...EXAMPLE.device, label: 'another device' },
    claims: EXAMPLE.claims.map((claim) => ({ ...claim, verdict: 'wrong' as const })),
  });
  const two = await renderHtml([section, other]);
  const [beside = ''] = two.match(/<section class="comparison"[\s\S]*?<\/section>/) ?? [];
  expect(beside).toContain('another device');
  expect(beside).toMatch(/<td>◐ holds if<\/td><td>✗ wrong<\/td>/);
  const drawings = [...beside.matchAll(/<div class="drawing"/g)].length;
  expect(drawings).toBe(2 * EXAMPLE.pictures.length);
  expect(beside).toMatch(/result 2, device/);
  expect(beside).not.toContain('<img');
  const ids = [...two.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('results of different questions do not', async () => {
  const two = await renderHtml([section, { ...section, question: 'Another one?' }]);
  expect(two).not.toContain('class="comparison"');
});

test('the table of a picture has a row for each x and a column for each value and limit', () => {
  const [bands] = EXAMPLE.pictures;
  if (bands === undefined) throw new Error('no picture');
  const { rows, columns } = pictureTable(bands);
  expect(columns.map(({ name }) => name)).toEqual([
    'layer',
    `float64 ${HOSTILE}`,
    `float64 ${HOSTILE}, from`,
    `float64 ${HOSTILE}, to`,
    'device',
  ]);
  expect(rows).toEqual([
    [1, 1.5e-7, 1e-7, 3e-7, null],
    [2, 2.5e-3, 1e-3, 4e-3, 2.4999e-3],
  ]);
});

test('CSV quotes what needs it, keeps full precision, and holds no formula', () => {
  const [table] = EXAMPLE.tables;
  if (table === undefined) throw new Error('no table');
  expect(toCsv(table)).toBe(
    `name,"error, %"\r\n'=SUM(A1),0.012345678901234\r\n"${HOSTILE.replaceAll('"', '""')}",\r\n`,
  );
});

const chromium = await findChromium();

test.skipIf(chromium === undefined)(
  `in headless Chromium${chromium === undefined ? ' (not run: no chromium on PATH, nor in $CHROMIUM)' : ''}: no console message, every table as the result`,
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-report-'));
    try {
      const file = path.join(folder, 'report.html');
      await writeFile(file, html);
      const { stdout, stderr } = await execa(chromium ?? '', [
        ...headless(path.join(folder, 'profile')),
        '--enable-logging=stderr',
        '--dump-dom',
        pathToFileURL(file).href,
      ]);
      expect(stderr.split('\n').filter((line) => line.includes('CONSOLE'))).toEqual([]);
      for (const picture of EXAMPLE.pictures) {
        const id = `result-1-${picture.id}-numbers`;
        const [, body = ''] =
          new RegExp(`<table id="${id}"[\\s\\S]*?<tbody>([\\s\\S]*?)</tbody>`).exec(stdout) ?? [];
        const rows = [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
          [...row.matchAll(/<td(?: class="number" data-value="([^"]*)")?[^>]*>([^<]*)</g)].map(
            ([, value, text]) =>
              value === undefined ? (text === '–' ? null : text) : Number(value),
          ),
        );
        expect(rows, picture.id).toEqual(pictureTable(picture).rows);
      }
    } finally {
      await rm(folder, { recursive: true, maxRetries: 3 });
    }
  },
);
