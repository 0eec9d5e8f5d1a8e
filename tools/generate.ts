/**
 * `npm run gen`: writes every file derived from the contract and from the tables of σ and e^-v, the board
 * table within README.md and those within docs/reliability.md, docs/experiments.md and docs/results.md.
 * `--check` writes nothing and fails, naming what is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BenchResult, RULES } from '../contract/bench.ts';
import { BOARDS, type Board } from '../contract/boards.ts';
import type { FormsCampaign } from '../contract/experiment.ts';
import { markdownTable } from '../contract/markdown.ts';
import { boardsHeader, protocolPage, pythonConstants, verilogHeader } from '../contract/render.ts';
import {
  EXPONENTIAL_SEGMENTS,
  type Segment,
  SIGMOID_SEGMENTS,
  segmentWord,
} from '../golden/fixed/tail-table.ts';
import { peersTable, RESULT_TABLES, rooflinePictures } from '../report/results-page.ts';
import { formsTable } from './experiment-forms.ts';
import { RELIABILITY_TABLES } from './reliability.ts';

const ROOT = new URL('../', import.meta.url);

interface Table {
  readonly name: string;
  /** The curve. */
  readonly about: string;
  readonly segments: readonly Segment[];
  /** Address of its first word. */
  readonly first: number;
}

function tailTable({ name, about, segments, first }: Table): string {
  const rows = segments.map(
    (segment, index) =>
      `rom[${first + index}] = 32'h${segmentWord(segment).toString(16).padStart(8, '0')};`,
  );
  return [
    `// ${name}: exponent, base, drop of each chord of ${about}.`,
    '// Generated from golden/fixed/tail-table.ts by `npm run gen`; do not edit.',
    ...rows,
    '',
  ].join('\n');
}

function sigmoidTable(): string {
  return tailTable({
    name: 'ds_sigmoid_table.vh',
    about: 'sigma(-v)',
    segments: SIGMOID_SEGMENTS,
    first: 0,
  });
}

function exponentialTable(): string {
  return tailTable({
    name: 'ds_exponential_table.vh',
    about: 'exp(-v/2), after those of sigma',
    segments: EXPONENTIAL_SEGMENTS,
    first: SIGMOID_SEGMENTS.length,
  });
}

/** `path` as it is, with what stands between the markers of `name` made anew. */
function withTable(
  text: string,
  marker: { path: string; name: string; source: string },
  table: string,
): string {
  const { path, name, source } = marker;
  const opening = `<!-- ${name}: written by \`npm run gen\` from ${source} -->`;
  const begin = text.indexOf(opening);
  const end = text.indexOf(`<!-- /${name} -->`);
  if (begin < 0 || end < begin) throw new Error(`${path} has lost its line ${opening}`);
  return `${text.slice(0, begin)}${opening}\n${table}\n${text.slice(end)}`;
}

function readme(): string {
  const marker = { path: 'README.md', name: 'boards', source: 'contract/boards.ts' };
  return withTable(current(marker.path) ?? '', marker, boardTable());
}

function reliabilityPage(): string {
  const path = 'docs/reliability.md';
  return Object.entries(RELIABILITY_TABLES).reduce(
    (text, [name, table]) =>
      withTable(text, { path, name, source: `docs/reliability/${name}.json` }, table()),
    current(path) ?? '',
  );
}

function experimentsPage(): string {
  const path = 'docs/experiments.md';
  const marker = { path, name: 'forms', source: 'docs/experiments/forms.json' };
  const campaign = JSON.parse(current(marker.source) ?? 'null') as FormsCampaign;
  return withTable(current(path) ?? '', marker, formsTable(campaign));
}

function runRules(): string {
  const path = 'docs/run-rules.md';
  const marker = { path, name: 'rules', source: 'contract/bench.ts' };
  const rows = Object.entries(RULES).map(([name, text]) => [`\`${name}\``, text]);
  return withTable(current(path) ?? '', marker, markdownTable(['rule', ''], rows));
}

const RESULTS = 'docs/results/bench.json';

/** As `bench --full` wrote it. */
function benchResult(): BenchResult {
  return JSON.parse(current(RESULTS) ?? 'null') as BenchResult;
}

function resultsPage(): string {
  const path = 'docs/results.md';
  const result = benchResult();
  const pictures = [...rooflinePictures(result).keys()].map(
    (board) => `![roofline of the ${board}](results/roofline-${board}.svg)`,
  );
  const peers = { path, name: 'peers', source: 'docs/results/peers.json' };
  const tables: typeof RESULT_TABLES = {
    ...RESULT_TABLES,
    roofline: () => pictures.join('\n\n'),
  };
  const page = Object.entries(tables).reduce(
    (text, [name, render]) => withTable(text, { path, name, source: RESULTS }, render(result)),
    current(path) ?? '',
  );
  return withTable(page, peers, peersTable(JSON.parse(current(peers.source) ?? '[]')));
}

/** A file that is there because its board is in the result. */
function rooflineViews(): Record<string, () => string> {
  return Object.fromEntries(
    [...rooflinePictures(benchResult())].map(([board, svg]) => [
      `docs/results/roofline-${board}.svg`,
      () => svg,
    ]),
  );
}

const VERIFIED: Readonly<Record<Board['verified'], string>> = {
  simulated: 'simulated; **not run on hardware**',
  'gate level': 'simulated and at gate level; **not run on hardware**',
  'run on a board': 'run on a board',
};

function boardTable(): string {
  const head = [
    'board',
    'name',
    'part',
    'lanes',
    'clock',
    'link',
    'weights',
    'neurons',
    'verified',
  ];
  const rows = Object.entries(BOARDS as Readonly<Record<string, Board>>).map(([name, board]) => [
    board.title,
    `\`${name}\``,
    board.part,
    board.lanes,
    `${board.clockHz / 1e6} MHz`,
    `${board.baud / 1e6} Mbaud`,
    board.weightRows * board.lanes,
    board.neurons,
    VERIFIED[board.verified],
  ]);
  return markdownTable(head, rows);
}

/** Path below the repository's root, and the text that belongs there. */
export const VIEWS: Readonly<Record<string, () => string>> = {
  'rtl/include/ds_contract.vh': verilogHeader,
  'rtl/include/ds_boards.vh': boardsHeader,
  'rtl/core/ds_sigmoid_table.vh': sigmoidTable,
  'rtl/core/ds_exponential_table.vh': exponentialTable,
  'tests/rtl/contract.py': pythonConstants,
  'docs/protocol.md': protocolPage,
  'README.md': readme,
  'docs/reliability.md': reliabilityPage,
  'docs/experiments.md': experimentsPage,
  'docs/run-rules.md': runRules,
  'docs/results.md': resultsPage,
  ...rooflineViews(),
};

function current(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, ROOT), 'utf8');
  } catch {
    return undefined;
  }
}

/** Paths of the views whose committed text is not what the sources give. */
export function staleViews(): string[] {
  return Object.entries(VIEWS)
    .filter(([path, render]) => current(path) !== render())
    .map(([path]) => path);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const stale = staleViews();
  if (process.argv.includes('--check')) {
    for (const path of stale) console.error(`${path} is stale: run npm run gen`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const path of stale) {
      const target = new URL(path, ROOT);
      mkdirSync(dirname(target.pathname), { recursive: true });
      writeFileSync(target, (VIEWS[path] as () => string)());
      console.log(`wrote ${path}`);
    }
    if (stale.length === 0) console.log('all generated files are up to date');
  }
}
