/** The rungs of the ladder as vitest projects; tools/run.mjs runs them one by one, cheap first. */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const SECOND = 1000;

/** Files that take longest, of any rung. Last, one would keep one core waiting for the other. */
const LONG = ['experiments', 'ds-activation', 'proofs', 'rtl-equals-fixed', 'nielsen'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      LONG.some((name) => moduleId.endsWith(`/${name}.test.ts`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    // For `npm run coverage`.
    coverage: {
      provider: 'v8',
      include: ['{contract,golden,host}/**/*.ts'],
      reporter: ['json-summary'],
      reportsDirectory: 'build/coverage/typescript',
      reportOnFailure: true,
    },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'tests/{architecture,contract,fpga,golden,host,model,bench,experiments,report,cli,tools}/**/*.test.ts',
          ],
          testTimeout: 60 * SECOND,
          hookTimeout: 20 * SECOND,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'rtl',
          include: ['tests/rtl/**/*.test.ts'],
          // A cold run compiles the module with Verilator first.
          testTimeout: 300 * SECOND,
          hookTimeout: 300 * SECOND,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'formal',
          include: ['tests/formal/**/*.test.ts'],
          globalSetup: ['tests/formal/warm-up.ts'],
          testTimeout: 700 * SECOND,
          hookTimeout: 700 * SECOND,
          maxConcurrency: 2,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/system/**/*.test.ts'],
          testTimeout: 600 * SECOND,
          hookTimeout: 600 * SECOND,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: 'gate',
          include: ['tests/gate/**/*.test.ts'],
          // A cold run synthesises and compiles; minutes where the machine is shared.
          testTimeout: 1800 * SECOND,
          hookTimeout: 1800 * SECOND,
          maxWorkers: 2,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
