/** `deltascope build` of the fixture, as a process: its cache and what is other than usual. */
import { buildAll } from '../../cli/build.ts';
import { DONE, exitStatus } from '../../cli/exit-status.ts';
import { describeError } from '../../cli/failure.ts';
import { FIXTURE } from './fixture.ts';

const [cache, change = '{}'] = process.argv.slice(2);
const { targets = [{}], ...flags } = JSON.parse(change);
const orders = targets.map((target: object) => ({
  target: { ...FIXTURE, ...target },
  part: 'no part',
}));

try {
  await buildAll(orders, {
    ...{ seeds: 2, until: 'bit', area: false, json: false, allowTimingFailure: false },
    ...flags,
    cache,
  });
  process.exitCode = DONE;
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}
