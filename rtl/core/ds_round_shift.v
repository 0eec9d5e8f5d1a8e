// ds_round_shift: x / 2^n to the nearest integer, ties towards +infinity.
// Purpose     the one rounding rule of the design (contract/formats.ts, RULES.roundShift).
// Latency     2 cycles.   Throughput  1 word/cycle.
// Format      in signed InBits, out signed OutBits: the caller makes sure that the result fits.
//             A shift of InBits or more gives 0.
// Reset       none.   Golden  golden/fixed/arithmetic.ts#roundShift, exact.
`default_nettype none
module ds_round_shift #(
    parameter InBits    = 42,  // [bits]
    parameter ShiftBits = 6,   // [bits] of the shift
    parameter OutBits   = 35   // [bits]
) (
    input  wire                       clk_i,

    input  wire signed [  InBits-1:0] x_i,
    input  wire        [ShiftBits-1:0] shift_i,
    output reg  signed [ OutBits-1:0] y_o
);
  // One guard bit below the point: y = floor((floor(2x / 2^n) + 1) / 2). Far beyond the width that
  // is floor((0 + 1) / 2) or floor((-1 + 1) / 2), both 0.
  reg  signed [InBits:0] shifted_q;
  /* verilator lint_off UNUSEDSIGNAL */  // the guard bit and the bits above OutBits
  wire signed [InBits:0] rounded = shifted_q + {{InBits{1'b0}}, 1'b1};
  /* verilator lint_on UNUSEDSIGNAL */
  wire signed [InBits:0] doubled = {x_i, 1'b0};
  wire signed [InBits:0] shifted = doubled >>> shift_i;
  always @(posedge clk_i) begin
    shifted_q <= shifted;
    y_o       <= rounded[OutBits:1];
  end
endmodule
`default_nettype wire
