// ds_rectifier_unit: the ReLU family and ELU, around one multiplier.
// Purpose     z above zero; below it alpha z or alpha (e^z - 1), with the alpha of the neuron.
//             Takes z as ds_identity_unit rounds it and e^z as ds_sigmoid_unit holds it.
// Latency     10 cycles from z_i to activation and clamped, 11 to saturated, 13 to the slope.
// Throughput  1 z/cycle.
// Format      alpha * 2^(-15 - alpha exponent), in [0, 1]; fall = 1 - e^z in Q0.16; activation
//             signed, worth 2^(scale - 15); slope * 2^(-15 - slope exponent).
// Reset       none.   Golden  golden/fixed/rectifier.ts#relu, #elu, exact.
`default_nettype none
module ds_rectifier_unit #(
    parameter ZBits             = 20,  // [bits]
    parameter WordBits          = 16,  // [bits] of activation, alpha, fall and slope
    parameter AlphaExponentBits = 4,   // [bits]
    parameter ExponentBits      = 6,   // [bits] of tail and slope
    parameter ScaleBits         = 3,   // [bits]
    parameter SaturatedExponent = 5    // tail exponent from which an ELU counts as saturated
) (
    input  wire                         clk_i,

    input  wire                         elu_i,  // else relu; steady, as is the scale
    input  wire [        ScaleBits-1:0] scale_i,

    input  wire signed [     ZBits-1:0] z_i,

    input  wire [         WordBits-1:0] code_i,     // 2 cycles after z_i: z at the layer's scale
    input  wire                         clamped_i,

    input  wire [         WordBits-1:0] alpha_i,    // 6 cycles after
    input  wire [AlphaExponentBits-1:0] alpha_exponent_i,
    input  wire [         WordBits-1:0] fall_i,

    input  wire [         WordBits-1:0] elu_slope_i,  // 9 cycles after: e^z * alpha, rounded
    input  wire [     ExponentBits-1:0] tail_exponent_i,

    output wire [         WordBits-1:0] activation_o,
    output reg                          clamped_o,
    output wire                         saturated_o,

    output wire [         WordBits-1:0] slope_o,
    output wire [     ExponentBits-1:0] slope_exponent_o
);
  localparam [WordBits-1:0] ONE = 1 << (WordBits - 1);  // of alpha and of slope

  // Cycle 6: z, or what z is multiplied by alpha as. The ELU of 0 is on the upper branch.
  wire above = !z_i[ZBits-1] && (elu_i || z_i != {ZBits{1'b0}});
  wire above6, clamped6;
  wire [WordBits-1:0] code6;
  ds_delay #(
      .Width   (1),
      .Cycles  (6),
      .Interval(1),
      .Held    (0)
  ) u_above (
      .clk_i  (clk_i),
      .valid_i(6'd0),
      .word_i (above),
      .word_o (above6)
  );
  ds_delay #(
      .Width   (WordBits + 1),
      .Cycles  (4),
      .Interval(1),
      .Held    (0)
  ) u_code (
      .clk_i  (clk_i),
      .valid_i(4'd0),
      .word_i ({code_i, clamped_i}),
      .word_o ({code6, clamped6})
  );
  wire bent = elu_i && !above6;
  wire [WordBits:0] minus_fall = {1'b1, ~fall_i} + {{WordBits{1'b0}}, 1'b1};
  wire [WordBits:0] operand = bent ? minus_fall : {code6[WordBits-1], code6};
  wire [WordBits-1:0] alpha = above6 ? ONE : alpha_i;
  wire [AlphaExponentBits-1:0] exponent = alpha_exponent_i & {AlphaExponentBits{!above6}};

  // Cycles 7 to 9: alpha * operand; places it is too far left by.
  localparam SHIFT_BITS = AlphaExponentBits + 1;
  wire [SHIFT_BITS-1:0] places = bent
      ? {1'b0, exponent} + {{(SHIFT_BITS - ScaleBits) {1'b0}}, scale_i}
          + {{(SHIFT_BITS - 1) {1'b0}}, 1'b1}
      : {1'b0, exponent};
  /* verilator lint_off UNUSEDSIGNAL */  // the bits that are rounded away
  wire [2*WordBits:0] product;
  /* verilator lint_on UNUSEDSIGNAL */
  ds_mul #(
      .AWidth (WordBits),
      .ASigned(0),
      .BWidth (WordBits + 1),
      .BSigned(1)
  ) u_mul (
      .clk_i(clk_i),
      .a_i  (alpha),
      .b_i  (operand),
      .p_o  (product)
  );
  wire [SHIFT_BITS-1:0] places9;
  wire above9, clamped9;
  wire [WordBits-1:0] alpha9;
  wire [AlphaExponentBits-1:0] exponent9;
  ds_delay #(
      .Width   (SHIFT_BITS + 2 + WordBits + AlphaExponentBits),
      .Cycles  (3),
      .Interval(1),
      .Held    (0)
  ) u_beside (
      .clk_i  (clk_i),
      .valid_i(3'd0),
      .word_i ({places, above6, clamped6, alpha, exponent}),
      .word_o ({places9, above9, clamped9, alpha9, exponent9})
  );

  wire below_elu = elu_i && !above9;

  // Cycle 10: shifted, with one bit below the point; then rounded. The clamp matters where z is
  // used: above zero, and below it unless alpha is 0.
  localparam SHIFTED_BITS = WordBits + 3;
  wire signed [SHIFTED_BITS-1:0] unshifted = product[2*WordBits-:SHIFTED_BITS];
  /* verilator lint_off UNUSEDSIGNAL */  // no product is as large as its format
  reg signed [SHIFTED_BITS-1:0] shifted_q10;
  /* verilator lint_on UNUSEDSIGNAL */
  always @(posedge clk_i) begin
    shifted_q10 <= unshifted >>> places9;
    clamped_o   <= clamped9 && !below_elu && alpha9 != {WordBits{1'b0}};
  end
  assign activation_o = shifted_q10[WordBits:1] + {{(WordBits - 1) {1'b0}}, shifted_q10[0]};

  // Cycle 9: the slope and what goes with it.
  localparam EXPONENT_PAD = ExponentBits - AlphaExponentBits;
  wire [WordBits-1:0] slope = below_elu ? elu_slope_i : alpha9;
  wire [ExponentBits-1:0] slope_exponent =
      {{EXPONENT_PAD{1'b0}}, exponent9} + (tail_exponent_i & {ExponentBits{below_elu}});
  wire flat = slope == {WordBits{1'b0}}
      || (below_elu && tail_exponent_i >= SaturatedExponent[ExponentBits-1:0]);
  ds_delay #(
      .Width   (1),
      .Cycles  (2),
      .Interval(1),
      .Held    (0)
  ) u_saturated (
      .clk_i  (clk_i),
      .valid_i(2'd0),
      .word_i (flat),
      .word_o (saturated_o)
  );
  ds_delay #(
      .Width   (WordBits + ExponentBits),
      .Cycles  (4),
      .Interval(1),
      .Held    (0)
  ) u_slope (
      .clk_i  (clk_i),
      .valid_i(4'd0),
      .word_i ({slope, slope_exponent}),
      .word_o ({slope_o, slope_exponent_o})
  );
endmodule
`default_nettype wire
