/** ds_cobs_decoder, under cocotb: frames, errors, realignment. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_cobs_decoder',
  sources: ['rtl/link/ds_cobs_decoder.v', 'rtl/stream/ds_stream_reg.v'],
  includeDirs: ['rtl/include'],
};

test('ds_cobs_decoder passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_cobs_decoder' }));
});

test('ds_cobs_decoder is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
