import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findProgrammer,
  hasRules,
  type LoadProgress,
  loadBitstream,
  parseProgress,
} from '../../host/programmer.ts';
import { type FakeUsb, startFakeUsb } from './fake-usb.ts';

let usb: FakeUsb;
let environment: NodeJS.ProcessEnv = {};
beforeEach(async () => {
  usb = await startFakeUsb();
  environment = { PATH: `${usb.bin}:${process.env['PATH']}` };
});
afterEach(() => rm(usb.folder, { recursive: true }));

const install = (script: string) =>
  usb.addProgram('openFPGALoader', `[ "$1" = --Version ] && echo v0.12.1 && exit; ${script}`);
const load = (change: Partial<Parameters<typeof loadBitstream>[0]> = {}) =>
  loadBitstream({
    ...{ board: 'icebreaker', bitstream: 'top.bin', persist: false, environment },
    ...change,
  });

describe('findProgrammer', () => {
  it('says its version', async () => {
    await install('');
    expect(await findProgrammer(environment)).toBe('0.12.1');
  });

  it.each([
    ['darwin', 'brew install openfpgaloader'],
    ['linux', expect.stringMatching(/^sudo (apt|dnf) /)],
  ])('says how %s gets it', async (platform, hint) => {
    await expect(findProgrammer({ PATH: '/nonexistent' }, platform)).rejects.toMatchObject({
      code: 'programmer-missing',
      hint,
    });
  });
});

describe('hasRules', () => {
  it('knows the rules under any number', async () => {
    const folder = path.join(usb.folder, 'rules.d');
    expect(await hasRules([folder])).toBe(false);
    await mkdir(folder);
    await writeFile(path.join(folder, '70-other.rules'), '');
    expect(await hasRules([folder])).toBe(false);
    await writeFile(path.join(folder, '69-openFPGALoader.rules'), '');
    expect(await hasRules(['/nonexistent', folder])).toBe(true);
  });
});

describe('parseProgress', () => {
  it('reads what is drawn over and over', () => {
    const text = '\rLoading: [==        ] 4.00%\rLoading: [=====] 100.00%\nDone\nWriting: [ ] 7%';
    expect(parseProgress(text)).toEqual([
      { step: 'Loading', percent: 4 },
      { step: 'Loading', percent: 100 },
      { step: 'Writing', percent: 7 },
    ]);
  });
});

describe('loadBitstream', () => {
  it('reports progress', async () => {
    await install('printf "Loading: [= ] 50.00%%\\r"; sleep 0.1; echo "Loading: [==] 100.00%"');
    const seen: LoadProgress[] = [];
    await load({ onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ percent }) => percent)).toEqual([50, 100]);
  });

  it.each([
    ['unable to open ftdi device: -3 (device not found)', 'board-not-found', /doctor/],
    ['unable to open ftdi device: -4 (usb_open() failed)', 'permission-denied', /udevadm/],
    ["mismatch between target's idcode and bitstream idcode", 'wrong-board', /boards/],
    ['Error: out of luck', 'flash-failed', /--board icebreaker --flash/],
  ])('explains %s', async (said, code, hint) => {
    await install(`echo Parse file DONE; echo "${said}" >&2; exit 1`);
    await expect(load()).rejects.toMatchObject({
      code,
      message: `Cannot load the iCEBreaker: ${said}`,
      hint: expect.stringMatching(hint),
    });
  });

  it('sees an FPGA that has not taken its bitstream, although the program ends well', async () => {
    await install('echo "Wait for CDONE FAIL"');
    await expect(load()).rejects.toMatchObject({ code: 'flash-failed' });
    await expect(load({ persist: true })).rejects.toMatchObject({
      hint: 'replug the board, then run the same command again',
    });
  });

  it('stops when interrupted', async () => {
    await install('exec sleep 30');
    const signal = AbortSignal.timeout(200);
    await expect(load({ signal })).rejects.toMatchObject({ code: 'interrupted' });
  });
});
