/** Which programs have a file open: a port that is busy, or that two programs listen to. */
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { execa } from 'execa';

export interface Program {
  readonly pid: number;
  /** `screen /dev/ttyUSB1 115200`. */
  readonly command: string;
}

/** For a message of one line. */
const MAX_COMMAND = 60;

/**
 * Other programs that have `path` open, as far as this user may see: from /proc on Linux, else
 * from `lsof` where there is one.
 */
export async function findPortUsers(path: string): Promise<Program[]> {
  const file = await realpath(path).catch(() => path);
  const programs = process.platform === 'linux' ? await askProc(file) : await askLsof(file);
  return programs.filter(({ pid }) => pid !== process.pid);
}

/** `"screen" (process 4711)`, for messages. */
export function nameProgram({ pid, command }: Program): string {
  return `"${command}" (process ${pid})`;
}

async function askProc(file: string): Promise<Program[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const users = await Promise.all(
    pids.map(async (pid) => ((await hasOpen(pid, file)) ? [Number(pid)] : [])),
  );
  return Promise.all(users.flat().map(async (pid) => ({ pid, command: await commandOf(pid) })));
}

/** Processes end while one looks, and those of others may not be looked at. */
async function hasOpen(pid: string, file: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const open = await readdir(folder).catch(() => []);
  const links = await Promise.all(open.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.includes(file);
}

async function commandOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...args] = text.split('\0');
  const line = [basename(program), ...args].join(' ').replace(/\s+/g, ' ').trim();
  return line.length > MAX_COMMAND ? `${line.slice(0, MAX_COMMAND)}…` : line || 'unknown';
}

/** `p4711` and `cscreen` on lines of their own. */
async function askLsof(file: string): Promise<Program[]> {
  if (!(await stat(file).catch(() => undefined))) return [];
  const { stdout = '' } = await execa('lsof', ['-F', 'pc', file], { reject: false });
  return [...stdout.matchAll(/^p(\d+)\nc(.*)$/gm)].map(([, pid, command = '']) => ({
    pid: Number(pid),
    command,
  }));
}
