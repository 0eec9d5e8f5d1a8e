/** Starts pty_peer.py and says where its terminal is. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const SCRIPT = fileURLToPath(new URL('pty_peer.py', import.meta.url));

export type PeerMode = 'ack' | 'echo' | 'die' | 'mute' | 'hang' | 'args';

export async function startPeer(mode: PeerMode) {
  const child = execa('python3', [SCRIPT, mode], { stdin: 'pipe', reject: false });
  const line = await new Promise<string>((resolve) => child.stdout.once('data', resolve));
  return {
    path: String(JSON.parse(String(line).split('\n')[0] ?? '').pty),
    kill: () => child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await child;
    },
  };
}

/** A program that behaves like the peer. */
export async function peerProgram(mode: PeerMode | 'fail' | 'silent') {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
  const program = path.join(folder, 'simulator');
  const commands = {
    fail: 'echo "no such thing" >&2; exit 4',
    silent: 'exec cat',
  };
  const command =
    mode === 'fail' || mode === 'silent' ? commands[mode] : `exec python3 "${SCRIPT}" ${mode} "$@"`;
  await writeFile(program, `#!/bin/sh\necho $$ > "${folder}/pid"\n${command}\n`);
  await chmod(program, 0o755);
  return {
    program,
    pidFile: path.join(folder, 'pid'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
