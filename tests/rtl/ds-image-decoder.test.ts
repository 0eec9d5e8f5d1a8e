/** ds_image_decoder, under cocotb: good images in, malformed ones out. */
import { expect, test } from 'vitest';
import { expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { lint } from '../bridge/verilator.ts';

const MODULE = {
  toplevel: 'ds_image_decoder',
  sources: ['rtl/link/ds_image_decoder.v'],
  includeDirs: ['rtl/include'],
};

test('ds_image_decoder passes its cocotb tests', async () => {
  expectAllPassed(await runCocotb({ ...MODULE, module: 'test_ds_image_decoder' }));
});

test('ds_image_decoder is lint-clean', async () => {
  expect(await lint(MODULE)).toEqual([]);
});
