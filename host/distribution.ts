/** Which packages this machine installs, so that a hint is a command that works here. */
import { readFile } from 'node:fs/promises';

export type Distribution = 'debian' | 'fedora' | 'macos';

export async function findDistribution(platform: string = process.platform): Promise<Distribution> {
  if (platform === 'darwin') {
    return 'macos';
  }
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*(fedora|rhel|centos)/m.test(release) ? 'fedora' : 'debian';
}
