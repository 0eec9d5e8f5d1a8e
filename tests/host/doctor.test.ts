import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagnose, type SetUp } from '../../host/doctor.ts';
import { createBoards } from './fake-boards.ts';

const HEALTHY: SetUp = {
  node: '24.1.0',
  platform: 'linux',
  cxx: true,
  make: true,
  perl: true,
  python: [3, 11, 2],
  shortages: [],
  packages: { node: true, bench: true, test: true },
};

let root = '';
let environment: NodeJS.ProcessEnv = {};
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
  const verilator = path.join(root, 'bin', 'verilator');
  await mkdir(path.dirname(verilator));
  await writeFile(verilator, '#!/bin/sh\necho Verilator 5.040\n');
  await chmod(verilator, 0o755);
  environment = { PATH: `${root}/bin:${process.env['PATH']}` };
});
afterEach(() => rm(root, { recursive: true }));

const findings = async (setUp: Partial<SetUp>, env = environment) => {
  const diagnosis = await diagnose({ root, environment: env, setUp: { ...HEALTHY, ...setUp } });
  const found = new Map(diagnosis.findings.map((finding) => [finding.what, finding]));
  return { healthy: diagnosis.healthy, of: (what: string) => found.get(what) };
};

describe('diagnose', () => {
  it('finds a machine healthy that has everything', async () => {
    const { healthy, of } = await findings({});
    expect(healthy).toBe(true);
    expect(of('Node')).toEqual({ what: 'Node', state: 'ok', detail: '24.1.0' });
    expect(of('Python')?.detail).toBe('3.11.2');
    expect(of('Verilator')?.detail).toBe('5.040 (native)');
    for (const tool of ['C++ compiler', 'make', 'perl', 'npm packages', 'Python environment']) {
      expect(of(tool)?.state).toBe('ok');
    }
  });

  it.each([
    ['linux', 'apt install perl'],
    ['darwin', 'brew install perl'],
  ])('names what the system lacks, with the command for %s', async (platform, mend) => {
    const perl = {
      what: 'perl',
      debian: 'apt install perl',
      fedora: '',
      macos: 'brew install perl',
    };
    const { healthy, of } = await findings({ platform, perl: false, shortages: [perl] });
    expect(healthy).toBe(false);
    expect(of('perl')).toEqual({ what: 'perl', state: 'missing', detail: 'missing', mend });
  });

  it('sends stale packages to set-up, and does not need those of the tests', async () => {
    const stale = await findings({ packages: { node: false, bench: false, test: false } });
    expect(stale.healthy).toBe(false);
    expect(stale.of('npm packages')).toMatchObject({ state: 'missing', mend: 'npm run setup' });
    expect(stale.of('Python environment')).toMatchObject({
      state: 'missing',
      mend: 'npm run setup',
    });
    const { healthy, of } = await findings({ packages: { node: true, bench: true, test: false } });
    expect(healthy).toBe(true);
    expect(of('Python environment for tests')).toMatchObject({ state: 'note' });
  });

  it('says which Verilator is missing', async () => {
    const { healthy, of } = await findings({}, { PATH: '/nonexistent' });
    expect(healthy).toBe(false);
    expect(of('Verilator')).toMatchObject({ state: 'missing', mend: 'npm run setup' });
  });

  it('does not ask for ports where that would end the process', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const { healthy, of } = await findings({});
      expect(healthy).toBe(true);
      expect(of('serial ports')).toMatchObject({ state: 'note', mend: 'apt install udev' });
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('asks the boards that are attached', async () => {
    const { list, open } = createBoards([
      { path: '/dev/ttyUSB1', serialNumber: 'A1', behind: { board: 1 } },
    ]);
    const options = { root, environment, setUp: HEALTHY, list, open, locks: { folder: root } };
    const { findings: found, ports } = await diagnose(options);
    expect(ports).toMatchObject([{ path: '/dev/ttyUSB1', state: 'deltascope' }]);
    expect(found).toContainEqual(expect.objectContaining({ what: 'board A1', state: 'ok' }));
    expect(found.map(({ what }) => what)).toContain('openFPGALoader');
  });

  it('adds up folders without following links, and says which boards are built', async () => {
    await mkdir(path.join(root, 'build', 'deep'), { recursive: true });
    await writeFile(path.join(root, 'build', 'one'), new Uint8Array(1000));
    await writeFile(path.join(root, 'build', 'deep', 'two'), new Uint8Array(2000));
    await symlink(root, path.join(root, 'build', 'deep', 'loop'));
    const { sizes, boards } = await diagnose({ root, environment, setUp: HEALTHY });
    const { build } = sizes;
    expect(build).toBeGreaterThanOrEqual(3000);
    expect(build).toBeLessThan(3200);
    expect(sizes['node_modules']).toBeUndefined();
    // There is no RTL in this repository.
    expect(boards[0]).toMatchObject({ board: 'icebreaker', lanes: 4, built: undefined });
  });
});
