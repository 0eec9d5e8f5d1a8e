/** ds_fifo, under cocotb: order, capacity, latency. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_fifo',
  sources: ['rtl/stream/ds_fifo.v'],
  includeDirs: ['rtl/include'],
};

test('ds_fifo passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_fifo' }));
});

test('ds_fifo is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
