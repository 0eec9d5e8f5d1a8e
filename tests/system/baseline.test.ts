/** The cycles of docs/results/baseline.json are those that the RTL takes, to the last one. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { countCycles } from '../../bench/cycles.ts';
import { FULL } from '../../bench/networks.ts';
import { type CyclesResult, MODES } from '../../contract/bench.ts';
import { BOARDS } from '../../contract/boards.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';

const BASELINE = new URL('../../docs/results/baseline.json', import.meta.url);

/** One hidden layer and ten: the others have nothing that these have not. */
const DEPTHS = [2, 11];

test('no board takes a cycle more or less than the baseline', async () => {
  const { rows } = JSON.parse(await readFile(BASELINE, 'utf8')) as CyclesResult;
  expect(new Set(rows.map(({ board }) => board))).toEqual(new Set(Object.keys(BOARDS)));
  expect(new Set(rows.map(({ mode }) => mode))).toEqual(new Set(MODES));
  const isShort = ({ layers }: { layers: readonly number[] }) => DEPTHS.includes(layers.length - 1);
  const options = { environment: projectEnvironment() };
  const counted = await countCycles(options, FULL.filter(isShort));
  // Where that is meant: npx deltascope bench --write-baseline docs/results/baseline.json
  expect(counted.rows).toEqual(rows.filter(isShort));
});
