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

  it('speaks over standard input and output where there is no terminal', async () => {
    await using peer = await peerProgram('echo');
    const { transport, seed } = await startSimulated(peer.program, { stdio: true });
    expect(seed).toBe(7);
    const sent = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
    const received: Uint8Array[] = [];
    const receiving = (async () => {
      for await (const bytes of transport.incoming) {
        received.push(bytes);
        if (Buffer.concat(received).length === sent.length) break;
      }
    })();
    await transport.write(sent);
    await receiving;
    expect(Buffer.compare(Buffer.concat(received), sent)).toBe(0);
    await transport[Symbol.asyncDispose]();
    expect(await isAlive(peer.pidFile)).toBe(false);
  });

  it('ends over standard input and output while somebody still listens', async () => {
    await using peer = await peerProgram('echo');
    const { transport } = await startSimulated(peer.program, { stdio: true });
    const receiving = readAll(transport.incoming);
    await transport[Symbol.asyncDispose]();
    await receiving;
  });

  it('has the time that the program says', async () => {
    await using peer = await peerProgram('mute');
    const { transport } = await startSimulated(peer.program);
    const began = transport.clock?.now() ?? Number.NaN;
    await new Promise<void>((resolve) => transport.clock?.after(200, resolve));
    expect((transport.clock?.now() ?? 0) - began).toBeGreaterThanOrEqual(200);
    await transport[Symbol.asyncDispose]();
  });

  it('says that a program without a sign of life is gone', async () => {
    await using peer = await peerProgram('hang');
    const { transport } = await startSimulated(peer.program, { silentSeconds: 1 });
    await expect(readAll(transport.incoming)).rejects.toMatchObject({
      code: 'simulator-died',
      message: expect.stringMatching(/it has said nothing for 1 s/),
    });
    expect(await isAlive(peer.pidFile)).toBe(false);
    await transport[Symbol.asyncDispose]();
  });

  it('passes its options on as flags', async () => {
    await using peer = await peerProgram('args');
    const starting = startSimulated(peer.program, {
      seed: 5,
      statsFile: 'stats.json',
      link: 'pins',
      faults: { bitErrors: 0.1, drop: 0.2, duplicate: 0.3 },
      baudSkew: -1.5,
      trace: { file: 'x.vcd', image: 2 },
    });
    await expect(starting).rejects.toThrow(
      '(--seed 5 --stats stats.json --link pins --bit-errors 0.1 --drop 0.2 --duplicate 0.3 ' +
        '--baud-skew -1.5 --trace x.vcd --trace-image 2)',
    );
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
