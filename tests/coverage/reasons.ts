/** Why no test runs these lines of the RTL, or takes these branches. */

/** What is said of one line, in this list and in that of the mutants that change nothing. */
export interface Reason {
  /** From the root. */
  readonly file: string;
  /** Of the line, as it stands in the file. */
  readonly part: string;
  readonly why: string;
}

/** A constant's lines. */
const CONSTANT = [
  'function [(1<<ShiftBits)*THREES_BITS-1:0] threes(',
  'for (places = 0; places < 1 << ShiftBits;',
  'if (to_left != 2',
  'else if (to_right != 4',
];

export const REASONS: readonly Reason[] = [
  ...CONSTANT.map((part) => ({
    ...{ file: 'rtl/core/ds_update_rows.v', part },
    why: 'a constant function: evaluated before the simulation',
  })),
  {
    file: 'rtl/core/ds_update_rows.v',
    part: 'default: state_q <= ST_IDLE;',
    why: 'no such state: seven of the eight codes are used',
  },
  {
    file: 'rtl/link/ds_command_decoder.v',
    part: 'left_q[23:16] <= left_run ? left_less2',
    why: 'only a check sum over 65 536 words or more counts down there, and no test asks for one',
  },
  {
    file: 'rtl/link/ds_uart_rx.v',
    part: 'default: state_d = ST_HIGH;',
    why: 'no such state: three of the four codes are used',
  },
];
