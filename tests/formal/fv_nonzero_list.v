// fv_nonzero_list: ds_nonzero_list gives back only what it was given: for an address below the
// count, an index below the layer's width whose value is not zero, two cycles later; the count
// never exceeds the depth. This is what fv_layer and
// fv_address_generator assume of the list. By induction.
`default_nettype none

module fv_nonzero_list (
    input wire       clk_i,
    input wire       write_bank_i,
    input wire       write_clear_i,
    input wire       write_valid_i,
    input wire [1:0] write_index_i,
    input wire [1:0] write_value_i,
    input wire [1:0] read_addr_i
);
  (* anyconst *) reg [2:0] width;
  wire [2:0] count;
  wire [1:0] index, value;
  ds_nonzero_list #(
      .Depth    (4),
      .IndexBits(2),
      .ValueBits(2)
  ) u_dut (
      .clk_i        (clk_i),
      .write_bank_i (write_bank_i),
      .write_clear_i(write_clear_i),
      .write_valid_i(write_valid_i),
      .write_index_i(write_index_i),
      .write_value_i(write_value_i),
      .read_bank_i  (!write_bank_i),
      .read_count_o (count),
      .read_addr_i  (read_addr_i),
      .read_index_o (index),
      .read_value_o (value)
  );

  (* hierconn *) wire [2:0] \u_dut.count0_q ;
  (* hierconn *) wire [2:0] \u_dut.count1_q ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.word_q ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[0] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[1] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[2] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[3] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[4] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[5] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[6] ;
  (* hierconn *) wire [3:0] \u_dut.u_pairs.memory_q[7] ;
  wire [31:0] memory = {
    \u_dut.u_pairs.memory_q[7] ,
    \u_dut.u_pairs.memory_q[6] ,
    \u_dut.u_pairs.memory_q[5] ,
    \u_dut.u_pairs.memory_q[4] ,
    \u_dut.u_pairs.memory_q[3] ,
    \u_dut.u_pairs.memory_q[2] ,
    \u_dut.u_pairs.memory_q[1] ,
    \u_dut.u_pairs.memory_q[0] 
  };
  wire [7:0] good;  // this place holds a pair that was given
  genvar i;
  generate
    for (i = 0; i < 8; i = i + 1) begin : g_good
      assign good[i] = memory[4*i+2+:2] < width && memory[4*i+:2] != 2'd0;
    end
  endgenerate
  wire [3:0] held0 = ~(4'hF << \u_dut.count0_q );
  wire [3:0] held1 = ~(4'hF << \u_dut.count1_q );

  // Both banks are cleared before they are used (there is no reset).
  reg [1:0] cleared_q = 2'b00;
  reg [1:0] asked_q = 2'b00;
  always @(posedge clk_i) begin
    assume (width >= 3'd1 && width <= 3'd4);
    if (write_valid_i) assume (write_index_i < width && !write_clear_i);
    if (write_valid_i) assume (cleared_q[write_bank_i]);
    if (write_clear_i) cleared_q[write_bank_i] <= 1'b1;
    asked_q <= {asked_q[0], cleared_q[!write_bank_i] && {1'b0, read_addr_i} < count};

    if (asked_q[1]) pair_was_given : assert (index < width && value != 2'd0);
    if (cleared_q[!write_bank_i]) no_more_than_fit : assert (count <= 3'd4);
    if (asked_q[0])
      word_was_given : assert (\u_dut.u_pairs.word_q [3:2] < width
                               && \u_dut.u_pairs.word_q [1:0] != 2'd0);
    if (cleared_q[0])
      bank_0 : assert ((good[3:0] & held0) == held0 && \u_dut.count0_q <= 3'd4);
    if (cleared_q[1])
      bank_1 : assert ((good[7:4] & held1) == held1 && \u_dut.count1_q <= 3'd4);
    full : cover (asked_q[1] && count == 3'd4 && index == 2'd3 && cleared_q == 2'b11);
    drops_zeros : cover (write_valid_i && write_value_i == 2'd0 && \u_dut.count1_q == 3'd2
                         && write_bank_i);
  end
endmodule

`default_nettype wire
