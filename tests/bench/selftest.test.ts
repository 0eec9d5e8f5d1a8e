/** Every check passes on a sound device, and each fault is seen by the check that must see it. */
import { describe, expect, test } from 'vitest';
import { faultyWire } from '../../bench/faulty-wire.ts';
import { selftestJob } from '../../bench/selftest.ts';
import { openTarget } from '../../cli/target.ts';
import { SELFTEST_FAULTS, type SelftestFault } from '../../contract/result.ts';
import type { RegionName } from '../../host/protocol/requests.ts';
import type { Target } from '../../host/transport/target.ts';
import { ModelCore } from '../../model/core.ts';
import { identityOf } from '../../model/open-model.ts';
import { BOARD, openCore, openWrongModel } from './wrong-model.ts';

const OPTIONS = { commandLine: 'test', environment: {}, open: openTarget };

const failing = (result: Awaited<ReturnType<typeof selftestJob>>) =>
  result.checks.filter(({ ok }) => !ok);

/** Of a device that is broken by itself. */
async function testTarget(target: Target) {
  return selftestJob({}, { ...OPTIONS, open: async () => target });
}

test('a sound device passes everything, and all of its memory is covered', async () => {
  const { ok, checks, injectedFault } = await selftestJob({ on: 'model' }, OPTIONS);
  expect([ok, injectedFault]).toEqual([true, null]);
  const { weightRows, lanes, neurons } = identityOf(BOARD);
  expect(checks.flatMap((check) => (check.name === 'memory' ? check.words : []))).toEqual([
    (weightRows * lanes) / 2,
    neurons,
    neurons,
    8 * neurons,
  ]);
  expect(checks.find(({ name }) => name === 'link')).toMatchObject({ damaged: 0, resends: 0 });
  const compared = checks.flatMap((check) =>
    check.name === 'arithmetic' ? [check.valuesCompared] : [],
  );
  expect(compared).toHaveLength(5);
  for (const values of compared) expect(values).toBeGreaterThan(1000);
});

describe('an injected fault is seen by the checks that must, and by no other', () => {
  test.each(Object.keys(SELFTEST_FAULTS) as SelftestFault[])('%s', async (injectFault) => {
    const result = await selftestJob({ on: 'model', injectFault }, OPTIONS);
    expect(result).toMatchObject({ ok: true, injectedFault: injectFault });
    const names = new Set(failing(result).map(({ name }) => name));
    expect([...names]).toEqual([...SELFTEST_FAULTS[injectFault]]);
  });
});

test('a fault that nothing can see is reported as such', async () => {
  // A device that takes no weight but in one piece: the bit that is turned over never arrives.
  class Deaf extends ModelCore {
    override write(region: RegionName, address: number, words: Int32Array): void {
      if (region !== 'weights' || words.length > 1) super.write(region, address, words);
    }
  }
  const open = async () => openCore(new Deaf(identityOf(BOARD)));
  const result = await selftestJob({ injectFault: 'weight' }, { ...OPTIONS, open });
  expect(result.ok).toBe(false);
});

describe('a broken device', () => {
  test('that computes with another weight than it holds fails in arithmetic only', async () => {
    const result = await testTarget(await openWrongModel({ address: 0, bit: 1 }));
    expect(result.ok).toBe(false);
    expect(new Set(failing(result).map(({ name }) => name))).toEqual(new Set(['arithmetic']));
  });

  test('with a bit that is stuck is named with its word', async () => {
    class Stuck extends ModelCore {
      override read(region: RegionName, address: number): number {
        const word = super.read(region, address);
        return region === 'biases' && address === 77 ? word & ~2 : word;
      }
    }
    const result = await testTarget(openCore(new Stuck(identityOf(BOARD))));
    const [wrong] = failing(result);
    expect(wrong).toMatchObject({ name: 'memory', region: 'biases', wrong: { address: 77 } });
  });

  test('with an address line that is stuck shows it', async () => {
    const stuck = (region: RegionName, address: number) =>
      region === 'weights' ? address & ~1024 : address;
    class Aliased extends ModelCore {
      override write(region: RegionName, address: number, words: Int32Array): void {
        for (const [index, word] of words.entries()) {
          super.write(region, stuck(region, address + index), Int32Array.of(word));
        }
      }
      override read(region: RegionName, address: number): number {
        return super.read(region, stuck(region, address));
      }
    }
    const result = await testTarget(openCore(new Aliased(identityOf(BOARD))));
    const [memory, arithmetic] = failing(result);
    expect(memory).toMatchObject({ name: 'memory', region: 'weights' });
    expect(arithmetic).toMatchObject({ name: 'arithmetic', images: 0 });
  });

  test('with an α that is stuck fails in the memory of alphas', async () => {
    class StuckAlpha extends ModelCore {
      override read(region: RegionName, address: number): number {
        const word = super.read(region, address);
        return region === 'biases' && address === identityOf(BOARD).neurons + 9 ? word | 4 : word;
      }
    }
    const result = await testTarget(openCore(new StuckAlpha(identityOf(BOARD))));
    const [wrong] = failing(result);
    expect(wrong).toMatchObject({ name: 'memory', region: 'alphas', wrong: { address: 9 } });
  });

  test('that reads wrongly only once fails, with no word to name', async () => {
    class Fleeting extends ModelCore {
      #reads = 0;
      override read(region: RegionName, address: number): number {
        const word = super.read(region, address);
        return region === 'biases' && address === 5 && this.#reads++ === 0 ? word ^ 1 : word;
      }
    }
    const result = await testTarget(openCore(new Fleeting(identityOf(BOARD))));
    expect(failing(result)).toMatchObject([{ region: 'biases', wrong: { address: -1 } }]);
  });

  test('behind a line that damages a frame in a thousand fails in link only', async () => {
    const target = await openTarget('model', {});
    const wire = faultyWire(target.transport);
    // After the handshake.
    wire.damageFrame(1000);
    const result = await testTarget({ ...target, transport: wire.transport });
    expect(failing(result)).toMatchObject([{ name: 'link', damaged: 1 }]);
  });
});
