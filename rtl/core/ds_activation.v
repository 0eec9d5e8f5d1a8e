// ds_activation: the activation units behind one port.
// Purpose     a and its derivative, by the layer's activation; every unit takes as long as the
//             slowest, so that cycles do not depend on the choice.
// Latency     14 cycles from z_valid_i; 3 from again_o, when the caller reads z once more.
// Throughput  1 z/cycle.
// Format      z Q6.14; a, slope, tail and complement as contract/formats.ts.
// Reset       the valid flags.   Golden  golden/fixed/unit.ts#activate, exact.
`default_nettype none
module ds_activation #(
    parameter ZBits             = 20,  // [bits]
    parameter SegmentBits       = 10,  // [bits]
    parameter BaseBits          = 15,  // [bits]
    parameter DropBits          = 11,  // [bits]
    parameter ExponentBits      = 6,   // [bits]
    parameter TailBits          = 16,  // [bits]; a and slope are as wide
    parameter ScaleBits         = 3,   // [bits]
    parameter SaturatedExponent = 5    // tail exponent from which a sigmoid counts as saturated
) (
    input  wire                    clk_i,
    input  wire                    rst_i,

    input  wire                    identity_i,  // else sigmoid; steady while a layer is in work
    input  wire [   ScaleBits-1:0] scale_i,

    input  wire                    z_valid_i,
    input  wire signed [ZBits-1:0] z_i,
    output wire                    again_o,     // a result comes in 3 cycles
    input  wire signed [ZBits-1:0] z_again_i,   // its z, 2 cycles after again_o

    output wire                    unit_valid_o,
    output wire [    TailBits-1:0] unit_activation_o,
    output wire                    unit_clamped_o,
    output wire [    TailBits-1:0] unit_slope_o,
    output wire [ExponentBits-1:0] unit_slope_exponent_o,
    output wire                    unit_saturated_o,

    output wire                    tail_negative_o,  // z < 0; this group for sigmoid only
    output wire [    TailBits-1:0] tail_o,
    output wire [ExponentBits-1:0] tail_exponent_o,
    output wire [      TailBits:0] complement_o
);
  wire [TailBits-1:0] sigmoid_activation, sigmoid_slope, identity_activation;
  wire [ExponentBits-1:0] sigmoid_slope_exponent;
  wire identity_clamped;
  ds_sigmoid_unit #(
      .ZBits       (ZBits),
      .SegmentBits (SegmentBits),
      .BaseBits    (BaseBits),
      .DropBits    (DropBits),
      .ExponentBits(ExponentBits),
      .TailBits    (TailBits)
  ) u_sigmoid (
      .clk_i                (clk_i),
      .rst_i                (rst_i),
      .z_valid_i            (z_valid_i),
      .z_i                  (z_i),
      .soon_o               (again_o),
      .unit_valid_o         (unit_valid_o),
      .unit_negative_o      (tail_negative_o),
      .unit_activation_o    (sigmoid_activation),
      .unit_tail_o          (tail_o),
      .unit_tail_exponent_o (tail_exponent_o),
      .unit_complement_o    (complement_o),
      .unit_slope_o         (sigmoid_slope),
      .unit_slope_exponent_o(sigmoid_slope_exponent)
  );
  ds_identity_unit #(
      .ZBits         (ZBits),
      .ActivationBits(TailBits),
      .ScaleBits     (ScaleBits)
  ) u_identity (
      .clk_i       (clk_i),
      .z_i         (z_again_i),
      .scale_i     (scale_i),
      .activation_o(identity_activation),
      .clamped_o   (identity_clamped)
  );

  localparam [TailBits-1:0] SLOPE_ONE = 1 << (TailBits - 1);
  localparam [ExponentBits-1:0] FLAT = SaturatedExponent[ExponentBits-1:0];
  assign unit_activation_o = identity_i ? identity_activation : sigmoid_activation;
  assign unit_clamped_o = identity_i && identity_clamped;
  assign unit_slope_o = identity_i ? SLOPE_ONE : sigmoid_slope;
  assign unit_slope_exponent_o = identity_i ? {ExponentBits{1'b0}} : sigmoid_slope_exponent;
  assign unit_saturated_o = !identity_i && tail_exponent_o >= FLAT;
endmodule
`default_nettype wire
