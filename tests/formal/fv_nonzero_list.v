// fv_nonzero_list: ds_nonzero_list gives back only what it was given: for an address below the
// count, an index below the layer's width two cycles later, a value that is not zero one cycle
// later, and for one address, the value's a cycle later, the two of one pair; the count never exceeds the depth. This is what fv_layer and
// fv_address_generator assume of the list. With one bank it may be read while it is written. By
// induction.
`default_nettype none

module fv_nonzero_list #(
    parameter Banks = 2
) (
    input wire       clk_i,
    input wire       write_bank_i,
    input wire       write_clear_i,
    input wire       write_valid_i,
    input wire [1:0] write_index_i,
    input wire [1:0] write_value_i,
    input wire       read_bank_i,
    input wire [1:0] read_addr_i,
    input wire [1:0] value_addr_i
);
  (* anyconst *) reg [2:0] width;
  (* anyconst *) reg equal;  // the value of each pair is its index
  wire write_bank = Banks > 1 && write_bank_i;
  wire read_bank = Banks > 1 && read_bank_i;
  wire [2:0] count;
  wire [1:0] index, value;
  ds_nonzero_list #(
      .Depth    (4),
      .Banks    (Banks),
      .IndexBits(2),
      .ValueBits(2)
  ) u_dut (
      .clk_i        (clk_i),
      .write_bank_i (write_bank_i),
      .write_clear_i(write_clear_i),
      .write_valid_i(write_valid_i),
      .write_index_i(write_index_i),
      .write_value_i(write_value_i),
      .read_bank_i  (read_bank_i),
      .read_count_o (count),
      .read_addr_i  (read_addr_i),
      .read_index_o (index),
      .value_addr_i (value_addr_i),
      .read_value_o (value)
  );

  (* hierconn *) wire [2:0] \u_dut.count0_q ;
  (* hierconn *) wire [2:0] \u_dut.count1_q ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.word_q ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[0] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[1] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[2] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[3] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[4] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[5] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[6] ;
  (* hierconn *) wire [1:0] \u_dut.u_indices.memory_q[7] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[0] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[1] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[2] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[3] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[4] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[5] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[6] ;
  (* hierconn *) wire [1:0] \u_dut.u_values.memory_q[7] ;
  wire [15:0] indices = {
    \u_dut.u_indices.memory_q[7] ,
    \u_dut.u_indices.memory_q[6] ,
    \u_dut.u_indices.memory_q[5] ,
    \u_dut.u_indices.memory_q[4] ,
    \u_dut.u_indices.memory_q[3] ,
    \u_dut.u_indices.memory_q[2] ,
    \u_dut.u_indices.memory_q[1] ,
    \u_dut.u_indices.memory_q[0] 
  };
  wire [15:0] values = {
    \u_dut.u_values.memory_q[7] ,
    \u_dut.u_values.memory_q[6] ,
    \u_dut.u_values.memory_q[5] ,
    \u_dut.u_values.memory_q[4] ,
    \u_dut.u_values.memory_q[3] ,
    \u_dut.u_values.memory_q[2] ,
    \u_dut.u_values.memory_q[1] ,
    \u_dut.u_values.memory_q[0] 
  };
  wire [7:0] good;  // this place holds a pair that was given
  genvar i;
  generate
    for (i = 0; i < 8; i = i + 1) begin : g_good
      assign good[i] = indices[2*i+:2] < width && values[2*i+:2] != 2'd0
          && (!equal || values[2*i+:2] == indices[2*i+:2]);
    end
  endgenerate
  wire [3:0] held0 = ~(4'hF << \u_dut.count0_q );
  wire [3:0] held1 = ~(4'hF << \u_dut.count1_q );

  // Each bank is cleared before it is used (there is no reset).
  reg [1:0] cleared_q = 2'b00;
  reg [1:0] index_q = 2'b00;  // an index was asked for 1 and 2 cycles ago
  reg value_q = 1'b0;         // a value, a cycle ago
  reg pair_q = 1'b0;          // and the index of that pair a cycle before it
  reg [1:0] index_addr_q;
  reg index_bank_q;
  wire readable = cleared_q[read_bank] && (Banks == 1 || read_bank != write_bank);
  always @(posedge clk_i) begin
    assume (width >= 3'd1 && width <= 3'd4);
    if (write_valid_i) assume (write_index_i < width && !write_clear_i);
    if (write_valid_i) assume (cleared_q[write_bank]);
    if (write_valid_i && equal)
      assume (write_value_i == 2'd0 || write_value_i == write_index_i);
    if (write_clear_i) cleared_q[write_bank] <= 1'b1;
    index_q <= {index_q[0], readable && {1'b0, read_addr_i} < count};
    value_q <= readable && {1'b0, value_addr_i} < count;
    pair_q  <= readable && {1'b0, value_addr_i} < count && index_q[0]
        && value_addr_i == index_addr_q && read_bank == index_bank_q;
    index_addr_q <= read_addr_i;
    index_bank_q <= read_bank;

    if (index_q[1]) index_was_given : assert (index < width);
    if (value_q) value_was_given : assert (value != 2'd0);
    if (pair_q && equal) pair_was_given : assert (index == value);
    if (cleared_q[read_bank]) no_more_than_fit : assert (count <= 3'd4);
    asked : assert (!pair_q || index_q[1] && value_q);
    if (index_q[0]) index_on_its_way : assert (\u_dut.u_indices.word_q < width);
    if (cleared_q[0])
      bank_0 : assert ((good[3:0] & held0) == held0 && \u_dut.count0_q <= 3'd4);
    if (Banks > 1 && cleared_q[1])
      bank_1 : assert ((good[7:4] & held1) == held1 && \u_dut.count1_q <= 3'd4);
    full : cover (pair_q && count == 3'd4 && index == 2'd3 && value == 2'd1
                  && cleared_q == 2'b11);
    drops_zeros : cover (write_valid_i && write_value_i == 2'd0 && \u_dut.count1_q == 3'd2
                         && write_bank && cleared_q == 2'b11 && readable);
  end
endmodule

`default_nettype wire
