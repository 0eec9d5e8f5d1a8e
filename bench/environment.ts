/** What a measurement ran on, as far as this machine can tell. */
import { cpus } from 'node:os';
import { execa } from 'execa';
import type { Environment } from '../contract/result.ts';

/** @param root the repository. */
export async function describeEnvironment(root: string): Promise<Environment> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
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
