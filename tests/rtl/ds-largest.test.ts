/** ds_largest: layers of random and of equal values. */
import { test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { runModule } from './run-module.ts';

const WIDTH = FORMATS.z.width;

test('ds_largest finds the first of the largest values', async () => {
  await runModule('ds_largest', { parameters: { Width: WIDTH, IndexBits: 4 } });
});
