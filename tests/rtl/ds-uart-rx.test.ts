/** ds_uart_rx: bytes from a line that is not quite in step. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_uart_rx passes its cocotb tests', async () => {
  await runModule('ds_uart_rx');
});
