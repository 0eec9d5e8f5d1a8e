/** ds_link, under cocotb: every request one reply, every effect once. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_link',
  sources: [
    'rtl/link/ds_link.v',
    'rtl/link/ds_command_decoder.v',
    'rtl/link/ds_image_decoder.v',
    'rtl/link/ds_registers.v',
    'rtl/link/ds_frame_receiver.v',
    'rtl/link/ds_reply_transmitter.v',
    'rtl/link/ds_cobs_decoder.v',
    'rtl/link/ds_crc32.v',
    'rtl/stream/ds_stream_reg.v',
    'rtl/stream/ds_fifo.v',
    'rtl/stream/ds_ram_reader.v',
    'rtl/platform/generic/ds_ram.v',
  ],
  includeDirs: ['rtl/include'],
};

test('ds_link passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_link' }));
});

test('ds_link is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
