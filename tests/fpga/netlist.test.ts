import { expect, test } from 'vitest';
import {
  countCells,
  moduleName,
  type Netlist,
  scopesOf,
  sumCells,
  unclockedCells,
} from '../../fpga/netlist.ts';

const scope = (attributes: Record<string, string>, TYPE = 'module') => ({
  type: '$scopeinfo',
  parameters: { TYPE },
  attributes,
  connections: {},
});
const cell = (type: string, connections: Record<string, (number | string)[]> = {}) => ({
  type,
  parameters: {},
  attributes: {},
  connections,
});

const netlist: Netlist = {
  modules: {
    SB_MAC16: { attributes: { blackbox: '1' }, cells: {} },
    top: {
      attributes: {},
      cells: {
        u_core: scope({ module: 'ds_core' }),
        'u_core.g_lane[0].u_mul': scope({ module: '$paramod$0a1b\\ds_mul' }),
        'u_core.u_norm': scope({ module: '$paramod\\ds_norm\\A=1', module_hdlname: 'ds_norm' }),
        'u_core.loop': scope({ module: 'none' }, 'blackbox'),
        a: cell('SB_LUT4'),
        b: cell('SB_LUT4'),
        good: cell('SB_MAC16', { CLK: [7] }),
        tied: cell('SB_MAC16', { CLK: ['0'] }),
        rom: cell('SB_RAM40_4K', { RCLK: [7], WCLK: ['0'] }),
        open: cell('SB_RAM40_4K', { RCLK: ['0'] }),
      },
    },
  },
};

test('countCells counts cells by type and leaves scopes out', () => {
  expect(countCells(netlist, 'top')).toEqual({ SB_LUT4: 2, SB_MAC16: 2, SB_RAM40_4K: 2 });
});

test('sumCells adds up the types of a kind', () => {
  expect(sumCells({ SB_DFF: 2, SB_DFFE: 3, SB_LUT4: 5 }, /^SB_DFF/)).toBe(5);
});

test('scopesOf names the module in the source of every instance', () => {
  expect(scopesOf(netlist, 'top')).toEqual({
    u_core: 'ds_core',
    'u_core.g_lane[0].u_mul': 'ds_mul',
    'u_core.u_norm': 'ds_norm',
  });
});

test('unclockedCells finds cells of which every clock is constant', () => {
  const clockPorts = { SB_MAC16: ['CLK'], SB_RAM40_4K: ['RCLK', 'WCLK'] };
  expect(unclockedCells(netlist, { top: 'top', clockPorts })).toEqual([
    'tied (SB_MAC16)',
    'open (SB_RAM40_4K)',
  ]);
});

test.each([
  ['ds_mul', 'ds_mul'],
  ['$paramod$0a1b\\ds_mul', 'ds_mul'],
  ["$paramod\\ds_mul\\A=s32'1", 'ds_mul'],
])('moduleName of %s', (derived, name) => {
  expect(moduleName(derived)).toBe(name);
});
