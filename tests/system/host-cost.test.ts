/** The device of the goodput campaign that costs the host nothing: a short form. */
import { expect, test } from 'vitest';
import { HIGHEST_BAUD } from '../campaign/goodput-board.ts';
import { measureHost } from '../campaign/host-cost.ts';

test.each(['weights', 'images'] as const)('%s are taken and answered', async (traffic) => {
  const { baud, bytes, cpuSeconds, lineSeconds, wallSeconds } = await measureHost(traffic, {
    times: 1,
  });
  expect(baud).toBe(HIGHEST_BAUD);
  expect(bytes).toBeGreaterThan(190_000);
  expect(cpuSeconds).toBeGreaterThan(0);
  // No faster than the line.
  expect(wallSeconds).toBeGreaterThan(0.9 * lineSeconds);
});
