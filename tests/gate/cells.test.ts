/** The models of the vendors' cells, each against its documents: see tests/gate/cells/. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { keepEntry, keyOf } from '../../fpga/cache.ts';
import { simulationVerilog } from '../../fpga/simulation.ts';
import { VERILATOR_MAKE_OPTIONS } from '../../host/transport/verilator.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { verilatorVersion } from '../bridge/verilator.ts';
import { smallNetlist } from './cells/small-netlist.ts';

const BENCHES = 'tests/gate/cells';
const BUILDS = 'build/test/gate-cells';

interface Outcome {
  readonly checks: number;
  readonly errors: number;
}

/** Built once per content. @returns the program */
async function buildBench(top: string, sources: readonly string[]): Promise<string> {
  const files = [`${BENCHES}/${top}.v`, ...sources, `${BENCHES}/main.cpp`];
  const words = ['--cc', '--exe', '--build', '-j', '2', '-Wno-fatal', '--prefix', 'Vbench'];
  const random = ['--x-assign', 'unique', '--x-initial', 'unique'];
  const make = ['-MAKEFLAGS', VERILATOR_MAKE_OPTIONS];
  const flags = [...words, ...random, ...make, '--top-module', top];
  const key = await keyOf(ROOT, { inputs: [await verilatorVersion(), flags], files });
  const { folder } = await keepEntry({
    root: ROOT,
    folder: `${BUILDS}/${top}-${key}`,
    make: async (scratch) => {
      const output = ['--Mdir', path.join(ROOT, scratch), '-o', top];
      await execa(
        'verilator',
        [...flags, ...output, ...files.map((file) => path.join(ROOT, file))],
        {
          env: projectEnvironment(),
        },
      );
    },
  });
  return path.join(ROOT, folder, top);
}

async function runBench(program: string): Promise<Map<string, Outcome>> {
  const { stdout } = await execa(program);
  const lines = stdout.matchAll(/^RESULT (?<name>\S+) +(?<checks>\d+) +(?<errors>\d+)/gm);
  return new Map(
    [...lines].map(({ groups = {} }) => [
      groups['name'] ?? '',
      { checks: Number(groups['checks']), errors: Number(groups['errors']) },
    ]),
  );
}

const LEAST_CHECKS = 4000;

/** Benches in a family's file, and in how many modes its models must stop. */
const FAMILIES = {
  ice40: {
    benches: [
      ...['SB_RAM40_4K-16', 'SB_RAM40_4K-8', 'SB_RAM40_4K-4', 'SB_RAM40_4K-2'],
      ...['SB_RAM40_4K-init', 'SB_SPRAM256KA', 'SB_PLL40_PAD'],
      ...['SB_MAC16-00', 'SB_MAC16-01', 'SB_MAC16-10', 'SB_MAC16-11'],
    ],
    forbidden: ['SB_PLL40_PAD', 'SB_MAC16', 'SB_SPRAM256KA'],
  },
  ecp5: {
    benches: [
      ...['MULT18X18D', 'TRELLIS_DPR16X4', 'EHXPLLL', 'DP16KD-init'],
      ...['DP16KD-2-2-READBEFOREWRITE', 'DP16KD-4-4-READBEFOREWRITE', 'DP16KD-9-9-READBEFOREWRITE'],
      ...['DP16KD-18-18-NORMAL', 'DP16KD-36-36-NORMAL', 'DP16KD-9-18-NORMAL'],
    ],
    forbidden: ['EHXPLLL', 'MULT18X18D', 'DP16KD', 'TRELLIS_DPR16X4'],
  },
} as const;

describe.each(['ice40', 'ecp5'] as const)('models of %s', (family) => {
  const { benches, forbidden } = FAMILIES[family];
  let program = '';
  let outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    const folder = `sim/cells/${family}`;
    const models = await readdir(path.join(ROOT, folder));
    const tested = models.map((name) => name.replace('.v', ''));
    expect(benches.map((name) => name.split('-')[0])).toEqual(expect.arrayContaining(tested));
    program = await buildBench(
      `${family}_bench`,
      models.map((name) => `${folder}/${name}`),
    );
    outcomes = await runBench(program);
  });

  test.each(benches)('%s does what its document says', (name) => {
    const { checks = 0, errors } = outcomes.get(name) ?? {};
    expect(errors).toBe(0);
    expect(checks).toBeGreaterThan(LEAST_CHECKS);
  });

  test.each(forbidden.map((cell, index) => [cell, index + 1] as const))(
    '%s stops in a mode that is not modelled',
    async (cell, which) => {
      const { failed, all } = await execa(program, [`+forbidden=${which}`], {
        all: true,
        reject: false,
      });
      expect(failed).toBe(true);
      expect(all).toContain(`${cell}: `);
    },
  );
});

test('LUTs, carries, multiplexers and registers are the expressions they should be', async () => {
  const verilog = `${BUILDS}/gates_under_test.v`;
  await mkdir(path.join(ROOT, BUILDS), { recursive: true });
  await writeFile(path.join(ROOT, verilog), simulationVerilog(smallNetlist(), 'gates_under_test'));
  const outcomes = await runBench(await buildBench('gates_bench', [verilog]));
  const wrong = [...outcomes].filter(([, { errors }]) => errors > 0).map(([name]) => name);
  expect(wrong).toEqual([]);
  expect(outcomes.size).toBe(24);
  for (const { checks } of outcomes.values()) expect(checks).toBeGreaterThan(LEAST_CHECKS);
});
