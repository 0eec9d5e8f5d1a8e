/** ds_ram_reader, under cocotb: no word lost, a word a cycle. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_ram_reader',
  sources: ['rtl/stream/ds_ram_reader.v', 'rtl/stream/ds_fifo.v'],
  includeDirs: ['rtl/include'],
};

test('ds_ram_reader passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_ram_reader' }));
});

test('ds_ram_reader is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
