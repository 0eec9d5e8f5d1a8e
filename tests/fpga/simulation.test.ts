/** Netlists as Verilog: the text. What it does is simulated in tests/gate/. */
import { describe, expect, test } from 'vitest';
import type { Bit, Netlist } from '../../fpga/netlist.ts';
import { simulationVerilog, tableExpression } from '../../fpga/simulation.ts';
import { createDraw } from '../system/random-network.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);
const INPUTS = ['a', 'b', 'c', 'd'];

describe('tableExpression', () => {
  const draw = createDraw(SEED);
  const tables = [
    ...Array.from({ length: 16 }, (_, i) => ({ table: i, count: 2 })),
    ...Array.from({ length: 256 }, (_, i) => ({ table: i, count: 3 })),
    ...Array.from({ length: 500 }, () => ({ table: draw(65536), count: 4 })),
  ];

  test(`is the table, seed ${SEED}`, () => {
    for (const { table, count } of tables) {
      const names = INPUTS.slice(0, count);
      const value = evaluator(tableExpression(table, names));
      for (let index = 0; index < 2 ** count; index++) {
        const bits = names.map((_, at) => (index >> at) & 1);
        expect(value(...bits), `${count} inputs, table ${table}, index ${index}`).toBe(
          (table >> index) & 1,
        );
      }
    }
  });

  test('leaves constants and inputs without effect out', () => {
    expect(tableExpression(0x8000, ['a', "1'b1", 'c', "1'b1"])).toMatch(/^\((a & c|c & a)\)$/);
    expect(tableExpression(0xaaaa, INPUTS)).toBe('a');
    expect(tableExpression(0x5555, INPUTS)).toBe('~a');
    expect(tableExpression(0xffff, INPUTS)).toBe("1'b1");
  });
});

/** Verilog's operators are JavaScript's on bits. */
function evaluator(expression: string): (...bits: number[]) => number {
  const text = expression.replaceAll("1'b", '');
  return new Function(...INPUTS, `return (${text}) & 1`) as (...bits: number[]) => number;
}

describe('simulationVerilog', () => {
  test.each([
    ['a cell', cell('SB_HFOSC', { CLKHF: 3 }), /a SB_HFOSC/],
    ['a register with an asynchronous reset', cell('SB_DFFR', { C: 2, Q: 3 }), /a SB_DFFR/],
    [
      'a setting',
      cell('TRELLIS_FF', { CLK: 2, Q: 3 }, { SRMODE: 'ASYNC' }),
      /TRELLIS_FF with SRMODE ASYNC/,
    ],
    ['a net without a driver', cell('SB_LUT4', { I0: 7, O: 3 }), /without a driver: n7/],
    ['a net with two drivers', cell('SB_LUT4', { I0: 2, O: 2 }), /two drivers/],
  ])('refuses %s that it does not model', (_, netlist, message) => {
    expect(() => simulationVerilog(netlist, 'top')).toThrow(message);
  });

  test('says which top is missing', () => {
    expect(() => simulationVerilog({ modules: {} }, 'top')).toThrow('no top');
  });
});

function cell(
  type: string,
  nets: Readonly<Record<string, Bit>>,
  parameters: Readonly<Record<string, string>> = { LUT_INIT: '10' },
): Netlist {
  const connections = Object.fromEntries(Object.entries(nets).map(([pin, net]) => [pin, [net]]));
  const cells = { u: { type, parameters, attributes: {}, connections } };
  const ports = {
    i: { direction: 'input' as const, bits: [2] },
    o: { direction: 'output' as const, bits: [3] },
  };
  return { modules: { top: { attributes: {}, cells, ports } } };
}
