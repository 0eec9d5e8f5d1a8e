import { describe, expect, it } from 'vitest';
import { CONTRACT_CRC } from '../../contract/fingerprint.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol.ts';
import { DeltascopeError } from '../../host/error.ts';
import { type Probe, probePort } from '../../host/probe.ts';
import { type Behind, createBoards } from './fake-boards.ts';
import { startPeer } from './transport/pty-peer.ts';

const PATH = '/dev/ttyUSB0';
const probe = (behind: Behind): Promise<Probe> =>
  probePort(PATH, { open: createBoards([{ path: PATH, behind }]).open });

describe('probePort', () => {
  it('knows a device of this contract', async () => {
    expect(await probe({ board: 1 })).toMatchObject({
      state: 'deltascope',
      identity: { board: 1, contractCrc: CONTRACT_CRC },
    });
  });

  it.each([
    [{ protocolVersion: PROTOCOL_VERSION - 1 }, 'device'],
    [{ protocolVersion: PROTOCOL_VERSION + 1 }, 'program'],
    [{ contractCrc: 1 }, undefined],
  ])('knows %j of another contract, and who is older', async (identity, older) => {
    expect(await probe(identity)).toMatchObject({ state: 'other-contract', older, identity });
  });

  it('tells another device from none', async () => {
    expect(await probe('nobody')).toEqual({ state: 'silent', users: [] });
    const babble = await probe('babble');
    expect(babble).toMatchObject({ state: 'other-device' });
    expect('bytes' in babble && babble.bytes).toBeGreaterThan(0);
  });

  it('keeps why a port cannot be opened', async () => {
    const error = new DeltascopeError('port-busy', 'busy');
    expect(await probe(error)).toEqual({ state: 'unreachable', error });
  });

  it('lets the device be used while it is connected, and closes it', async () => {
    const boards = createBoards([{ path: PATH, behind: {} }]);
    const seen: number[] = [];
    await probePort(PATH, {
      open: boards.open,
      whenConnected: async ({ identity }) => {
        seen.push(identity.lanes);
      },
    });
    expect(seen).toEqual([4]);
  });

  it('stops when interrupted', async () => {
    const { open } = createBoards([{ path: PATH }]);
    const signal = AbortSignal.timeout(20);
    await expect(probePort(PATH, { open, signal })).rejects.toMatchObject({ code: 'interrupted' });
  });

  it.concurrent.each([
    ['mute', 'silent'],
    ['echo', 'other-device'],
    ['die', 'unreachable'],
  ] as const)('a real terminal that is %s is %s, and who else has it open', async (mode, state) => {
    await using peer = await startPeer(mode);
    const found = await probePort(peer.path);
    expect(found.state).toBe(state);
    if ('users' in found) expect(found.users[0]?.command).toMatch(/pty_peer\.py/);
  });
});
