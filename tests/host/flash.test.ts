import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { type FlashProgress, flash } from '../../host/flash.ts';
import { BoardLock } from '../../host/transport/board-lock.ts';
import type { Port } from '../../host/transport/ports.ts';
import { type Behind, createBoards, ULX3S_CHIP } from './fake-boards.ts';
import { type FakeUsb, startFakeUsb } from './fake-usb.ts';

const ICEBREAKER = { board: BOARDS.icebreaker.id };

let usb: FakeUsb;
let bitstream = '';
beforeEach(async () => {
  usb = await startFakeUsb();
  bitstream = path.join(usb.folder, 'top.bin');
  await writeFile(bitstream, 'bits');
  await usb.addProgram('openFPGALoader', 'echo "Loading: [==] 100.00%"');
});
afterEach(() => rm(usb.folder, { recursive: true }));

type FakePort = Partial<Port> & { path: string; behind?: Behind };

/** @param after what is attached once the bitstream is loaded; as before by default. */
function run(
  before: FakePort[],
  { after = before, on }: { after?: FakePort[]; on?: string | undefined } = {},
) {
  let boards = createBoards(before);
  const progress: FlashProgress[] = [];
  const result = flash(
    { board: 'icebreaker', bitstream, persist: false, on },
    {
      list: () => boards.list(),
      open: (port) => boards.open(port),
      locks: { folder: usb.folder },
      environment: { PATH: `${usb.bin}:${process.env['PATH']}` },
      confirmMs: 300,
      onProgress(step) {
        progress.push(step);
        if (step.kind === 'confirm') boards = createBoards(after);
      },
    },
  );
  return { result, progress };
}

const PORT = { path: '/dev/ttyUSB1', serialNumber: 'A1' };

describe('flash', () => {
  it('loads the only board and waits for its answer', async () => {
    const { result, progress } = run([PORT], { after: [{ ...PORT, behind: ICEBREAKER }] });
    expect(await result).toMatchObject({ kind: 'flash', key: 'A1', port: PORT.path });
    expect(progress).toEqual([
      { kind: 'board', label: 'iCEBreaker A1' },
      { kind: 'load', step: 'Loading', percent: 100 },
      { kind: 'confirm' },
    ]);
  });

  it.each<[string, FakePort[], object, string | undefined]>([
    ['none', [], { code: 'board-not-found', message: 'No iCEBreaker is attached' }, undefined],
    [
      'another only',
      [{ ...PORT, usb: ULX3S_CHIP }],
      { code: 'wrong-board', message: 'A1 is ULX3S 25F or ULX3S 85F, not iCEBreaker' },
      undefined,
    ],
    [
      'two',
      [PORT, { path: '/dev/ttyUSB2', serialNumber: 'A2' }],
      { code: 'several-boards', hint: expect.stringContaining('--on serial:A2   iCEBreaker') },
      undefined,
    ],
    ['another number', [PORT], { code: 'board-not-found', hint: 'attached: A1' }, 'serial:B2'],
    ['another port', [PORT], { code: 'port-not-found' }, '/dev/ttyUSB7'],
    [
      'one whose bitstream is of another board',
      [{ ...PORT, behind: { board: BOARDS['ulx3s-85f'].id } }],
      { code: 'wrong-board', message: 'A1 is ULX3S 85F, not iCEBreaker' },
      undefined,
    ],
  ])('refuses when there is %s', async (_, ports, error, on) => {
    const { result, progress } = run(ports, { on });
    await expect(result).rejects.toMatchObject(error);
    expect(progress.filter(({ kind }) => kind === 'load')).toEqual([]);
  });

  it.each<[string, FakePort[], object]>([
    ['does not answer', [PORT], { code: 'not-a-deltascope-device' }],
    [
      'vanishes',
      [],
      { code: 'board-not-found', message: 'Board A1 has vanished since it was loaded' },
    ],
    [
      'answers as another board',
      [{ ...PORT, behind: { board: BOARDS['ulx3s-85f'].id } }],
      { code: 'wrong-board' },
    ],
    [
      'answers with another contract',
      [{ ...PORT, behind: { ...ICEBREAKER, contractCrc: 1 } }],
      { code: 'contract-mismatch' },
    ],
  ])('is not content when the board %s afterwards', async (_, after, error) => {
    await expect(run([PORT], { after }).result).rejects.toMatchObject(error);
  });

  it('takes one of two by its number or its port', async () => {
    const ports = [
      { ...PORT, behind: ICEBREAKER },
      { path: '/dev/ttyUSB2', serialNumber: 'A2', behind: ICEBREAKER },
    ];
    expect((await run(ports, { on: 'serial:A2' }).result).port).toBe('/dev/ttyUSB2');
    expect((await run(ports, { on: PORT.path }).result).key).toBe('A1');
  });

  it('leaves a board alone that somebody works with', async () => {
    await using _lock = await BoardLock.take('A1', {
      folder: usb.folder,
      command: 'deltascope run',
    });
    await expect(run([PORT]).result).rejects.toMatchObject({ code: 'board-in-use' });
  });

  it('names a bitstream that does not exist', async () => {
    await rm(bitstream);
    await expect(run([PORT]).result).rejects.toMatchObject({
      code: 'no-bitstream',
      hint: 'npx deltascope build --board icebreaker',
    });
  });
});
