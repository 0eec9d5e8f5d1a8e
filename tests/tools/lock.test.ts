/** The set-up lock: one owner at a time, a dead one replaced. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from '../../tools/setup/lock.mjs';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'deltascope-lock-'));
  file = path.join(folder, 'lock');
});

afterEach(() => rmSync(folder, { recursive: true }));

test('acquireLock makes the second wait until the first gives back', async () => {
  const order: string[] = [];
  const release = await acquireLock(file);
  const second = acquireLock(file, { waiting: (pid) => order.push(`waits for ${pid}`) }).then(
    (giveBack) => {
      order.push('second');
      giveBack();
    },
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  order.push('first done');
  release();
  await second;
  expect(order).toEqual([`waits for ${process.pid}`, 'first done', 'second']);
  expect(existsSync(file)).toBe(false);
});

test('acquireLock replaces an owner that no longer lives', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  writeFileSync(file, `${dead}\n`);
  const release = await acquireLock(file);
  release();
  expect(existsSync(file)).toBe(false);
});
