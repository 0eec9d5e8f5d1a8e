import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { deviceFolders, findSources, includesOf, withoutComments } from '../../fpga/sources.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { FIXTURE } from './fixture.ts';

const folders = FIXTURE.folders ?? [];

test('findSources follows modules and includes, and takes nothing else', async () => {
  const [folder] = folders;
  expect(await findSources('fixture_top', { root: ROOT, folders })).toEqual({
    modules: ['counter', 'mul', 'ram', 'top'].map((name) => `${folder}/fixture_${name}.v`),
    headers: [`${folder}/fixture_width.vh`],
    includes: [folder],
  });
});

test('findSources names a file that is missing', async () => {
  await expect(findSources('nobody', { root: ROOT, folders })).rejects.toMatchObject({
    code: 'build-failed',
    message: expect.stringContaining('No file "nobody.v"'),
  });
});

test.each(Object.values(BOARDS))('$title has every module, from one family', async (board) => {
  const { family, top } = board;
  const found = await findSources(top, { root: ROOT, folders: deviceFolders(family) });
  for (const module of ['ds_core', 'ds_link', 'ds_mul', 'ds_ram', 'ds_weight_ram']) {
    expect(found.modules.filter((file) => path.basename(file) === `${module}.v`)).toHaveLength(1);
  }
  expect(found.modules.filter((file) => /platform\/(?!ice40|ecp5)/.test(file))).toEqual([]);
  expect(existsSync(path.join(ROOT, board.constraints))).toBe(true);
});

test('comments name nothing', () => {
  const text = '// `include "a.vh"\n`include "b.vh"\n/* `include "c.vh"\n*/ x';
  expect(includesOf(withoutComments(text))).toEqual(['b.vh']);
});
