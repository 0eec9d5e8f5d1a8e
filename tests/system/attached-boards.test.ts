/**
 * A lab: simulated boards behind serial ports, as the commands meet real ones. Only the list of USB
 * devices and openFPGALoader are made up.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BoardName } from '../../contract/boards.ts';
import type { RunResult } from '../../contract/result.ts';
import type { Diagnosis } from '../../host/doctor.ts';
import type { FlashResult } from '../../host/flash.ts';
import { buildSimulator } from '../../host/transport/simulator.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { DELTASCOPE, deltascope } from '../cli/command.ts';
import { ICEBREAKER_CHIP, ULX3S_CHIP } from '../host/fake-boards.ts';
import { type FakeUsb, startFakeUsb } from '../host/fake-usb.ts';
import { startPeer } from '../host/transport/pty-peer.ts';

/** Serial numbers of nobody else's boards: locks are shared by all of the machine. */
const A1 = `TEST${process.pid}A1`;
const D2 = `TEST${process.pid}D2`;
const IMAGES = ['--images', '5'];

let usb: FakeUsb;
let env: NodeJS.ProcessEnv = {};
const programs = new Map<BoardName, string>();
beforeAll(async () => {
  for (const board of ['icebreaker', 'ulx3s-85f'] as const) {
    const options = { board, root: ROOT, environment: projectEnvironment() };
    programs.set(board, (await buildSimulator(options)).program);
  }
});
beforeEach(async () => {
  usb = await startFakeUsb();
  env = { PATH: `${usb.bin}:${process.env['PATH']}` };
});
afterEach(() => rm(usb.folder, { recursive: true }));

/** A board by itself; it ends with the test. */
async function powerUp(board: BoardName) {
  const child = execa(programs.get(board) as string, [], {
    stdin: 'pipe',
    buffer: false,
    reject: false,
  });
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (text) => resolve(String(text).split('\n')[0] ?? ''));
  });
  child.stdout.resume();
  child.stderr.resume();
  return {
    path: String(JSON.parse(line).pty),
    unplug: () => child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child;
    },
  };
}

/** A command that goes on while others run; it never outlasts its minutes. */
function start(args: readonly string[]) {
  return execa(process.execPath, [DELTASCOPE, ...args], { env, reject: false, timeout: 120_000 });
}

/** @throws Error with what the command said, when it ends without a word of output. */
async function firstOutput(command: ReturnType<typeof start>): Promise<void> {
  const ended = command.then(({ exitCode, stderr }) => {
    throw new Error(`ended with ${exitCode}: ${stderr}`);
  });
  await Promise.race([new Promise((resolve) => command.stdout.once('data', resolve)), ended]);
}

const icebreaker = (port: { path: string }, channel = 1) => ({
  ...{ path: port.path, usb: ICEBREAKER_CHIP, serialNumber: A1, channel },
});
const ulx3s = (port: { path: string }) => ({
  ...{ path: port.path, usb: ULX3S_CHIP, serialNumber: D2 },
});

describe('one board is attached', () => {
  test('run takes it, says so in its first line, and is bit for bit equal', async () => {
    await using board = await powerUp('icebreaker');
    await using channelA = await startPeer('mute');
    await usb.attach([icebreaker(channelA, 0), icebreaker(board)]);
    const { stdout, stderr, status } = await deltascope(['run', ...IMAGES], { env });
    expect(status, stderr).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`DEVICE iCEBreaker ${A1} on ${board.path}`);
    expect(stdout).toContain('Bit for bit equal to golden/fixed');
  });

  test('--on serial: and --require-board mean it, and the result names it', async () => {
    await using board = await powerUp('icebreaker');
    await usb.attach([icebreaker(board)]);
    for (const flags of [['--on', `serial:${A1}`], ['--require-board']]) {
      const args = ['run', ...IMAGES, ...flags, '--json'];
      const { stdout, stderr, status } = await deltascope(args, { env });
      expect(status, stderr).toBe(0);
      const { device } = JSON.parse(stdout) as RunResult;
      expect(device).toMatchObject({ kind: 'serial', board: 'icebreaker', fillSeed: null });
      expect(device.label).toContain(A1);
    }
  });

  test('doctor says what it is, on which port, and lights its LED', async () => {
    await using board = await powerUp('icebreaker');
    await using channelA = await startPeer('mute');
    await usb.attach([icebreaker(channelA, 0), icebreaker(board)]);
    const { stdout } = await deltascope(['doctor', '--blink'], { env });
    expect(stdout).toMatch(`✓ board ${A1}: iCEBreaker on ${board.path}, deltascope: 4 lanes`);
    expect(stdout).toMatch(`✓ LED of ${A1}: lit for 4 s`);
    expect(stdout).toMatch(new RegExp(`${channelA.path} .*not asked: its other port answers`));
    const json = await deltascope(['doctor', '--json'], { env });
    const { ports } = JSON.parse(json.stdout) as Diagnosis;
    expect(ports?.find(({ path: at }) => at === board.path)).toMatchObject({
      state: 'deltascope',
      likely: ['icebreaker'],
      device: { board: 'icebreaker', lanes: 4 },
    });
  });

  test('who comes second learns who has it; when the first is killed, its lock is worth nothing', async () => {
    await using board = await powerUp('icebreaker');
    await usb.attach([icebreaker(board)]);
    const first = start(['run', '--images', '60000']);
    await firstOutput(first);
    await delay(500);
    for (const flags of [[], ['--on', board.path]]) {
      const { status, stdout, stderr } = await deltascope(['run', ...IMAGES, ...flags], { env });
      expect(stderr).toMatch(`error: Board ${A1} is in use by `);
      expect(stderr).toContain(`"deltascope run --images 60000" (process ${first.pid}`);
      expect(stdout).toBe('');
      expect(status).toBe(1);
    }
    const { stdout: said } = await deltascope(['doctor'], { env });
    expect(said).toMatch(`– board ${A1}: in use by `);
    first.kill('SIGKILL');
    await first;
    const { status, stderr } = await deltascope(['run', ...IMAGES], { env });
    expect(status, stderr).toBe(0);
  });

  test('a port that vanishes ends the run with what was measured', async () => {
    await using board = await powerUp('icebreaker');
    await usb.attach([icebreaker(board)]);
    const out = await mkdtemp(path.join(tmpdir(), 'deltascope-vanish-'));
    const args = ['run', '--images', '60000', '--out', out];
    const run = start(args);
    await firstOutput(run);
    await delay(3000);
    board.unplug();
    const { exitCode, stderr } = await run;
    expect(stderr).toMatch(/error: Lost the connection to .*\n {2}check the cable and the board/);
    expect(exitCode).toBe(1);
    const result = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8')) as RunResult;
    expect(result.partial).toBe(true);
    await rm(out, { recursive: true });
  });
});

describe('several boards are attached', () => {
  test('run lists them with what to type; each is found by its number', async () => {
    await using one = await powerUp('icebreaker');
    await using two = await powerUp('ulx3s-85f');
    await usb.attach([icebreaker(one), ulx3s(two)]);
    const { status, stderr } = await deltascope(['run', ...IMAGES], { env });
    expect(status).toBe(1);
    expect(stderr).toContain('error: 2 boards are attached: say which one is meant');
    expect(stderr).toContain(`--on serial:${A1}   iCEBreaker, free`);
    expect(stderr).toContain(`--on serial:${D2}   ULX3S 85F, free`);
    const runs = [A1, D2].map((number) =>
      deltascope(['run', ...IMAGES, '--on', `serial:${number}`], { env }),
    );
    const outcomes = await Promise.all(runs);
    expect(outcomes.map(({ status: each }) => each)).toEqual([0, 0]);
    expect(outcomes[1]?.stdout).toMatch(`DEVICE ULX3S 85F ${D2} on ${two.path}`);
    const blink = await deltascope(['doctor', '--blink'], { env });
    expect(blink.status).toBe(1);
    expect(blink.stderr).toContain('error: Several boards answer: whose LED?');
  });
});

describe('no board answers', () => {
  test('run simulates and says so; with --require-board it fails', async () => {
    await using peer = await startPeer('mute');
    await usb.attach([icebreaker(peer)]);
    const { stdout } = await deltascope(['run', ...IMAGES], { env });
    expect(stdout.split('\n')[0]).toBe('DEVICE simulated ulx3s-85f (no board answers)');
    const { status, stderr } = await deltascope(['bench', '--require-board'], { env });
    expect(stderr).toMatch(
      /error: The board that is attached does not answer\n {2}npx deltascope doctor/,
    );
    expect(status).toBe(1);
  });
});

describe('flash', () => {
  let bitstream = '';
  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-bits-'));
    bitstream = path.join(folder, 'top.bin');
    await writeFile(bitstream, 'bits');
  });
  afterAll(() => rm(path.dirname(bitstream), { recursive: true }));

  const flash = (args: string[]) =>
    deltascope(['flash', '--bitstream', bitstream, ...args], { env });

  test('loads the FPGA, and confirms that the board answers then', async () => {
    await using before = await startPeer('mute');
    await using after = await powerUp('icebreaker');
    await usb.attach([icebreaker(before)]);
    // The board answers from now on.
    await usb.addProgram(
      'openFPGALoader',
      `[ "$1" = --Version ] && echo openFPGALoader v0.12.1 && exit
       echo "$@" > ${usb.folder}/args
       sed -i s,${before.path},${after.path}, ${usb.folder}/ports
       printf 'Parse file DONE\\nLoading to CRAM: [====   ] 40.00%%\\rLoading to CRAM: [=======] 100.00%%\\nDone\\n'`,
    );
    const { stdout, stderr, status } = await flash(['--board', 'icebreaker']);
    expect(status, stderr).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`BOARD iCEBreaker ${A1}`);
    expect(stdout).toMatch(`iCEBreaker ${A1} answers on ${after.path}: 4 lanes`);
    expect(stderr).toBe('Loading to CRAM 40 %\nwaiting for the board to answer');
    expect(await readFile(path.join(usb.folder, 'args'), 'utf8')).toBe(
      `--board ice40_generic --ftdi-serial ${A1} ${bitstream}\n`,
    );
    const json = await flash(['--board', 'icebreaker', '--flash', '--json']);
    expect(JSON.parse(json.stdout) as FlashResult).toMatchObject({ persistent: true, key: A1 });
    expect(await readFile(path.join(usb.folder, 'args'), 'utf8')).toContain(' -f ');
  });

  test('refuses another board before anything is loaded', async () => {
    await using board = await powerUp('ulx3s-85f');
    await usb.attach([ulx3s(board)]);
    await usb.addProgram('openFPGALoader', `echo "$@" > ${usb.folder}/args`);
    const chip = await flash(['--board', 'icebreaker']);
    expect(chip.stderr).toMatch(`error: ${D2} is ULX3S 25F or ULX3S 85F, not iCEBreaker`);
    // The same chip, but the bitstream that answers is of the other part.
    const part = await flash(['--board', 'ulx3s-25f']);
    expect(part.stderr).toMatch(`error: ${D2} is ULX3S 85F, not ULX3S 25F`);
    expect([chip.status, part.status]).toEqual([1, 1]);
    await expect(readFile(path.join(usb.folder, 'args'))).rejects.toThrow('ENOENT');
  });
});
