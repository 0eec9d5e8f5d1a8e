/** `verilator --lint-only -Wall` is clean for each module as top, and for each board's device. */
import { describe, expect, test } from 'vitest';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { boardParameters } from '../../contract/render.ts';
import { lint } from '../bridge/verilator.ts';
import { designOf, MODULES } from './design.ts';

const DEVICES = ['ds_device', 'ds_device_uart'];
const NAMES = Object.keys(BOARDS) as BoardName[];

describe.concurrent('lint', () => {
  test.each(MODULES.map(({ name }) => name))('%s is lint-clean', async (name) => {
    expect(await lint(designOf(name))).toEqual([]);
  });

  test.each(DEVICES.flatMap((device) => NAMES.map((board) => ({ device, board }))))(
    '$device is lint-clean for $board',
    async ({ device, board }) => {
      const parameters = boardParameters(board);
      expect(await lint({ ...designOf(device), parameters })).toEqual([]);
    },
  );
});
