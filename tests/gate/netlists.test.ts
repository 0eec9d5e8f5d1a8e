/**
 * The netlist that place and route gets, of each board's whole top, from the UART pins inwards:
 * bit for bit what `golden/fixed` computes. Registers and memories start random.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeGateNetlist } from '../../bench/gates.ts';
import { BOARDS } from '../../contract/boards.ts';
import { readNetlist } from '../../fpga/netlist.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { GATE_BOARDS } from './boards.ts';
import { runCases } from './run-cases.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-gates-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(GATE_BOARDS)('netlist of %s', (board) => {
  test('equals golden/fixed on every kind of small network', async () => {
    const statsFile = path.join(folder, `${board}.json`);
    const run = await runCases(board, { statsFile });
    const { firstDifference, valuesCompared, fillSeed, label, cycles, cpuSeconds } = run;
    const speed = Math.round(cycles / cpuSeconds / 1000);
    process.stdout.write(
      `${label}: ${valuesCompared} values, ${cycles} cycles, ${speed} kcycles/s\n`,
    );
    expect(label).toBe(`netlist of ${board}, simulated`);
    expect(firstDifference, `filled from seed ${fillSeed}`).toBeUndefined();
    expect(valuesCompared).toBeGreaterThan(200);
  });

  test('has a PLL that makes the clock of the board table', async () => {
    const { oscillatorHz, clockHz, top } = BOARDS[board];
    const options = { root: ROOT, environment: projectEnvironment() };
    const { netlist } = await makeGateNetlist(board, options);
    const { modules } = await readNetlist(path.join(ROOT, netlist));
    const cells = Object.values(modules[top]?.cells ?? {});
    const pll = cells.find(({ type }) => type in PLLS);
    const rule = PLLS[pll?.type ?? ''];
    if (pll === undefined || rule === undefined) throw new Error('no PLL');
    const value = (name: string) => Number.parseInt(String(pll.parameters[name]), 2);
    const { outputHz, oscillatorHz: inside } = rule(oscillatorHz, value);
    expect(outputHz).toBe(clockHz);
    const [lowest, highest] = pll.type === 'EHXPLLL' ? [400e6, 800e6] : [533e6, 1066e6];
    expect(inside).toBeGreaterThanOrEqual(lowest);
    expect(inside).toBeLessThanOrEqual(highest);
    if (pll.type === 'EHXPLLL') {
      expect(pll.connections['CLKFB']).toEqual(pll.connections['CLKOP']);
    }
  });
});

type Rule = (
  inputHz: number,
  value: (parameter: string) => number,
) => { outputHz: number; oscillatorHz: number };

/** Lattice TN1251 (simple feedback) and FPGA-TN-02200 (CLKOP fed back). */
const PLLS: Readonly<Record<string, Rule>> = {
  SB_PLL40_PAD(inputHz, value) {
    const oscillatorHz = (inputHz * (value('DIVF') + 1)) / (value('DIVR') + 1);
    return { oscillatorHz, outputHz: oscillatorHz / 2 ** value('DIVQ') };
  },
  EHXPLLL(inputHz, value) {
    const outputHz = (inputHz * value('CLKFB_DIV')) / value('CLKI_DIV');
    return { outputHz, oscillatorHz: outputHz * value('CLKOP_DIV') };
  },
};
