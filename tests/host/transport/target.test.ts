import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOARDS } from '../../../contract/boards.ts';
import type { Port } from '../../../host/transport/ports.ts';
import { buildSimulator } from '../../../host/transport/simulator.ts';
import { openTarget } from '../../../host/transport/target.ts';
import { ICEBREAKER_CHIP } from '../fake-boards.ts';
import { startPeer } from './pty-peer.ts';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const PEER = fileURLToPath(new URL('pty_peer.py', import.meta.url));

/** A repository with a `verilator` that writes the peer in place of a simulator. */
let root = '';
let environment: NodeJS.ProcessEnv = {};
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
  for (const folder of ['rtl', 'sim']) {
    await cp(path.join(REPOSITORY, folder), path.join(root, folder), { recursive: true });
  }
  environment = { ...process.env, PATH: `${root}/bin:${process.env['PATH']}` };
  await fakeVerilator(
    `printf '#!/bin/sh\\nexec python3 ${PEER} echo "$@"\\n' > "$out"; chmod +x "$out"`,
  );
});
afterEach(() => rm(root, { recursive: true }));

async function fakeVerilator(build: string, version = 'Verilator 5.040 2025-08-30'): Promise<void> {
  const program = path.join(root, 'bin', 'verilator');
  await mkdir(path.dirname(program), { recursive: true });
  const script = [
    '#!/bin/sh',
    `[ "$1" = --version ] && { echo "${version}"; exit 0; }`,
    `echo build >> ${root}/calls`,
    'while [ $# -gt 0 ]; do case $1 in -o) out=$2;; --Mdir) mkdir -p "$2";; esac; shift; done',
    build,
  ];
  await writeFile(program, script.join('\n'));
  await chmod(program, 0o755);
}

async function calls(): Promise<number> {
  return (await readFile(path.join(root, 'calls'), 'utf8')).split('\n').length - 1;
}

const portOf = ({ path: at }: { path: string }): Port => ({
  path: at,
  manufacturer: undefined,
  usb: ICEBREAKER_CHIP,
  serialNumber: 'A1',
  channel: undefined,
  accessible: true,
});

describe('openTarget', () => {
  it.each([
    [undefined, 'simulated ulx3s-85f (no board found)'],
    ['sim', 'simulated ulx3s-85f'],
    ['sim:icebreaker', 'simulated icebreaker'],
    ['sim:icebreaker/8', 'simulated icebreaker with 8 lanes'],
  ])('opens %s as %s', async (on, label) => {
    const { transport, description } = await openTarget(on, { root, environment });
    expect(description).toMatchObject({
      kind: 'simulated',
      label,
      verilator: '5.040 (native)',
      seed: 7,
    });
    await transport[Symbol.asyncDispose]();
  });

  it('opens a port by its path', async () => {
    await using peer = await startPeer('mute');
    const { transport, description } = await openTarget(peer.path);
    expect(description).toEqual({
      kind: 'serial',
      label: `serial ${peer.path}`,
      port: peer.path,
      key: peer.path,
    });
    await transport[Symbol.asyncDispose]();
  });

  it('locks the board of a port that is named, by its serial number', async () => {
    await using peer = await startPeer('mute');
    const options = { list: async () => [portOf(peer)], locks: { folder: root } };
    const { transport, description } = await openTarget(peer.path, options);
    expect(description).toMatchObject({ key: 'A1' });
    await expect(openTarget(peer.path, options)).rejects.toMatchObject({ code: 'board-in-use' });
    await transport[Symbol.asyncDispose]();
    await (await openTarget(peer.path, options)).transport[Symbol.asyncDispose]();
  });

  it('simulates where a board may be attached and does not answer, and says so', async () => {
    await using peer = await startPeer('mute');
    const options = {
      root,
      environment,
      list: async () => [portOf(peer)],
      locks: { folder: root },
    };
    const { transport, description } = await openTarget(undefined, options);
    expect(description.label).toBe('simulated ulx3s-85f (no board answers)');
    await transport[Symbol.asyncDispose]();
    await expect(openTarget('board', options)).rejects.toMatchObject({
      code: 'board-not-found',
      message: 'The board that is attached does not answer',
    });
  });

  it('fails rather than simulate where a board is required', async () => {
    const list = async () => [];
    await expect(openTarget('board', { list })).rejects.toMatchObject({
      code: 'board-not-found',
      message: 'No board is attached',
    });
  });

  it('does not look for a board when asked for what only a simulated one has', async () => {
    const list = async () => Promise.reject(new Error('looked'));
    const options = { root, environment, list, seed: 7 };
    const { transport, description } = await openTarget(undefined, options);
    expect(description.label).toBe('simulated ulx3s-85f');
    await transport[Symbol.asyncDispose]();
    for (const given of [{ trace: { file: 'x.vcd' } }, { link: 'bytes' as const }, { seed: 7 }]) {
      await expect(openTarget('serial:A1', given)).rejects.toMatchObject({
        code: 'bad-option',
        message: expect.stringMatching(/^--(trace|link|fill-seed) is for simulated boards/),
      });
    }
  });

  it.each([
    ['sim:icebraker', 'Unknown board "icebraker"; did you mean "icebreaker"?'],
    ['sim:ulx3s-85', 'Unknown board "ulx3s-85"; did you mean "ulx3s-85f"?'],
    ['sim:zzzzzzzzzz', 'Unknown board "zzzzzzzzzz"'],
    ['sim:', 'Unknown board ""'],
    ['sim:toString', 'Unknown board "toString"'],
  ])('refuses %s', async (on, message) => {
    await expect(openTarget(on, { root, environment })).rejects.toMatchObject({
      code: 'unknown-board',
      message,
      hint: `boards: ${Object.keys(BOARDS).join(', ')}`,
    });
  });

  it.each(['sim:icebreaker/5', 'sim:icebreaker/', 'sim:icebreaker/08'])(
    'refuses the lanes of %s',
    async (on) => {
      await expect(openTarget(on, { root, environment })).rejects.toMatchObject({
        code: 'bad-option',
        hint: 'lanes: 4, 8, 16, 32',
      });
    },
  );

  it('says what of the link is not as usual', async () => {
    const faults = { drop: 0.01 };
    const options = { root, environment, link: 'pins', faults, stdio: true } as const;
    const { transport, description } = await openTarget('sim', options);
    expect(description).toMatchObject({
      label: 'simulated ulx3s-85f with UART pins, faulty link',
      link: 'pins',
    });
    await transport[Symbol.asyncDispose]();
  });

  it('knows a board that was named without sim:', async () => {
    await expect(openTarget('icebreaker')).rejects.toMatchObject({
      code: 'bad-option',
      hint: expect.stringMatching(/--on sim:icebreaker/),
    });
  });
});

describe('buildSimulator', () => {
  const options = () => ({ board: 'icebreaker' as const, root, environment });

  it('builds once, also for two at the same time, and leaves nothing half done', async () => {
    const states: string[] = [];
    const onProgress = ({ state }: { state: string }) => states.push(state);
    const both = [1, 2].map(() => buildSimulator({ ...options(), onProgress }));
    const [first, second] = await Promise.all(both);
    expect(first).toEqual(second);
    await buildSimulator(options());
    expect(await calls()).toBe(1);
    expect([...states].sort()).toEqual(['finished', 'started', 'waiting']);
    expect((await readdir(path.join(root, 'build', 'sim'))).length).toBe(1);
  });

  it('builds anew when a source, a header, the board, a variant or Verilator changes', async () => {
    const programs = new Set<string>();
    const build = async (variant: Partial<Parameters<typeof buildSimulator>[0]> = {}) =>
      programs.add((await buildSimulator({ ...options(), ...variant })).program);
    await build();
    await build({ board: 'ulx3s-85f' });
    await build({ lanes: 8 });
    await build({ link: 'pins' });
    await build({ traced: true });
    await writeFile(path.join(root, 'sim', 'new.h'), '// new');
    await build();
    await writeFile(path.join(root, 'rtl', 'core', 'new.v'), '// new');
    await build();
    await writeFile(path.join(root, 'rtl', 'include', 'new.vh'), '// new');
    await build();
    await writeFile(path.join(root, 'sim', 'main.cpp'), '// new');
    await build();
    await fakeVerilator('cp /bin/true "$out"', 'Verilator 5.042 2025-11-02');
    await build();
    expect(programs.size).toBe(10);
    const folders = [...programs].map((program) => path.basename(path.dirname(program)));
    expect(folders).toContainEqual(expect.stringMatching(/^icebreaker-traced-\w{12}$/));
    expect(folders).toContainEqual(expect.stringMatching(/^icebreaker-8-lanes-\w{12}$/));
  });

  it('reports the first error and where the rest is', async () => {
    await fakeVerilator(
      'echo "- note"; echo "%Error: x.v:3: no" >&2; echo "%Error: 2" >&2; exit 1',
    );
    await expect(buildSimulator(options())).rejects.toMatchObject({
      code: 'simulator-build-failed',
      message: expect.stringMatching(
        /^Verilator could not build the simulator: %Error: x\.v:3: no \(all of it: build\/sim\/icebreaker-\w+\.log\)$/,
      ),
    });
    expect(await readdir(path.join(root, 'build', 'sim'))).toEqual([
      expect.stringMatching(/^icebreaker-\w+\.log$/),
    ]);
  });

  it('stops when interrupted', async () => {
    await fakeVerilator('exec sleep 30');
    const signal = AbortSignal.timeout(300);
    await expect(buildSimulator({ ...options(), signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(await readdir(path.join(root, 'build', 'sim'))).toEqual([]);
  });

  it('refuses a path with a space before anything runs', async () => {
    await expect(buildSimulator({ ...options(), root: '/tmp/my things' })).rejects.toMatchObject({
      code: 'simulator-build-failed',
      message: expect.stringMatching(/"\/tmp\/my things".*path with a space/),
    });
  });

  it('refuses an old Verilator, and none', async () => {
    await fakeVerilator('', 'Verilator 5.006 2023-01-22');
    await expect(buildSimulator(options())).rejects.toThrow(/5\.006 on PATH is too old/);
    const none = { PATH: '/nonexistent' };
    await expect(buildSimulator({ ...options(), environment: none })).rejects.toMatchObject({
      code: 'simulator-build-failed',
      hint: 'npm run setup; or, without the RTL: npx deltascope run --on model',
    });
  });
});
