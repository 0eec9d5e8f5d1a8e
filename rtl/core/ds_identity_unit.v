// ds_identity_unit: a = z, at the scale of its layer.
// Purpose     the linear activation; its derivative is 1.
// Latency     2 cycles.   Throughput  1 z/cycle.
// Format      z Q6.14; a signed, a * 2^(scale - 15), rounded, clamped.
// Reset       none.   Golden  golden/fixed/unit.ts#activate, exact.
`default_nettype none
module ds_identity_unit #(
    parameter ZBits          = 20,  // [bits], one fraction bit less than a
    parameter ActivationBits = 16,  // [bits]
    parameter ScaleBits      = 3    // [bits]
) (
    input  wire                             clk_i,

    input  wire                             enable_i,  // else activation_o is 0
    input  wire signed [         ZBits-1:0] z_i,
    input  wire        [     ScaleBits-1:0] scale_i,
    output wire signed [ActivationBits-1:0] activation_o,
    output wire                             clamped_o
);
  // z is Q6.14 and a at scale 0 Q1.15: a = 2 z / 2^scale, with one bit below the point.
  ds_round_sat #(
      .InBits   (ZBits + 2),
      .ShiftBits(ScaleBits),
      .OutBits  (ActivationBits),
      .Symmetric(0)
  ) u_round (
      .clk_i      (clk_i),
      .x_i        ({z_i, 2'b00}),
      .spill_i    (1'b0),
      .sign_i     (z_i[ZBits-1]),
      .shift_i    (scale_i),
      .enable_i   (enable_i),
      .y_o        (activation_o),
      .saturated_o(clamped_o)
  );
endmodule
`default_nettype wire
