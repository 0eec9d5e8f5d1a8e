/**
 * A bug that is in the netlist only: the gate-level run must see it. Two minutes of CPU, so that it
 * is part of the campaign only (`npm run gatesim`).
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deviceFolders } from '../../fpga/sources.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { CAMPAIGN } from './boards.ts';
import { runCases } from './run-cases.ts';

const PLATFORM = 'rtl/platform/ice40';
/** The tools see paths below the repository only; always the same, so that its build is kept. */
const MUTANT = 'build/test/gate-mutant/ice40';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-gates-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** One more register behind the SPRAMs of the weights. */
async function delayWeights(): Promise<void> {
  await cp(path.join(ROOT, PLATFORM), path.join(ROOT, MUTANT), { recursive: true });
  const file = path.join(ROOT, MUTANT, 'ds_weight_ram.v');
  const text = await readFile(file, 'utf8');
  const mutant = text
    .replace(/\.DATAOUT\s*\(word\)/, '.DATAOUT(early)')
    .replace(/wire \[15:0\] word;/, 'wire [15:0] early; reg [15:0] word;')
    .replace(/(SB_SPRAM256KA u_spram)/, 'always @(posedge clk_i) word <= early;\n      $1');
  expect(mutant.match(/\bearly\b/g)).toHaveLength(3);
  await writeFile(file, mutant);
}

/** What the run ends with: `equal`, the first difference, or the code of the host's error. */
async function verdictOf(folders?: readonly string[]): Promise<string> {
  const statsFile = path.join(folder, 'statistics.json');
  const options = folders === undefined ? { statsFile } : { statsFile, folders };
  return runCases('icebreaker', options).then(
    ({ firstDifference }) => firstDifference ?? 'equal',
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
}

test.runIf(CAMPAIGN)('SPRAM that reads a cycle late turns the run of icebreaker red', async () => {
  await delayWeights();
  const folders = deviceFolders('ice40').map((name) => (name === PLATFORM ? MUTANT : name));
  expect(await verdictOf()).toBe('equal');
  const verdict = await verdictOf(folders);
  process.stdout.write(`found: ${verdict}\n`);
  // Wrong values, or a device that waits for good: no failure of a tool counts.
  expect(verdict).toMatch(/^(?:device-timeout|wrong-result)$|"quantity":/);
});
