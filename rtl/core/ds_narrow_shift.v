// ds_narrow_shift: x >>> (shift * 2^UnitLog) of which only the low OutBits are kept.
// Purpose     a barrel shifter whose stages are only as wide as what can still reach the result:
//             the coarse step comes first.
// Latency     combinational.   Throughput  1 word/cycle.
// Format      opaque, signed; spill_o, one bit a stage and one for the sign: some bit is high when
//             the shifted word does not fit y_o.
// Reset       none.   Golden  the floor of the quotient.
`default_nettype none
module ds_narrow_shift #(
    parameter InBits    = 40,  // [bits], at most what a whole shift can reach
    parameter ShiftBits = 2,   // [bits] of the shift
    parameter UnitLog   = 3,   // [bits], log2 of the places of one step
    parameter OutBits   = 28   // [bits]
) (
    input  wire [   InBits-1:0] x_i,
    input  wire [ShiftBits-1:0] shift_i,
    output wire [  OutBits-1:0] y_o,
    output wire [  ShiftBits:0] spill_o
);
  localparam REACH_BITS = OutBits + (((1 << ShiftBits) - 1) << UnitLog);  // of a whole shift
  localparam WIDE_BITS = REACH_BITS + 1;
  wire sign = x_i[InBits-1];
  reg signed [WIDE_BITS-1:0] word;
  reg [ShiftBits-1:0] spill;
  integer stage, i;
  always @(*) begin
    word  = {{(WIDE_BITS - InBits) {sign}}, x_i};
    spill = {ShiftBits{1'b0}};
    for (stage = ShiftBits - 1; stage >= 0; stage = stage - 1) begin
      if (shift_i[stage]) word = word >>> (1 << (stage + UnitLog));
      for (i = 0; i < WIDE_BITS; i = i + 1)
        if (i >= OutBits + (((1 << stage) - 1) << UnitLog)) begin  // beyond the stages to come
          spill[stage] = spill[stage] || word[i] != sign;
          word[i] = sign;
        end
    end
  end
  assign y_o = word[OutBits-1:0];
  assign spill_o = {y_o[OutBits-1] != sign, spill};
endmodule
`default_nettype wire
