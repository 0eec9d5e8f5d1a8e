// fv_stream_reg: ds_stream_reg keeps the promises of a stream, and its latency of one cycle.
`default_nettype none

module fv_stream_reg (
    input wire       clk_i,
    input wire       rst_i,
    input wire       in_valid_i,
    input wire [3:0] in_data_i,
    input wire       out_ready_i
);
  wire in_ready, out_valid, inside;
  wire [3:0] out_data, followed;
  wire [2:0] held, ahead;

  ds_stream_reg #(
      .Width(4)
  ) u_dut (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (in_valid_i),
      .in_ready_o (in_ready),
      .in_data_i  (in_data_i),
      .out_valid_o(out_valid),
      .out_ready_i(out_ready_i),
      .out_data_o (out_data)
  );

  fv_stream #(
      .Width   (4),
      .Capacity(1)
  ) u_stream (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (in_valid_i),
      .in_ready_i (in_ready),
      .in_data_i  (in_data_i),
      .out_valid_i(out_valid),
      .out_ready_i(out_ready_i),
      .out_data_i (out_data),
      .held_o     (held),
      .inside_o   (inside),
      .ahead_o    (ahead),
      .followed_o (followed)
  );

  reg started_q = 1'b0;
  reg [2:0] streak_q;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    if (started_q && !rst_i) begin
      // Valid shows what is held, whatever ready says; a full register takes when it gives.
      valid_is_held : assert (out_valid == (held == 3'd1));
      full_rate : assert (in_ready == (out_ready_i || !out_valid));
    end
    streak_q <= !rst_i && out_valid && out_ready_i ? streak_q + 3'd1 : 3'd0;
    four_in_a_row : cover (started_q && streak_q == 3'd4 && !rst_i);
    waits : cover (started_q && !rst_i && inside && $past(out_valid && !out_ready_i, 2));
  end
endmodule

`default_nettype wire
