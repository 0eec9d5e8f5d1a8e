// ds_ram: nothing in the place of the memory, every word is 0.
// Purpose     stands in for accounting the logic around it (synthesise with -noflatten, or the
//             constant spreads) and for proofs that must not depend on contents.
// Latency     none.   Throughput  1 write and 1 read a cycle.
// Format      the ports of platform/generic/ds_ram.v.
// Reset       none.   Golden  none.
`default_nettype none

module ds_ram #(
    parameter Width   = 8,   // [bits]
    parameter Depth   = 16,  // [words]
    parameter Latency = 2    // [cycles], 1 or 2
) (
    input  wire                                       clk_i,

    input  wire                                       we_i,
    input  wire [(Depth > 2 ? $clog2(Depth) : 1)-1:0] waddr_i,
    input  wire [Width-1:0]                           wdata_i,

    input  wire [(Depth > 2 ? $clog2(Depth) : 1)-1:0] raddr_i,
    output wire [Width-1:0]                           rdata_o
);
  assign rdata_o = {Width{1'b0}};
  wire unused = &{1'b0, clk_i, we_i, waddr_i, wdata_i, raddr_i, Latency != 0};
endmodule

`default_nettype wire
