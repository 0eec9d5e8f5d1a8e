// ds_activation: the activation units behind one port.
// Purpose     a and its derivative, by the layer's activation; each unit as early as it can. The
//             unit that is not chosen gives 0.
// Latency     from z_valid_i 7 cycles for sigmoid and tanh, 3 for identity, 11 for relu and elu: an
//             odd number for every unit, so that with a z in every second cycle no unit comes
//             together with a z. The slope comes 2 cycles after its unit; the tail of a sigmoid 6
//             cycles after z_valid_i.
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
    parameter AlphaExponentBits = 4,   // [bits]
    parameter Interval          = 1,   // [cycles] from one z to the next, at least
    parameter Tanh              = 0,   // 1: is built
    parameter Rectifiers        = 0    // 1: relu and elu are built; Interval 1 only
) (
    input  wire                    clk_i,
    input  wire                    rst_i,

    input  wire                    identity_i,  // one of these, else sigmoid; steady until the last
    input  wire                    tanh_i,      // slope is out
    input  wire                    relu_i,
    input  wire                    elu_i,
    input  wire [   ScaleBits-1:0] scale_i,

    input  wire                    z_valid_i,
    input  wire signed [ZBits-1:0] z_i,

    output wire              [5:0] z_age_o,  // bit i: the z of a sigmoid came i cycles ago

    input  wire [    TailBits-1:0] alpha_i,  // of relu and elu, 6 cycles after their z
    input  wire [AlphaExponentBits-1:0] alpha_exponent_i,

    output wire                    unit_soon_o,  // unit_valid_o comes in 3 cycles
    output reg                     unit_valid_o,
    output reg  [    TailBits-1:0] unit_activation_o,
    output reg                     unit_clamped_o,
    output wire                    unit_saturated_o,

    output wire                    slope_valid_o,
    output wire                    slope_alive_o,  // not 0
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
  wire tanh = Tanh != 0 && tanh_i;
  wire elu = Rectifiers != 0 && elu_i;
  wire rectify = Rectifiers != 0 && (relu_i || elu_i);
  ds_sigmoid_unit #(
      .ZBits            (ZBits),
      .SegmentBits      (SegmentBits),
      .BaseBits         (BaseBits),
      .DropBits         (DropBits),
      .ExponentBits     (ExponentBits),
      .TailBits         (TailBits),
      .SaturatedExponent(SaturatedExponent),
      .Doubled          (Tanh | Rectifiers),
      .Exponential      (Rectifiers),
      .Interval         (Interval)
  ) u_sigmoid (
      .clk_i              (clk_i),
      .enable_i           (!identity_i),
      .doubled_i          (tanh || elu),
      .exponential_i      (elu),
      .valid_i            ({unit_valid_q[0], unit_valid_o, valid_q[LATE-1:0], z_valid_i}),
      .z_i                (z_i),
      .activation_o       (sigmoid_activation),
      .activation_is_one_o(sigmoid_is_one),
      .negative_o         (tail_negative_o),
      .tail_o             (tail_o),
      .complement_o       (complement_o),
      .saturated_o        (sigmoid_saturated),
      .factor_i           (elu ? alpha_i : complement_o),
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
      .enable_i    (identity_i || rectify),
      .z_i         (z_i),
      .scale_i     (scale_i),
      .activation_o(identity_activation),
      .clamped_o   (identity_clamped)
  );

  wire [TailBits-1:0] rectified, rectifier_slope;
  wire [ExponentBits-1:0] rectifier_slope_exponent;
  wire rectifier_clamped, rectifier_saturated;
  generate
    if (Rectifiers != 0) begin : g_rectifier
      ds_rectifier_unit #(
          .ZBits            (ZBits),
          .WordBits         (TailBits),
          .AlphaExponentBits(AlphaExponentBits),
          .ExponentBits     (ExponentBits),
          .ScaleBits        (ScaleBits),
          .SaturatedExponent(SaturatedExponent)
      ) u_rectifier (
          .clk_i           (clk_i),
          .elu_i           (elu_i),
          .scale_i         (scale_i),
          .z_i             (z_i),
          .code_i          (identity_activation),
          .clamped_i       (identity_clamped),
          .alpha_i         (alpha_i),
          .alpha_exponent_i(alpha_exponent_i),
          .fall_i          (complement_o),
          .elu_slope_i     (sigmoid_slope),
          .tail_exponent_i (tail_exponent_o),
          .activation_o    (rectified),
          .clamped_o       (rectifier_clamped),
          .saturated_o     (rectifier_saturated),
          .slope_o         (rectifier_slope),
          .slope_exponent_o(rectifier_slope_exponent)
      );
    end else begin : g_none
      assign rectified = {TailBits{1'b0}};
      assign rectifier_clamped = 1'b0;
      assign rectifier_saturated = 1'b0;
      assign rectifier_slope = {TailBits{1'b0}};
      assign rectifier_slope_exponent = {ExponentBits{1'b0}};
      wire unused = &{1'b0, relu_i, elu_i, alpha_i, alpha_exponent_i};
    end
    if (Tanh == 0) begin : g_no_tanh
      wire unused = &{1'b0, tanh_i};
    end
  endgenerate

  // tanh = +-(2 (1 - t) - 1): 1 - t is at least 1/2, so in Q1.15 its upper bit falls away.
  localparam CODE_BITS = TailBits - 1;
  wire [CODE_BITS-1:0] tanh_magnitude = complement_o[CODE_BITS-1:0];
  wire [TailBits-1:0] tanh_activation = ({1'b0, tanh_magnitude} ^ {TailBits{tail_negative_o}})
      + {{CODE_BITS{1'b0}}, tail_negative_o};

  localparam [TailBits-1:0] SLOPE_ONE = 1 << (TailBits - 1);
  localparam [TailBits-1:0] LARGEST = SLOPE_ONE - 1;  // of an activation
  localparam EARLY = 2;  // [cycles] to the results of identity
  localparam LATE = 6;   // [cycles] to those of sigmoid and tanh
  localparam LATEST = 10;  // [cycles] to those of relu and elu
  localparam STAGES = Rectifiers != 0 ? LATEST : LATE;
  localparam CUT = Rectifiers != 0 ? LATE : EARLY;
  reg [STAGES-1:0] valid_q;  // bit i is i + 1 cycles old; after EARLY for the later ones only
  reg [1:0] unit_valid_q;
  // An exponent of tanh's slope is 2 less than that of sigma'(2z), but not below 0.
  localparam [ExponentBits-1:0] ONE_LESS = {ExponentBits{1'b1}};
  wire tail_exponent_zero = tail_exponent_o == {ExponentBits{1'b0}};
  wire [ExponentBits-1:0] tanh_slope_exponent =
      tail_exponent_zero ? {ExponentBits{1'b0}} : tail_exponent_o + ONE_LESS;
  assign z_age_o = {valid_q[LATE-2:0], z_valid_i};
  assign unit_soon_o = identity_i ? z_valid_i : rectify ? valid_q[STAGES-3] : valid_q[LATE-3];
  assign unit_saturated_o = rectify ? rectifier_saturated : !identity_i && sigmoid_saturated;
  assign slope_valid_o = unit_valid_q[1];
  assign slope_alive_o = !rectify || slope_o != {TailBits{1'b0}};  // the others' is at least 2^13
  assign slope_o = identity_i ? SLOPE_ONE : rectify ? rectifier_slope : sigmoid_slope;
  assign slope_exponent_o = identity_i ? {ExponentBits{1'b0}}
      : rectify ? rectifier_slope_exponent : tanh ? tanh_slope_exponent : sigmoid_slope_exponent;
  always @(posedge clk_i) begin
    valid_q           <= {valid_q[STAGES-2:0], z_valid_i};
    if (identity_i) valid_q[EARLY] <= 1'b0;
    if (Rectifiers != 0 && !rectify) valid_q[CUT] <= 1'b0;
    unit_valid_o      <= identity_i ? valid_q[EARLY-1]
        : rectify ? valid_q[STAGES-1] : valid_q[LATE-1];
    unit_valid_q      <= {unit_valid_q[0], unit_valid_o};
    unit_activation_o <= identity_activation | sigmoid_activation;
    if (sigmoid_is_one) unit_activation_o <= LARGEST;
    if (tanh) unit_activation_o <= tanh_activation;
    if (rectify) unit_activation_o <= rectified;
    unit_clamped_o    <= rectify ? rectifier_clamped : identity_i && identity_clamped;
    if (rst_i) begin
      valid_q      <= {STAGES{1'b0}};
      unit_valid_o <= 1'b0;
      unit_valid_q <= 2'd0;
    end
  end
endmodule
`default_nettype wire
