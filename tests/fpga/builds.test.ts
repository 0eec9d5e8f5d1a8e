import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBuilds, findCurrentBuilds } from '../../fpga/builds.ts';
import { RESULT } from './build-result.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'deltascope-builds-'));
});
afterEach(() => rm(root, { recursive: true }));

async function leave(entry: string, result: object): Promise<void> {
  const folder = path.join(root, 'build/bitstreams/fixture', entry);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'result.json'), JSON.stringify(result));
}

test('findBuilds has the newest first, and nothing that is half made or of another schema', async () => {
  await leave('bitstream-000000000001', { ...RESULT, time: '2026-11-20T12:00:00.000Z' });
  await leave('bitstream-000000000002', { ...RESULT, time: '2026-11-22T12:00:00.000Z' });
  await leave('bitstream-000000000003.123-01234567', RESULT);
  await leave('bitstream-000000000004', { ...RESULT, schema: 0 });
  await leave('synthesis-000000000005', RESULT);
  const builds = await findBuilds(root, 'fixture');
  expect(builds.map(({ time }) => time.slice(8, 10))).toEqual(['22', '20']);
});

test('findBuilds is empty where nothing was built', async () => {
  expect(await findBuilds(root, 'fixture')).toEqual([]);
});

test('findCurrentBuilds leaves out what was made before the RTL last changed', async () => {
  await mkdir(path.join(root, 'rtl/core'), { recursive: true });
  const changed = new Date('2026-11-21T12:00:00.000Z');
  for (const file of ['rtl/core/ds_core.v', 'rtl/core', 'rtl']) {
    if (file.endsWith('.v')) await writeFile(path.join(root, file), '');
    await utimes(path.join(root, file), changed, changed);
  }
  await leave('bitstream-000000000001', { ...RESULT, time: '2026-11-20T12:00:00.000Z' });
  await leave('bitstream-000000000002', { ...RESULT, time: '2026-11-22T12:00:00.000Z' });
  const builds = await findCurrentBuilds(root, 'fixture');
  expect(builds.map(({ time }) => time.slice(8, 10))).toEqual(['22']);
});
