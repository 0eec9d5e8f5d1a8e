// ds_bit_length: the smallest L with -2^L <= x < 2^L.
// Purpose     size of a signed number, for normalisation.
// Latency     0 (combinational).   Throughput  1 word/cycle.
// Format      in signed InBits, out unsigned.
// Reset       none.   Golden  golden/fixed/arithmetic.ts#bitLength, exact.
`default_nettype none
module ds_bit_length #(
    parameter InBits  = 40,  // [bits]
    parameter OutBits = 6    // [bits], 2^OutBits >= InBits
) (
    input  wire [ InBits-1:0] x_i,
    output reg  [OutBits-1:0] length_o
);
  integer i;
  always @(*) begin
    length_o = {OutBits{1'b0}};
    for (i = 0; i < InBits - 1; i = i + 1)
      if (x_i[i] != x_i[InBits-1]) length_o = i[OutBits-1:0] + {{(OutBits - 1) {1'b0}}, 1'b1};
  end
endmodule
`default_nettype wire
