/** ds_address_generator: the rows of whole layers, both ways, in the order of its header. */
import { test } from 'vitest';
import { LAYER_FIELDS } from '../../contract/protocol.ts';
import type { Random } from './random.ts';
import { runModule } from './run-module.ts';

const INDEX_BITS = LAYER_FIELDS.nIn.width;
const GROUP_BITS = LAYER_FIELDS.groups.width;
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

test.each([LAYER_FIELDS.weightBase.width, INDEX_BITS - 1])(
  'ds_address_generator visits the rows in order, addresses of %i bits',
  async (rowBits) => {
    await runModule('ds_address_generator', {
      parameters: { IndexBits: INDEX_BITS, GroupBits: GROUP_BITS, RowBits: rowBits },
      vectors: (random) =>
        [...corners(2 ** rowBits), ...random.list(60, () => drawn(random, 2 ** rowBits))].map(
          vector,
        ),
    });
  },
);

function corners(rows: number): Pass[] {
  const all = (nIn: number) => Array.from({ length: nIn }, (_, k) => k);
  const passes = [false, true].flatMap((backward) => [
    { backward, base: 0, nIn: 1, groups: 1, list: [0] },
    { backward, base: 0, nIn: 1, groups: 1, list: [] },
    { backward, base: 100, nIn: 30, groups: 8, list: [] },
    { backward, base: 7, nIn: 1, groups: MAX_GROUPS, list: [0] },
    { backward, base: 7, nIn: MAX_INPUTS, groups: 1, list: all(MAX_INPUTS) },
    { backward, base: 7, nIn: MAX_INPUTS, groups: 3, list: [0, MAX_INPUTS - 1] },
    { backward, base: rows - 12, nIn: 4, groups: 3, list: all(4) },
  ]);
  return passes.filter(({ base, nIn, groups }) => base + nIn * groups <= rows);
}

function drawn(random: Random, rows: number): Pass {
  const nIn = random.integer(1, 40);
  const groups = random.integer(1, 9);
  const density = random.pick([0, 0.2, 0.8, 1]);
  const inputs = Array.from({ length: nIn }, (_, k) => k);
  return {
    backward: random.boolean(),
    base: random.integer(0, rows - nIn * groups),
    nIn,
    groups,
    list: inputs.filter(() => random.boolean(density)),
  };
}

/**
 * Rows as [address, place in the inner loop, first, last]; an empty list stands for the input 0,
 * once a group.
 */
function vector({ backward, base, nIn, groups, list }: Pass) {
  const inputs = backward ? Array.from({ length: nIn }, (_, k) => k) : list.length > 0 ? list : [0];
  const outer = backward ? inputs.length : groups;
  const inner = backward ? groups : inputs.length;
  const rows = Array.from({ length: outer * inner }, (_, n) => {
    const [o, i] = [Math.floor(n / inner), n % inner];
    const [index, group] = backward ? [o, i] : [i, o];
    return [base + group * nIn + (inputs[index] ?? 0), i, i === 0, i === inner - 1] as const;
  });
  return { backward, base, nIn, groups, list, rows, empty: !backward && list.length === 0 };
}
