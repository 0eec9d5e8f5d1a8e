// ds_delta_vector: delta of one layer, written element by element, read LANES at a time.
// Purpose     the second operand of the array in the backward pass.
// Latency     1 cycle from read_row_i.   Throughput  1 row/cycle; 1 element/cycle written.
// Format      opaque words; element j is lane j mod LANES of row j / LANES.
// Reset       none: padded lanes hold anything, their weights are zero.   Golden  none.
`default_nettype none
module ds_delta_vector #(
    parameter Lanes     = 4,
    parameter WordBits  = 16,  // [bits]
    parameter Rows      = 64,
    parameter RowBits   = 6,   // [bits], log2(Rows)
    parameter IndexBits = 8    // [bits], log2(Lanes * Rows)
) (
    input  wire                      clk_i,

    input  wire                      write_valid_i,
    input  wire [     IndexBits-1:0] write_index_i,
    input  wire [      WordBits-1:0] write_word_i,

    input  wire [       RowBits-1:0] read_row_i,
    output wire [Lanes*WordBits-1:0] read_words_o
);
  localparam LANE_BITS = IndexBits - RowBits;
  genvar i;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      localparam [LANE_BITS-1:0] LANE = i;
      ds_ram #(
          .Width  (WordBits),
          .Depth  (Rows),
          .Latency(1)
      ) u_words (
          .clk_i  (clk_i),
          .we_i   (write_valid_i && write_index_i[LANE_BITS-1:0] == LANE),
          .waddr_i(write_index_i[IndexBits-1:LANE_BITS]),
          .wdata_i(write_word_i),
          .raddr_i(read_row_i),
          .rdata_o(read_words_o[i*WordBits+:WordBits])
      );
    end
  endgenerate
endmodule
`default_nettype wire
