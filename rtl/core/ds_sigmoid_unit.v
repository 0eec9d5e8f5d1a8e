// ds_sigmoid_unit: sigma(z), sigma'(z) and the tail t = sigma(-|z|); those of 2z; e^-|z|.
// Purpose     t is held as mantissa * 2^-exponent, so that sigma' = t (1 - t) keeps its relative
//             error in the tails; 512 chords over v = |z| in [0, 32), or v = 2|z|, clamped.
// Latency     6 cycles to activation, negative, tail and complement; 7 to saturated_o; 9 to the
//             slope and the exponents.
// Throughput  1 z in Interval cycles.
// Format      z Q6.14; sigma Q1.15; tail and complement Q0.16, tail * 2^-exponent; slope
//             D * 2^(-15 - slope exponent). Errors: sigma 6.1e-5, sigma' 0.1 % relative.
// Reset       none.   Golden  golden/fixed/sigmoid.ts#sigmoid, exact, but that the complement is at
//             most 1 - 2^-16.
`default_nettype none
module ds_sigmoid_unit #(
    parameter ZBits             = 20,  // [bits]
    parameter SegmentBits       = 10,  // [bits] of z within a segment
    parameter BaseBits          = 15,  // [bits] in the table, without the leading one
    parameter DropBits          = 11,  // [bits] in the table
    parameter ExponentBits      = 6,   // [bits]
    parameter TailBits          = 16,  // [bits]; activation and slope are as wide
    parameter SaturatedExponent = 5,   // tail exponent from which the unit counts as saturated
    parameter Doubled           = 0,   // 1: v may be 2|z|
    parameter Exponential       = 0,   // 1: the table of e^(-v/2) is there too
    parameter Interval          = 1    // [cycles] from one z to the next, at least
) (
    input  wire                    clk_i,

    input  wire                    enable_i,       // else activation_o is 0; steady, as these two
    input  wire                    doubled_i,      // v = 2|z|, else |z|
    input  wire                    exponential_i,  // t = e^(-v/2)
    input  wire        [      8:0] valid_i,   // bit i: z_i came i cycles ago
    input  wire signed [ZBits-1:0] z_i,

    output wire [    TailBits-1:0] activation_o,
    output wire                    activation_is_one_o,  // the largest code instead
    output wire                    negative_o,       // z < 0
    output wire [    TailBits-1:0] tail_o,
    output wire [    TailBits-1:0] complement_o,     // 1 - t

    output wire                    saturated_o,

    input  wire [    TailBits-1:0] factor_i,       // with the tail: complement_o, or another
    output wire [    TailBits-1:0] slope_o,        // tail * factor
    output wire [ExponentBits-1:0] slope_exponent_o,  // of sigma'
    output wire [ExponentBits-1:0] tail_exponent_o
);
  localparam INDEX_BITS = ZBits - 1 - SegmentBits;
  localparam WORD_BITS = ExponentBits + BaseBits + DropBits;
  localparam EARLY_PART = 16;  // of a table word: drop, and low bits of base
  localparam LOW_BITS = EARLY_PART - DropBits;
  localparam LATE_BITS = WORD_BITS - EARLY_PART;

  localparam ADDR_BITS = Exponential != 0 ? INDEX_BITS + 1 : INDEX_BITS;
  reg [WORD_BITS-1:0] rom[0:(1<<ADDR_BITS)-1];
  initial begin
    `include "ds_sigmoid_table.vh"
  end
  generate
    if (Exponential != 0) begin : g_exponential
      initial begin
        `include "ds_exponential_table.vh"
      end
    end
  endgenerate

  // Cycle 0: v; -z is the complement of z - 1, and written so the choice costs nothing.
  // Cycle 1: drop.
  wire negative = z_i[ZBits-1];
  wire [ZBits-2:0] lowered = z_i[ZBits-2:0] + {(ZBits - 1) {negative}};
  wire [ZBits-2:0] magnitude = lowered ^ {(ZBits - 1) {negative}};
  wire [ZBits-2:0] twice = {magnitude[ZBits-3:0], 1'b0} | {(ZBits - 1) {magnitude[ZBits-2]}};
  wire [ZBits-2:0] v = Doubled != 0 && doubled_i ? twice : magnitude;
  /* verilator lint_off UNUSEDSIGNAL */  // one table needs no choice
  wire [INDEX_BITS:0] place = {exponential_i, v[ZBits-2:SegmentBits]};
  /* verilator lint_on UNUSEDSIGNAL */
  wire [ADDR_BITS-1:0] index = place[ADDR_BITS-1:0];
  wire [ADDR_BITS-1:0] index3;  // numbers without a q: of that cycle
  wire negative5;
  reg [EARLY_PART-1:0] early_q1;
  reg [SegmentBits-1:0] offset_q1;
  always @(posedge clk_i) begin
    early_q1  <= rom[index][EARLY_PART-1:0];
    offset_q1 <= v[SegmentBits-1:0];
  end
  ds_delay #(
      .Width   (ADDR_BITS),
      .Cycles  (3),
      .Interval(Interval),
      .Held    (0)
  ) u_index (
      .clk_i  (clk_i),
      .valid_i(valid_i[2:0]),
      .word_i (index),
      .word_o (index3)
  );
  ds_delay #(
      .Width   (1),
      .Cycles  (5),
      .Interval(Interval),
      .Held    (0)
  ) u_negative (
      .clk_i  (clk_i),
      .valid_i(valid_i[4:0]),
      .word_i (negative),
      .word_o (negative5)
  );

  // Cycles 2 to 4: drop * offset; most of the word is read only now, not carried along.
  localparam FALL_BITS = DropBits + SegmentBits;
  /* verilator lint_off UNUSEDSIGNAL */  // the bits that are rounded away
  wire [FALL_BITS-1:0] fall;
  /* verilator lint_on UNUSEDSIGNAL */
  ds_mul #(
      .AWidth (DropBits),
      .ASigned(0),
      .BWidth (SegmentBits),
      .BSigned(0)
  ) u_fall (
      .clk_i(clk_i),
      .a_i  (early_q1[DropBits-1:0]),
      .b_i  (offset_q1),
      .p_o  (fall)
  );
  wire [LOW_BITS-1:0] low4;
  reg [LATE_BITS-1:0] late_q4;
  always @(posedge clk_i) late_q4 <= rom[index3][WORD_BITS-1:EARLY_PART];
  ds_delay #(
      .Width   (LOW_BITS),
      .Cycles  (3),
      .Interval(Interval),
      .Held    (0)
  ) u_low (
      .clk_i  (clk_i),
      .valid_i(valid_i[3:1]),
      .word_i (early_q1[EARLY_PART-1:DropBits]),
      .word_o (low4)
  );

  // Cycle 5: tail = base - fall, one bit below the point: what the fall rounds up by.
  wire [ExponentBits-1:0] exponent4 = late_q4[LATE_BITS-1-:ExponentBits];
  wire [TailBits-1:0] base = {1'b1, late_q4[LATE_BITS-ExponentBits-1:0], low4};
  wire [TailBits:0] doubled_fall = {
    {(TailBits + SegmentBits - 1 - FALL_BITS) {1'b0}}, fall[FALL_BITS-1:SegmentBits-2]
  };
  /* verilator lint_off UNUSEDSIGNAL */  // the bit below the point
  wire [TailBits:0] difference = {base, 1'b0} - doubled_fall;
  /* verilator lint_on UNUSEDSIGNAL */
  wire [TailBits-1:0] tail5;
  wire [ExponentBits-1:0] exponent5;
  ds_delay #(
      .Width   (TailBits + ExponentBits),
      .Cycles  (1),
      .Interval(Interval),
      .Held    (0)
  ) u_head (
      .clk_i  (clk_i),
      .valid_i(valid_i[4]),
      .word_i ({difference[TailBits:1], exponent4}),
      .word_o ({tail5, exponent5})
  );

  // Cycle 6: t with one bit below the point, and at least half an LSB of Q0.16. That changes only
  // 1 - t, from 1 to the largest code, and the slope, which is told.
  localparam FINE_STEPS = 4;  // from 2^4 places on only that half is left
  wire [FINE_STEPS-1:0] places = exponent5[FINE_STEPS-1:0];
  wire far = exponent5[ExponentBits-1:FINE_STEPS] != {(ExponentBits - FINE_STEPS) {1'b0}};
  wire tiny = exponent5[ExponentBits-1:FINE_STEPS] > 1
      || (far && (places != {FINE_STEPS{1'b0}} || !tail5[TailBits-1]));
  wire [TailBits:0] by8 = places[3] ? {tail5, 1'b0} >> 8 : {tail5, 1'b0};
  wire [TailBits:0] by4 = places[2] ? by8 >> 4 : by8;
  wire [TailBits:0] by2 = places[1] ? by4 >> 2 : by4;
  wire [TailBits:0] by1 = places[0] ? by2 >> 1 : by2;
  reg [TailBits:0] rest_q6;  // the complement of t, Q0.17: 1 - t but for an LSB
  reg negative_q6;
  assign negative_o = negative_q6;
  always @(posedge clk_i) begin
    rest_q6     <= ~{by1[TailBits:1] & {TailBits{!far}}, by1[0] || far};
    negative_q6 <= negative5;
    if (!enable_i) begin
      rest_q6     <= {(TailBits + 1) {1'b0}};
      negative_q6 <= 1'b0;
    end
  end
  ds_delay #(
      .Width   (TailBits),
      .Cycles  (1),
      .Interval(Interval),
      .Held    (1)
  ) u_tail (
      .clk_i  (clk_i),
      .valid_i(valid_i[5]),
      .word_i (tail5),
      .word_o (tail_o)
  );
  wire saturated = exponent5 >= SaturatedExponent[ExponentBits-1:0];
  ds_delay #(
      .Width   (1),
      .Cycles  (2),
      .Interval(Interval),
      .Held    (1)
  ) u_saturated (
      .clk_i  (clk_i),
      .valid_i(valid_i[6:5]),
      .word_i (saturated),
      .word_o (saturated_o)
  );
  wire tiny9;
  ds_delay #(
      .Width   (1 + ExponentBits),
      .Cycles  (4),
      .Interval(Interval),
      .Held    (1)
  ) u_exponent (
      .clk_i  (clk_i),
      .valid_i(valid_i[8:5]),
      .word_i ({tiny, exponent5}),
      .word_o ({tiny9, tail_exponent_o})
  );
  assign slope_exponent_o = tail_exponent_o + {{(ExponentBits - 1) {1'b0}}, 1'b1};

  // After cycle 6: 1 - t, rounded, and sigma = 1 - t or t, rounded, in Q1.15. The sum carries out
  // where sigma would be 1; t is the complement of one less, as above.
  assign complement_o = rest_q6[TailBits:1] + {{(TailBits - 1) {1'b0}}, rest_q6[0]};
  localparam CODE_BITS = TailBits - 1;
  wire [CODE_BITS:0] code = {1'b0, rest_q6[TailBits:2]} + {1'b0, {CODE_BITS{negative_o}}}
      + {{CODE_BITS{1'b0}}, rest_q6[1]};
  assign activation_is_one_o = !negative_o && code[CODE_BITS];
  assign activation_o = {1'b0, code[CODE_BITS-1:0] ^ {CODE_BITS{negative_o}}};

  // Cycles 7 to 9: tail * factor. A tiny t counts as 2^-16 in 1 - t and is rounded off again. Of 4
  // sigma'(2z) the exponent is 2 less; where that is below 0, the mantissa is doubled.
  /* verilator lint_off UNUSEDSIGNAL */  // the bits that are rounded away
  wire [2*TailBits-1:0] product;
  /* verilator lint_on UNUSEDSIGNAL */
  ds_mul #(
      .AWidth (TailBits),
      .ASigned(0),
      .BWidth (TailBits),
      .BSigned(0)
  ) u_slope (
      .clk_i(clk_i),
      .a_i  (tail_o),
      .b_i  (factor_i),
      .p_o  (product)
  );
  localparam PRODUCT_BITS = 2 * TailBits;
  wire twofold = Doubled != 0 && doubled_i && !exponential_i
      && tail_exponent_o == {ExponentBits{1'b0}};
  wire round_up = product[TailBits-1] || (tiny9 && (Exponential == 0 || !exponential_i));
  wire [TailBits-1:0] single = product[PRODUCT_BITS-1:TailBits]
      + {{(TailBits - 1) {1'b0}}, round_up};
  wire [TailBits-1:0] twice_single = product[PRODUCT_BITS-2:TailBits-1]
      + {{(TailBits - 1) {1'b0}}, product[TailBits-2]};
  assign slope_o = twofold ? twice_single : single;
endmodule
`default_nettype wire
