/**
 * Child processes that die with us: each runs in a process group of its own, and an interrupt goes
 * to the whole group, so that no compiler or simulator stays behind.
 */
import { spawn } from 'node:child_process';

const GRACE_MS = 3000;
const running = new Set();

export class Interrupted extends Error {}

/**
 * Runs a command to its end. Resolves to its exit status and, with `capture`, to what it printed.
 * @throws Interrupted after Ctrl-C
 */
export function run(command, args, { cwd, env, stdio = 'inherit', onOutput } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : ['ignore', stdio, stdio],
    });
    running.add(child);
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.on('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.on('close', (code) => {
      running.delete(child);
      if (interruption) reject(new Interrupted());
      else resolve(code ?? 1);
    });
  });
}

let interruption;

/** Passes an interrupt on to the running children; `finish` is called with the exit status. */
export function handleInterrupts(finish) {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => {
      if (interruption) return;
      interruption = signal;
      const groups = [...running].map((child) => child.pid);
      signalGroups(groups, 'SIGINT');
      const deadline = Date.now() + GRACE_MS;
      const wait = setInterval(() => {
        const alive = groups.filter(groupExists);
        if (alive.length > 0 && Date.now() < deadline) return;
        clearInterval(wait);
        signalGroups(alive, 'SIGKILL');
        finish(status);
      }, 20);
    });
  }
}

/** Gives the signals back, for code that runs in this process and has handlers of its own. */
export function releaseInterrupts() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
}

function signalGroups(groups, signal) {
  for (const group of groups) {
    try {
      process.kill(-group, signal);
    } catch {
      // it ended meanwhile
    }
  }
}

function groupExists(group) {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}
