// ds_forward_path: from finished accumulators to stored activations.
// Purpose     bias, rounding, activation; the stores of biases, alphas and slopes, and of what was
//             seen of each unit in some image of the batch: one without derivative in all of them
//             is dead, one that never left the flat part is saturated.
// Latency     7 cycles from capture_i to a group's first z (8 with spread_i), 7 more to its unit (3
//             for identity, 11 for relu and elu), 2 more to its slope and output error.
// Throughput  1 neuron in Interval cycles.
// Format      contract/formats.ts, by parameters.
// Reset       counters and valid flags.   Golden  golden/fixed/network.ts, feedForward;
//             golden/fixed/unit-flags.ts#unitFlags.
`default_nettype none
module ds_forward_path #(
    parameter Lanes             = 4,
    parameter Neurons           = 512,
    parameter NeuronBits        = 9,    // [bits], log2(Neurons)
    parameter WidthBits         = 8,    // [bits], log2(widest layer)
    parameter AccBits           = 42,   // [bits]
    parameter BiasBits          = 32,   // [bits]
    parameter BiasShift         = 8,    // [bits]
    parameter ZBits             = 20,   // [bits]
    parameter ZShiftBits        = 5,    // [bits]
    parameter ZShiftMin         = 3,    // [bits], 16 - the largest scales of weights and inputs
    parameter SegmentBits       = 10,   // [bits]
    parameter BaseBits          = 15,   // [bits]
    parameter DropBits          = 11,   // [bits]
    parameter ExponentBits      = 6,    // [bits]
    parameter WordBits          = 16,   // [bits] of a and of slope
    parameter ScaleBits         = 3,    // [bits]
    parameter CountBits         = 10,   // [bits]
    parameter SaturatedExponent = 5,
    parameter AlphaExponentBits = 4,    // [bits]
    parameter Tanh              = 0,    // 1: is built
    parameter Rectifiers        = 0,    // 1: relu and elu are built, with an alpha a neuron
    parameter Interval          = 1     // [cycles] from one z to the next, 1 or 2
) (
    input  wire                     clk_i,
    input  wire                     rst_i,

    input  wire                     start_i,        // a new layer; the layer's entry is steady
    input  wire                     fresh_i,        // first image of a batch
    input  wire                     spread_i,       // a z every second cycle, and no unit with it
    input  wire                     output_layer_i,
    input  wire [      WidthBits:0] n_out_i,
    input  wire [   NeuronBits-1:0] neuron_base_i,
    input  wire [   ZShiftBits-1:0] z_shift_i,
    input  wire                     identity_i,     // one of these, else sigmoid
    input  wire                     tanh_i,
    input  wire                     relu_i,
    input  wire                     elu_i,
    input  wire [    ScaleBits-1:0] scale_i,

    input  wire                     reserve_i,
    output wire                     free_o,
    input  wire                     capture_i,
    input  wire [Lanes*AccBits-1:0] accumulators_i,

    output wire                     z_soon_o,      // z_valid_o comes in 3 cycles
    output wire                     z_valid_o,
    output wire [    WidthBits-1:0] z_index_o,
    output wire [        ZBits-1:0] z_o,

    output wire                     unit_soon_o,   // unit_valid_o comes in 3 cycles
    output wire                     unit_valid_o,
    output wire                     unit_last_o,   // of the layer
    output wire [    WidthBits-1:0] unit_index_o,
    output wire [     WordBits-1:0] unit_activation_o,

    output wire [    CountBits-1:0] z_saturated_o,  // this group: counts of the layer
    output wire [    CountBits-1:0] activation_saturated_o,
    output wire [    CountBits-1:0] saturated_units_o,

    input  wire [    WidthBits-1:0] label_i,
    output wire                     error_valid_o,  // of the output layer
    output wire [     WordBits-1:0] error_mantissa_o,
    output wire [ ExponentBits-1:0] error_exponent_o,
    output wire [     WordBits-1:0] error_slope_o,
    output wire [ ExponentBits-1:0] error_slope_exponent_o,

    input  wire                     bias_write_i,
    input  wire                     alpha_write_i,
    input  wire [   NeuronBits-1:0] bias_addr_i,    // of both
    input  wire [     BiasBits-1:0] bias_data_i,
    input  wire                     idle_i,         // reads are for read_addr_i, latency 2
    input  wire [   NeuronBits-1:0] read_addr_i,
    output wire [     BiasBits-1:0] read_bias_o,
    output wire [     BiasBits-1:0] read_alpha_o,
    output wire                     read_alive_o,
    output wire                     read_responsive_o,
    input  wire [   NeuronBits-1:0] slope_addr_i,   // while not idle, latency 2
    output wire [     WordBits-1:0] read_slope_o,
    output wire [ ExponentBits-1:0] read_slope_exponent_o
);
  wire [NeuronBits-1:0] bias_addr;
  ds_ram #(
      .Width  (BiasBits),
      .Depth  (Neurons),
      .Latency(1)
  ) u_biases (
      .clk_i  (clk_i),
      .we_i   (bias_write_i),
      .waddr_i(bias_addr_i),
      .wdata_i(bias_data_i),
      .raddr_i(idle_i ? read_addr_i : bias_addr),
      .rdata_o(read_bias_o)
  );

  wire z_saturated;
  ds_drain #(
      .Lanes     (Lanes),
      .AccBits   (AccBits),
      .BiasBits  (BiasBits),
      .BiasShift (BiasShift),
      .ZBits     (ZBits),
      .ShiftBits (ZShiftBits),
      .ShiftMin  (ZShiftMin),
      .WidthBits (WidthBits + 1),
      .NeuronBits(NeuronBits)
  ) u_drain (
      .clk_i              (clk_i),
      .rst_i              (rst_i),
      .start_i            (start_i),
      .start_n_out_i      (n_out_i),
      .start_neuron_base_i(neuron_base_i),
      .start_shift_i      (z_shift_i),
      .spread_i           (spread_i || Interval != 1),
      .reserve_i          (reserve_i),
      .free_o             (free_o),
      .capture_i          (capture_i),
      .accumulators_i     (accumulators_i),
      .bias_addr_o        (bias_addr),
      .bias_i             (read_bias_o),
      .z_soon_o           (z_soon_o),
      .z_valid_o          (z_valid_o),
      .z_o                (z_o),
      .z_saturated_o      (z_saturated)
  );

  // The alpha of a neuron is read between its z and its slope.
  localparam ALPHA_BITS = AlphaExponentBits + WordBits;
  wire [5:0] z_age;
  wire [ALPHA_BITS-1:0] alpha;
  assign read_alpha_o = {{(BiasBits - ALPHA_BITS) {1'b0}}, alpha};
  generate
    if (Rectifiers != 0) begin : g_alphas
      reg [NeuronBits-1:0] neuron_q;
      always @(posedge clk_i) begin
        if (z_age[4]) neuron_q <= neuron_q + {{(NeuronBits - 1) {1'b0}}, 1'b1};
        if (start_i) neuron_q <= neuron_base_i;
      end
      ds_ram #(
          .Width(ALPHA_BITS),
          .Depth(Neurons)
      ) u_alphas (
          .clk_i  (clk_i),
          .we_i   (alpha_write_i),
          .waddr_i(bias_addr_i),
          .wdata_i(bias_data_i[ALPHA_BITS-1:0]),
          .raddr_i(idle_i ? read_addr_i : neuron_q),
          .rdata_o(alpha)
      );
    end else begin : g_none
      assign alpha = {ALPHA_BITS{1'b0}};
      wire unused = &{1'b0, alpha_write_i, z_age[4]};
    end
  endgenerate

  wire unit_clamped, unit_saturated, slope_valid, slope_alive;
  wire [WordBits-1:0] slope;
  wire [ExponentBits-1:0] slope_exponent;
  wire tail_negative;
  wire [WordBits-1:0] tail, complement;
  wire [ExponentBits-1:0] tail_exponent;
  ds_activation #(
      .ZBits            (ZBits),
      .SegmentBits      (SegmentBits),
      .BaseBits         (BaseBits),
      .DropBits         (DropBits),
      .ExponentBits     (ExponentBits),
      .TailBits         (WordBits),
      .ScaleBits        (ScaleBits),
      .SaturatedExponent(SaturatedExponent),
      .AlphaExponentBits(AlphaExponentBits),
      .Interval         (Interval),
      .Tanh             (Tanh),
      .Rectifiers       (Rectifiers)
  ) u_activation (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .identity_i       (identity_i),
      .tanh_i           (tanh_i),
      .relu_i           (relu_i),
      .elu_i            (elu_i),
      .scale_i          (scale_i),
      .z_valid_i        (z_valid_o),
      .z_i              (z_o),
      .z_age_o          (z_age),
      .alpha_i          (alpha[WordBits-1:0]),
      .alpha_exponent_i (alpha[ALPHA_BITS-1:WordBits]),
      .unit_soon_o      (unit_soon_o),
      .unit_valid_o     (unit_valid_o),
      .unit_activation_o(unit_activation_o),
      .unit_clamped_o   (unit_clamped),
      .unit_saturated_o (unit_saturated),
      .slope_valid_o    (slope_valid),
      .slope_alive_o    (slope_alive),
      .slope_o          (slope),
      .slope_exponent_o (slope_exponent),
      .tail_negative_o  (tail_negative),
      .tail_o           (tail),
      .complement_o     (complement),
      .tail_exponent_o  (tail_exponent)
  );

  // Neurons of the layer, and what is counted of them: at most as many as there are.
  localparam [WidthBits-1:0] ONE_INDEX = 1;
  localparam [WidthBits:0] ONE_COUNT = 1;
  reg [WidthBits-1:0] z_index_q, unit_index_q;
  reg [WidthBits:0] z_saturated_q, activation_saturated_q, saturated_units_q;
  always @(posedge clk_i) begin
    if (z_valid_o) z_index_q <= z_index_q + ONE_INDEX;
    if (unit_valid_o) unit_index_q <= unit_index_q + ONE_INDEX;
    if (z_valid_o && z_saturated) z_saturated_q <= z_saturated_q + ONE_COUNT;
    if (unit_valid_o && unit_clamped) activation_saturated_q <= activation_saturated_q + ONE_COUNT;
    if (unit_valid_o && unit_saturated) saturated_units_q <= saturated_units_q + ONE_COUNT;
    if (start_i) begin
      z_index_q              <= {WidthBits{1'b0}};
      unit_index_q           <= {WidthBits{1'b0}};
      z_saturated_q          <= {(WidthBits + 1) {1'b0}};
      activation_saturated_q <= {(WidthBits + 1) {1'b0}};
      saturated_units_q      <= {(WidthBits + 1) {1'b0}};
    end
  end
  localparam COUNT_PAD = CountBits - WidthBits - 1;
  assign z_saturated_o = {{COUNT_PAD{1'b0}}, z_saturated_q};
  assign activation_saturated_o = {{COUNT_PAD{1'b0}}, activation_saturated_q};
  assign saturated_units_o = {{COUNT_PAD{1'b0}}, saturated_units_q};
  assign z_index_o = z_index_q;
  assign unit_index_o = unit_index_q;
  assign unit_last_o = {1'b0, unit_index_q} + {1'b0, ONE_INDEX} == n_out_i;

  // Slopes and flags: what earlier images left is read with the unit and comes with the slope. The
  // layer's last slope is written 2 cycles after unit_last_o, whatever starts meanwhile.
  wire [NeuronBits-1:0] unit_neuron =
      neuron_base_i + {{(NeuronBits - WidthBits) {1'b0}}, unit_index_q};
  wire [NeuronBits-1:0] first_addr = idle_i ? read_addr_i : slope_addr_i;
  reg [NeuronBits-1:0] slope_neuron_q;
  wire [NeuronBits-1:0] next_neuron = slope_neuron_q + {{(NeuronBits - 1) {start_i}}, 1'b1};
  reg responsive_q, responsive_q2, output_q, output_q2;
  always @(posedge clk_i) begin
    if (start_i || slope_valid) slope_neuron_q <= start_i ? neuron_base_i : next_neuron;
    responsive_q  <= !unit_saturated;
    responsive_q2 <= responsive_q;
    output_q      <= output_layer_i;
    output_q2     <= output_q;
  end
  ds_ram #(
      .Width(2 + ExponentBits + WordBits),
      .Depth(Neurons)
  ) u_slopes (
      .clk_i  (clk_i),
      .we_i   (slope_valid),
      .waddr_i(slope_neuron_q),
      .wdata_i({
        slope_alive || (!fresh_i && read_alive_o),
        responsive_q2 || (!fresh_i && read_responsive_o),
        slope_exponent,
        slope
      }),
      .raddr_i(unit_valid_o ? unit_neuron : first_addr),
      .rdata_o({read_alive_o, read_responsive_o, read_slope_exponent_o, read_slope_o})
  );

  // The target is known from z on; the tail comes 6 cycles later.
  wire is_target;
  ds_delay #(
      .Width   (1),
      .Cycles  (6),
      .Interval(Interval),
      .Held    (0)
  ) u_target (
      .clk_i  (clk_i),
      .valid_i(z_age),
      .word_i (z_index_q == label_i),
      .word_o (is_target)
  );
  assign error_valid_o = slope_valid && output_q2;
  assign error_slope_o = slope;
  assign error_slope_exponent_o = slope_exponent;
  ds_output_error #(
      .TailBits    (WordBits),
      .ExponentBits(ExponentBits),
      .Interval    (Interval)
  ) u_error (
      .clk_i           (clk_i),
      .valid_i         (unit_valid_o),
      .is_target_i     (is_target),
      .negative_i      (tail_negative),
      .tail_i          (tail),
      .complement_i    (complement),
      .tail_exponent_i (tail_exponent),
      .error_mantissa_o(error_mantissa_o),
      .error_exponent_o(error_exponent_o)
  );
endmodule
`default_nettype wire
