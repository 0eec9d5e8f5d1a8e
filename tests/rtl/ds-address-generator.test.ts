/** ds_address_generator: the rows of whole layers, both ways, in the order of its header. */
import { test } from 'vitest';
import { LAYER_FIELDS } from '../../contract/protocol.ts';
import type { Random } from './random.ts';
import { runModule } from './run-module.ts';

const INDEX_BITS = LAYER_FIELDS.nIn.width;
const GROUP_BITS = LAYER_FIELDS.groups.width;
const ROW_BITS = LAYER_FIELDS.weightBase.width;
const MAX_INPUTS = 1024;
const MAX_GROUPS = 64;

interface Pass {
  backward: boolean;
  base: number;
  nIn: number;
  groups: number;
  /** Indices of the inputs that are not zero, ascending. */
  list: number[];
}

test('ds_address_generator visits the rows in order', async () => {
  await runModule('ds_address_generator', {
    parameters: { IndexBits: INDEX_BITS, GroupBits: GROUP_BITS, RowBits: ROW_BITS },
    vectors: (random) => [...corners(), ...random.list(60, () => drawn(random))].map(vector),
  });
});

function corners(): Pass[] {
  const all = (nIn: number) => Array.from({ length: nIn }, (_, k) => k);
  const top = 2 ** ROW_BITS - 1;
  return [false, true].flatMap((backward) => [
    { backward, base: 0, nIn: 1, groups: 1, list: [0] },
    { backward, base: 0, nIn: 1, groups: 1, list: [] },
    { backward, base: 100, nIn: 30, groups: 8, list: [] },
    { backward, base: 7, nIn: 1, groups: MAX_GROUPS, list: [0] },
    { backward, base: 7, nIn: MAX_INPUTS, groups: 1, list: all(MAX_INPUTS) },
    { backward, base: 7, nIn: MAX_INPUTS, groups: 3, list: [0, MAX_INPUTS - 1] },
    { backward, base: top - 11, nIn: 4, groups: 3, list: all(4) },
  ]);
}

function drawn(random: Random): Pass {
  const nIn = random.integer(1, 40);
  const density = random.pick([0, 0.2, 0.8, 1]);
  const inputs = Array.from({ length: nIn }, (_, k) => k);
  return {
    backward: random.boolean(),
    base: random.integer(0, 2 ** 20),
    nIn,
    groups: random.integer(1, 9),
    list: inputs.filter(() => random.boolean(density)),
  };
}

/** Rows as [address, group, first, last]; an empty list stands for the input 0, once a group. */
function vector({ backward, base, nIn, groups, list }: Pass) {
  const inputs = backward ? Array.from({ length: nIn }, (_, k) => k) : list.length > 0 ? list : [0];
  const rows: [number, number, boolean, boolean][] = [];
  const row = (k: number, g: number, first: boolean, last: boolean) =>
    rows.push([base + g * nIn + k, g, first, last]);
  if (backward) {
    for (const k of inputs) for (let g = 0; g < groups; g++) row(k, g, g === 0, g === groups - 1);
  } else {
    for (let g = 0; g < groups; g++)
      inputs.forEach((k, i) => {
        row(k, g, i === 0, i === inputs.length - 1);
      });
  }
  return { backward, base, nIn, groups, list, rows, empty: !backward && list.length === 0 };
}
