// ds_sigmoid_unit: sigma(z), sigma'(z) and the tail t = sigma(-|z|).
// Purpose     t is held as mantissa * 2^-exponent, so that sigma' = t (1 - t) keeps its relative
//             error in the tails; 512 chords over |z| in [0, 32).
// Latency     14 cycles.   Throughput  1 z/cycle.
// Format      z Q6.14; sigma Q1.15; tail and complement Q0.16, tail * 2^-exponent; slope
//             D * 2^(-15 - slope exponent). Errors: sigma 6.1e-5, sigma' 0.1 % relative.
// Reset       the valid flags.   Golden  golden/fixed/sigmoid.ts#sigmoid, exact.
`default_nettype none
module ds_sigmoid_unit #(
    parameter ZBits        = 20,  // [bits]
    parameter SegmentBits  = 10,  // [bits] of z within a segment
    parameter BaseBits     = 15,  // [bits] in the table, without the leading one
    parameter DropBits     = 11,  // [bits] in the table
    parameter ExponentBits = 6,   // [bits]
    parameter TailBits     = 16   // [bits]; activation and slope are as wide
) (
    input  wire                    clk_i,
    input  wire                    rst_i,

    input  wire                    z_valid_i,
    input  wire signed [ZBits-1:0] z_i,

    output wire                    soon_o,                // unit_valid_o comes in 3 cycles
    output reg                     unit_valid_o,
    output reg                     unit_negative_o,       // z < 0
    output reg  [    TailBits-1:0] unit_activation_o,
    output reg  [    TailBits-1:0] unit_tail_o,
    output reg  [ExponentBits-1:0] unit_tail_exponent_o,
    output reg  [      TailBits:0] unit_complement_o,     // 1 - t
    output reg  [    TailBits-1:0] unit_slope_o,
    output wire [ExponentBits-1:0] unit_slope_exponent_o
);
  localparam INDEX_BITS = ZBits - 1 - SegmentBits;
  localparam WORD_BITS = ExponentBits + BaseBits + DropBits;
  localparam LATENCY = 14;

  reg [LATENCY-2:0] valid_q, negative_q;  // bit i is i + 1 cycles old
  assign soon_o = valid_q[LATENCY-4];
  always @(posedge clk_i) begin
    valid_q         <= {valid_q[LATENCY-3:0], z_valid_i};
    negative_q      <= {negative_q[LATENCY-3:0], z_i[ZBits-1]};
    unit_valid_o    <= valid_q[LATENCY-2];
    unit_negative_o <= negative_q[LATENCY-2];
    if (rst_i) begin
      valid_q      <= {(LATENCY - 1) {1'b0}};
      unit_valid_o <= 1'b0;
    end
  end

  // Cycle 1: |z|. Cycles 2 and 3: the table.
  reg [ZBits-2:0] magnitude_q;
  reg [WORD_BITS-1:0] rom[0:(1<<INDEX_BITS)-1];
  initial begin
    `include "ds_sigmoid_table.vh"
  end
  reg [WORD_BITS-1:0] word_q, word_q2;
  reg [SegmentBits-1:0] offset_q, offset_q2;
  /* verilator lint_off UNUSEDSIGNAL */  // |z| < 2^(ZBits-1): z is clamped symmetrically
  wire [ZBits-1:0] negated = -z_i;
  /* verilator lint_on UNUSEDSIGNAL */
  always @(posedge clk_i) begin
    magnitude_q <= z_i[ZBits-1] ? negated[ZBits-2:0] : z_i[ZBits-2:0];
    word_q      <= rom[magnitude_q[ZBits-2:SegmentBits]];
    offset_q    <= magnitude_q[SegmentBits-1:0];
    word_q2     <= word_q;
    offset_q2   <= offset_q;
  end
  wire [DropBits-1:0] drop = word_q2[DropBits-1:0];

  // Cycles 4 to 6: drop * offset. Cycle 7: tail.
  wire [DropBits+SegmentBits-1:0] fall;
  ds_mul #(
      .AWidth (DropBits),
      .ASigned(0),
      .BWidth (SegmentBits),
      .BSigned(0)
  ) u_fall (
      .clk_i(clk_i),
      .a_i  (drop),
      .b_i  (offset_q2),
      .p_o  (fall)
  );
  localparam HEAD_BITS = ExponentBits + BaseBits;
  localparam FALL_BITS = DropBits + SegmentBits;
  reg [HEAD_BITS-1:0] head_q4, head_q5, head_q6;  // exponent and base, beside the multiplier
  localparam [FALL_BITS-1:0] HALF_FALL = 1 << (SegmentBits - 2);
  /* verilator lint_off UNUSEDSIGNAL */  // the bits that are rounded away
  wire [FALL_BITS-1:0] fall_rounded = fall + HALF_FALL;
  /* verilator lint_on UNUSEDSIGNAL */
  reg [TailBits-1:0] tail_q7;
  reg [ExponentBits-1:0] exponent_q7;
  wire [TailBits-1:0] drop_now = {
    {(TailBits + SegmentBits - 1 - FALL_BITS) {1'b0}}, fall_rounded[FALL_BITS-1:SegmentBits-1]
  };
  always @(posedge clk_i) begin
    head_q4     <= word_q2[WORD_BITS-1:DropBits];
    head_q5     <= head_q4;
    head_q6     <= head_q5;
    tail_q7     <= {1'b1, head_q6[BaseBits-1:0]} - drop_now;
    exponent_q7 <= head_q6[HEAD_BITS-1:BaseBits];
  end

  // Cycle 8: t with two guard bits. Cycle 9: t in Q0.16 and Q1.15, both rounded from it.
  reg [TailBits+1:0] shifted_q8;
  reg [TailBits-1:0] tail_q8, tail_q9, t_q9, lower_q9;
  reg [ExponentBits-1:0] exponent_q8, exponent_q9;
  // t <= 1/2, so neither sum carries out.
  /* verilator lint_off UNUSEDSIGNAL */  // the bits that are rounded away
  wire [TailBits+1:0] t_sum = shifted_q8 + {{(TailBits - 1) {1'b0}}, 3'd2};
  wire [TailBits+1:0] lower_sum = shifted_q8 + {{(TailBits - 1) {1'b0}}, 3'd4};
  /* verilator lint_on UNUSEDSIGNAL */
  always @(posedge clk_i) begin
    shifted_q8  <= {tail_q7, 2'b00} >> exponent_q7;
    tail_q8     <= tail_q7;
    exponent_q8 <= exponent_q7;
    t_q9        <= t_sum[TailBits+1:2];
    lower_q9    <= {1'b0, lower_sum[TailBits+1:3]};
    tail_q9     <= tail_q8;
    exponent_q9 <= exponent_q8;
  end

  // Cycles 10 to 12: tail * t. Cycle 13: slope = tail - tail * t, rounded.
  wire [2*TailBits-1:0] square;
  ds_mul #(
      .AWidth (TailBits),
      .ASigned(0),
      .BWidth (TailBits),
      .BSigned(0)
  ) u_square (
      .clk_i(clk_i),
      .a_i  (tail_q9),
      .b_i  (t_q9),
      .p_o  (square)
  );
  localparam SIDE_BITS = ExponentBits + 3 * TailBits;
  wire [SIDE_BITS-1:0] side_q9 = {exponent_q9, tail_q9, t_q9, lower_q9};
  reg [SIDE_BITS-1:0] side_q10, side_q11, side_q12;
  wire [ExponentBits-1:0] exponent_q12;
  wire [TailBits-1:0] tail_q12, t_q12, lower_q12;
  assign {exponent_q12, tail_q12, t_q12, lower_q12} = side_q12;

  reg [ExponentBits-1:0] exponent_q13;
  reg [TailBits-1:0] tail_q13, t_q13, lower_q13, slope_q13;
  localparam [2*TailBits-1:0] UP_TO_HALF = (1 << (TailBits - 1)) - 1;
  /* verilator lint_off UNUSEDSIGNAL */  // the bits that are rounded away
  wire [2*TailBits-1:0] square_rounded = square + UP_TO_HALF;  // ties up in the difference
  /* verilator lint_on UNUSEDSIGNAL */
  localparam [TailBits-1:0] HALF = 1 << (TailBits - 1);  // 1.0 in Q1.15
  wire [TailBits-1:0] upper = HALF - lower_q13;
  assign unit_slope_exponent_o = unit_tail_exponent_o + {{(ExponentBits - 1) {1'b0}}, 1'b1};
  always @(posedge clk_i) begin
    side_q10 <= side_q9;
    side_q11 <= side_q10;
    side_q12 <= side_q11;
    {exponent_q13, tail_q13, t_q13, lower_q13} <= {exponent_q12, tail_q12, t_q12, lower_q12};
    slope_q13 <= tail_q12 - square_rounded[2*TailBits-1:TailBits];

    unit_tail_o          <= tail_q13;
    unit_tail_exponent_o <= exponent_q13;
    unit_complement_o    <= {1'b1, {TailBits{1'b0}}} - {1'b0, t_q13};
    unit_slope_o         <= slope_q13;
    unit_activation_o    <= negative_q[LATENCY-2] ? lower_q13
        : upper == HALF ? HALF - {{(TailBits - 1) {1'b0}}, 1'b1} : upper;
  end
endmodule
`default_nettype wire
