import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';

async function doctor(args: string[], env: NodeJS.ProcessEnv = {}) {
  const command = ['cli/deltascope.mjs', 'doctor', ...args];
  return execa(process.execPath, command, { cwd: ROOT, env, reject: false });
}

test('deltascope doctor prints what is there, and succeeds where the simulated board runs', async () => {
  const { stdout, exitCode } = await doctor([]);
  expect(stdout).toMatch(/^✓ Node: /m);
  expect(stdout).toMatch(/^✓ Verilator: /m);
  expect(stdout).toMatch(/^ {2}sim:icebreaker +4 /m);
  expect(stdout).toMatch(/^ {2}node_modules +\d+$/m);
  expect(exitCode).toBe(0);
});

test('deltascope doctor --json prints one document, and 1 is its status when something is missing', async () => {
  // No compiler, no make, no perl: only Node is found.
  const { stdout, stderr, exitCode } = await doctor(['--json'], { PATH: '/nonexistent' });
  const { healthy, findings } = JSON.parse(stdout);
  expect(healthy).toBe(false);
  const missing = findings.filter(({ state }: { state: string }) => state === 'missing');
  expect(missing.map(({ what }: { what: string }) => what)).toEqual(
    expect.arrayContaining(['make', 'perl', 'a C++ compiler (c++)']),
  );
  for (const { mend } of missing) expect(mend).toMatch(/\w/);
  expect(stderr).toMatch(/^error: The simulated board cannot run: /);
  expect(stderr).toMatch(/npx deltascope run --on model/);
  expect(exitCode).toBe(1);
});
