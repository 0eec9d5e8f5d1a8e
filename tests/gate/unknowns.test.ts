/**
 * Four-valued: from unknown registers and memories, reset brings every output out of X. Needs
 * Icarus Verilog, which the project does not require.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { makeGateNetlist } from '../../bench/gates.ts';
import { BOARDS } from '../../contract/boards.ts';
import { readNetlist } from '../../fpga/netlist.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { GATE_BOARDS } from './boards.ts';

const CYCLES = 300;
const installed = spawnSync('iverilog', ['-V']).status === 0;
const reason = installed ? '' : ' (skipped: no iverilog on PATH)';

describe.skipIf(!installed)(`Icarus${reason}`, () => {
  test.each(GATE_BOARDS)('reset brings every output of %s out of X', async (board) => {
    const { family, top } = BOARDS[board];
    const options = { root: ROOT, environment: projectEnvironment() };
    const { netlist, verilog } = await makeGateNetlist(board, options);
    const { modules } = await readNetlist(path.join(ROOT, netlist));
    const outputs = Object.entries(modules[top]?.ports ?? {})
      .filter(([, { direction }]) => direction === 'output')
      .map(([name, { bits }]) => ({ name, width: bits.length }));
    expect(outputs.length).toBeGreaterThan(1);
    const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-icarus-'));
    try {
      const bench = path.join(folder, 'bench.v');
      await writeFile(bench, benchFor(top, outputs));
      const cells = path.join(ROOT, 'sim/cells', family);
      const models = (await readdir(cells)).map((name) => path.join(cells, name));
      const program = path.join(folder, 'bench');
      const sources = [bench, path.join(ROOT, verilog), ...models];
      await execa('iverilog', ['-g2012', '-s', 'bench', '-o', program, ...sources]);
      const { stdout } = await execa('vvp', ['-n', program]);
      expect(stdout).toMatch(/^before tx_o x$/m);
      for (const { name } of outputs) {
        expect(stdout).toMatch(new RegExp(`^after ${name} [01]+$`, 'm'));
      }
      expect(stdout).toMatch(/^after tx_o 1$/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function benchFor(top: string, outputs: readonly { name: string; width: number }[]): string {
  const say = (when: string) =>
    outputs.map(({ name }) => `    $display("${when} ${name} %b", ${name});`).join('\n');
  return `module bench;
  reg clk = 0;
${outputs.map(({ name, width }) => `  wire [${width - 1}:0] ${name};`).join('\n')}
  ${top} dut (.clk_i(clk), .rx_i(1'b1), ${outputs.map(({ name }) => `.${name}(${name})`).join(', ')});
  initial begin
    #1;
${say('before')}
    repeat (${2 * CYCLES}) #1 clk = !clk;
${say('after')}
    $finish;
  end
endmodule
`;
}
