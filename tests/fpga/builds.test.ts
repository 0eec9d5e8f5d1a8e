import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBuilds, findCurrentBuilds } from '../../fpga/builds.ts';
import { findSources } from '../../fpga/sources.ts';
import { netlistKey } from '../../fpga/synthesise.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { RESULT } from './build-result.ts';
import { FIXTURE } from './fixture.ts';

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

test('findCurrentBuilds leaves out what was made of other Verilog', async () => {
  const folder = FIXTURE.folders?.[0] ?? '';
  await cp(path.join(ROOT, folder), path.join(root, folder), { recursive: true });
  const sources = await findSources(FIXTURE.top, { root, folders: [folder] });
  const key = await netlistKey(FIXTURE, { root, yosys: RESULT.tools.yosys, sources });
  const synthesis = { ...RESULT.synthesis, netlist: `build/synthesis-${key}/netlist.json` };
  await leave('bitstream-000000000001', { ...RESULT, synthesis });
  await leave('bitstream-000000000002', RESULT);
  const current = async () =>
    (await findCurrentBuilds(root, 'fixture')).map((build) => build.synthesis.netlist);
  expect(await current()).toEqual([synthesis.netlist]);
  // As `touch` or another branch and back: the same content.
  const top = path.join(root, folder, `${FIXTURE.top}.v`);
  const text = await readFile(top, 'utf8');
  await writeFile(top, text);
  expect(await current()).toEqual([synthesis.netlist]);
  await writeFile(top, text.replace('endmodule', '// another\nendmodule'));
  expect(await current()).toEqual([]);
});
