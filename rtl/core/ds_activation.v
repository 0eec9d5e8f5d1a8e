// ds_activation: the activation units behind one port.
// Purpose     a and its derivative, by the layer's activation; each unit as early as it can. The
//             unit that is not chosen gives 0.
// Latency     from z_valid_i 7 cycles for sigmoid, 3 for identity: an odd number for every unit, so
//             that with a z in every second cycle no unit comes together with a z. The slope comes
//             2 cycles after its unit; the tail of a sigmoid 6 cycles after z_valid_i.
// Throughput  1 z in Interval cycles.
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
    parameter SaturatedExponent = 5,   // tail exponent from which a sigmoid counts as saturated
    parameter Interval          = 1    // [cycles] from one z to the next, at least
) (
    input  wire                    clk_i,
    input  wire                    rst_i,

    input  wire                    identity_i,  // else sigmoid; steady until the last slope is out
    input  wire [   ScaleBits-1:0] scale_i,

    input  wire                    z_valid_i,
    input  wire signed [ZBits-1:0] z_i,

    output wire              [5:0] z_age_o,  // bit i: the z of a sigmoid came i cycles ago

    output wire                    unit_soon_o,  // unit_valid_o comes in 3 cycles
    output reg                     unit_valid_o,
    output reg  [    TailBits-1:0] unit_activation_o,
    output reg                     unit_clamped_o,
    output wire                    unit_saturated_o,

    output wire                    slope_valid_o,
    output wire                    slope_alive_o,  // not 0: so far every unit's at least 2^13
    output wire [    TailBits-1:0] slope_o,
    output wire [ExponentBits-1:0] slope_exponent_o,

    output wire                    tail_negative_o,  // z < 0; this group for sigmoid only
    output wire [    TailBits-1:0] tail_o,
    output wire [    TailBits-1:0] complement_o,
    output wire [ExponentBits-1:0] tail_exponent_o   // with the slope
);
  wire [TailBits-1:0] sigmoid_activation, sigmoid_slope, identity_activation;
  wire [ExponentBits-1:0] sigmoid_slope_exponent;
  wire sigmoid_is_one, sigmoid_saturated, identity_clamped;
  ds_sigmoid_unit #(
      .ZBits            (ZBits),
      .SegmentBits      (SegmentBits),
      .BaseBits         (BaseBits),
      .DropBits         (DropBits),
      .ExponentBits     (ExponentBits),
      .TailBits         (TailBits),
      .SaturatedExponent(SaturatedExponent),
      .Interval         (Interval)
  ) u_sigmoid (
      .clk_i              (clk_i),
      .enable_i           (!identity_i),
      .valid_i            ({unit_valid_q[0], unit_valid_o, valid_q, z_valid_i}),
      .z_i                (z_i),
      .activation_o       (sigmoid_activation),
      .activation_is_one_o(sigmoid_is_one),
      .negative_o         (tail_negative_o),
      .tail_o             (tail_o),
      .complement_o       (complement_o),
      .saturated_o        (sigmoid_saturated),
      .slope_o            (sigmoid_slope),
      .slope_exponent_o   (sigmoid_slope_exponent),
      .tail_exponent_o    (tail_exponent_o)
  );
  ds_identity_unit #(
      .ZBits         (ZBits),
      .ActivationBits(TailBits),
      .ScaleBits     (ScaleBits)
  ) u_identity (
      .clk_i       (clk_i),
      .enable_i    (identity_i),
      .z_i         (z_i),
      .scale_i     (scale_i),
      .activation_o(identity_activation),
      .clamped_o   (identity_clamped)
  );

  localparam [TailBits-1:0] SLOPE_ONE = 1 << (TailBits - 1);
  localparam [TailBits-1:0] LARGEST = SLOPE_ONE - 1;  // of an activation
  localparam EARLY = 2;  // [cycles] to the results of identity
  localparam LATE = 6;   // [cycles] to those of sigmoid
  reg [LATE-1:0] valid_q;  // bit i is i + 1 cycles old; after EARLY for sigmoid only
  reg [1:0] unit_valid_q;
  assign z_age_o = {valid_q[LATE-2:0], z_valid_i};
  assign unit_soon_o = identity_i ? z_valid_i : valid_q[LATE-3];
  assign unit_saturated_o = !identity_i && sigmoid_saturated;
  assign slope_valid_o = unit_valid_q[1];
  assign slope_alive_o = 1'b1;
  assign slope_o = identity_i ? SLOPE_ONE : sigmoid_slope;
  assign slope_exponent_o = identity_i ? {ExponentBits{1'b0}} : sigmoid_slope_exponent;
  always @(posedge clk_i) begin
    valid_q           <= {valid_q[LATE-2:0], z_valid_i};
    if (identity_i) valid_q[EARLY] <= 1'b0;
    unit_valid_o      <= identity_i ? valid_q[EARLY-1] : valid_q[LATE-1];
    unit_valid_q      <= {unit_valid_q[0], unit_valid_o};
    unit_activation_o <= identity_activation | sigmoid_activation;
    if (sigmoid_is_one) unit_activation_o <= LARGEST;
    unit_clamped_o    <= identity_i && identity_clamped;
    if (rst_i) begin
      valid_q      <= {LATE{1'b0}};
      unit_valid_o <= 1'b0;
      unit_valid_q <= 2'd0;
    end
  end
endmodule
`default_nettype wire
