// activation_bench: every z through ds_activation, one a cycle, compared with a file of results.
// Not part of the device: it makes the exhaustive comparison a matter of seconds.
`default_nettype none
module activation_bench #(
    parameter ZBits = 20  // [bits]
) (
    input  wire             clk_i,
    input  wire             rst_i,
    input  wire             load_i,  // rising: read expected.hex, one word for each code of z

    input  wire             identity_i,
    input  wire             tanh_i,
    input  wire             relu_i,
    input  wire             elu_i,
    input  wire [      2:0] scale_i,
    input  wire [     15:0] alpha_i,
    input  wire [      3:0] alpha_exponent_i,

    output wire             done_o,
    output reg  [ZBits-1:0] results_o,     // compared so far
    output reg  [ZBits-1:0] mismatches_o,
    output reg  [ZBits-1:0] first_z_o,     // of the first mismatch
    output reg  [     47:0] first_got_o,
    output reg  [     47:0] first_want_o
);
  localparam [ZBits-1:0] LOWEST = {1'b1, {(ZBits - 2) {1'b0}}, 1'b1};  // -(2^(ZBits-1) - 1)
  localparam [ZBits-1:0] BEYOND = {1'b1, {(ZBits - 1) {1'b0}}};
  localparam [ZBits-1:0] ONE = 1;

  reg [47:0] expected[0:(1<<ZBits)-1];
  always @(posedge load_i) $readmemh("expected.hex", expected);

  reg [ZBits-1:0] z_q, result_z_q;
  reg busy_q;
  wire slope_valid;
  wire [47:0] got;
  wire [17:0] unit;  // activation, clamped, saturated: 2 cycles before the slope
  reg [17:0] unit_q, unit_q2;
  assign got[47:41] = 7'd0;
  assign got[40:23] = unit_q2;
  ds_activation #(
      .Tanh      (1),
      .Rectifiers(1)
  ) u_activation (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .identity_i       (identity_i),
      .tanh_i           (tanh_i),
      .relu_i           (relu_i),
      .elu_i            (elu_i),
      .scale_i          (scale_i),
      .z_valid_i        (busy_q),
      .z_i              (z_q),
      .z_age_o          (),
      .alpha_i          (alpha_i),
      .alpha_exponent_i (alpha_exponent_i),
      .unit_soon_o      (),
      .unit_valid_o     (),
      .unit_activation_o(unit[17:2]),
      .unit_clamped_o   (unit[1]),
      .unit_saturated_o (unit[0]),
      .slope_valid_o    (slope_valid),
      .slope_alive_o    (got[22]),
      .slope_o          (got[21:6]),
      .slope_exponent_o (got[5:0]),
      .tail_negative_o  (),
      .tail_o           (),
      .complement_o     (),
      .tail_exponent_o  ()
  );
  assign done_o = result_z_q == BEYOND;
  always @(posedge clk_i) begin
    unit_q  <= unit;
    unit_q2 <= unit_q;
    z_q     <= z_q + ONE;
    if (z_q + ONE == BEYOND) busy_q <= 1'b0;
    if (slope_valid) begin
      result_z_q <= result_z_q + ONE;
      results_o  <= results_o + ONE;
      if (got != expected[result_z_q]) begin
        mismatches_o <= mismatches_o + ONE;
        if (mismatches_o == {ZBits{1'b0}}) begin
          first_z_o    <= result_z_q;
          first_got_o  <= got;
          first_want_o <= expected[result_z_q];
        end
      end
    end
    if (rst_i) begin
      busy_q       <= 1'b1;
      z_q          <= LOWEST;
      result_z_q   <= LOWEST;
      results_o    <= {ZBits{1'b0}};
      mismatches_o <= {ZBits{1'b0}};
    end
  end
endmodule
`default_nettype wire
