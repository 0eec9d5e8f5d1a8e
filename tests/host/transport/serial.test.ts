import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../host/device.ts';
import { openSerial } from '../../../host/transport/serial.ts';
import { startPeer } from './pty-peer.ts';

describe('openSerial', () => {
  it('moves bytes both ways through a pseudo-terminal', async () => {
    await using peer = await startPeer('echo');
    await using transport = await openSerial(peer.path);
    const sent = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    await transport.write(sent);
    const received: number[] = [];
    for await (const bytes of transport.incoming) {
      received.push(...bytes);
      // What follows the last zero waits for the end of its cell.
      if (received.length >= 769) {
        break;
      }
    }
    expect(received).toEqual([...sent.subarray(0, received.length)]);
  });

  it('says that there is no such port', async () => {
    await expect(openSerial('/dev/ttyNONE7')).rejects.toMatchObject({
      code: 'port-not-found',
      message: 'Cannot open serial port "/dev/ttyNONE7": no such port',
    });
  });

  it('says that another program uses the port', async () => {
    await using peer = await startPeer('mute');
    await using _first = await openSerial(peer.path);
    await expect(openSerial(peer.path)).rejects.toMatchObject({ code: 'port-busy' });
  });

  it('says what is no port at all', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await expect(openSerial(file)).rejects.toMatchObject({
      code: 'port-failed',
      hint: 'npx deltascope doctor',
    });
    await rm(folder, { recursive: true });
  });

  it('ends with an error when the other end vanishes', async () => {
    await using peer = await startPeer('mute');
    await using transport = await openSerial(peer.path);
    setTimeout(peer.kill, 50);
    const receiving = (async () => {
      for await (const _ of transport.incoming) {
        // Nothing comes.
      }
    })();
    await expect(receiving).rejects.toMatchObject({ code: 'port-failed' });
    await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'port-failed' });
  });

  it('closes with a write that nobody takes, and the write fails', async () => {
    await using peer = await startPeer('mute');
    const transport = await openSerial(peer.path);
    const writing = transport.write(new Uint8Array(1_000_000));
    const failed = expect(writing).rejects.toMatchObject({ code: 'port-failed' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await transport[Symbol.asyncDispose]();
    await failed;
  });

  it('interrupts a write that nobody takes', async () => {
    await using peer = await startPeer('mute');
    await using transport = await openSerial(peer.path);
    const abort = new AbortController();
    const writing = transport.write(new Uint8Array(1_000_000), { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await expect(writing).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('is no deltascope device when it only echoes', async () => {
    await using peer = await startPeer('echo');
    const transport = await openSerial(peer.path);
    const timeouts = { replyMs: 50, identifyMs: 50, retries: 1 };
    await expect(openDevice(transport, { timeouts })).rejects.toMatchObject({
      code: 'not-a-deltascope-device',
      message: expect.stringMatching(/[1-9]\d* bytes that are none came back/),
    });
  });
});
