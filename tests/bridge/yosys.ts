/** Between vitest and yosys: a design through the generic part of synthesis, without mapping. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { projectEnvironment, ROOT, VENV } from '../../tools/setup/environment.mjs';
import type { LintOptions } from './verilator.ts';

/** What yosys only warns of and yet breaks a design (facts.md: it drops multipliers that way). */
const SERIOUS = /^(?:Warning: .*|ERROR.*)$/gm;

/** Where yosys declares the cells of a family, below its folder `share`. */
const CELLS: Readonly<Record<string, string>> = {
  ice40: 'ice40/cells_sim.v',
  ecp5: 'ecp5/cells_bb.v',
};

/** @returns the file that declares the family's cells; undefined where there are none */
export function vendorCells(family: string): string | undefined {
  const file = CELLS[family];
  if (file === undefined) return undefined;
  const lib = path.join(VENV, 'lib');
  const found = readdirSync(lib)
    .map((python) => path.join(lib, python, 'site-packages/yowasp_yosys/share', file))
    .find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`yosys has no ${file}: npm run setup`);
  return found;
}

/**
 * Elaborates and optimises `toplevel` and looks for latches, several drivers and none.
 * @returns warnings and errors; empty when clean
 */
export async function checkSynthesis(options: LintOptions, family = ''): Promise<string[]> {
  const { toplevel, sources, includeDirs = [], parameters = {} } = options;
  const values = Object.entries(parameters).flatMap(([name, value]) => ['-set', name, `${value}`]);
  const cells = CELLS[family];
  const script = [
    ...(cells === undefined ? [] : [['read_verilog', '-lib', `+/${cells}`]]),
    ['read_verilog', ...includeDirs.map((folder) => `-I${folder}`), ...sources],
    ...(values.length > 0 ? [['chparam', ...values, toplevel]] : []),
    ['hierarchy', '-check', '-top', toplevel],
    ['synth', '-noabc', '-run', 'begin:fine'],
    ['check', '-assert'],
    ['select', '-assert-none', 't:$dlatch', 't:$adlatch', 't:$dlatchsr'],
    ['select', '-assert-min', '1', 't:$mem_v2'],
  ];
  const text = script.map((words) => words.join(' ')).join('; ');
  // The wasm tool sees paths relative to its working directory only.
  const { all, exitCode } = await execa('yowasp-yosys', ['-q', '-p', text], {
    cwd: ROOT,
    env: projectEnvironment(),
    stdin: 'ignore',
    all: true,
    reject: false,
  });
  const found = [...all.matchAll(SERIOUS)].map(([line]) => line);
  return exitCode === 0 || found.length > 0 ? found : [all];
}
