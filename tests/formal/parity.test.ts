/** The gates of parity that the experiment `depth-and-width` names: proved and counted by yosys. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deepCircuit, parityVerilog, shallowCircuit } from '../../experiments/parity-circuits.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';

let folder = '';
beforeAll(async () => {
  await mkdir(path.join(ROOT, 'build'), { recursive: true });
  folder = await mkdtemp(path.join(ROOT, 'build', 'parity-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** 1 where the circuit is not the parity. */
const wrong = (bits: number, circuit: string) => `
module wrong(input [${bits - 1}:0] x, output y);
  wire parity;
  ${circuit} circuit(x, parity);
  assign y = parity ^ ^x;
endmodule`;

test.each(
  [2, 4, 8].flatMap((bits) => [
    { bits, name: 'shallow', ...shallowCircuit(bits) },
    { bits, name: 'deep', ...deepCircuit(bits) },
  ]),
)('$name, $bits bits: $gates gates', async ({ bits, name, gates, depth }) => {
  // The wasm tool sees paths relative to its working directory only.
  await writeFile(path.join(folder, 'parity.v'), parityVerilog(bits) + wrong(bits, name));
  const script = [
    'read_verilog parity.v',
    'hierarchy -top wrong',
    'flatten',
    'sat -verify -prove y 0',
    'design -reset',
    'read_verilog parity.v',
    `hierarchy -top ${name}`,
    'opt_clean',
    'tee -q -o stat.json stat -json',
    'tee -q -o path.txt ltp',
  ].join('; ');
  const options = { cwd: folder, env: projectEnvironment(), stdin: 'ignore' } as const;
  await execa('yowasp-yosys', ['-q', '-p', script], options);
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  const cells = JSON.parse(await read('stat.json')).modules[`\\${name}`].num_cells_by_type;
  expect(cells.$reduce_and + cells.$reduce_or).toBe(gates);
  // Before each AND there is a NOT, which counts as no gate.
  expect(await read('path.txt')).toContain(`(length=${(depth * 3) / 2})`);
});
