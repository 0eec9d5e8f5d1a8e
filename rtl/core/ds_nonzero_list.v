// ds_nonzero_list: one or two banks of (index, value) pairs; zero values are dropped on the way in.
// Purpose     the inputs of a layer, so that the array visits no row whose input is zero.
// Latency     2 cycles from read_addr_i to read_index_o, 1 from value_addr_i to read_value_o.
// Throughput  1 pair/cycle.
// Format      opaque.
// Reset       none: write_clear_i empties a bank.   Golden  none.
`default_nettype none

module ds_nonzero_list #(
    parameter Depth     = 1024,  // [pairs] a bank, a power of two
    parameter Banks     = 2,     // 1: the bank inputs are not used
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
    input  wire [IndexBits-1:0] value_addr_i,  // the value is wanted later than its index
    output wire [ValueBits-1:0] read_value_o
);
  localparam BANK_BITS = $clog2(Banks);
  localparam ADDR_BITS = IndexBits + BANK_BITS;
  wire write_bank = Banks > 1 && write_bank_i;
  wire read_bank = Banks > 1 && read_bank_i;
  reg [IndexBits:0] count0_q, count1_q;
  wire [IndexBits:0] count = write_bank ? count1_q : count0_q;
  wire [IndexBits:0] count_next =
      write_clear_i ? {(IndexBits + 1) {1'b0}} : count + {{IndexBits{1'b0}}, 1'b1};
  wire keep = write_valid_i && write_value_i != {ValueBits{1'b0}} && !count[IndexBits];
  assign read_count_o = read_bank ? count1_q : count0_q;
  always @(posedge clk_i) begin
    if ((keep || write_clear_i) && !write_bank) count0_q <= count_next;
    if ((keep || write_clear_i) && write_bank) count1_q <= count_next;
  end

  /* verilator lint_off UNUSEDSIGNAL */  // of one bank, the number is not part of the address
  wire [IndexBits:0] write_place = {write_bank, count[IndexBits-1:0]};
  wire [IndexBits:0] read_place = {read_bank, read_addr_i};
  wire [IndexBits:0] value_place = {read_bank, value_addr_i};
  /* verilator lint_on UNUSEDSIGNAL */
  ds_ram #(
      .Width(IndexBits),
      .Depth(Banks * Depth)
  ) u_indices (
      .clk_i  (clk_i),
      .we_i   (keep),
      .waddr_i(write_place[ADDR_BITS-1:0]),
      .wdata_i(write_index_i),
      .raddr_i(read_place[ADDR_BITS-1:0]),
      .rdata_o(read_index_o)
  );
  ds_ram #(
      .Width  (ValueBits),
      .Depth  (Banks * Depth),
      .Latency(1)
  ) u_values (
      .clk_i  (clk_i),
      .we_i   (keep),
      .waddr_i(write_place[ADDR_BITS-1:0]),
      .wdata_i(write_value_i),
      .raddr_i(value_place[ADDR_BITS-1:0]),
      .rdata_o(read_value_o)
  );
endmodule
`default_nettype wire
