// ds_weight_ram: nothing in the place of the weight memory, every weight is 0.
// Purpose     stands in for accounting the logic around it (synthesise with -noflatten, or the
//             constant spreads) and for proofs that must not depend on weights.
// Latency     none.   Throughput  1 access/cycle.
// Format      the ports of platform/generic/ds_weight_ram.v.
// Reset       none.   Golden  none.
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
  assign rdata_o = {(Lanes * WordBits) {1'b0}};
  wire unused = &{1'b0, clk_i, we_i, addr_i, wdata_i, Rows != 0};
endmodule
`default_nettype wire
