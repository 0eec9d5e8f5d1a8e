import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardLock, describeHolder, readHolder } from '../../../host/transport/board-lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-'));
});
afterEach(() => rm(folder, { recursive: true }));

const KEY = 'D00123';
const take = (command = 'deltascope run') => BoardLock.take(KEY, { folder, command });
const file = () => path.join(folder, `deltascope-${KEY}.lock`);

describe('BoardLock', () => {
  it('names its holder to everybody, and is gone when released', async () => {
    const lock = await take();
    const holder = await readHolder(KEY, { folder });
    expect(holder).toMatchObject({ pid: process.pid, command: 'deltascope run' });
    expect((await stat(file())).mode & 0o777).toBe(0o666);
    await expect(take('deltascope bench')).rejects.toMatchObject({
      code: 'board-in-use',
      message: expect.stringMatching(/^Board D00123 is in use by .+: "deltascope run" \(process/),
    });
    await lock[Symbol.asyncDispose]();
    expect(await readHolder(KEY, { folder })).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await (await take())[Symbol.asyncDispose]();
  });

  it('leaves the boards beside it free', async () => {
    await using _lock = await take();
    await using _other = await BoardLock.take('/dev/ttyUSB1', { folder });
    expect(await readdir(folder)).toHaveLength(2);
  });

  it.each([
    ['a process that is no more', async () => ({ pid: await deadPid() })],
    ['an earlier process of the same number', async () => ({ pid: process.pid, birth: '1' })],
  ])('is taken over from %s', async (_, change) => {
    const holder = { pid: 1, user: 'ada', command: 'x', started: '', birth: null };
    await writeFile(file(), JSON.stringify({ ...holder, ...(await change()) }));
    expect(await readHolder(KEY, { folder })).toBeUndefined();
    await using _lock = await take();
    expect(await readHolder(KEY, { folder })).toMatchObject({ command: 'deltascope run' });
  });

  it.each(['', '{', '{"pid":1}'])('is taken over where the file says %j', async (text) => {
    await writeFile(file(), text);
    await using _lock = await take();
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('is held by one of many that ask at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => take()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual([path.basename(file())]);
  });
});

describe('describeHolder', () => {
  it('says who, what and since when', () => {
    const started = new Date(2026, 0, 2, 14, 3).toISOString();
    const holder = { pid: 4711, user: 'ada', command: 'deltascope run', started, birth: null };
    expect(describeHolder(holder)).toBe('ada: "deltascope run" (process 4711, since 14:03)');
  });
});

async function deadPid(): Promise<number> {
  const child = execa('true');
  await child;
  return child.pid as number;
}
