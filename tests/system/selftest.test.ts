/** `selftest` on the RTL: sound, with each fault, and behind a line that is bad in earnest. */
import { expect, test } from 'vitest';
import { selftestJob } from '../../bench/selftest.ts';
import { SELFTEST_FAULTS, type SelftestFault } from '../../contract/result.ts';
import { openTarget, type TargetOptions } from '../../host/transport/target.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';

const ON = 'sim:icebreaker';

function run(injectFault?: SelftestFault, device: TargetOptions = {}) {
  return selftestJob(
    { on: ON, injectFault },
    {
      commandLine: 'test',
      environment: projectEnvironment(),
      open: (on, options) => openTarget(on, { ...options, ...device }),
    },
  );
}

test('the simulated board passes', async () => {
  const { checks, device } = await run();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(device).toMatchObject({ kind: 'simulated', board: 'icebreaker' });
});

test.each(Object.keys(SELFTEST_FAULTS) as SelftestFault[])('it sees %s', async (injectFault) => {
  const { ok, checks } = await run(injectFault);
  expect(ok).toBe(true);
  const names = new Set(checks.filter((check) => !check.ok).map(({ name }) => name));
  expect([...names]).toEqual([...SELFTEST_FAULTS[injectFault]]);
});

test('bit errors of the line are seen, and no result is wrong for them', async () => {
  const { ok, checks } = await run(undefined, { faults: { bitErrors: 2e-5 } });
  expect(ok).toBe(false);
  expect(checks.filter((check) => !check.ok)).toMatchObject([{ name: 'link' }]);
});
