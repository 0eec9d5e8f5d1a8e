import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocked } from '../../../host/transport/exclusive.ts';
import { findPortUsers } from '../../../host/transport/port-users.ts';
import { startPeer } from './pty-peer.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program that has the port to itself, as a terminal program does. */
async function occupy(port: string) {
  const child = execa('python3', ['-c', OCCUPY, port], { stdin: 'pipe', reject: false });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child;
    },
  };
}

const OCCUPY = `
import fcntl, sys
port = open(sys.argv[1], "rb")
fcntl.flock(port, fcntl.LOCK_EX)
print("mine", flush=True)
sys.stdin.read()
`;

describe('openLocked', () => {
  it('keeps the lock of the board until it is closed', async () => {
    await using peer = await startPeer('mute');
    const port = await openLocked(peer.path, { key: 'A1', folder });
    expect(await readdir(folder)).toEqual(['deltascope-A1.lock']);
    await expect(openLocked(peer.path, { key: 'A1', folder })).rejects.toMatchObject({
      code: 'board-in-use',
    });
    await port[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });

  it('names the program that has the port, and frees the lock again', async () => {
    await using peer = await startPeer('mute');
    await using other = await occupy(peer.path);
    await expect(openLocked(peer.path, { key: 'A1', folder })).rejects.toMatchObject({
      code: 'port-busy',
      message: expect.stringMatching(/in use by .*"python\S* -c import fcntl, sys/),
      hint: expect.stringMatching(`^close that program \\(kill .*${other.pid}`),
    });
    expect(await readdir(folder)).toEqual([]);
    const users = await findPortUsers(peer.path);
    expect(users.map(({ pid }) => pid)).toContain(other.pid);
  });

  it('frees the lock when there is no such port', async () => {
    await expect(openLocked('/dev/ttyNONE', { key: 'A1', folder })).rejects.toMatchObject({
      code: 'port-not-found',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
