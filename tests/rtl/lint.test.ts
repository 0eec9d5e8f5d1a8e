/** `verilator --lint-only -Wall` is clean for each module as top, and for each board's device. */
import { describe, expect, test } from 'vitest';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { boardParameters } from '../../contract/render.ts';
import { lint } from '../bridge/verilator.ts';
import { designOf, MODULES } from './design.ts';

const DEVICE = 'ds_device';

describe.concurrent('lint', () => {
  test.each(MODULES.map(({ name }) => name))('%s is lint-clean', async (name) => {
    expect(await lint(designOf(name))).toEqual([]);
  });

  test.each(Object.keys(BOARDS) as BoardName[])('ds_device is lint-clean for %s', async (board) => {
    const parameters = boardParameters(board);
    expect(await lint({ ...designOf(DEVICE), parameters })).toEqual([]);
  });
});
