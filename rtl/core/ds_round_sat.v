// ds_round_sat: x / 2^n to the nearest integer, ties towards +infinity, clamped to the range.
// Purpose     the rules roundShift and saturate of contract/formats.ts behind one adder: a word
//             that does not fit is cleared and the largest code added instead.
// Latency     2 cycles.   Throughput  1 word/cycle.
// Format      in signed InBits, worth 2^-1: the lowest bit is below the point. Out signed OutBits;
//             Symmetric: the lowest code is -(2^(OutBits-1) - 1).
// Reset       none.   Golden  golden/fixed/arithmetic.ts#roundShift, #saturate, exact.
`default_nettype none
module ds_round_sat #(
    parameter InBits    = 28,  // [bits], more than OutBits + 1
    parameter ShiftBits = 3,   // [bits] of the shift
    parameter OutBits   = 20,  // [bits]
    parameter Symmetric = 1
) (
    input  wire                 clk_i,

    input  wire [   InBits-1:0] x_i,
    input  wire                 spill_i,     // x_i has lost upper bits, not its sign
    input  wire                 sign_i,
    input  wire [ShiftBits-1:0] shift_i,
    output reg  [  OutBits-1:0] y_o,
    output reg                  saturated_o
);
  // The result and the rounding bit. Without Symmetric one bit more: 10.11..1 does not fit, and
  // still becomes the lowest code by rounding, not by clamping.
  localparam WINDOW_BITS = Symmetric != 0 ? OutBits + 1 : OutBits + 2;
  wire [WINDOW_BITS-1:0] window;
  wire spill;
  ds_narrow_shift #(
      .InBits   (InBits),
      .ShiftBits(ShiftBits),
      .UnitLog  (0),
      .OutBits  (WINDOW_BITS)
  ) u_shift (
      .x_i    (x_i),
      .shift_i(shift_i),
      .y_o    (window),
      .spill_o(spill)
  );
  wire over = spill_i || spill || window[WINDOW_BITS-1] != window[OutBits];
  wire regained = Symmetric == 0 && !(spill_i || spill)
      && window == {1'b1, {(WINDOW_BITS - OutBits - 1) {1'b0}}, {OutBits{1'b1}}};

  // Of the words that fit only 0.11..1 leaves the range by rounding, and 1.00..0 is not in it where
  // it is symmetric: both by one, so that the other rounding is the clamp. Next to the border (but
  // for the rounding bit) the word is rounded towards zero. The parts keep the test from being
  // mapped for area: the adder's carry waits for it.
  reg [OutBits:0] window_q;
  reg sign_q, above_q, below_q, regained_q;
  localparam SYMMETRIC = Symmetric != 0;
  localparam PARTS = (OutBits + 1) / 3;
  wire [3*PARTS-1:0] inner = {{(3 * PARTS - OutBits + 1) {!sign_q}}, window_q[OutBits-1:1]};
  (* keep *) wire [PARTS-1:0] part;
  genvar i;
  generate
    for (i = 0; i < PARTS; i = i + 1) begin : g_part
      assign part[i] = inner[3*i+:3] == {3{!sign_q}};
    end
  endgenerate
  wire at_border = part == {PARTS{1'b1}} && window_q[OutBits] == sign_q && (SYMMETRIC || !sign_q);
  wire round_up = at_border ? sign_q : window_q[0];
  wire [OutBits-1:0] clamp = {
    below_q, {(OutBits - 2) {above_q}}, above_q || (below_q && SYMMETRIC)
  };
  always @(posedge clk_i) begin
    window_q    <= over ? {(OutBits + 1) {1'b0}} : window[OutBits:0];
    sign_q      <= sign_i;
    above_q     <= over && !sign_i;
    below_q     <= over && sign_i;
    regained_q  <= regained;
    y_o         <= window_q[OutBits:1] + clamp + {{(OutBits - 1) {1'b0}}, round_up};
    saturated_o <= above_q || (below_q && !regained_q) || (at_border && window_q[0] != sign_q);
  end
endmodule
`default_nettype wire
