/** yosys takes the whole device: no latch, no second driver, no wire without one. */
import { expect, test } from 'vitest';
import { checkSynthesis } from '../bridge/yosys.ts';
import { designOf } from '../rtl/design.ts';

test.each([4, 8])('ds_device with %i lanes passes yosys check', async (Lanes) => {
  const parameters = { Lanes, WeightRows: 1024 };
  expect(await checkSynthesis({ ...designOf('ds_device'), parameters })).toEqual([]);
});
