/** ds_unit_store: who gets the unit memory, and where each client's words lie. */
import { test } from 'vitest';
import { runModule } from './run-module.ts';

const SIZES = [
  { NeuronBits: 9, PairBits: 9 },
  { NeuronBits: 11, PairBits: 10 },
];

test.each(SIZES.flatMap((sizes) => [0, 1].map((Shared) => ({ ...sizes, Shared }))))(
  'ds_unit_store of 2^$NeuronBits neurons, Shared $Shared',
  async (sizes) => {
    await runModule('ds_unit_store', {
      parameters: { ...sizes, LayerBits: 7, WidthBits: 8, ZBits: 20, SumBits: 48 },
    });
  },
);
