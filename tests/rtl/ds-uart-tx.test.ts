/** ds_uart_tx: bits of the right length. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_uart_tx passes its cocotb tests', async () => {
  await runModule('ds_uart_tx');
});
