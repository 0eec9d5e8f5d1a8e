/** Breaks that change nothing that can be seen, or nothing that a byte link can show, and why. */
import type { Reason } from '../coverage/reasons.ts';
import type { Mutant } from './mutant.ts';

interface Excuse extends Reason, Pick<Mutant, 'from' | 'to'> {}

/** At the border of a range both sides of the comparison give the border. */
const SATURATES = {
  file: 'golden/fixed/arithmetic.ts',
  part: 'return x > high ? high : x < low ? low : x;',
  why: 'a number at the border of the range is the border either way',
};

export const EXCUSES: readonly Excuse[] = [
  { ...SATURATES, from: ' > ', to: ' >= ' },
  { ...SATURATES, from: ' < ', to: ' <= ' },
  {
    ...{ file: 'golden/fixed/network.ts', from: ' >= ', to: ' > ' },
    part: 'const small = isTarget === z >= 0',
    why: 'at z = 0 the tail and its complement are the same number, with the exponent 0',
  },
  {
    ...{ file: 'golden/fixed/sigmoid.ts', from: ' < ', to: ' <= ' },
    part: 'activation: z < 0 ? small : large,',
    why: 'at z = 0 both are one half',
  },
  {
    ...{ file: 'host/protocol/image.ts', from: ' > ', to: ' >= ' },
    part: 'const after = next > end ? nextZero(',
    why: 'with next = end there is a zero, or the run is as long as it may be: it ends either way',
  },
  {
    ...{ file: 'rtl/core/ds_backward_path.v', from: ' && ', to: ' || ' },
    part: 'given_q        <=',
    why: 'a layer above the given one counts as collected at once: nothing is read for it',
  },
  {
    ...{ file: 'rtl/core/ds_core.v', from: ' - ', to: ' + ' },
    part: '{{(32 - EXP_BITS - WORD_BITS) {1',
    why: 'more zeros in front than the word has room for are cut off',
  },
  {
    ...{ file: 'rtl/core/ds_drain.v', from: "1'b0", to: "1'b1" },
    part: 'odd_q      <=',
    why: 'each start makes it 0, and nothing is sent before one',
  },
  {
    ...{ file: 'rtl/core/ds_recorder.v', from: "1'b0", to: "1'b1" },
    part: 'then_header_q   <=',
    why: 'the start of an image makes it 0, and nothing is written before one',
  },
  {
    ...{ file: 'rtl/core/ds_sigmoid_unit.v', from: "1'b0", to: "1'b1" },
    part: "negative_q6 <= 1'b0",
    why: 'with the complement at 0 both signs give the activation 0',
  },
  {
    ...{ file: 'rtl/core/ds_update_rows.v', from: ' || ', to: ' && ' },
    part: 'wire pending =',
    why: 'a step has five operations or more, one each cycle: they fill neighbouring stages',
  },
  {
    ...{ file: 'rtl/core/ds_unit_store.v', from: ' || ', to: ' && ' },
    part: 'wire port_taken = Shared != 0 &&',
    why: 'Shared is 0 on the board that is simulated; the proof unit_store has both',
  },
];

export function excuseOf({ file, from, to, code }: Mutant): string | undefined {
  return EXCUSES.find(
    (excuse) =>
      excuse.file === file &&
      excuse.from === from &&
      excuse.to === to &&
      code.includes(excuse.part),
  )?.why;
}
