// ds_weight_ram: the weight memory, LANES words wide, one port; here in DP16KD.
// Purpose     one row a cycle for the MAC array; single words of it are written. Each lane is cut
//             into slices as wide as a block is at this depth, so that no row needs a multiplexer.
// Latency     1 cycle: the multipliers have registers of their own.
// Throughput  1 access/cycle, read or write.
// Format      opaque words; at most 16384 rows.
// Reset       none: random after power-up.   Golden  none.
`default_nettype none
module ds_weight_ram #(
    parameter Lanes    = 4,
    parameter WordBits = 16,   // [bits]
    parameter Rows     = 1024,
    parameter RowBits  = 10    // [bits], log2(Rows)
) (
    input  wire                      clk_i,

    input  wire [         Lanes-1:0] we_i,
    input  wire [       RowBits-1:0] addr_i,
    input  wire [Lanes*WordBits-1:0] wdata_i,
    output wire [Lanes*WordBits-1:0] rdata_o
);
  // Shapes of a block, Lattice FPGA-TN-02204: 1024 x 18, 2048 x 9, 4096 x 4, 8192 x 2, 16384 x 1.
  localparam SHAPE_BITS = RowBits <= 10 ? 18 : RowBits == 11 ? 9 : RowBits == 12 ? 4 :
                          RowBits == 13 ? 2 : 1;
  localparam SLICES = (WordBits + SHAPE_BITS - 1) / SHAPE_BITS;
  localparam SLICE_BITS = (WordBits + SLICES - 1) / SLICES;
  genvar i, j;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      wire [SLICES*SLICE_BITS-1:0] wdata = {{(SLICES * SLICE_BITS - WordBits) {1'b0}},
                                            wdata_i[i*WordBits+:WordBits]};
      reg  [SLICES*SLICE_BITS-1:0] read_q;
      for (j = 0; j < SLICES; j = j + 1) begin : g_slice
        reg [SLICE_BITS-1:0] mem[0:Rows-1];
        always @(posedge clk_i) begin
          if (we_i[i]) mem[addr_i] <= wdata[j*SLICE_BITS+:SLICE_BITS];
          else read_q[j*SLICE_BITS+:SLICE_BITS] <= mem[addr_i];
        end
      end
      assign rdata_o[i*WordBits+:WordBits] = read_q[WordBits-1:0];
    end
  endgenerate
endmodule
`default_nettype wire
