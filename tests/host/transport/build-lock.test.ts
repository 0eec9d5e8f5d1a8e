import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLock } from '../../../host/transport/build-lock.ts';

const NO_SUCH_PROCESS = 2 ** 22 + 1;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('holdLock', () => {
  it('lets one work after the other, and says who waits', async () => {
    const file = path.join(folder, 'lock');
    const events: string[] = [];
    const hold = (name: string) =>
      holdLock(file, {
        onWait: () => events.push(`${name} waits`),
        work: async () => {
          events.push(`${name} begins`);
          await delay(150);
          events.push(`${name} ends`);
        },
      });
    const first = hold('first');
    await delay(20);
    await Promise.all([first, hold('second')]);
    expect(events).toEqual([
      'first begins',
      'second waits',
      'first ends',
      'second begins',
      'second ends',
    ]);
  });

  it('takes the lock of a process that died', async () => {
    const file = path.join(folder, 'lock');
    await writeFile(file, String(NO_SUCH_PROCESS));
    let worked = false;
    await holdLock(file, {
      work: async () => {
        worked = true;
      },
    });
    expect(worked).toBe(true);
  });

  it('frees the lock when the work fails', async () => {
    const file = path.join(folder, 'lock');
    const work = () => Promise.reject(new Error('no'));
    await expect(holdLock(file, { work })).rejects.toThrow('no');
    await holdLock(file, { work: async () => {} });
  });

  it('stops waiting when interrupted', async () => {
    const file = path.join(folder, 'lock');
    await writeFile(file, String(process.pid));
    const signal = AbortSignal.timeout(50);
    await expect(holdLock(file, { signal, work: async () => {} })).rejects.toMatchObject({
      code: 'interrupted',
    });
  });
});
