// fv_round_sat: ds_round_sat for every word, shift and mode: what comes out is x / 2^n to the
// nearest integer, ties upwards, wherever that fits; where it does not, the end of the range on its
// side, and saturated_o says so. So z and the activations that are rounded here never overflow
// silently. Complete: nothing is older than the two cycles of the pipeline.
`default_nettype none

module fv_round_sat #(
    parameter InBits    = 28,
    parameter OutBits   = 20,
    parameter Symmetric = 1
) (
    input wire              clk_i,
    input wire [InBits-1:0] x_i,
    input wire [2:0]        shift_i,
    input wire              spill_i,
    input wire              sign_i
);
  wire [OutBits-1:0] y;
  wire saturated;
  ds_round_sat #(
      .InBits   (InBits),
      .ShiftBits(3),
      .OutBits  (OutBits),
      .Symmetric(Symmetric)
  ) u_dut (
      .clk_i      (clk_i),
      .x_i        (x_i),
      .spill_i    (spill_i),
      .sign_i     (sign_i),
      .shift_i    (shift_i),
      .enable_i   (1'b1),
      .y_o        (y),
      .saturated_o(saturated)
  );

  // Half up, then the lowest bit away: x is in halves.
  localparam WIDE = InBits + 2;
  localparam signed [WIDE-1:0] HIGHEST = (1 << (OutBits - 1)) - 1;
  localparam signed [WIDE-1:0] LOWEST = Symmetric != 0 ? -HIGHEST : -HIGHEST - 1;
  localparam signed [WIDE-1:0] HALF = 1;
  wire signed [WIDE-1:0] x = {{2{x_i[InBits-1]}}, x_i};
  wire signed [WIDE-1:0] rounded = (x + (HALF <<< shift_i)) >>> (shift_i + 4'd1);
  wire above = spill_i ? !sign_i : rounded > HIGHEST;
  wire below = spill_i ? sign_i : rounded < LOWEST;
  wire signed [WIDE-1:0] expected = above ? HIGHEST : below ? LOWEST : rounded;

  reg [WIDE-1:0] expected_q, expected_q2;
  reg [1:0] clamped_q, age_q;
  initial age_q = 2'd0;
  always @(posedge clk_i) begin
    if (!spill_i) assume (sign_i == x_i[InBits-1]);
    expected_q  <= expected;
    expected_q2 <= expected_q;
    clamped_q   <= {clamped_q[0], above || below};
    age_q       <= age_q + (age_q != 2'd2);
    if (age_q == 2'd2) begin
      value : assert (y == expected_q2[OutBits-1:0]);
      never_silent : assert (saturated == clamped_q[1]);
      clamps_by_rounding : cover (saturated && $past(!spill_i && x[InBits-1:OutBits+1] == 0, 2));
      lowest : cover (!saturated && y == LOWEST[OutBits-1:0]);
    end
  end
endmodule

`default_nettype wire
