/** One of every cell that becomes an expression, in the order of gates_bench.v. */
import type { Bit, Cell, Netlist } from '../../../fpga/netlist.ts';

const CLOCK = 2;
const IN = [3, 4, 5, 6, 7, 8, 9, 10, 11] as const;
const OUT = 100;

type Pins = Readonly<Record<string, Bit>>;

/** `outputs`: pins in the order of the bits of `out`. */
interface Row {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly inputs: Pins;
  readonly outputs: readonly string[];
}

const REGISTER = { d: IN[0], enable: IN[1], reset: IN[2] } as const;

function ice40Register(type: string): Row {
  const { d, enable, reset } = REGISTER;
  const inputs = { C: CLOCK, D: d, E: enable, R: reset, S: reset };
  return { type, inputs, outputs: ['Q'] };
}

function ecp5Register(parameters: Readonly<Record<string, string>>, lsr: Bit): Row {
  const { d, enable } = REGISTER;
  const common = { GSR: 'DISABLED', CLKMUX: 'CLK', LSRMUX: 'LSR', SRMODE: 'LSR_OVER_CE' };
  const inputs = { CLK: CLOCK, DI: d, CE: enable, LSR: lsr };
  return { type: 'TRELLIS_FF', parameters: { ...common, ...parameters }, inputs, outputs: ['Q'] };
}

function bits(value: number): string {
  return value.toString(2).padStart(16, '0');
}

function pins(names: string, nets: readonly Bit[]): Pins {
  return Object.fromEntries(names.split(' ').map((name, index) => [name, nets[index] ?? '0']));
}

const [a, b, c, d, e, f, g, h, carry] = IN;

const ROWS: readonly Row[] = [
  lut('SB_LUT4', 0xcafe, [a, b, c, d]),
  lut('SB_LUT4', 0x1234, [d, c, b, a]),
  lut('SB_LUT4', 0x8001, [e, '1', f, '0']),
  { type: 'SB_CARRY', inputs: pins('I0 I1 CI', [a, b, c]), outputs: ['CO'] },
  ...['SB_DFF', 'SB_DFFE', 'SB_DFFSR', 'SB_DFFSS', 'SB_DFFESR', 'SB_DFFESS'].map(ice40Register),
  lut('LUT4', 0xbeef, [a, b, c, d]),
  { type: 'PFUMX', inputs: pins('ALUT BLUT C0', [a, b, g]), outputs: ['Z'] },
  { type: 'L6MUX21', inputs: pins('D0 D1 SD', [c, d, g]), outputs: ['Z'] },
  // What looks like a number ends in a space.
  ecp5Register({ CEMUX: '1 ', REGSET: 'RESET' }, c),
  ecp5Register({ CEMUX: 'CE', REGSET: 'RESET' }, c),
  ecp5Register({ CEMUX: 'INV', REGSET: 'SET' }, c),
  ecp5Register({ CEMUX: 'CE', REGSET: 'RESET' }, '0'),
  {
    // With D at 1 the LUT is A ^ B; the low four bits, A, are the carry where A and B agree.
    ...carryPair({ tables: [0x96aa, 0x96aa], injected: 'NO' }),
    inputs: pins('A0 B0 C0 D0 A1 B1 C1 D1 CIN', [a, b, '0', '1', c, d, '0', '1', e]),
  },
  {
    ...carryPair({ tables: [0x5a3c, 0x0ff1], injected: 'YES' }),
    inputs: pins('A0 B0 C0 D0 A1 B1 C1 D1 CIN', [a, b, c, d, e, f, g, h, carry]),
  },
  {
    type: 'SB_GB',
    inputs: { USER_SIGNAL_TO_GLOBAL_BUFFER: carry },
    outputs: ['GLOBAL_BUFFER_OUTPUT'],
  },
];

function lut(type: 'SB_LUT4' | 'LUT4', table: number, nets: readonly Bit[]): Row {
  return type === 'SB_LUT4'
    ? {
        type,
        parameters: { LUT_INIT: bits(table) },
        inputs: pins('I0 I1 I2 I3', nets),
        outputs: ['O'],
      }
    : { type, parameters: { INIT: bits(table) }, inputs: pins('A B C D', nets), outputs: ['Z'] };
}

function carryPair({ tables, injected }: { tables: readonly [number, number]; injected: string }) {
  const parameters = {
    INIT0: bits(tables[0]),
    INIT1: bits(tables[1]),
    INJECT1_0: injected,
    INJECT1_1: injected,
  };
  return { type: 'CCU2C', parameters, outputs: ['S0', 'S1', 'COUT'] };
}

/** Module `gates_under_test`. */
export function smallNetlist(rows: readonly Row[] = ROWS): Netlist {
  const cells: Record<string, Cell> = {};
  const out: Bit[] = [];
  rows.forEach(({ type, parameters = {}, inputs, outputs }, index) => {
    const connections: Record<string, Bit[]> = {};
    for (const [pin, net] of Object.entries(inputs)) connections[pin] = [net];
    for (const pin of outputs) {
      const net = OUT + out.length;
      out.push(net);
      connections[pin] = [net];
    }
    cells[`${type}_${index}`] = { type, parameters, attributes: {}, connections };
  });
  const ports = {
    clk: { direction: 'input', bits: [CLOCK] },
    in: { direction: 'input', bits: [...IN] },
    out: { direction: 'output', bits: out },
  } as const;
  const module = { attributes: {}, cells, ports: structuredClone(ports) as never };
  return { modules: { gates_under_test: module } };
}
