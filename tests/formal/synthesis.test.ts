/** yosys takes every board whole: no latch, no second driver, no wire without one. */
import { expect, test } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { checkSynthesis } from '../bridge/yosys.ts';
import { designOf } from '../rtl/design.ts';

test.each(Object.values(BOARDS))('$top passes yosys check', async ({ top, family }) => {
  expect(await checkSynthesis(designOf(top, family), family)).toEqual([]);
});
