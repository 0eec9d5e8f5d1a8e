/** What every test of a module does: choose a seed, make vectors, run cocotb, expect success. */
import { chooseSeed, expectAllPassed, runCocotb } from '../bridge/cocotb.ts';
import { designOf, type Family } from './design.ts';
import { Random } from './random.ts';

export interface ModuleTest {
  parameters?: Record<string, number>;
  /** Which version of a platform module. */
  family?: Family;
  /** Vectors for the Python side; corners first, then what `random` draws. */
  vectors?: (random: Random) => unknown;
}

/** Runs tests/rtl/test_<toplevel>.py. */
export async function runModule(toplevel: string, test: ModuleTest = {}): Promise<void> {
  const { parameters = {}, family, vectors } = test;
  const seed = chooseSeed();
  expectAllPassed(
    await runCocotb({
      ...designOf(toplevel, family),
      module: `test_${toplevel}`,
      parameters,
      vectors: vectors?.(new Random(seed)),
      seed,
    }),
  );
}
