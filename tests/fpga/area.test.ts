import { expect, test } from 'vitest';
import { areaByModule } from '../../fpga/area.ts';
import type { Netlist } from '../../fpga/netlist.ts';

type Cells = Netlist['modules'][string]['cells'];

const cells = (types: Record<string, string>, parameters = {}): Cells =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [
      name,
      { type, parameters, attributes: {}, connections: {} },
    ]),
  );
const module = (inside: Cells, attributes = {}) => ({ attributes, cells: inside });
const LANE = "$paramod\\ds_lane\\Bits=s32'0100";

const netlist: Netlist = {
  modules: {
    SB_LUT4: module({}, { blackbox: '1' }),
    [LANE]: module(cells({ u_mul: 'ds_mul' })),
    ds_mul: module({}),
    top: module(cells({ 'g_lane[0].u_lane': LANE, 'g_lane[1].u_lane': LANE, x: 'SB_LUT4' })),
  },
};

test('areaByModule adds up all instances of a module, without what is below it', () => {
  const packed: Netlist = {
    modules: {
      anything: module({
        ...cells({ top_LC: 'ICESTORM_LC', pin: 'SB_IO' }),
        ...cells({ 'g_lane[0].u_lane.a_LC': 'ICESTORM_LC' }, { DFF_ENABLE: '1' }),
        ...cells({ 'g_lane[0].u_lane.b_LC': 'ICESTORM_LC' }, { DFF_ENABLE: '0' }),
        ...cells({ 'g_lane[1].u_lane.a_LC': 'ICESTORM_LC' }, { DFF_ENABLE: '1' }),
        ...cells({ 'g_lane[1].u_lane.r_RAM': 'ICESTORM_RAM' }),
        ...cells({ 'g_lane[1].u_lane.u_mul.u_mac_DSP': 'ICESTORM_DSP' }),
      }),
    },
  };
  const none = { flipFlops: 0, blockRams: 0, weightMemories: 0, multipliers: 0 };
  expect(areaByModule({ target: { family: 'ice40', top: 'top' }, netlist, packed })).toEqual([
    { module: 'ds_lane', instances: 2, ...none, logic: 3, flipFlops: 2, blockRams: 1 },
    { module: 'top', instances: 1, ...none, logic: 1 },
    { module: 'ds_mul', instances: 2, ...none, logic: 0, multipliers: 1 },
  ]);
});

test('areaByModule of ECP5 counts its cells', () => {
  const packed = {
    modules: { m: module(cells({ a: 'TRELLIS_COMB', b: 'TRELLIS_FF', c: 'DP16KD' })) },
  };
  const [top] = areaByModule({ target: { family: 'ecp5', top: 'top' }, netlist, packed });
  expect(top).toMatchObject({ module: 'top', logic: 1, flipFlops: 1, blockRams: 1 });
});
