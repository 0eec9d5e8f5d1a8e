/**
 * `npm run gen`: writes every file derived from the contract and from the σ table.
 * `--check` writes nothing and fails, naming what is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { protocolPage, pythonConstants, verilogHeader } from '../contract/render.ts';
import { SEGMENTS, segmentWord } from '../golden/fixed/sigmoid-table.ts';

const ROOT = new URL('../', import.meta.url);

function sigmoidTable(): string {
  const rows = SEGMENTS.map(
    (segment, index) =>
      `rom[${index}] = 32'h${segmentWord(segment).toString(16).padStart(8, '0')};`,
  );
  return [
    '// ds_sigmoid_table.vh: exponent, base, drop of each chord of sigma(-|z|).',
    '// Generated from golden/fixed/sigmoid-table.ts by `npm run gen`; do not edit.',
    ...rows,
    '',
  ].join('\n');
}

/** Path below the repository's root, and the text that belongs there. */
export const VIEWS: Readonly<Record<string, () => string>> = {
  'rtl/include/ds_contract.vh': verilogHeader,
  'rtl/core/ds_sigmoid_table.vh': sigmoidTable,
  'tests/rtl/contract.py': pythonConstants,
  'docs/protocol.md': protocolPage,
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
