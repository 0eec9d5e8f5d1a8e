// ds_nonzero_list: two banks of (index, value) pairs; zero values are dropped on the way in.
// Purpose     the inputs of a layer, so that the array visits no row whose input is zero.
// Latency     2 cycles from read_addr_i to read_index_o, read_value_o.   Throughput  1 pair/cycle.
// Format      opaque.
// Reset       none: write_clear_i empties a bank.   Golden  none.
`default_nettype none
module ds_nonzero_list #(
    parameter Depth     = 1024,  // [pairs] a bank, a power of two
    parameter IndexBits = 10,    // [bits], log2(Depth)
    parameter ValueBits = 16     // [bits]
) (
    input  wire                 clk_i,

    input  wire                 write_bank_i,
    input  wire                 write_clear_i,  // forget the bank; not together with a pair
    input  wire                 write_valid_i,
    input  wire [IndexBits-1:0] write_index_i,
    input  wire [ValueBits-1:0] write_value_i,

    input  wire                 read_bank_i,
    output wire [  IndexBits:0] read_count_o,
    input  wire [IndexBits-1:0] read_addr_i,
    output wire [IndexBits-1:0] read_index_o,
    output wire [ValueBits-1:0] read_value_o
);
  reg [IndexBits:0] count0_q, count1_q;
  wire [IndexBits:0] count = write_bank_i ? count1_q : count0_q;
  wire [IndexBits:0] count_next =
      write_clear_i ? {(IndexBits + 1) {1'b0}} : count + {{IndexBits{1'b0}}, 1'b1};
  wire keep = write_valid_i && write_value_i != {ValueBits{1'b0}} && !count[IndexBits];
  assign read_count_o = read_bank_i ? count1_q : count0_q;
  always @(posedge clk_i) begin
    if ((keep || write_clear_i) && !write_bank_i) count0_q <= count_next;
    if ((keep || write_clear_i) && write_bank_i) count1_q <= count_next;
  end

  ds_ram #(
      .Width(IndexBits + ValueBits),
      .Depth(2 * Depth)
  ) u_pairs (
      .clk_i  (clk_i),
      .we_i   (keep),
      .waddr_i({write_bank_i, count[IndexBits-1:0]}),
      .wdata_i({write_index_i, write_value_i}),
      .raddr_i({read_bank_i, read_addr_i}),
      .rdata_o({read_index_o, read_value_o})
  );
endmodule
`default_nettype wire
