// fv_receiver: ds_frame_receiver from reset, frames of 10 bytes at most, a ring of 16 bytes, any
// bytes at any time. Its ring holds no more than it can and gives nothing that was not committed.
// A frame is committed only when its last four bytes are the check sum that fv_crc makes of the
// rest, and its length is the header's. One that is rolled back is missed, until that is told or a
// frame is committed. After the time-out on a quiet line it stands at the start of a frame. By
// induction, for any number of frames.
`default_nettype none

module fv_receiver (
    input wire        clk_i,
    input wire        rst_i,
    input wire [10:0] elapsed_i,
    input wire        rx_valid_i,
    input wire [7:0]  rx_data_i,
    input wire        out_ready_i,
    input wire        told_i
);
  localparam [4:0] RING = 5'd16;
  wire rx_ready, out_valid, good_frame, missed, idle;
  wire [7:0] out_data;
  wire [15:0] accepted, discarded;
  ds_frame_receiver #(
      .BufferBytes(16)
  ) u_dut (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .elapsed_i   (elapsed_i),
      .rx_valid_i  (rx_valid_i),
      .rx_ready_o  (rx_ready),
      .rx_data_i   (rx_data_i),
      .out_valid_o (out_valid),
      .out_ready_i (out_ready_i),
      .out_data_o  (out_data),
      .good_frame_o(good_frame),
      .accepted_o  (accepted),
      .discarded_o (discarded),
      .missed_o    (missed),
      .told_i      (told_i),
      .idle_o      (idle)
  );

  (* hierconn *) wire \u_dut.byte_valid ;
  (* hierconn *) wire \u_dut.end_valid ;
  (* hierconn *) wire \u_dut.store ;
  (* hierconn *) wire \u_dut.take ;
  (* hierconn *) wire \u_dut.stalled ;
  (* hierconn *) wire [7:0] \u_dut.item_data ;
  (* hierconn *) wire [3:0] \u_dut.state_q ;
  (* hierconn *) wire [8:0] \u_dut.left_q ;
  (* hierconn *) wire [4:0] \u_dut.write_q ;
  (* hierconn *) wire [4:0] \u_dut.commit_q ;
  (* hierconn *) wire [4:0] \u_dut.read_q ;
  (* hierconn *) wire \u_dut.u_decoder.started_q ;
  (* hierconn *) wire [7:0] \u_dut.u_decoder.left_q ;
  (* hierconn *) wire [31:0] \u_dut.u_crc.crc_q ;
  (* hierconn *) wire \u_dut.u_crc.second_q ;
  (* hierconn *) wire [3:0] \u_dut.u_crc.rest_q ;
  (* hierconn *) wire \u_dut.u_crc.drain_q ;
  (* hierconn *) wire [5:0] \u_dut.u_stall.left_q ;
  (* hierconn *) wire \u_dut.u_stall.expired_q ;
  (* hierconn *) wire \u_dut.missed_q ;
  wire [3:0] state = \u_dut.state_q ;
  wire started = \u_dut.u_decoder.started_q ;
  wire [7:0] data = \u_dut.item_data ;
  wire [4:0] held = \u_dut.write_q - \u_dut.read_q ;
  wire [4:0] committed = \u_dut.commit_q - \u_dut.read_q ;
  wire [4:0] open = \u_dut.write_q - \u_dut.commit_q ;

  // The frame so far: how many bytes, the last four, and the check sum of all of them and of all
  // but the last one to four. Each differs from the next by one byte, which is what is proved of
  // them; older[4] is the check sum of all and older[0] that of all but the frame's own.
  localparam [31:0] START = 32'hFFFFFFFF;
  reg [3:0] bytes_q;  // 15: that many or more
  reg [31:0] last_q;
  reg [15:0] length_q;
  reg [31:0] older0_q, older1_q, older2_q, older3_q, older4_q;
  wire [159:0] older = {older4_q, older3_q, older2_q, older1_q, older0_q};
  wire [31:0] older4_next;
  fv_crc u_serial (
      .crc_i (older4_q),
      .data_i(\u_dut.item_data ),
      .crc_o (older4_next)
  );
  wire [3:0] linked;
  genvar k;
  generate
    for (k = 0; k < 4; k = k + 1) begin : g_link
      wire [31:0] next;
      fv_crc u_next (
          .crc_i (older[32*k+:32]),
          .data_i(last_q[8*k+:8]),
          .crc_o (next)
      );
      assign linked[k] = older[32*(k+1)+:32] == (bytes_q + k >= 4 ? next : START);
    end
  endgenerate
  // ds_crc32 has its register the other way round, and gives it inverted. What it has not yet taken
  // of the last byte is still to come.
  wire [31:0] design_turned, own_turned, after_rest;
  wire second = \u_dut.u_crc.second_q ;
  fv_crc #(
      .Bits(4)
  ) u_rest (
      .crc_i (design_turned),
      .data_i(\u_dut.u_crc.rest_q ),
      .crc_o (after_rest)
  );
  generate
    for (k = 0; k < 32; k = k + 1) begin : g_turn
      assign design_turned[k] = \u_dut.u_crc.crc_q [31-k];
      assign own_turned[k] = !older0_q[31-k];
    end
  endgenerate

  reg started_q = 1'b0;
  reg reset_q;
  reg [4:0] quiet_q;  // cycles without a byte taken, to 31
  reg missed_q;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    reset_q   <= rst_i;
    if (!started_q) assume (rst_i);
    assume (elapsed_i >= 11'd1);  // one millisecond a cycle, or time was skipped
    quiet_q <= rx_valid_i && rx_ready || rst_i ? 5'd0 : quiet_q + (quiet_q != 5'd31);

    if (\u_dut.byte_valid ) begin
      bytes_q <= bytes_q + (bytes_q != 4'd15);
      last_q  <= {data, last_q[31:8]};
      {older3_q, older2_q, older1_q, older0_q} <= {older4_q, older3_q, older2_q, older1_q};
      older4_q <= older4_next;
      if (bytes_q == 4'd2) length_q[7:0] <= data;
      if (bytes_q == 4'd3) length_q[15:8] <= data;
    end
    if (\u_dut.end_valid ) missed_q <= !good_frame;
    else if (told_i) missed_q <= 1'b0;
    if (rst_i) missed_q <= 1'b0;
    if (\u_dut.end_valid || rst_i) begin
      bytes_q <= 4'd0;
      {older4_q, older3_q, older2_q, older1_q, older0_q} <= {5{START}};
    end

    if (started_q && !rst_i) begin
      ready_again : assert (rx_ready || $past(rx_ready));
      no_drain : assert (rx_ready == !second && !(second && \u_dut.u_crc.drain_q ));
      // The ring: what the host was given credit for always fits.
      ring_not_over : assert (held <= RING && committed <= held);
      if (\u_dut.store ) store_has_room : assert (held < RING);
      if (\u_dut.take ) take_is_committed : assert (committed != 5'd0);

      says_missed : assert (missed == (missed_q && committed == 5'd0));

      if (good_frame) begin
        crc_matches : assert (last_q == own_turned);
        length_matches : assert (bytes_q == length_q + 16'd8);
        all_stored : assert (open == length_q + 16'd4);
      end
      if (quiet_q >= 5'd19) begin
        at_start : assert (state == 4'd0 && open == 5'd0 && !second
                           && \u_dut.u_crc.crc_q == 32'hFFFFFFFF && !started
                           && \u_dut.u_decoder.left_q == 8'd1);
      end

      // For the induction: the state says how many bytes came, and the time-out runs in a frame.
      same_missed : assert (\u_dut.missed_q == missed_q);
      time_out_runs : assert (started == (!\u_dut.u_stall.left_q [5] || \u_dut.u_stall.expired_q ));
      one_of_them : assert (\u_dut.u_stall.left_q [5] || !\u_dut.u_stall.expired_q );
      said_in_time : assert (!\u_dut.u_stall.expired_q || quiet_q <= 5'd17);
      time_left : assert (\u_dut.u_stall.left_q [5] || \u_dut.u_stall.left_q + quiet_q <= 6'd16);
      same_crc : assert ((second ? after_rest : design_turned) == older4_q);
      serial : assert (linked == 4'hF);
      if (bytes_q <= 4'd4) none_older : assert (older0_q == START);
      if (!started) no_block : assert (\u_dut.u_decoder.left_q == 8'd1);
      states : assert (state <= 4'd9 && open <= 5'd6);
      if (!started) at_rest : assert (state == 4'd0 && bytes_q == 4'd0);
      case (state)
        4'd0, 4'd1, 4'd2, 4'd3:
        in_header : assert (bytes_q == state && open == bytes_q
                            && (state != 4'd3 || \u_dut.left_q [7:0] == length_q[7:0]));
        4'd4: in_payload : assert (length_q <= 16'd2 && bytes_q >= 4'd4
                                   && bytes_q + \u_dut.left_q == length_q + 4 && open == bytes_q);
        4'd5, 4'd6, 4'd7, 4'd8:
        in_crc : assert (length_q <= 16'd2 && bytes_q == length_q + state
                         && open == length_q + 4);
        default: ;
      endcase

      good_after_bad : cover (good_frame && accepted == 16'd0 && discarded == 16'd1
                              && length_q == 16'd0);
      times_out : cover (\u_dut.stalled && state == 4'd6);
      full : cover (\u_dut.byte_valid && state == 4'd0 && held == 5'd5 && accepted == 16'd1);
    end
  end
endmodule

`default_nettype wire
