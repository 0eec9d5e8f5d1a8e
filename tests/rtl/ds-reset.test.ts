/** ds_reset: when the device is let go, and held again. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_reset passes its cocotb tests', async () => {
  await runModule('ds_reset');
});
