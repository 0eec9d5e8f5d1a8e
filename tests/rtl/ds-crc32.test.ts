/** ds_crc32, under cocotb: against zlib's. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_crc32',
  sources: ['rtl/link/ds_crc32.v'],
  includeDirs: ['rtl/include'],
};

test('ds_crc32 passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_crc32' }));
});

test('ds_crc32 is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
