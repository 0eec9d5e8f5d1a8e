import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startSimulated } from '../../../host/transport/simulated.ts';
import { peerProgram } from './pty-peer.ts';

async function isAlive(pidFile: string): Promise<boolean> {
  const pid = Number(await readFile(pidFile, 'utf8'));
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function readAll(incoming: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of incoming) {
    // Only the end is of interest.
  }
}

describe('startSimulated', () => {
  it('opens the terminal that the program names, and ends the program on close', async () => {
    await using peer = await peerProgram('echo');
    const { transport, seed } = await startSimulated(peer.program);
    expect(seed).toBe(7);
    await transport.write(Uint8Array.of(5, 6, 0));
    for await (const bytes of transport.incoming) {
      expect([...bytes]).toEqual([5, 6, 0]);
      break;
    }
    expect(await isAlive(peer.pidFile)).toBe(true);
    const closing = performance.now();
    await transport[Symbol.asyncDispose]();
    expect(await isAlive(peer.pidFile)).toBe(false);
    // By itself, not killed after 2 s.
    expect(performance.now() - closing).toBeLessThan(1500);
  });

  it('says why a program does not come up', async () => {
    await using peer = await peerProgram('fail');
    await expect(startSimulated(peer.program)).rejects.toMatchObject({
      code: 'simulator-died',
      message: expect.stringMatching(/exit code 4.*\(no such thing\)/),
    });
  });

  it('says that the program died, instead of a lost port', async () => {
    await using peer = await peerProgram('die');
    const { transport } = await startSimulated(peer.program);
    const receiving = readAll(transport.incoming);
    const died = expect(receiving).rejects.toMatchObject({
      code: 'simulator-died',
      message: expect.stringMatching(/exit code 3.*\(out of memory\)/),
    });
    await transport.write(Uint8Array.of(1));
    await died;
    await transport[Symbol.asyncDispose]();
  });

  it('closes while the program does not read', async () => {
    await using peer = await peerProgram('mute');
    const { transport } = await startSimulated(peer.program);
    const receiving = readAll(transport.incoming);
    transport.write(new Uint8Array(100_000)).catch(() => {});
    await transport[Symbol.asyncDispose]();
    await receiving;
    expect(await isAlive(peer.pidFile)).toBe(false);
  });
});
