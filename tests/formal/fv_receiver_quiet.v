// fv_receiver_quiet: ds_frame_receiver from any state at all (no reset, every register free).
// With a quiet line and a sink that takes it is idle within IDLE_CYCLES. One byte and a delimiter
// later, REALIGN_CYCLES at most, it stands at the start of a frame, whatever it was doing.
`default_nettype none

module fv_receiver_quiet #(
    parameter Quiet = 1
) (
    input wire       clk_i,
    input wire       rx_valid_i,
    input wire [7:0] rx_data_i
);
  localparam IDLE_CYCLES = 1 + 3 * 7;  // a word offered that is none, any place in the ring
  localparam REALIGN_CYCLES = 4;      // each byte may find the one before under way

  wire rx_ready, out_valid, good_frame, missed, idle;
  wire [7:0] out_data;
  wire [15:0] accepted, discarded;
  ds_frame_receiver #(
      .BufferBytes(4)
  ) u_dut (
      .clk_i       (clk_i),
      .rst_i       (1'b0),
      .elapsed_i   (11'd1),
      .rx_valid_i  (rx_valid_i),
      .rx_ready_o  (rx_ready),
      .rx_data_i   (rx_data_i),
      .out_valid_o (out_valid),
      .out_ready_i (1'b1),
      .out_data_o  (out_data),
      .good_frame_o(good_frame),
      .accepted_o  (accepted),
      .discarded_o (discarded),
      .missed_o    (missed),
      .told_i      (1'b0),
      .idle_o      (idle)
  );

  (* hierconn *) wire [3:0] \u_dut.state_q ;
  (* hierconn *) wire [2:0] \u_dut.write_q ;
  (* hierconn *) wire [2:0] \u_dut.commit_q ;
  (* hierconn *) wire [7:0] \u_dut.u_decoder.left_q ;
  (* hierconn *) wire \u_dut.u_decoder.started_q ;
  (* hierconn *) wire [31:0] \u_dut.u_crc.crc_q ;
  (* hierconn *) wire \u_dut.u_crc.second_q ;
  (* hierconn *) wire [5:0] \u_dut.u_stall.left_q ;
  (* hierconn *) wire \u_dut.u_stall.expired_q ;
  wire at_start = \u_dut.state_q == 4'd0 && !\u_dut.u_crc.second_q
      && \u_dut.write_q == \u_dut.commit_q && \u_dut.u_crc.crc_q == 32'hFFFFFFFF;
  wire decoder_at_start = \u_dut.u_decoder.left_q == 8'd1 && !\u_dut.u_decoder.started_q
      && \u_dut.u_stall.left_q [5] && !\u_dut.u_stall.expired_q ;

  reg [5:0] cycles_q = 6'd0;
  reg [1:0] sent_q = 2'd0;  // bytes
  always @(posedge clk_i) begin
    cycles_q <= cycles_q + (cycles_q != 6'd63);
    if (rx_valid_i && rx_ready) sent_q <= sent_q + 2'd1;
    if (Quiet != 0) begin
      assume (!rx_valid_i);
      if (cycles_q >= IDLE_CYCLES) idle_when_quiet : assert (idle && !out_valid);
      if (cycles_q >= 6'd32) no_time_out_left : assert (\u_dut.u_stall.left_q [5]);
      drains : cover (cycles_q == IDLE_CYCLES - 1 && out_valid);
      times_out : cover (cycles_q == 6'd18 && $past(\u_dut.u_stall.left_q == 6'd0)
                         && \u_dut.u_stall.left_q [5]);
    end else begin
      assume (rx_valid_i == (sent_q != 2'd2));
      assume ((rx_data_i == 8'd0) == (sent_q == 2'd1));
      if (cycles_q == REALIGN_CYCLES) both_taken : assert (sent_q == 2'd2);
      if (sent_q == 2'd2) realigned : assert (at_start && decoder_at_start);
      realigns : cover (sent_q == 2'd2 && $past(\u_dut.state_q == 4'd9));
    end
  end
endmodule

`default_nettype wire
