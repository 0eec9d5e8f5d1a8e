/** The verdict on timing; the whole job is in tests/system/build.test.ts. */
import { describe, expect, test } from 'vitest';
import { judgeTiming, requireTiming, requireWhole } from '../../fpga/build-job.ts';
import type { Placed } from '../../fpga/place-route.ts';
import type { BuildResult } from '../../fpga/result.ts';
import { RESULT } from './build-result.ts';
import { FIXTURE } from './fixture.ts';

const MHZ = 1e6;

interface Seed {
  readonly mhz: number;
  /** Whether the second clock is met. */
  readonly other?: boolean;
}

/** Seeds 1, 2, … */
function placed(seeds: readonly Seed[]): Placed[] {
  return seeds.map(({ mhz, other = true }, index) => ({
    folder: `seed-${index + 1}`,
    cached: false,
    placement: {
      seed: index + 1,
      fmaxHz: mhz * MHZ,
      clocks: [
        { name: 'board', fmaxHz: mhz * MHZ, constraintHz: 36 * MHZ },
        { name: 'pin', fmaxHz: (other ? 13 : 11) * MHZ, constraintHz: 12 * MHZ },
      ],
      resources: [],
      criticalPath: null,
      seconds: 1,
    },
  }));
}
const judge = (...seeds: Seed[]) => judgeTiming(FIXTURE, placed(seeds), []);

describe('judgeTiming', () => {
  test('keeps the fastest seed and has minimum, median and maximum', () => {
    const { timing, best } = judge({ mhz: 40 }, { mhz: 42 }, { mhz: 38 });
    expect(best.folder).toBe('seed-2');
    expect(timing).toMatchObject({
      fmaxHz: { min: 38e6, median: 40e6, max: 42e6 },
      bestSeed: 2,
      met: true,
      everySeedMet: true,
      everySeedWithMargin: true,
    });
  });

  test('of an even number of seeds the median lies between the middle ones', () => {
    expect(judge({ mhz: 40 }, { mhz: 42 }).timing.fmaxHz.median).toBe(41e6);
  });

  test('tells 5 % in hand from none', () => {
    expect(judge({ mhz: 37.8 }).timing.everySeedWithMargin).toBe(true);
    const { timing } = judge({ mhz: 37.79 });
    expect(timing).toMatchObject({ met: true, everySeedMet: true, everySeedWithMargin: false });
  });

  test('one seed that meets the clock is enough to be met, not for every seed', () => {
    expect(judge({ mhz: 35 }, { mhz: 36 }).timing).toMatchObject({
      bestSeed: 2,
      met: true,
      everySeedMet: false,
      everySeedWithMargin: false,
    });
  });

  test('a seed that cannot be routed has not met the clock; the others count as they are', () => {
    const { timing } = judgeTiming(FIXTURE, placed([{ mhz: 40 }]), [2]);
    expect(timing).toMatchObject({
      ...{ met: true, everySeedMet: false, everySeedWithMargin: false, unrouted: [2] },
    });
    expect(() => judgeTiming(FIXTURE, [], [1, 2])).toThrow('No seed could be routed');
  });

  test('another clock that fails counts too, and a slower seed without it is kept', () => {
    expect(judge({ mhz: 40, other: false }).timing.met).toBe(false);
    expect(judge({ mhz: 40, other: false }, { mhz: 37 }).timing).toMatchObject({
      bestSeed: 2,
      met: true,
    });
  });
});

test('requireTiming says what is needed, what there is, and what to do', () => {
  const result = (...seeds: number[]) =>
    ({ ...RESULT, timing: judge(...seeds.map((mhz) => ({ mhz }))).timing }) as BuildResult;
  expect(() => requireTiming(result(36))).not.toThrow();
  expect(() => requireTiming(result(35, 36))).not.toThrow();
  expect(() => requireTiming(result(35.99))).toThrow(
    'fixture needs 36.00 MHz and reaches 35.99 MHz with its best seed',
  );
  expect(() => requireTiming({ ...result(1), timing: null })).not.toThrow();
});

test('requireWhole names the losses, a few of many, and the log', () => {
  const lost = (...losses: string[]) => ({
    ...RESULT,
    synthesis: { ...RESULT.synthesis, losses },
  });
  expect(() => requireWhole(lost())).not.toThrow();
  expect(() => requireWhole(lost('a', 'b'))).toThrow(
    expect.objectContaining({
      code: 'lost-logic',
      message: 'The netlist of fixture is not what was designed: a; b',
      hint: 'All that yosys said is in build/bitstreams/fixture/synthesis-0/yosys.log',
    }),
  );
  expect(() => requireWhole(lost('a', 'b', 'c', 'd', 'e', 'f'))).toThrow(
    /: a; b; c; d; and 2 more$/,
  );
});
