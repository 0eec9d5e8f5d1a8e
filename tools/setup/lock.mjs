/** One set-up at a time: a file naming the process that works; a dead or silent owner is replaced. */
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 2000;
const SILENT_MS = 30_000;
const POLL_MS = 250;

/** Waits for the lock; resolves to the function that gives it back. `waiting` is told once. */
export async function acquireLock(file, { waiting = (_owner) => {} } = {}) {
  for (let told = false; !tryLock(file); ) {
    const owner = lockOwner(file);
    if (owner === undefined) continue; // given back between the two looks
    if (!owner.alive) {
      breakLock(file);
      continue;
    }
    if (!told) waiting(owner.pid);
    told = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  const release = () => {
    clearInterval(heartbeat);
    process.off('exit', release);
    if (lockOwner(file)?.pid === process.pid) rmSync(file, { force: true });
  };
  process.on('exit', release);
  return release;
}

function tryLock(file) {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function lockOwner(file) {
  try {
    const silent = Date.now() - statSync(file).mtimeMs > SILENT_MS;
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    // An empty file is an owner about to write its number, unless it stays silent.
    return { pid, alive: !silent && (Number.isNaN(pid) || processExists(pid)) };
  } catch {
    return undefined;
  }
}

/** Renamed before removal, so that of two that saw the same dead owner only one removes it. */
function breakLock(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch {
    // the other one was faster
  }
}

function processExists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // removed by hand: the owner still finishes its work
  }
}
