/** ds_frame_receiver, under cocotb: good frames out, bad ones counted. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_frame_receiver',
  sources: [
    'rtl/link/ds_frame_receiver.v',
    'rtl/link/ds_cobs_decoder.v',
    'rtl/link/ds_crc32.v',
    'rtl/stream/ds_stream_reg.v',
    'rtl/stream/ds_fifo.v',
    'rtl/stream/ds_ram_reader.v',
    'rtl/platform/generic/ds_ram.v',
  ],
  includeDirs: ['rtl/include'],
};

test('ds_frame_receiver passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_frame_receiver' }));
});

test('ds_frame_receiver is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
