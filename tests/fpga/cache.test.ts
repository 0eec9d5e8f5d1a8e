/** Entries are whole or not there, whatever happens while they are made. */

import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asCacheFailure, keepEntry, keyOf } from '../../fpga/cache.ts';
import { BuildFailure } from '../../fpga/failure.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'deltascope-cache-'));
});
afterEach(() => rm(root, { recursive: true }));

const folder = 'cache/board/stage-0123456789ab';
const write = (text: string) => (scratch: string) =>
  writeFile(path.join(root, scratch, 'file'), text);
const content = () => readFile(path.join(root, folder, 'file'), 'utf8');

describe('keyOf', () => {
  const key = (inputs: unknown) => keyOf(root, { inputs, files: ['a.v'] });

  test('changes with an input, with the content of a file, and with nothing else', async () => {
    await writeFile(path.join(root, 'a.v'), 'one');
    const first = await key(['yosys 0.70']);
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await key(['yosys 0.70'])).toBe(first);
    expect(await key(['yosys 0.71'])).not.toBe(first);
    await writeFile(path.join(root, 'a.v'), 'two');
    expect(await key(['yosys 0.70'])).not.toBe(first);
  });

  test('changes with the name of a file', async () => {
    await writeFile(path.join(root, 'a.v'), 'one');
    await writeFile(path.join(root, 'b.v'), 'one');
    const other = await keyOf(root, { inputs: [], files: ['b.v'] });
    expect(await key([])).not.toBe(other);
  });
});

describe('keepEntry', () => {
  test('makes an entry once', async () => {
    expect(await keepEntry({ root, folder, make: write('one') })).toEqual({
      folder,
      cached: false,
    });
    expect(await keepEntry({ root, folder, make: write('two') })).toEqual({ folder, cached: true });
    expect(await content()).toBe('one');
  });

  test('leaves nothing of one that failed half way', async () => {
    const make = async (scratch: string) => {
      await write('half')(scratch);
      throw new Error('broken');
    };
    await expect(keepEntry({ root, folder, make })).rejects.toThrow('broken');
    expect(await readdir(path.join(root, 'cache/board'))).toEqual([]);
  });

  test('of two that make the same at once, both have it', async () => {
    const both = [write('one'), write('one')].map((make) => keepEntry({ root, folder, make }));
    await Promise.all(both);
    expect(await content()).toBe('one');
    expect(await readdir(path.join(root, 'cache/board'))).toEqual([path.basename(folder)]);
  });

  test('removes what a killed process left, not what a living one makes', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const left = `stage-0123456789ab.${pid}-01234567`;
    const living = `stage-0123456789ab.${process.pid}-01234567`;
    for (const name of [left, living]) {
      await mkdir(path.join(root, 'cache/board', name), { recursive: true });
    }
    await keepEntry({ root, folder, make: write('one') });
    expect((await readdir(path.join(root, 'cache/board'))).sort()).toEqual([
      path.basename(folder),
      living,
    ]);
  });

  test('says when the cache cannot be written', async () => {
    await writeFile(path.join(root, 'cache'), 'a file in the way');
    const failure = keepEntry({ root, folder, make: write('one') });
    await expect(failure).rejects.toMatchObject({
      code: 'cache-not-writable',
      message: expect.stringMatching(/^Cannot write to "cache\/board": part of the path is a file/),
    });
  });

  test('writes nothing for an entry that is there', async () => {
    await keepEntry({ root, folder, make: write('one') });
    const make = () => Promise.reject(new Error('not called'));
    expect((await keepEntry({ root, folder, make })).cached).toBe(true);
  });
});

test.each([
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'permission denied'],
  ['ENOSPC', 'the disk is full'],
])('asCacheFailure words %s and says what to do', (code, reason) => {
  const failure = asCacheFailure(Object.assign(new Error(code), { code }), 'build/bitstreams');
  expect(failure).toBeInstanceOf(BuildFailure);
  expect(failure).toMatchObject({
    message: `Cannot write to "build/bitstreams": ${reason}`,
    hint: expect.stringContaining('ls -ld build/bitstreams'),
  });
});

test('asCacheFailure leaves other errors as they are', () => {
  const error = new Error('other');
  expect(asCacheFailure(error, 'x')).toBe(error);
});
