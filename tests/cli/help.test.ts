/** What a new user types first. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deltascope, type Session, startSession } from './command.ts';

let session: Session;
beforeAll(() => {
  session = startSession();
});
afterAll(() => session[Symbol.asyncDispose]());

test('--help lists the commands in groups, with examples', async () => {
  const { status, stdout } = await deltascope(['--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Learn:\n {2}experiment /m);
  expect(stdout).toMatch(/^Measure:\n {2}run /m);
  expect(stdout).toMatch(/^Examples:\n {2}\$ npx deltascope run/m);
  // commander's own group would only be in the way.
  expect(stdout).not.toMatch(/^Commands:/m);
});

test.each(['run', 'train', 'bench'])(
  '%s --help shows its options and examples',
  async (command) => {
    const { status, stdout } = await session.run([command, '--help']);
    expect(status).toBe(0);
    for (const option of ['--seed', '--images', '--on', '--out', '--json']) {
      expect(stdout).toContain(option);
    }
    expect(stdout).toContain('Examples:');
  },
);

test.each(['diff', 'formats', 'doctor', 'boards', 'flash', 'selftest', 'experiment', 'report'])(
  '%s --help shows examples',
  async (command) => {
    const { status, stdout } = await session.run([command, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n {2}\\$ npx deltascope ${command}`));
  },
);

test('--version prints the version', async () => {
  const { status, stdout } = await deltascope(['--version']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
});

test('no command at all prints the help and is wrong usage', async () => {
  const { status, stderr } = await deltascope([]);
  expect(status).toBe(2);
  expect(stderr).toContain('Usage: deltascope');
});
