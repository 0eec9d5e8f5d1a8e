/** ds_stream_reg, under cocotb: order, hold, latency. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_stream_reg',
  sources: ['rtl/stream/ds_stream_reg.v'],
  includeDirs: ['rtl/include'],
};

test('ds_stream_reg passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_stream_reg' }));
});

test('ds_stream_reg is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
