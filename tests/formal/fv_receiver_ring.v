// fv_receiver_ring: the bytes of committed frames leave ds_frame_receiver once, in order and as
// they were stored, whatever the sink does and however many frames are rolled back between them.
// One byte, chosen by the solver, is followed from the store to the way out. While it is said that a
// frame was missed no byte is offered, nor in the cycle after. By induction.
`default_nettype none

module fv_receiver_ring (
    input wire        clk_i,
    input wire        rst_i,
    input wire [10:0] elapsed_i,
    input wire        rx_valid_i,
    input wire [7:0]  rx_data_i,
    input wire        out_ready_i,
    input wire        told_i
);
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

  (* hierconn *) wire \u_dut.store ;
  (* hierconn *) wire [7:0] \u_dut.item_data ;
  (* hierconn *) wire [4:0] \u_dut.write_q ;
  (* hierconn *) wire [4:0] \u_dut.commit_q ;
  (* hierconn *) wire [4:0] \u_dut.read_q ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.word_q ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.rdata_o ;
  (* hierconn *) wire [1:0] \u_dut.u_reader.cycles_q ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[0] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[1] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[2] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[3] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[4] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[5] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[6] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[7] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[8] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[9] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[10] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[11] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[12] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[13] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[14] ;
  (* hierconn *) wire [7:0] \u_dut.u_ring.memory_q[15] ;
  wire [127:0] ring = {
    \u_dut.u_ring.memory_q[15] ,
    \u_dut.u_ring.memory_q[14] ,
    \u_dut.u_ring.memory_q[13] ,
    \u_dut.u_ring.memory_q[12] ,
    \u_dut.u_ring.memory_q[11] ,
    \u_dut.u_ring.memory_q[10] ,
    \u_dut.u_ring.memory_q[9] ,
    \u_dut.u_ring.memory_q[8] ,
    \u_dut.u_ring.memory_q[7] ,
    \u_dut.u_ring.memory_q[6] ,
    \u_dut.u_ring.memory_q[5] ,
    \u_dut.u_ring.memory_q[4] ,
    \u_dut.u_ring.memory_q[3] ,
    \u_dut.u_ring.memory_q[2] ,
    \u_dut.u_ring.memory_q[1] ,
    \u_dut.u_ring.memory_q[0] 
  };
  // Bytes are numbered modulo 32 as the design's pointers are.
  (* anyconst *) reg [4:0] number;
  reg [4:0] out_q;  // of the next byte to leave
  reg [7:0] followed_q;
  wire [4:0] held = \u_dut.write_q - \u_dut.read_q ;
  wire [4:0] committed = \u_dut.commit_q - \u_dut.read_q ;
  wire [4:0] in_ring = number - \u_dut.read_q ;

  reg started_q = 1'b0;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    if (\u_dut.store && \u_dut.write_q == number) followed_q <= \u_dut.item_data ;
    if (out_valid && out_ready_i) out_q <= out_q + 5'd1;
    if (rst_i) out_q <= 5'd0;

    if (started_q && !rst_i) begin
      if (out_valid && out_q == number) same_byte : assert (out_data == followed_q);
      if (out_valid) was_committed : assert (out_q != \u_dut.commit_q );
      if (missed || $past(missed)) none_offered : assert (!out_valid);
      none_lost : assert (out_q == \u_dut.read_q );
      room : assert (held <= 5'd16 && committed <= held);
      if (\u_dut.store ) store_has_room : assert (held < 5'd16);

      // For the induction: where it lies.
      if (in_ring < held) in_the_ring : assert (ring[8*number[3:0]+:8] == followed_q);
      reads_committed : assert (\u_dut.u_reader.cycles_q != 2'd2
                                && (\u_dut.u_reader.cycles_q == 2'd0 || committed != 5'd0));
      if (number == \u_dut.read_q && \u_dut.u_reader.cycles_q [0])
        was_read : assert (\u_dut.u_ring.word_q == followed_q);
      if (number == \u_dut.read_q && \u_dut.u_reader.cycles_q [1])
        is_there : assert (\u_dut.u_ring.rdata_o == followed_q);
      leaves : cover (out_valid && out_ready_i && out_q == 5'd3 && number == 5'd3);
    end
  end
endmodule

`default_nettype wire
