/** What every test of a module does: choose a seed, make vectors, run cocotb, expect success. */
import { chooseSeed, expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { designOf } from './design.ts';
import { Random } from './random.ts';

export interface ModuleTest {
  parameters?: Record<string, number>;
  /** Vectors for the Python side; corners first, then what `random` draws. */
  vectors?: (random: Random) => unknown;
}

/** Runs tests/rtl/test_<toplevel>.py. */
export async function runModule(toplevel: string, test: ModuleTest = {}): Promise<void> {
  const { parameters = {}, vectors } = test;
  const seed = chooseSeed();
  expectAllPassed(
    await runCocotb({
      ...designOf(toplevel),
      module: `test_${toplevel}`,
      parameters,
      vectors: vectors?.(new Random(seed)),
      seed,
    }),
  );
}
