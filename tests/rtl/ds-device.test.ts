/** ds_device: lint-clean as every board builds it. What it does is tested in tests/system. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { boardParameters } from '../../contract/render.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { lint } from '../bridge/verilator.ts';

const FOLDERS = ['rtl/core', 'rtl/link', 'rtl/stream', 'rtl/platform/generic'];

test.each(Object.keys(BOARDS) as BoardName[])('ds_device is lint-clean for %s', async (board) => {
  const warnings = await lint({
    toplevel: 'ds_device',
    sources: ['rtl/board/ds_device.v', ...FOLDERS.flatMap(verilogIn)],
    includeDirs: ['rtl/include', 'rtl/core'],
    parameters: boardParameters(board),
  });
  expect(warnings).toEqual([]);
});

function verilogIn(folder: string): string[] {
  const names = readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith('.v'));
  return names.sort().map((name) => path.join(folder, name));
}
