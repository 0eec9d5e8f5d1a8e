import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { chooseBoard, findBySerial } from '../../host/attached.ts';
import { DeltascopeError } from '../../host/error.ts';
import { BoardLock } from '../../host/transport/board-lock.ts';
import { createBoards, ULX3S_CHIP } from './fake-boards.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
});
afterEach(() => rm(folder, { recursive: true }));

const ICEBREAKER = { board: BOARDS.icebreaker.id };
const ULX3S = { board: BOARDS['ulx3s-85f'].id };

const attach = (...ports: Parameters<typeof createBoards>[0][number][]) => {
  const boards = createBoards(ports);
  return { ...boards, locks: { folder, command: 'deltascope run' } };
};

describe('chooseBoard', () => {
  it('takes the port that answers, of two of one chip, and asks the second channel first', async () => {
    const boards = attach(
      { path: '/dev/ttyUSB0', serialNumber: 'A1', channel: 0 },
      { path: '/dev/ttyUSB1', serialNumber: 'A1', channel: 1, behind: ICEBREAKER },
    );
    const { chosen } = await chooseBoard(boards);
    expect(chosen).toEqual({ key: 'A1', path: '/dev/ttyUSB1', title: 'iCEBreaker' });
    expect(boards.opened).toEqual(['/dev/ttyUSB1']);
  });

  it('finds the right channel by handshake where the order says nothing', async () => {
    const boards = attach(
      { path: '/dev/ttyUSB0', serialNumber: 'A1', behind: ICEBREAKER },
      { path: '/dev/ttyUSB1', serialNumber: 'A1', behind: 'babble' },
    );
    const { chosen } = await chooseBoard(boards);
    expect(chosen?.path).toBe('/dev/ttyUSB0');
    expect(boards.opened).toEqual(['/dev/ttyUSB1', '/dev/ttyUSB0']);
  });

  it('leaves ports alone that have no chip of a board', async () => {
    const boards = attach({ path: '/dev/ttyACM0', usb: '2341:0043', behind: ICEBREAKER });
    expect(await chooseBoard(boards)).toEqual({ chosen: undefined, silent: [] });
    expect(boards.opened).toEqual([]);
  });

  it('says how many may be boards and do not answer', async () => {
    const { chosen, silent } = await chooseBoard(attach({ path: '/dev/ttyUSB0' }));
    expect(chosen).toBeUndefined();
    expect(silent).toHaveLength(1);
  });

  it('chooses a board of another contract: opening it says what to do', async () => {
    const boards = attach({ path: '/dev/ttyUSB0', behind: { ...ULX3S, contractCrc: 1 } });
    expect((await chooseBoard(boards)).chosen?.title).toBe('ULX3S 85F');
  });

  it('lists several with what to type', async () => {
    const boards = attach(
      { path: '/dev/ttyUSB0', serialNumber: 'A1', behind: ICEBREAKER },
      { path: '/dev/ttyUSB1', serialNumber: 'D2', usb: ULX3S_CHIP, behind: ULX3S },
      { path: '/dev/ttyUSB2', serialNumber: 'D3', usb: ULX3S_CHIP },
    );
    await using _lock = await BoardLock.take('A1', { folder, command: 'deltascope bench' });
    await expect(chooseBoard(boards)).rejects.toMatchObject({
      code: 'several-boards',
      message: '2 boards are attached: say which one is meant',
      hint: expect.stringMatching(
        /^--on serial:A1 {3}iCEBreaker, in use by .*"deltascope bench".*\n {2}--on serial:D2 {3}ULX3S 85F, free$/,
      ),
    });
    expect(boards.opened).not.toContain('/dev/ttyUSB0');
  });

  it('names who has the only one, rather than simulate', async () => {
    const boards = attach({ path: '/dev/ttyUSB0', serialNumber: 'A1', behind: ICEBREAKER });
    await using _lock = await BoardLock.take('A1', { folder, command: 'deltascope bench' });
    await expect(chooseBoard(boards)).rejects.toMatchObject({
      code: 'board-in-use',
      message: expect.stringMatching(/^Board A1 is in use by .*: "deltascope bench"/),
    });
  });

  it('finds nothing where ports cannot be listed', async () => {
    const list = async () => undefined;
    expect((await chooseBoard({ list })).chosen).toBeUndefined();
  });
});

describe('findBySerial', () => {
  it('finds a board of any chip', async () => {
    const boards = attach({
      ...{ path: '/dev/ttyACM0', usb: '2341:0043', serialNumber: 'X9', behind: ULX3S },
    });
    expect(await findBySerial('X9', boards)).toMatchObject({ path: '/dev/ttyACM0', key: 'X9' });
  });

  it('names those that are attached, and the nearest', async () => {
    const boards = attach({ path: '/dev/ttyUSB0', serialNumber: 'D00123', behind: ULX3S });
    await expect(findBySerial('D00132', boards)).rejects.toMatchObject({
      code: 'board-not-found',
      message: 'No board with the serial number "D00132" is attached; did you mean "D00123"?',
      hint: 'attached: D00123',
    });
    await expect(findBySerial('D1', { list: async () => undefined })).rejects.toMatchObject({
      code: 'board-not-found',
      message: expect.stringContaining('cannot be listed'),
    });
  });

  it('says why a board does not answer: that of a port that cannot be opened first', async () => {
    const denied = new DeltascopeError('permission-denied', 'no', { hint: 'usermod' });
    const ports = [
      { path: '/dev/ttyUSB0', serialNumber: 'A1', behind: denied },
      { path: '/dev/ttyUSB1', serialNumber: 'A1' },
    ] as const;
    await expect(findBySerial('A1', attach(...ports))).rejects.toBe(denied);
    await expect(findBySerial('A1', attach(ports[1]))).rejects.toMatchObject({
      code: 'not-a-deltascope-device',
      message: 'No deltascope device answers on board A1 (/dev/ttyUSB1)',
    });
  });
});
