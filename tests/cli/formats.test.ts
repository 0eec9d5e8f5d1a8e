import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FormatsResult } from '../../contract/result.ts';
import { type Session, startSession } from './command.ts';

let folder = '';
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-formats-'));
  session = startSession();
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('formats --out writes the picture and the result that --json prints', async () => {
  const args = ['formats', '--depths', '3,1,3', '--images', '2', '--out', folder, '--json'];
  const { status, stdout, stderr } = await session.run(args);
  expect(status, stderr).toBe(0);
  const result = JSON.parse(stdout) as FormatsResult;
  expect(result).toMatchObject({ kind: 'formats', schema: 1, request: { depths: [1, 3] } });
  expect(JSON.parse(await readFile(path.join(folder, 'result.json'), 'utf8'))).toEqual(result);
  expect(await readFile(path.join(folder, 'formats.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
});

test.each(['0', '101', '1,', 'many'])('formats --depths %s is refused', async (depths) => {
  const { stdout, stderr, status } = await session.run(['formats', '--depths', depths]);
  expect([stdout, status]).toEqual(['', 2]);
  expect(stderr).toMatch(/--depths takes numbers of hidden layers from 1 to 100/);
});
