// fv_fifo: ds_fifo keeps the promises of a stream, counts right, and holds all of its depth.
// The hierconn wires become those inside the design when it is flattened: the proof by induction
// needs to say where the followed word lies.
`default_nettype none

module fv_fifo (
    input wire       clk_i,
    input wire       rst_i,
    input wire       in_valid_i,
    input wire [3:0] in_data_i,
    input wire       out_ready_i
);
  localparam DEPTH = 4;
  wire in_ready, out_valid, inside;
  wire [3:0] out_data, followed, held, ahead;
  wire [2:0] count;

  ds_fifo #(
      .Width(4),
      .Depth(DEPTH)
  ) u_dut (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (in_valid_i),
      .in_ready_o (in_ready),
      .in_data_i  (in_data_i),
      .out_valid_o(out_valid),
      .out_ready_i(out_ready_i),
      .out_data_o (out_data),
      .count_o    (count)
  );

  fv_stream #(
      .Width    (4),
      .IndexBits(4),
      .Capacity (DEPTH)
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

  (* hierconn *) wire [2:0] \u_dut.read_q ;
  (* hierconn *) wire [3:0] \u_dut.memory_q[0] ;
  (* hierconn *) wire [3:0] \u_dut.memory_q[1] ;
  (* hierconn *) wire [3:0] \u_dut.memory_q[2] ;
  (* hierconn *) wire [3:0] \u_dut.memory_q[3] ;
  wire [15:0] memory = {
    \u_dut.memory_q[3] , \u_dut.memory_q[2] , \u_dut.memory_q[1] , \u_dut.memory_q[0]
  };
  wire [1:0] place = \u_dut.read_q [1:0] + ahead[1:0];

  reg started_q = 1'b0;
  reg [3:0] given_q;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    given_q <= rst_i ? 4'd0 : given_q + (out_valid && out_ready_i && given_q != 4'd15);
    if (started_q && !rst_i) begin
      counts : assert ({1'b0, count} == held);
      // Valid and ready show what is held, and wait for nothing.
      valid_is_held : assert (out_valid == (held != 4'd0));
      ready_is_room : assert (in_ready == (held != DEPTH));
      if (inside) in_place : assert (memory[4*place+:4] == followed);
      full : cover (held == DEPTH && $past(held == DEPTH && in_valid_i && !out_ready_i));
      emptied : cover (held == 4'd0 && given_q > 4'd5 && $past(held == DEPTH, 4));
    end
  end
endmodule

`default_nettype wire
