// ds_round_sat: x / 2^n to the nearest integer, ties towards +infinity, clamped to the range.
// Purpose     the rules roundShift and saturate of contract/formats.ts around one adder: above the
//             range the word is cleared and the largest code added, below it the sum is replaced.
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
    input  wire                 enable_i,    // else y_o is 0
    output reg  [  OutBits-1:0] y_o,
    output reg                  saturated_o
);
  // The result and the rounding bit, and one bit more where the range is not symmetric: there
  // 10.11..1 does not fit, and becomes the lowest code by rounding, not by clamping.
  localparam SYMMETRIC = Symmetric != 0;
  localparam WINDOW_BITS = SYMMETRIC ? OutBits + 1 : OutBits + 2;
  localparam [OutBits-1:0] LOWEST = {1'b1, {(OutBits - 2) {1'b0}}, SYMMETRIC};
  wire [WINDOW_BITS-1:0] window;
  wire [ShiftBits:0] spill;
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
  wire far = spill_i || spill != {(ShiftBits + 1) {1'b0}};
  wire over = far || window[WINDOW_BITS-1] != window[OutBits];

  // Of the words that fit only 0.11..1 leaves the range by rounding, and 1.00..0 is not in it where
  // it is symmetric: both by one, so that the other rounding is the clamp. Next to the border (but
  // for the rounding bit) the word is rounded towards zero. The parts keep the test from being
  // mapped for area: the adder's carry waits for it.
  reg [OutBits:0] window_q;
  reg sign_q, above_q, below_q, far_q;
  localparam PARTS = (OutBits + 1) / 3;
  wire border_bit = !SYMMETRIC || !sign_q;
  wire [3*PARTS-1:0] inner = {{(3 * PARTS - OutBits + 1) {border_bit}}, window_q[OutBits-1:1]};
  (* keep *) wire [PARTS-1:0] part;
  genvar i;
  generate
    for (i = 0; i < PARTS; i = i + 1) begin : g_part
      assign part[i] = inner[3*i+:3] == {3{border_bit}};
    end
  endgenerate
  wire near_border = part == {PARTS{1'b1}};
  wire at_border = near_border && window_q[OutBits] == sign_q && (SYMMETRIC || !sign_q);
  wire regained = near_border && window_q[0] && !SYMMETRIC && !far_q;
  wire round_up = at_border ? sign_q : window_q[0];
  wire [OutBits-1:0] largest = {1'b0, {(OutBits - 1) {above_q}}};
  always @(posedge clk_i) begin
    window_q    <= over && !sign_i ? {(OutBits + 1) {1'b0}} : window[OutBits:0];
    sign_q      <= sign_i;
    above_q     <= over && !sign_i;
    below_q     <= over && sign_i;
    far_q       <= far;
    y_o         <= window_q[OutBits:1] + largest + {{(OutBits - 1) {1'b0}}, round_up};
    saturated_o <= above_q || (below_q && !regained) || (at_border && window_q[0] != sign_q);
    if (below_q) y_o <= LOWEST;
    if (!enable_i) y_o <= {OutBits{1'b0}};
  end
endmodule
`default_nettype wire
