import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOARDS } from '../../contract/boards.ts';
import { PROTOCOL_VERSION, REGISTERS } from '../../contract/protocol.ts';
import {
  type BoardsOptions,
  diagnoseBoards,
  findProgrammerTools,
} from '../../host/doctor-boards.ts';
import { DeltascopeError } from '../../host/error.ts';
import { BoardLock } from '../../host/transport/board-lock.ts';
import { type Behind, createBoards, ULX3S_CHIP } from './fake-boards.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
});
afterEach(() => rm(folder, { recursive: true }));

const ICEBREAKER = { board: BOARDS.icebreaker.id };
const PORT = { path: '/dev/ttyUSB1', serialNumber: 'A1' };

async function diagnose(ports: Parameters<typeof createBoards>[0], options: BoardsOptions = {}) {
  const boards = createBoards(ports);
  const { open, list } = boards;
  const diagnosis = await diagnoseBoards(await list(), { open, locks: { folder }, ...options });
  return { ...diagnosis, boards };
}

describe('diagnoseBoards', () => {
  it.each<[string, Behind, string, object]>([
    [
      'a device of this contract',
      ICEBREAKER,
      'deltascope: 4 lanes, 1 MHz, 0.1152 Mbaud',
      { state: 'ok', detail: expect.stringMatching(/^iCEBreaker on \/dev\/ttyUSB1, deltascope/) },
    ],
    [
      'an older device',
      { ...ICEBREAKER, protocolVersion: PROTOCOL_VERSION - 1 },
      'deltascope of another contract: the device is older',
      {
        mend: 'npx deltascope build --board icebreaker && npx deltascope flash --board icebreaker',
      },
    ],
    [
      'a newer device',
      { ...ICEBREAKER, protocolVersion: PROTOCOL_VERSION + 1 },
      'deltascope of another contract: the program is older',
      { mend: 'git pull' },
    ],
    ['another contract', { ...ICEBREAKER, contractCrc: 1 }, 'deltascope of another contract', {}],
    [
      'another device',
      'babble',
      expect.stringMatching(/^another device: \d+ bytes, none of them a reply$/),
      { detail: expect.stringMatching(/^another device/) },
    ],
    [
      'silence',
      'nobody',
      'no answer',
      { detail: 'no deltascope bitstream answers (iCEBreaker?)', mend: expect.any(String) },
    ],
    [
      'a port that is taken',
      new DeltascopeError('port-busy', 'Cannot open "x": in use by "screen"', { hint: 'close it' }),
      'in use by "screen"',
      { what: 'board A1 (/dev/ttyUSB1)', detail: 'in use by "screen"', mend: 'close it' },
    ],
    [
      'a port of others',
      new DeltascopeError('permission-denied', 'Cannot open "x": permission denied'),
      'permission denied',
      { mend: expect.stringMatching(/^(sudo|log out)/) },
    ],
  ])('tells %s', async (_, behind, answer, finding) => {
    const { ports, findings } = await diagnose([{ ...PORT, behind }]);
    expect(ports).toMatchObject([{ path: PORT.path, likely: ['icebreaker'], answer }]);
    expect(findings).toMatchObject([{ state: 'note', ...finding }]);
  });

  it('names who works with a board, and does not disturb', async () => {
    await using _lock = await BoardLock.take('A1', { folder, command: 'deltascope run' });
    const { ports, findings, boards } = await diagnose([{ ...PORT, behind: ICEBREAKER }]);
    const answer = expect.stringMatching(/^in use by .*"deltascope run"/);
    expect(ports).toMatchObject([{ state: 'in use', answer }]);
    expect(findings).toMatchObject([{ what: 'board A1', mend: 'wait' }]);
    expect(boards.opened).toEqual([]);
  });

  it('leaves other chips alone, unless one is named', async () => {
    const arduino = { path: '/dev/ttyACM0', usb: '2341:0043', behind: ICEBREAKER };
    const left = await diagnose([arduino, { ...PORT, behind: ICEBREAKER }]);
    expect(left.ports.map(({ state }) => state)).toEqual(['not asked', 'deltascope']);
    const named = await diagnose([arduino, PORT], { on: '/dev/ttyACM0' });
    expect(named.ports.map(({ state }) => state)).toEqual(['deltascope', 'not asked']);
    await expect(diagnose([PORT], { on: 'serial:B2' })).rejects.toMatchObject({
      code: 'board-not-found',
      hint: 'attached: A1',
    });
  });

  it('lights the LED of the one that answers, and puts it out', async () => {
    const words: number[] = [];
    const boards = createBoards([{ ...PORT, behind: ICEBREAKER }]);
    const open = async (port: string) => {
      const transport = await boards.open(port);
      const key = `registers:${REGISTERS.blink.address}`;
      const memory = boards.devices.get(port)?.memory;
      if (memory) {
        const set = memory.set.bind(memory);
        memory.set = (at, word) => {
          if (at === key) words.push(word);
          return set(at, word);
        };
      }
      return transport;
    };
    const options = { open, locks: { folder }, blinkMs: 10 };
    const { findings } = await diagnoseBoards(await boards.list(), options);
    expect(words).toEqual([1, 0]);
    expect(findings).toContainEqual({ what: 'LED of A1', state: 'ok', detail: 'lit for 0.01 s' });
  });

  it('lights no LED when none answers, or several do', async () => {
    await expect(diagnose([PORT], { blinkMs: 1 })).rejects.toMatchObject({
      code: 'board-not-found',
    });
    const two = [
      { ...PORT, behind: ICEBREAKER },
      { path: '/dev/ttyUSB2', serialNumber: 'D2', usb: ULX3S_CHIP, behind: { board: 2 } },
    ];
    await expect(diagnose(two, { blinkMs: 1 })).rejects.toMatchObject({
      code: 'several-boards',
      hint: '--on serial:A1\n  --on serial:D2',
    });
    expect((await diagnose(two, { blinkMs: 1, on: 'serial:D2' })).findings).toHaveLength(2);
  });
});

describe('findProgrammerTools', () => {
  it('names what is missing, with the command that mends it', async () => {
    const environment = { PATH: '/nonexistent' };
    const options = { platform: 'linux', rules: [folder] };
    expect(await findProgrammerTools(environment, options)).toMatchObject([
      { what: 'openFPGALoader', state: 'note', mend: expect.stringMatching(/install/) },
      { what: 'udev rule for it', state: 'note', mend: expect.stringMatching(/rules\.d/) },
    ]);
    const mac = await findProgrammerTools(environment, { platform: 'darwin' });
    expect(mac).toMatchObject([{ mend: 'brew install openfpgaloader' }]);
  });
});
