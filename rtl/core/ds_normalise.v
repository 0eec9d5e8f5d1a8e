// ds_normalise: x as a signed mantissa and a shift, x ~ mantissa * 2^shift.
// Purpose     bring a wide sum into one multiplier's operand (RULES.normalise).
// Latency     4 cycles.   Throughput  1 word/cycle.
// Format      in signed InBits; mantissa signed OutBits, the smallest shift >= 0 that fits.
// Reset       none.   Golden  golden/fixed/arithmetic.ts#normalise, exact.
`default_nettype none
module ds_normalise #(
    parameter InBits    = 40,  // [bits]
    parameter OutBits   = 16,  // [bits]
    parameter ShiftBits = 6    // [bits], 2^ShiftBits > InBits
) (
    input  wire                        clk_i,

    input  wire signed [   InBits-1:0] x_i,
    output reg  signed [  OutBits-1:0] mantissa_o,
    output reg         [ShiftBits-1:0] shift_o
);
  wire [ShiftBits-1:0] length;
  ds_bit_length #(
      .InBits (InBits),
      .OutBits(ShiftBits)
  ) u_length (
      .x_i     (x_i),
      .length_o(length)
  );

  localparam MAGNITUDE_BITS = OutBits - 1;
  localparam [ShiftBits-1:0] FREE = MAGNITUDE_BITS[ShiftBits-1:0];  // bits that need no shift
  localparam [ShiftBits-1:0] ONE = 1;

  reg signed [InBits-1:0] x_q;
  reg [ShiftBits-1:0] shift_q, shift_q2, shift_q3;
  wire signed [OutBits:0] rounded;  // may be 2^(OutBits-1), one more than fits
  ds_round_shift #(
      .InBits   (InBits),
      .ShiftBits(ShiftBits),
      .OutBits  (OutBits + 1)
  ) u_round (
      .clk_i  (clk_i),
      .x_i    (x_q),
      .shift_i(shift_q),
      .y_o    (rounded)
  );

  wire carry = !rounded[OutBits] && rounded[OutBits-1];
  always @(posedge clk_i) begin
    x_q        <= x_i;
    shift_q    <= length > FREE ? length - FREE : {ShiftBits{1'b0}};
    shift_q2   <= shift_q;
    shift_q3   <= shift_q2;
    mantissa_o <= carry ? rounded[OutBits:1] : rounded[OutBits-1:0];
    shift_o    <= carry ? shift_q3 + ONE : shift_q3;
  end
endmodule
`default_nettype wire
