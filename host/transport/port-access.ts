/** What lets this user open a port that is not theirs. */
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';

export interface AccessFacts {
  /** Of the port. */
  readonly gid: number;
  /** The text of /etc/group. */
  readonly groups: string;
  readonly user: string;
  /** Groups of this process. */
  readonly ownGids: readonly number[];
}

/** The command that gives access to `path`. */
export async function mendAccess(path: string): Promise<string> {
  const [{ gid }, groups] = await Promise.all([
    stat(path).catch(() => ({ gid: 0 })),
    readFile('/etc/group', 'utf8').catch(() => ''),
  ]);
  const ownGids = process.getgroups?.() ?? [];
  return accessCommand(path, { gid, groups, user: userInfo().username, ownGids });
}

/** The group that owns the port has one name on Debian and Fedora, another on Arch. */
export function accessCommand(path: string, { gid, groups, user, ownGids }: AccessFacts): string {
  const rows = groups.split('\n').map((line) => line.split(':'));
  const [name, , , members = ''] = rows.find(([, , id]) => Number(id) === gid) ?? [];
  if (name === undefined || gid === 0) return `sudo chmod a+rw ${path}`;
  if (members.split(',').includes(user) && !ownGids.includes(gid)) {
    return `log out and in again: you have joined the group ${name} since you logged in`;
  }
  return `sudo usermod -aG ${name} $USER, then log in again`;
}
