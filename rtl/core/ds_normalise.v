// ds_normalise: x as a signed mantissa and a shift, x ~ mantissa * 2^shift.
// Purpose     bring a wide sum into one multiplier's operand (RULES.normalise): the sum goes left
//             by 16, 8, 4, 2 and 1, each time it fits, and each step keeps only what may still
//             reach the mantissa or the bit below it.
// Latency     3 cycles.   Throughput  1 word/cycle.
// Format      in signed InBits; mantissa signed OutBits, 0 unless valid_o; shift_o - ShiftOffset
//             is the smallest shift >= LeastShift that fits.
// Reset       the valid flags.   Golden  golden/fixed/arithmetic.ts#normalise, exact.
`default_nettype none
module ds_normalise #(
    parameter InBits      = 40,  // [bits]
    parameter OutBits     = 16,  // [bits]
    parameter ShiftBits   = 7,   // [bits] of the result, signed
    parameter LeastShift  = -7,  // InBits - OutBits - 31: five steps reach no further
    parameter ShiftOffset = 0
) (
    input  wire                        clk_i,
    input  wire                        rst_i,

    input  wire                        x_valid_i,
    input  wire signed [   InBits-1:0] x_i,

    output wire                        valid_o,
    output reg  signed [  OutBits-1:0] mantissa_o,
    output reg  signed [ShiftBits-1:0] shift_o
);
  localparam STEPS = 5;
  localparam ROUND_BITS = OutBits + 1;  // the mantissa and the bit below it
  localparam BITS_16 = ROUND_BITS + 15;
  localparam BITS_8 = ROUND_BITS + 7;
  localparam BITS_4 = ROUND_BITS + 3;
  localparam BITS_2 = ROUND_BITS + 1;

  reg [2:0] valid_q;  // bit i is i + 1 cycles old
  assign valid_o = valid_q[2];

  // Cycle 1: by 16 and by 8.
  wire by_16 = x_i[InBits-1-:17] == {17{x_i[InBits-1]}};
  wire [InBits-17:0] low = x_i[InBits-17:0];
  wire [BITS_16-1:0] x_16 = by_16
      ? {low, {(BITS_16 + 16 - InBits) {1'b0}}} : x_i[InBits-1-:BITS_16];
  wire by_8 = x_16[BITS_16-1-:9] == {9{x_16[BITS_16-1]}};
  reg [BITS_8-1:0] x_8_q;

  // Cycle 2: by 4, by 2 and by 1.
  wire by_4 = x_8_q[BITS_8-1-:5] == {5{x_8_q[BITS_8-1]}};
  wire [BITS_4-1:0] x_4 = by_4 ? x_8_q[BITS_4-1:0] : x_8_q[BITS_8-1-:BITS_4];
  wire by_2 = x_4[BITS_4-1-:3] == {3{x_4[BITS_4-1]}};
  wire [BITS_2-1:0] x_2 = by_2 ? x_4[BITS_2-1:0] : x_4[BITS_4-1-:BITS_2];
  wire by_1 = x_2[BITS_2-1] == x_2[BITS_2-2];
  reg [ROUND_BITS-1:0] x_1_q;
  reg [1:0] left_q;
  reg [STEPS-1:0] left_q2;

  // Cycle 3: rounding; 2^(OutBits-1) is one more than fits, and carries into the shift.
  wire signed [OutBits-1:0] rounded = x_1_q[OutBits:1] + {{(OutBits - 1) {1'b0}}, x_1_q[0]};
  wire carry = rounded[OutBits-1] && !x_1_q[OutBits];
  localparam SHIFT_LIMIT = LeastShift + ShiftOffset + 32;  // of nothing to the left, and 1
  wire [ShiftBits-1:0] minus_left = ~{{(ShiftBits - STEPS) {1'b0}}, left_q2};
  // SHIFT_LIMIT - 1 - left + carry in one adder: the bit below takes the carry in.
  /* verilator lint_off UNUSEDSIGNAL */  // that bit
  wire [ShiftBits:0] shift = {minus_left, 1'b1} + {SHIFT_LIMIT[ShiftBits-1:0], carry};
  /* verilator lint_on UNUSEDSIGNAL */
  always @(posedge clk_i) begin
    valid_q    <= {valid_q[1:0], x_valid_i};
    x_8_q      <= by_8 ? x_16[BITS_8-1:0] : x_16[BITS_16-1-:BITS_8];
    left_q     <= {by_16, by_8};
    x_1_q      <= by_1 ? x_2[ROUND_BITS-1:0] : x_2[BITS_2-1-:ROUND_BITS];
    left_q2    <= {left_q, by_4, by_2, by_1};
    mantissa_o <= {
      rounded[OutBits-1] && !carry, rounded[OutBits-2] || carry, rounded[OutBits-3:0]
    };
    shift_o    <= shift[ShiftBits:1];
    if (!valid_q[1]) mantissa_o <= {OutBits{1'b0}};
    if (rst_i) valid_q <= 3'd0;
  end
endmodule
`default_nettype wire
