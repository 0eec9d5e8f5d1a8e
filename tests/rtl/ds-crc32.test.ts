/** ds_crc32, under cocotb: against zlib's. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_crc32 passes its cocotb tests', async () => {
  await runModule('ds_crc32');
});
