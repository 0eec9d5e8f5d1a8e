// ds_plane_memory: rows of words in four planes, each a bank with a port of its own.
// Purpose     the weights' memory of a board that trains. A quarter of the rows lies in each plane,
//             and one row of all four is read at once; a pair of planes is written beside that.
// Latency     1 cycle.   Throughput  1 row/cycle read, and 1 written.
// Format      opaque words; plane p holds the rows from p * PlaneRows on.
// Reset       none: random after power-up.   Golden  none.
`default_nettype none
module ds_plane_memory #(
    parameter Lanes     = 4,
    parameter WordBits  = 16,    // [bits]
    parameter PlaneRows = 1024,  // a power of two
    parameter PlaneBits = 10     // [bits], log2(PlaneRows)
) (
    input  wire                        clk_i,

    input  wire [       PlaneBits+1:0] addr_i,    // of all rows
    output wire [  Lanes*WordBits-1:0] row_o,
    output wire [4*Lanes*WordBits-1:0] planes_o,  // that row of each plane

    input  wire [           Lanes-1:0] we_i,      // at addr_i
    input  wire [  Lanes*WordBits-1:0] wdata_i,

    input  wire [                 1:0] pair_we_i,  // planes 1 and 0, 3 and 2; not beside we_i
    input  wire [       PlaneBits-1:0] pair_addr_i,
    input  wire [2*Lanes*WordBits-1:0] pair_data_i  // for the lower plane, then for the upper
);
  localparam ROW_WIDTH = Lanes * WordBits;
  wire [PlaneBits-1:0] waddr = pair_we_i != 2'd0 ? pair_addr_i : addr_i[PlaneBits-1:0];
  reg [1:0] plane_q;
  always @(posedge clk_i) plane_q <= addr_i[PlaneBits+:2];
  assign row_o = planes_o[plane_q*ROW_WIDTH+:ROW_WIDTH];

  genvar p, i;
  generate
    for (p = 0; p < 4; p = p + 1) begin : g_plane
      localparam [1:0] PLANE = p;
      localparam UPPER = p % 2;
      for (i = 0; i < Lanes; i = i + 1) begin : g_lane
        ds_ram #(
            .Width  (WordBits),
            .Depth  (PlaneRows),
            .Latency(1)
        ) u_words (
            .clk_i  (clk_i),
            .we_i   (pair_we_i[p/2] || (we_i[i] && addr_i[PlaneBits+:2] == PLANE)),
            .waddr_i(waddr),
            .wdata_i(pair_we_i != 2'd0 ? pair_data_i[(UPPER*Lanes+i)*WordBits+:WordBits]
                                       : wdata_i[i*WordBits+:WordBits]),
            .raddr_i(addr_i[PlaneBits-1:0]),
            .rdata_o(planes_o[(p*Lanes+i)*WordBits+:WordBits])
        );
      end
    end
  endgenerate
endmodule
`default_nettype wire
