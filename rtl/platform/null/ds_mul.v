// ds_mul: nothing in the place of the multiplier, every product is 0.
// Purpose     stands in for accounting the logic around it (synthesise with -noflatten, or the
//             constant spreads) and for proofs that must not depend on products.
// Latency     none.   Throughput  1 product/cycle.
// Format      the ports of platform/generic/ds_mul.v.
// Reset       none.   Golden  none.
`default_nettype none

module ds_mul #(
    parameter AWidth  = 16,  // [bits]
    parameter ASigned = 1,   // 1: a_i is two's complement
    parameter BWidth  = 16,  // [bits]
    parameter BSigned = 1    // 1: b_i is two's complement
) (
    input wire clk_i,

    input wire [AWidth-1:0] a_i,
    input wire [BWidth-1:0] b_i,

    output wire [AWidth+BWidth-1:0] p_o
);
  assign p_o = {(AWidth + BWidth) {1'b0}};
  wire unused = &{1'b0, clk_i, a_i, b_i, ASigned != 0, BSigned != 0};
endmodule

`default_nettype wire
