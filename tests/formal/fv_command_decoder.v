// fv_command_decoder: ds_command_decoder with any bytes as frames, any parts around it that keep
// their promises. Every frame has exactly one reply, after its last byte, whatever it says: bytes
// are never taken for another frame's. Only a write in its turn, of whole words to a region that
// may be written, writes, each word once, in order, at its address; only a run in its turn reaches
// the image decoder; only a read or a check sum reads. An illegal opcode does nothing and is
// refused. Of a missed frame one reply more says so, between two frames. From reset, by induction; for the covers, with Booted, from between two frames and with
// everything around it at its fastest.
`default_nettype none
`include "ds_contract.vh"

module fv_command_decoder #(
    parameter Booted = 0
) (
    input wire        clk_i,
    input wire        rst_i,
    input wire        in_valid_i,
    input wire [7:0]  in_data_i,
    input wire        missed_i,
    input wire        reply_ready_i,
    input wire [7:0]  reply_sum_i,
    input wire        recalled_i,
    input wire [2:0]  answer_i,
    input wire        image_bad_i,
    input wire        image_idle_i,
    input wire        image_ready_i,
    input wire        core_idle_i,
    input wire [31:0] host_rdata_i,
    input wire        host_rvalid_i
);
  wire in_ready, reply_valid, reply_last, recall, image_start, image_valid, image_last;
  wire host_write, host_read, replied, told, idle;
  wire [7:0] reply_data, number, image_data;
  wire [1:0] reply_kind;
  wire [3:0] host_region;
  wire [23:0] host_addr;
  wire [31:0] host_wdata;
  ds_command_decoder u_dut (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .in_valid_i   (in_valid_i),
      .in_ready_o   (in_ready),
      .in_data_i    (in_data_i),
      .missed_i     (missed_i),
      .told_o       (told),
      .reply_valid_o(reply_valid),
      .reply_ready_i(reply_ready_i),
      .reply_data_o (reply_data),
      .reply_kind_o (reply_kind),
      .reply_last_o (reply_last),
      .reply_sum_i  (reply_sum_i),
      .number_o     (number),
      .recall_o     (recall),
      .recalled_i   (recalled_i),
      .answer_i     (answer_i),
      .image_start_o(image_start),
      .image_bad_i  (image_bad_i),
      .image_idle_i (image_idle_i),
      .image_valid_o(image_valid),
      .image_ready_i(image_ready_i),
      .image_data_o (image_data),
      .image_last_o (image_last),
      .core_idle_i  (core_idle_i),
      .host_write_o (host_write),
      .host_read_o  (host_read),
      .host_region_o(host_region),
      .host_addr_o  (host_addr),
      .host_wdata_o (host_wdata),
      .host_rdata_i (host_rdata_i),
      .host_rvalid_i(host_rvalid_i),
      .replied_o    (replied),
      .idle_o       (idle)
  );
  (* hierconn *) wire [4:0] \u_dut.state_q ;
  (* hierconn *) wire [2:0] \u_dut.status_q ;
  (* hierconn *) wire [7:0] \u_dut.opcode_q ;
  (* hierconn *) wire [7:0] \u_dut.sequence_q ;
  (* hierconn *) wire [7:0] \u_dut.expected_q ;
  (* hierconn *) wire [23:0] \u_dut.left_q ;
  (* hierconn *) wire [3:0] \u_dut.region_q ;
  (* hierconn *) wire \u_dut.region_good_q ;
  (* hierconn *) wire [23:0] \u_dut.addr_q ;
  (* hierconn *) wire [31:0] \u_dut.data_q ;
  (* hierconn *) wire [4:0] \u_dut.index_q ;
  (* hierconn *) wire \u_dut.write_q ;
  (* hierconn *) wire \u_dut.booting_q ;
  (* hierconn *) wire \u_dut.forgotten_q ;
  wire [7:0] ahead = \u_dut.sequence_q - \u_dut.expected_q ;
  wire [4:0] state = \u_dut.state_q ;
  wire [2:0] status = \u_dut.status_q ;
  wire [23:0] left = \u_dut.left_q ;
  wire [4:0] index = \u_dut.index_q ;
  wire booting = \u_dut.booting_q && state == ST_FORGET;

  // As in ds_command_decoder.
  localparam [4:0] ST_OPCODE = 5'b00_000, ST_SEQUENCE = 5'b00_001, ST_LENGTH_LOW = 5'b00_010;
  localparam [4:0] ST_LENGTH_HIGH = 5'b00_011, ST_COUNT = 5'b00_100, ST_REGION = 5'b01_000;
  localparam [4:0] ST_ADDRESS = 5'b01_001, ST_WRITE = 5'b01_100, ST_RUN = 5'b01_101;
  localparam [4:0] ST_DROP = 5'b01_110, ST_KEEP = 5'b10_000, ST_FORGET = 5'b10_001;
  localparam [4:0] ST_HEAD = 5'b10_010, ST_EXPECTED = 5'b10_011, ST_IDENTITY = 5'b10_100;
  localparam [4:0] ST_WORD = 5'b10_101, ST_SUM = 5'b10_110, ST_TOTAL = 5'b10_111;
  localparam [4:0] ST_NONCE = 5'b11_000, ST_ECHO = 5'b11_001, ST_JUDGE = 5'b11_100;
  localparam [4:0] ST_RECALL = 5'b11_101, ST_CHECK = 5'b11_110, ST_READ = 5'b11_111;
  localparam [4:0] ST_WAIT = 5'b11_010;
  localparam [15:0] WRITABLE = 16'd1 << `DS_REGION_REGISTERS | 16'd1 << `DS_REGION_WEIGHTS
      | 16'd1 << `DS_REGION_BIASES | 16'd1 << `DS_REGION_UNITS | 16'd1 << `DS_REGION_TRAINING;

  // ---- The frame as it came
  reg [2:0] header_q;              // bytes of it, to 4
  reg [7:0] opcode_q, sequence_q, region_q;
  reg [15:0] length_q, rest_q;     // payload bytes, and those to come
  reg [23:0] address_q, written_q;
  reg [31:0] word_q;               // the last four bytes
  reg [7:0] expected_q;
  reg in_turn_q;
  reg told_q;                      // the reply under way is of no frame
  wire take = in_valid_i && in_ready;
  wire [15:0] place = length_q - rest_q;
  wire asks = opcode_q == `DS_OPCODE_READ || opcode_q == `DS_OPCODE_CHECKSUM
      || opcode_q == `DS_OPCODE_ECHO;
  wire is_write = opcode_q == `DS_OPCODE_WRITE;
  wire is_run = opcode_q == `DS_OPCODE_RUN;
  wire is_read = opcode_q == `DS_OPCODE_READ;
  wire is_sum = opcode_q == `DS_OPCODE_CHECKSUM;
  wire is_echo = opcode_q == `DS_OPCODE_ECHO;
  wire is_identify = opcode_q == `DS_OPCODE_IDENTIFY;
  wire known = is_write || is_run || asks || is_identify;
  wire may_write = region_q < 8'd16 && WRITABLE[region_q[3:0]];
  wire may_read = may_write || region_q == `DS_REGION_SLOPES;
  wire ok = status == `DS_STATUS_OK;
  wire refusal = reply_valid && state == ST_HEAD && index == 5'd2 && !ok;

  reg started_q = 1'b0;
  reg reset_q, long_q;
  initial long_q = 1'b0;
  reg paused_q, paused_q2;         // a byte was taken a cycle ago, two cycles ago
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) begin
      assume (rst_i == !Booted);
      if (Booted) assume (state == ST_OPCODE && header_q == 3'd0 && !paused_q && !paused_q2
                          && !\u_dut.write_q && expected_q == \u_dut.expected_q
                          && sequence_q == 8'd0 && !in_ready && !told_q);
    end else if (Booted) begin
      assume (!rst_i && in_valid_i == !(paused_q || paused_q2 || missed_i || $past(missed_i)));
      assume (reply_ready_i && core_idle_i && host_rvalid_i && image_idle_i && recalled_i);
    end

    // A reset takes two cycles or more.
    reset_q <= rst_i;
    if (started_q && reset_q && !long_q) assume (rst_i);
    long_q <= started_q && reset_q && rst_i;

    // The parts around it.
    {paused_q2, paused_q} <= {paused_q, take};
    if (paused_q || paused_q2) assume (!in_valid_i);
    if (missed_i || started_q && $past(missed_i && !rst_i)) assume (!in_valid_i);
    if (started_q && !$past(rst_i)) begin
      if ($past(in_valid_i && !in_ready)) assume (in_valid_i && in_data_i == $past(in_data_i));
      if ($past(reply_ready_i && !reply_valid)) assume (reply_ready_i);
      // Statuses are taken one a cycle.
      if ($past(reply_ready_i && state == ST_FORGET)) assume (reply_ready_i);
      if ($past(image_ready_i && !image_valid)) assume (image_ready_i);
      if ($past(core_idle_i) && state != ST_RUN) assume (core_idle_i);
    end
    if (state == ST_REGION) assume (core_idle_i || !$past(core_idle_i));
    assume (answer_i != `DS_STATUS_DAMAGED);  // what is kept is recalled: never_kept

    if (take) begin
      word_q <= {in_data_i, word_q[31:8]};
      if (header_q != 3'd4) header_q <= header_q + 3'd1;
      else begin
        rest_q <= rest_q - 16'd1;
        if (place == 16'd0) region_q <= in_data_i;
        else if (place < 16'd4) address_q <= {in_data_i, address_q[23:8]};
      end
      case (header_q)
        3'd0: opcode_q <= in_data_i;
        3'd1: sequence_q <= in_data_i;
        3'd2: length_q[7:0] <= in_data_i;
        3'd3: begin
          length_q[15:8] <= in_data_i;
          rest_q         <= {in_data_i, length_q[7:0]};
          in_turn_q      <= is_identify || sequence_q == expected_q;
          written_q      <= 24'd0;
          if (is_identify || sequence_q == expected_q) expected_q <= sequence_q + 8'd1;
        end
        default: ;
      endcase
    end
    if (host_write) written_q <= written_q + 24'd1;
    if (replied) header_q <= 3'd0;
    told_q <= told || told_q && !replied;
    if (rst_i) {header_q, expected_q, paused_q, paused_q2, told_q} <= 14'd0;

    if (started_q && !rst_i) begin
      // One reply a frame, after all of it.
      if (replied && !told_q)
        after_its_frame : assert (header_q == 3'd4 && rest_q == {15'd0, take && is_echo});
      if (told_q) of_none : assert (header_q == 3'd0 && !take && index <= 5'd4
          && (state == ST_HEAD && index <= 5'd3 || state == ST_EXPECTED));
      if (state == ST_HEAD || state == ST_EXPECTED)
        says_so : assert (told_q == (status == `DS_STATUS_DAMAGED));
      if (header_q == 3'd4 && state != ST_JUDGE || booting)
        never_kept : assert (status != `DS_STATUS_DAMAGED);
      if (take) own_bytes : assert (header_q != 3'd4 || rest_q != 16'd0);
      if (state == ST_OPCODE) between : assert (header_q == 3'd0);

      // Effects and reads, by what the frame said.
      if (host_write) begin
        writes : assert (is_write && in_turn_q && may_write && length_q[1:0] == 2'd0);
        to_its_place : assert (host_region == region_q[3:0] && host_addr == address_q + written_q);
        its_word : assert (host_wdata == word_q);
        idle_core : assert (core_idle_i);
      end
      if (host_read) reads : assert ((is_read || is_sum) && may_read && core_idle_i
                                     && host_region == region_q[3:0]);
      if (image_valid) runs : assert (is_run && in_turn_q && image_ready_i
                                      && image_last == (rest_q == 16'd1));
      if (reply_valid && state == ST_HEAD && ok) begin
        ok_if_done : assert (known && (in_turn_q || asks));
        all_written : assert (!is_write || 4 * written_q + 24'd4 == length_q && length_q != 0);
      end
      if (reply_valid && state == ST_HEAD && !known) refused : assert (!ok);

      // For the induction.
      header : assert (header_q == (state == ST_OPCODE || booting || told_q ? 3'd0
          : state == ST_SEQUENCE ? 3'd1 : state == ST_LENGTH_LOW ? 3'd2
          : state == ST_LENGTH_HIGH ? 3'd3 : 3'd4));
      if (header_q >= 3'd1) same_opcode : assert (\u_dut.opcode_q == opcode_q
                                                  && !\u_dut.booting_q );
      if (header_q >= 3'd2 && state != ST_FORGET)
        same_number : assert (\u_dut.sequence_q == sequence_q);
      if (state == ST_FORGET) begin
        one_a_cycle : assert (ahead == 8'd255 || reply_ready_i);
        to_the_last : assert (\u_dut.forgotten_q == (ahead == 8'd254));
        own_last : assert (booting || sequence_q + 8'd1 == \u_dut.expected_q );
      end
      if (header_q == 3'd3) low_length : assert (left[7:0] == length_q[7:0]);
      if (header_q >= 3'd1 && header_q <= 3'd3) high_left : assert (left[23:16] == 8'd0);
      if (header_q != 3'd4) same_expected : assert (\u_dut.expected_q == expected_q);
      if (header_q == 3'd4) turn : assert (state == ST_JUDGE
          || \u_dut.expected_q == expected_q);
      if (state == ST_JUDGE) judged : assert (rest_q == length_q
          && in_turn_q == (is_identify || sequence_q == \u_dut.expected_q )
          && expected_q == (in_turn_q ? sequence_q + 8'd1 : \u_dut.expected_q ));
      if (header_q == 3'd4) begin
        enough : assert (rest_q <= length_q);
        case (state)
          ST_JUDGE, ST_RECALL, ST_REGION, ST_ADDRESS, ST_WRITE, ST_RUN, ST_DROP, ST_NONCE, ST_ECHO,
          ST_FORGET:
          counted : assert (left == {8'd0, rest_q});
          ST_CHECK: checked : assert (is_write ? left == {8'd0, rest_q} : rest_q == 16'd0);
          ST_KEEP, ST_HEAD:
          kept : assert (ok && (is_echo || state == ST_HEAD && is_identify)
              ? left == {8'd0, rest_q} && rest_q == length_q : rest_q == 16'd0);
          ST_COUNT:
          counts : assert (is_read ? rest_q == 16'd1 && index == 5'd4
              : rest_q == 16'd8 - {11'd0, index} && index >= 5'd4 && index < 5'd8);
          default: nothing_left : assert (rest_q == 16'd0);
        endcase
        case (state)
          ST_REGION, ST_ADDRESS, ST_COUNT, ST_CHECK:
          has_words : assert (ok && (is_write && in_turn_q && length_q >= 16'd4 && state != ST_COUNT
              || is_read && length_q == 16'd5 || is_sum && length_q == 16'd8));
          ST_WRITE:
          writing : assert (ok && is_write && in_turn_q && \u_dut.region_good_q
              && length_q[1:0] == 2'd0 && rest_q != 16'd0 && index[1:0] == place[1:0]
              && place >= 16'd4
              && place == 4 * written_q + 24'd4 + index[1:0] + (\u_dut.write_q ? 24'd4 : 24'd0));
          ST_RECALL: recalling : assert (!is_identify && !in_turn_q);
          ST_DROP: dropping : assert (!ok || in_turn_q && rest_q == 16'd0 && written_q == 24'd0
              && (is_write && length_q == 16'd4 || is_run && length_q == 16'd0));
          ST_RUN: running : assert (ok && is_run && in_turn_q);
          ST_ECHO: echoing : assert (ok && is_echo && rest_q != 16'd0);
          ST_NONCE: nonce : assert (ok && is_identify && rest_q != 16'd0);
          ST_FORGET: forgets : assert (ok && is_identify && in_turn_q && rest_q == 16'd4
              && length_q == 16'd4);
          ST_SUM, ST_TOTAL: summing : assert (ok && is_sum && \u_dut.region_good_q );
          ST_READ, ST_WAIT, ST_WORD:
          reading : assert (ok && (is_read || is_sum) && \u_dut.region_good_q );
          ST_KEEP, ST_HEAD: begin
            if (state == ST_KEEP) no_identity : assert (!is_identify);
            sure : assert (!ok || known && (in_turn_q || asks));
            whole : assert (!ok || !is_write || length_q != 0
                && 4 * (written_q + \u_dut.write_q ) + 24'd4 == length_q);
            if (ok && (is_read || is_sum)) sure_region : assert (\u_dut.region_good_q );
            if (ok && is_identify) sure_length : assert (length_q == 16'd4);
            if (ok && is_echo) sure_echo : assert (length_q <= 16'd54);
          end
          ST_EXPECTED: late : assert (status == `DS_STATUS_OUT_OF_ORDER);
          ST_IDENTITY: identity : assert (ok && is_identify);
          default: ;
        endcase
        if (state == ST_REGION) first : assert (index == 5'd0 && rest_q == length_q);
        if (state == ST_ADDRESS) second : assert (index == place[4:0] && index >= 5'd1
                                                  && place < 16'd4);
        if (state == ST_CHECK && is_write) fifth : assert (place == 16'd4);
        if (state == ST_HEAD) head : assert (index <= 5'd3);
        if (state == ST_WRITE || \u_dut.write_q || state == ST_COUNT || state == ST_CHECK) begin
          same_region : assert (\u_dut.region_q == region_q[3:0]
              && \u_dut.region_good_q == ((is_write ? may_write : may_read)));
          same_address : assert (\u_dut.addr_q == address_q + written_q);
        end
        if (state == ST_READ || state == ST_WAIT || state == ST_WORD || state == ST_SUM
            || (state == ST_KEEP || state == ST_HEAD || state == ST_TOTAL) && ok
                && (is_read || is_sum))
          still_region : assert (\u_dut.region_q == region_q[3:0] && may_read);
        if (state == ST_ADDRESS) region_so_far : assert (\u_dut.region_q == region_q[3:0]
            && \u_dut.region_good_q == ((is_write ? may_write : may_read))
            && (index < 5'd2 || \u_dut.addr_q [23:16] == address_q[23:16])
            && (index < 5'd3 || \u_dut.addr_q [15:8] == address_q[15:8])
            && written_q == 24'd0);
        if (state == ST_REGION || state == ST_JUDGE || state == ST_COUNT || state == ST_CHECK)
          none_yet : assert (written_q == 24'd0);
        if (state == ST_WRITE) begin
          word_1 : assert (index[1:0] == 2'd0 || \u_dut.data_q [31:24] == word_q[31:24]);
          word_2 : assert (index[1:0] < 2'd2 || \u_dut.data_q [23:16] == word_q[23:16]);
          word_3 : assert (index[1:0] < 2'd3 || \u_dut.data_q [15:8] == word_q[15:8]);
        end
      end
      states : assert (state <= ST_ADDRESS && state[4:3] == 2'b01 || state <= ST_COUNT
          || state >= ST_WRITE && state <= ST_DROP || state[4:3] == 2'b10 || state == ST_NONCE
          || state == ST_ECHO || state == ST_WAIT || state >= ST_JUDGE);
      if (\u_dut.write_q ) strobe : assert (header_q == 3'd4 && is_write && ok && in_turn_q
          && \u_dut.region_good_q && length_q[1:0] == 2'd0 && host_wdata == word_q
          && (state == ST_WRITE || state == ST_KEEP) && core_idle_i && paused_q);

      unknown : cover (refusal && !known && in_turn_q);
      run_done : cover (replied && is_run && in_turn_q && ok);
      unasked : cover (replied && told_q && reply_data == 8'd0);
      not_its_turn : cover (replied && is_write && !in_turn_q && length_q == 16'd0);
    end
  end
endmodule

`default_nettype wire
