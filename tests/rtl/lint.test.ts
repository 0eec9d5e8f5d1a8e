/** `verilator --lint-only -Wall` is clean for each module as top, and for each board and family. */
import { describe, expect, test } from 'vitest';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { boardParameters, clockParameters } from '../../contract/render.ts';
import { lint } from '../bridge/verilator.ts';
import { designOf, FAMILIES, MODULES } from './design.ts';

const DEVICES = ['ds_device', 'ds_device_uart'];
const NAMES = Object.keys(BOARDS) as BoardName[];

describe.concurrent('lint', () => {
  test.each(MODULES)('$file is lint-clean', async ({ name, family }) => {
    expect(await lint(designOf(name, family))).toEqual([]);
  });

  test.each(DEVICES.flatMap((device) => NAMES.map((board) => ({ device, board }))))(
    '$device is lint-clean for $board',
    async ({ device, board }) => {
      const parameters = boardParameters(board);
      expect(await lint({ ...designOf(device), parameters })).toEqual([]);
    },
  );

  test.each(
    NAMES.flatMap((board) =>
      FAMILIES.filter((family) => [BOARDS[board].family, 'null'].includes(family)).map(
        (family) => ({ top: BOARDS[board].top, family }),
      ),
    ),
  )('$top is lint-clean on $family', async ({ top, family }) => {
    expect(await lint(designOf(top, family))).toEqual([]);
  });

  test.each(NAMES)('the clock of %s is lint-clean', async (board) => {
    const design = designOf('ds_clock', BOARDS[board].family);
    expect(await lint({ ...design, parameters: clockParameters(board) })).toEqual([]);
  });
});
