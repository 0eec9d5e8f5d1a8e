// fv_ram_reader: each word taken from the memory leaves ds_ram_reader once and in order, whatever
// the sink does; its FIFO never has to refuse one. The memory is free: rdata_i is the word that
// was taken two cycles ago.
`default_nettype none

module fv_ram_reader (
    input wire       clk_i,
    input wire       rst_i,
    input wire       available_i,
    input wire [3:0] rdata_i,
    input wire       out_ready_i
);
  wire take, out_valid, inside, empty;
  wire [3:0] out_data, followed, held, ahead;

  ds_ram_reader #(
      .Width(4)
  ) u_dut (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .available_i(available_i),
      .take_o     (take),
      .rdata_i    (rdata_i),
      .out_valid_o(out_valid),
      .out_ready_i(out_ready_i),
      .out_data_o (out_data),
      .empty_o    (empty)
  );

  // When the word of a take is on rdata_i.
  reg take_q, take_q2;
  always @(posedge clk_i) begin
    take_q  <= take && !rst_i;
    take_q2 <= take_q && !rst_i;
  end

  fv_stream #(
      .Width    (4),
      .IndexBits(4),
      .Capacity (4)
  ) u_stream (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (take_q2),
      .in_ready_i (1'b1),
      .in_data_i  (rdata_i),
      .out_valid_i(out_valid),
      .out_ready_i(out_ready_i),
      .out_data_i (out_data),
      .held_o     (held),
      .inside_o   (inside),
      .ahead_o    (ahead),
      .followed_o (followed)
  );

  (* hierconn *) wire \u_dut.take_q ;
  (* hierconn *) wire \u_dut.take_q2 ;
  (* hierconn *) wire \u_dut.fifo_ready ;
  (* hierconn *) wire [2:0] \u_dut.held ;
  (* hierconn *) wire [2:0] \u_dut.u_fifo.read_q ;
  (* hierconn *) wire [3:0] \u_dut.u_fifo.memory_q[0] ;
  (* hierconn *) wire [3:0] \u_dut.u_fifo.memory_q[1] ;
  (* hierconn *) wire [3:0] \u_dut.u_fifo.memory_q[2] ;
  (* hierconn *) wire [3:0] \u_dut.u_fifo.memory_q[3] ;
  wire [15:0] memory = {
    \u_dut.u_fifo.memory_q[3] ,
    \u_dut.u_fifo.memory_q[2] ,
    \u_dut.u_fifo.memory_q[1] ,
    \u_dut.u_fifo.memory_q[0]
  };
  wire [1:0] place = \u_dut.u_fifo.read_q [1:0] + ahead[1:0];
  wire [3:0] under_way = held + take_q + take_q2;

  reg started_q = 1'b0;
  reg [3:0] streak_q;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    streak_q <= !rst_i && out_valid && out_ready_i ? streak_q + (streak_q != 4'd15) : 4'd0;
    if (started_q && !rst_i) begin
      delays : assert ({take_q2, take_q} == {\u_dut.take_q2 , \u_dut.take_q });
      counts : assert ({1'b0, \u_dut.held } == held);
      room : assert (under_way <= 4'd4);
      never_refused : assert (!take_q2 || \u_dut.fifo_ready );
      valid_is_held : assert (out_valid == (held != 4'd0));
      empty_is_empty : assert (empty == (under_way == 4'd0));
      takes_what_it_can : assert (take == (available_i && under_way != 4'd4));
      if (inside) in_place : assert (memory[4*place+:4] == followed);
      full_rate : cover (streak_q == 4'd9);
      full : cover (held == 4'd4 && inside && $past(!out_ready_i, 3));
    end
  end
endmodule

`default_nettype wire
