import { describe, expect, it } from 'vitest';
import { accessCommand } from '../../../host/transport/port-access.ts';

const GROUPS = 'root:x:0:\ndialout:x:20:ada,bob\nuucp:x:14:\n';

describe('accessCommand', () => {
  it.each([
    ['joins the group of the port', { gid: 14 }, 'sudo usermod -aG uucp $USER, then log in again'],
    [
      'sends who has joined meanwhile to log in again',
      { gid: 20 },
      'log out and in again: you have joined the group dialout since you logged in',
    ],
    [
      'does not repeat what has not helped',
      { gid: 20, ownGids: [20] },
      'sudo usermod -aG dialout $USER, then log in again',
    ],
    ['opens a port of root', { gid: 0 }, 'sudo chmod a+rw /dev/ttyUSB0'],
    ['opens a port of nobody', { gid: 99 }, 'sudo chmod a+rw /dev/ttyUSB0'],
  ])('%s', (_, facts, command) => {
    const given = { groups: GROUPS, user: 'ada', ownGids: [1000], ...facts };
    expect(accessCommand('/dev/ttyUSB0', given)).toBe(command);
  });
});
