/** ds_milliseconds: ticks, and what was skipped. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test.each([{ ClockHz: 36_000 }, { ClockHz: 1000 }])(
  'ds_milliseconds passes its cocotb tests: %o',
  async (parameters) => {
    await runModule('ds_milliseconds', { parameters });
  },
);
