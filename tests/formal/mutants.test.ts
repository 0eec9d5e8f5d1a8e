/** The proofs can fail: each small break in a copy of the RTL turns its proof red. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { runProof, tasksOf } from '../bridge/sby.ts';
import { proofNames } from './names.ts';

interface Mutant {
  proof: string;
  task: string;
  file: string;
  from: string;
  to: string;
}

const mutant = (proof: string, task: string, file: string, from: string, to: string): Mutant => ({
  proof,
  task,
  file: `rtl/${file}.v`,
  from,
  to,
});

const MUTANTS: Mutant[] = [
  mutant(
    'nonzero_list',
    'prove',
    'core/ds_nonzero_list',
    " && write_value_i != {ValueBits{1'b0}}",
    '',
  ),
  mutant(
    'nonzero_list',
    'one_bank',
    'core/ds_nonzero_list',
    'value_place = {read_bank, value_addr_i}',
    'value_place = {read_bank, ~value_addr_i}',
  ),
  mutant('ram_reader', 'prove', 'stream/ds_ram_reader', 'if (take_o || ', 'if ('),
  mutant(
    'address_generator',
    'prove',
    'core/ds_address_generator',
    'group_base_q <= base_q;',
    'group_base_q <= group_base_q + stride;',
  ),
  mutant(
    'address_generator',
    'prove',
    'core/ds_address_generator',
    'backward_q || !last || drain_free_i',
    "1'b1",
  ),
  mutant('address_generator', 'prove', 'core/ds_address_generator', 'busy_q && !hold_i', 'busy_q'),
  mutant(
    'layer',
    'lanes_2',
    'core/ds_drain',
    "if (send && last) reserved_q <= 1'b0;",
    "if (send) reserved_q <= 1'b0;",
  ),
  mutant('layer', 'lanes_4', 'core/ds_drain', ' || left_q == ONE_LEFT', ''),
  mutant('layer', 'held', 'core/ds_drain', 'assign free_o = !reserved_q', "assign free_o = 1'b1"),
  mutant(
    'sequence',
    'prove',
    'core/ds_sequencer',
    'collected_i && table_valid_i && !record_busy_i',
    'collected_i && !record_busy_i',
  ),
  mutant(
    'sequence',
    'prove',
    'core/ds_sequencer',
    'collected_i && table_valid_i && !record_busy_i',
    'collected_i && table_valid_i',
  ),
  mutant(
    'sequence',
    'bounded',
    'core/ds_sequencer',
    'ST_HEADER_WAIT: if (!record_busy_i)',
    'ST_HEADER_WAIT: if (record_busy_i)',
  ),
  mutant('sequence', 'prove', 'core/ds_layer_table', 'if (high_q) valid_o', 'if (low_q) valid_o'),
  mutant('unit_store', 'prove', 'core/ds_unit_store', '(row_i || first_read', '(first_read'),
  mutant('unit_store', 'prove', 'core/ds_unit_store', ' && !(Shared != 0 && record_wanted)', ''),
  mutant('unit_store', 'separate', 'core/ds_unit_store', '!first_write && !port', '!port'),
  mutant('delta_unit', 'prove', 'core/ds_delta_unit', "if (at_end) aligning_q <= 1'b0;", ''),
  mutant(
    'receiver',
    'prove',
    'link/ds_frame_receiver',
    'state_q == ST_WHOLE && !item_error && !stalled && crc == RESIDUE',
    'state_q == ST_WHOLE && !item_error && !stalled',
  ),
  mutant('receiver', 'prove', 'link/ds_frame_receiver', ' && !full;', ';'),
  mutant(
    'receiver_quiet',
    'idle',
    'link/ds_timeout',
    'else if (running) left_q',
    'else if (running && !over) left_q',
  ),
  mutant(
    'receiver_quiet',
    'realign',
    'link/ds_cobs_decoder',
    "      left_q    <= CODE;\n      zero_q    <= 1'b0;\n      started_q <= 1'b0;",
    "      started_q <= 1'b0;",
  ),
  mutant(
    'receiver_ring',
    'prove',
    'link/ds_frame_receiver',
    'read_q != commit_q',
    'read_q != write_q',
  ),
  mutant('receiver_ring', 'prove', 'link/ds_frame_receiver', 'missed_q && !available', 'missed_q'),
  mutant(
    'command_decoder',
    'prove',
    'link/ds_command_decoder',
    'status_d = DAMAGED',
    'status_d = OUT_OF_ORDER',
  ),
  mutant(
    'command_decoder',
    'prove',
    'link/ds_command_decoder',
    'forgotten_q <= gives && ahead',
    'forgotten_q <= ahead',
  ),
  mutant(
    'command_decoder',
    'prove',
    'link/ds_command_decoder',
    'else if (!words_good) status_d = BAD_LENGTH;',
    '',
  ),
  mutant(
    'command_decoder',
    'prove',
    'link/ds_command_decoder',
    'assign image_valid_o = state_q == ST_RUN && in_take',
    'assign image_valid_o = in_take',
  ),
  mutant(
    'image_decoder',
    'prove',
    'link/ds_image_decoder',
    '&& value_end && !outside_q',
    '&& value_end',
  ),
  mutant(
    'image_decoder',
    'prove',
    'link/ds_image_decoder',
    'if (in_last_i && !image_end) state_d = ST_BAD;',
    '',
  ),
  mutant(
    'reply_transmitter',
    'bytes',
    'link/ds_reply_transmitter',
    'if (byte_zero) code_q <= place_q;',
    'if (byte_zero) code_q <= code_q;',
  ),
  mutant(
    'update_rows',
    'image',
    'core/ds_update_rows',
    "group_done ? {IndexBits{1'b0}}",
    "group_done ? {IndexBits{1'b1}}",
  ),
  mutant('update_rows', 'commit', 'core/ds_update_rows', 'group_done2 && !bias2', 'group_done2'),
  mutant('baud', 'prove', 'link/ds_baud', 'if (expired || break_i)', 'if (break_i)'),
  mutant('baud', 'prove', 'link/ds_baud', ' && !too_low;', ';'),
  mutant('norm', 'prove', 'core/ds_norm', 'if (valid_q[2])', 'if (valid_q[1])'),
  mutant(
    'rectifier_unit',
    'exact',
    'core/ds_rectifier_unit',
    "clamped9 && !below_elu && alpha9 != {WordBits{1'b0}}",
    'clamped9 && !below_elu',
  ),
  mutant(
    'round_sat',
    'prove_z',
    'core/ds_round_sat',
    ' || (at_border && window_q[0] != sign_q)',
    '',
  ),
  mutant('round_sat', 'prove_activation', 'core/ds_round_sat', '(below_q && !regained)', 'below_q'),
  mutant('uart', 'bmc', 'link/ds_uart_rx', '{rx_sync_q, data_q[7:1]}', '{data_q[6:0], rx_sync_q}'),
];

describe.concurrent('mutants', () => {
  test.each(MUTANTS.map((each, index) => ({ ...each, index })))(
    '$proof $task fails without `$from`',
    async ({ proof, task, file, from, to, index }) => {
      const copy = path.join(ROOT, 'build', 'formal', 'mutants', String(index));
      rmSync(copy, { recursive: true, force: true });
      mkdirSync(path.join(copy, 'tests'), { recursive: true });
      cpSync(path.join(ROOT, 'rtl'), path.join(copy, 'rtl'), { recursive: true });
      cpSync(path.join(ROOT, 'tests', 'formal'), path.join(copy, 'tests', 'formal'), {
        recursive: true,
      });
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      expect(text.split(from).length - 1, `occurrences in ${file}`).toBe(1);
      writeFileSync(path.join(copy, file), text.replace(from, to));
      const { verdict, findings } = await runProof({ proof, task }, copy);
      expect(verdict, findings.join('\n')).toMatch(/^(FAIL|UNKNOWN)$/);
    },
  );
});

test('every proof has a mutant', () => {
  const covered = new Set(MUTANTS.map(({ proof }) => proof));
  expect(proofNames().filter((proof) => !covered.has(proof))).toEqual([]);
  expect(MUTANTS.filter(({ proof, task }) => !tasksOf(proof).includes(task))).toEqual([]);
});
