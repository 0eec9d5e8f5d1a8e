import { describe, expect, test } from 'vitest';
import { findLosses, findWarnings, type Synthesis } from '../../fpga/synthesise.ts';
import { FIXTURE } from './fixture.ts';

const LOG = `Creating decoders
Warning: Drivers conflicting with a constant 1'0 driver:
    port Q[0] of cell $procdff$381 ($dff)
Found and reported 1 problems.
Warning: Resizing cell port top.u_x.a from 4 bits to 5 bits.
Warning: Resizing cell port top.u_x.a from 4 bits to 5 bits.
No latch inferred for signal \`\\top.\\a'
Latch inferred for signal \`\\top.\\b' from process
`;

test('findWarnings takes each warning once, with all its lines, and latches', () => {
  expect(findWarnings(LOG)).toEqual([
    "Drivers conflicting with a constant 1'0 driver: port Q[0] of cell $procdff$381 ($dff)",
    'Resizing cell port top.u_x.a from 4 bits to 5 bits.',
    "Latch inferred for signal `\\top.\\b' from process",
  ]);
});

describe('findLosses', () => {
  const whole: Synthesis = {
    cells: { SB_LUT4: 40, SB_MAC16: 1, SB_RAM40_4KNR: 1 },
    warnings: ['Resizing cell port top.u_x.a from 4 bits to 5 bits.'],
    scopes: {},
    unclocked: [],
    seconds: 1,
  };
  const losses = (change: Partial<Synthesis>) => findLosses(FIXTURE, { ...whole, ...change });

  test('is empty when the netlist has what is intended, harmless warnings or not', () => {
    expect(losses({})).toEqual([]);
  });

  test.each<[string, Synthesis['cells'], string]>([
    ['multiplier', { SB_RAM40_4K: 1 }, '0 multipliers instead of the 1 intended'],
    ['block RAM', { SB_MAC16: 1 }, '0 block RAMs instead of the 1 intended'],
    [
      'SPRAM too many',
      { SB_MAC16: 1, SB_RAM40_4K: 1, SB_SPRAM256KA: 4 },
      '4 SPRAMs instead of the 0 intended',
    ],
  ])('names a count other than intended: %s', (_, cells, loss) => {
    expect(losses({ cells })).toEqual([loss]);
  });

  test('names a multiplier without a clock', () => {
    expect(losses({ unclocked: ['u_mul.u_mac (SB_MAC16)'] })).toEqual([
      'u_mul.u_mac (SB_MAC16) has no clock: its registers are gone',
    ]);
  });

  test.each([
    "Drivers conflicting with a constant 1'0 driver: port Q[0] of cell $procdff$381 ($dff)",
    'multiple conflicting drivers for top.\\both:',
    "Driver-driver conflict for \\x[3] between cell $a.Y and constant 1'0 in top: Resolved using constant.",
    "Latch inferred for signal `\\top.\\b'",
    'Wire top.\\a is used but has no driver.',
    'found logic loop in module top:',
    "rtl/core/ds_norm.v:12: Warning: Range select out of bounds on signal `\\a': Setting result bit to undef.",
    'Replacing memory \\memory with list of registers. See top.v:3',
  ])('takes this warning for a loss: %s', (warning) => {
    expect(losses({ warnings: [...whole.warnings, warning] })).toEqual([warning]);
  });
});
