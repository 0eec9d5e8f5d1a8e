/** ds_plane_memory against lists in Python. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

test('ds_plane_memory remembers rows and pairs of planes', async () => {
  await runModule('ds_plane_memory', {
    parameters: { Lanes: 4, WordBits: 16, PlaneRows: 8, PlaneBits: 3 },
  });
});
