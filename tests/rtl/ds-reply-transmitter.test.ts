/** ds_reply_transmitter, under cocotb: cells an independent decoder reads. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_reply_transmitter',
  sources: [
    'rtl/link/ds_reply_transmitter.v',
    'rtl/link/ds_crc32.v',
    'rtl/stream/ds_fifo.v',
    'rtl/stream/ds_ram_reader.v',
    'rtl/platform/generic/ds_ram.v',
  ],
  includeDirs: ['rtl/include'],
};

test('ds_reply_transmitter passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_reply_transmitter' }));
});

test('ds_reply_transmitter is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
