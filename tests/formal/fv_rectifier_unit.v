// fv_rectifier_unit: ds_rectifier_unit in words of Bits, any z, code, alpha up to 1, fall, scale
// and branch in every cycle: the activation is the exact product, rounded once, and the exact value
// always fits, so that the unit needs no clamp of its own; a code that was clamped before it is
// told wherever it was used. Complete: nothing is older than the pipeline.
`default_nettype none

module fv_rectifier_unit #(
    parameter Bits = 6
) (
    input wire       clk_i,
    input wire       elu_i,
    input wire [2:0] scale_i,
    input wire [3:0] z_i,
    input wire [Bits-1:0] code_i,
    input wire       clamped_i,
    input wire [Bits-1:0] alpha_i,
    input wire [2:0] alpha_exponent_i,
    input wire [Bits-1:0] fall_i,
    input wire [Bits-1:0] elu_slope_i,
    input wire [5:0] tail_exponent_i
);
  localparam AGE = 10;
  localparam [Bits-1:0] ONE = 1 << (Bits - 1);
  localparam WIDE = 2 * Bits + 2;
  localparam signed [WIDE-1:0] LARGEST = ONE - 1;
  wire [Bits-1:0] activation, slope;
  wire clamped, saturated;
  wire [5:0] slope_exponent;
  ds_rectifier_unit #(
      .ZBits            (4),
      .WordBits         (Bits),
      .AlphaExponentBits(3),
      .ExponentBits     (6),
      .ScaleBits        (3),
      .SaturatedExponent(5)
  ) u_dut (
      .clk_i           (clk_i),
      .elu_i           (elu_i),
      .scale_i         (scale_i),
      .z_i             (z_i),
      .code_i          (code_i),
      .clamped_i       (clamped_i),
      .alpha_i         (alpha_i),
      .alpha_exponent_i(alpha_exponent_i),
      .fall_i          (fall_i),
      .elu_slope_i     (elu_slope_i),
      .tail_exponent_i (tail_exponent_i),
      .activation_o    (activation),
      .clamped_o       (clamped),
      .saturated_o     (saturated),
      .slope_o         (slope),
      .slope_exponent_o(slope_exponent)
  );

  // The same, at once: what came with z, by the cycle in which each comes. Oldest on the left.
  localparam CODE = Bits + 1;
  localparam LATE = 2 * Bits + 3;
  reg [AGE-1:0] above_q;
  reg [8*CODE-1:0] code_q;  // clamped, code
  reg [4*LATE-1:0] late_q;  // alpha, its exponent, fall
  wire above = above_q[AGE-1];
  wire code_clamped;
  wire [Bits-1:0] code, alpha, fall;
  wire [2:0] exponent;
  assign {code_clamped, code} = code_q[7*CODE+:CODE];
  assign {alpha, exponent, fall} = late_q[3*LATE+:LATE];
  wire signed [WIDE-1:0] factor = {{(Bits + 2) {1'b0}}, above ? ONE : alpha};
  wire signed [WIDE-1:0] operand = elu_i && !above ? -$signed({{(Bits + 2) {1'b0}}, fall})
      : {{(Bits + 2) {code[Bits-1]}}, code};
  wire signed [WIDE-1:0] product = factor * operand;
  wire [4:0] places = Bits[4:0] - 5'd1 + (above ? 5'd0 : {2'd0, exponent})
      + (elu_i && !above ? {2'd0, scale_i} + 5'd1 : 5'd0);
  localparam signed [WIDE-1:0] HALF = 1;
  wire signed [WIDE-1:0] exact = ((product >>> (places - 5'd1)) + HALF) >>> 1;
  reg [3:0] age_q;
  initial age_q = 4'd0;
  always @(posedge clk_i) begin
    assume (alpha_i <= ONE);
    age_q   <= age_q + (age_q != AGE[3:0]);
    above_q <= {above_q[AGE-2:0], !z_i[3] && (elu_i || z_i != 4'd0)};
    code_q  <= {code_q[7*CODE-1:0], clamped_i, code_i};
    late_q  <= {late_q[3*LATE-1:0], alpha_i, alpha_exponent_i, fall_i};
    if (age_q != 4'd0) assume (elu_i == $past(elu_i) && scale_i == $past(scale_i));
    if (age_q == AGE[3:0]) begin
      fits : assert (exact >= -LARGEST - HALF && exact <= LARGEST);
      rounded_once : assert (activation == exact[Bits-1:0]);
      never_silent : assert (clamped == (code_clamped && (above || !elu_i && alpha != 0)));
      lowest : cover (activation == ONE && !above);
      clamp_told : cover (clamped && activation == 5);
      clamp_unused : cover (!clamped && code_clamped && activation != 0);
    end
  end
endmodule

`default_nettype wire
