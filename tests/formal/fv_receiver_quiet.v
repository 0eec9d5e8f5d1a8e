// fv_receiver_quiet: ds_frame_receiver from any state at all (no reset, every register free).
// With a quiet line and a sink that takes it is idle within IDLE_CYCLES. One byte and a delimiter
// later it stands at the start of a frame, whatever it was doing.
`default_nettype none

module fv_receiver_quiet #(
    parameter Quiet = 1
) (
    input wire       clk_i,
    input wire       rx_valid_i,
    input wire [7:0] rx_data_i
);
  localparam IDLE_CYCLES = 2 * 16 + 12;  // any place in the ring, any fill of the reader

  wire rx_ready, out_valid, good_frame, idle;
  wire [7:0] out_data;
  wire [31:0] accepted, discarded;
  ds_frame_receiver #(
      .BufferBytes(16)
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
      .idle_o      (idle)
  );

  (* hierconn *) wire [2:0] \u_dut.state_q ;
  (* hierconn *) wire [15:0] \u_dut.left_q ;
  (* hierconn *) wire [4:0] \u_dut.write_q ;
  (* hierconn *) wire [4:0] \u_dut.commit_q ;
  (* hierconn *) wire [7:0] \u_dut.u_decoder.left_q ;
  (* hierconn *) wire \u_dut.u_decoder.started_q ;
  (* hierconn *) wire [31:0] \u_dut.u_crc.crc_q ;
  (* hierconn *) wire [4:0] \u_dut.u_stall.left_q ;
  wire at_start = \u_dut.state_q == 3'd0 && \u_dut.left_q == 16'd4
      && \u_dut.write_q == \u_dut.commit_q && \u_dut.u_crc.crc_q == 32'hFFFFFFFF;
  wire decoder_at_start = \u_dut.u_decoder.left_q == 8'd0 && !\u_dut.u_decoder.started_q
      && \u_dut.u_stall.left_q == 5'd0;

  reg [5:0] cycles_q = 6'd0;
  always @(posedge clk_i) begin
    cycles_q <= cycles_q + (cycles_q != 6'd63);
    always_ready : assert (rx_ready);
    if (Quiet != 0) begin
      assume (!rx_valid_i);
      if (cycles_q >= IDLE_CYCLES) idle_when_quiet : assert (idle && !out_valid);
      if (cycles_q >= 6'd32) no_time_out_left : assert (\u_dut.u_stall.left_q == 5'd0);
      drains : cover (cycles_q == 6'd36 && out_valid);
      times_out : cover (cycles_q == 6'd18 && $past(\u_dut.u_stall.left_q == 5'd1)
                         && \u_dut.u_stall.left_q == 5'd0);
    end else begin
      if (cycles_q == 6'd0) assume (rx_valid_i && rx_data_i != 8'd0);
      if (cycles_q == 6'd1) assume (rx_valid_i && rx_data_i == 8'd0);
      if (cycles_q > 6'd1) assume (!rx_valid_i);
      if (cycles_q == 6'd2) decoder_realigned : assert (decoder_at_start);
      if (cycles_q == 6'd3) realigned : assert (at_start);
      realigns : cover (cycles_q == 6'd3 && $past(\u_dut.state_q , 3) == 3'd4);
    end
  end
endmodule

`default_nettype wire
