// ds_forward_path: from finished accumulators to stored activations.
// Purpose     bias, rounding, activation; the stores of z, a and slope; the output error.
// Latency     22 cycles from capture_i to a group's first unit; 1 more to its output error.
// Throughput  1 neuron/cycle.
// Format      contract/formats.ts, by parameters.
// Reset       counters and valid flags.   Golden  golden/fixed/network.ts, feedForward.
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
    parameter SegmentBits       = 10,   // [bits]
    parameter BaseBits          = 15,   // [bits]
    parameter DropBits          = 11,   // [bits]
    parameter ExponentBits      = 6,    // [bits]
    parameter WordBits          = 16,   // [bits] of a and of slope
    parameter ScaleBits         = 3,    // [bits]
    parameter CountBits         = 10,   // [bits]
    parameter SaturatedExponent = 5
) (
    input  wire                     clk_i,
    input  wire                     rst_i,

    input  wire                     start_i,        // a new layer; the layer's entry is steady
    input  wire                     fresh_i,        // first image of a batch
    input  wire                     output_layer_i,
    input  wire [      WidthBits:0] n_out_i,
    input  wire [   NeuronBits-1:0] neuron_base_i,
    input  wire [   ZShiftBits-1:0] z_shift_i,
    input  wire                     identity_i,
    input  wire [    ScaleBits-1:0] scale_i,

    input  wire                     reserve_i,
    output wire                     free_o,
    input  wire                     capture_i,
    input  wire [Lanes*AccBits-1:0] accumulators_i,

    output wire                     unit_valid_o,
    output wire                     unit_last_o,   // of the layer
    output wire [    WidthBits-1:0] unit_index_o,
    output wire [     WordBits-1:0] unit_activation_o,

    output reg  [    CountBits-1:0] z_saturated_o,  // this group: counts of the layer
    output reg  [    CountBits-1:0] activation_saturated_o,
    output reg  [    CountBits-1:0] saturated_units_o,

    input  wire [    WidthBits-1:0] label_i,
    output reg                      error_valid_o,  // of the output layer
    output wire [     WordBits-1:0] error_mantissa_o,
    output wire [ ExponentBits-1:0] error_exponent_o,
    output reg  [     WordBits-1:0] error_slope_o,
    output reg  [ ExponentBits-1:0] error_slope_exponent_o,

    input  wire                     bias_write_i,
    input  wire [   NeuronBits-1:0] bias_addr_i,
    input  wire [     BiasBits-1:0] bias_data_i,
    input  wire                     idle_i,         // reads are for read_addr_i, latency 2
    input  wire [   NeuronBits-1:0] read_addr_i,
    output wire [     BiasBits-1:0] read_bias_o,
    output wire [        ZBits-1:0] read_z_o,
    output wire [     WordBits-1:0] read_activation_o,
    output wire                     read_alive_o,
    output wire                     read_responsive_o,
    input  wire [   NeuronBits-1:0] slope_addr_i,   // while not idle, latency 2
    output wire [     WordBits-1:0] read_slope_o,
    output wire [ ExponentBits-1:0] read_slope_exponent_o
);
  localparam [WidthBits-1:0] ONE_INDEX = 1;
  localparam [CountBits-1:0] ONE_COUNT = 1;

  wire [NeuronBits-1:0] bias_addr;
  ds_ram #(
      .Width(BiasBits),
      .Depth(Neurons)
  ) u_biases (
      .clk_i  (clk_i),
      .we_i   (bias_write_i),
      .waddr_i(bias_addr_i),
      .wdata_i(bias_data_i),
      .raddr_i(idle_i ? read_addr_i : bias_addr),
      .rdata_o(read_bias_o)
  );

  wire z_valid, z_saturated;
  wire signed [ZBits-1:0] z;
  ds_drain #(
      .Lanes     (Lanes),
      .AccBits   (AccBits),
      .BiasBits  (BiasBits),
      .BiasShift (BiasShift),
      .ZBits     (ZBits),
      .ShiftBits (ZShiftBits),
      .WidthBits (WidthBits + 1),
      .NeuronBits(NeuronBits)
  ) u_drain (
      .clk_i              (clk_i),
      .rst_i              (rst_i),
      .start_i            (start_i),
      .start_n_out_i      (n_out_i),
      .start_neuron_base_i(neuron_base_i),
      .start_shift_i      (z_shift_i),
      .reserve_i          (reserve_i),
      .free_o             (free_o),
      .capture_i          (capture_i),
      .accumulators_i     (accumulators_i),
      .bias_addr_o        (bias_addr),
      .bias_i             (read_bias_o),
      .z_valid_o          (z_valid),
      .z_o                (z),
      .z_saturated_o      (z_saturated)
  );

  // Neurons of the layer, counted where z appears, where it is read again, and at the end.
  reg [WidthBits-1:0] z_index_q, again_index_q, unit_index_q;
  wire again, unit_clamped, unit_saturated;
  wire [WordBits-1:0] unit_slope;
  wire [ExponentBits-1:0] unit_slope_exponent;
  always @(posedge clk_i) begin
    if (z_valid) begin
      z_index_q <= z_index_q + ONE_INDEX;
      if (z_saturated) z_saturated_o <= z_saturated_o + ONE_COUNT;
    end
    if (again) again_index_q <= again_index_q + ONE_INDEX;
    if (unit_valid_o) begin
      unit_index_q <= unit_index_q + ONE_INDEX;
      if (unit_clamped) activation_saturated_o <= activation_saturated_o + ONE_COUNT;
      if (unit_saturated) saturated_units_o <= saturated_units_o + ONE_COUNT;
    end
    if (start_i) begin
      z_index_q              <= {WidthBits{1'b0}};
      again_index_q          <= {WidthBits{1'b0}};
      unit_index_q           <= {WidthBits{1'b0}};
      z_saturated_o          <= {CountBits{1'b0}};
      activation_saturated_o <= {CountBits{1'b0}};
      saturated_units_o      <= {CountBits{1'b0}};
    end
  end
  localparam PAD_BITS = NeuronBits - WidthBits;
  wire [NeuronBits-1:0] z_neuron = neuron_base_i + {{PAD_BITS{1'b0}}, z_index_q};
  wire [NeuronBits-1:0] again_neuron = neuron_base_i + {{PAD_BITS{1'b0}}, again_index_q};
  wire [NeuronBits-1:0] unit_neuron = neuron_base_i + {{PAD_BITS{1'b0}}, unit_index_q};
  assign unit_index_o = unit_index_q;
  assign unit_last_o = {1'b0, unit_index_q} + {1'b0, ONE_INDEX} == n_out_i;

  ds_ram #(
      .Width(ZBits),
      .Depth(Neurons)
  ) u_z (
      .clk_i  (clk_i),
      .we_i   (z_valid),
      .waddr_i(z_neuron),
      .wdata_i(z),
      .raddr_i(idle_i ? read_addr_i : again_neuron),
      .rdata_o(read_z_o)
  );

  wire tail_negative;
  wire [WordBits-1:0] tail;
  wire [WordBits:0] complement;
  wire [ExponentBits-1:0] tail_exponent;
  ds_activation #(
      .ZBits            (ZBits),
      .SegmentBits      (SegmentBits),
      .BaseBits         (BaseBits),
      .DropBits         (DropBits),
      .ExponentBits     (ExponentBits),
      .TailBits         (WordBits),
      .ScaleBits        (ScaleBits),
      .SaturatedExponent(SaturatedExponent)
  ) u_activation (
      .clk_i                (clk_i),
      .rst_i                (rst_i),
      .identity_i           (identity_i),
      .scale_i              (scale_i),
      .z_valid_i            (z_valid),
      .z_i                  (z),
      .again_o              (again),
      .z_again_i            (read_z_o),
      .unit_valid_o         (unit_valid_o),
      .unit_activation_o    (unit_activation_o),
      .unit_clamped_o       (unit_clamped),
      .unit_slope_o         (unit_slope),
      .unit_slope_exponent_o(unit_slope_exponent),
      .unit_saturated_o     (unit_saturated),
      .tail_negative_o      (tail_negative),
      .tail_o               (tail),
      .tail_exponent_o      (tail_exponent),
      .complement_o         (complement)
  );

  ds_ram #(
      .Width(2 * WordBits + ExponentBits),
      .Depth(Neurons)
  ) u_activations (
      .clk_i  (clk_i),
      .we_i   (unit_valid_o),
      .waddr_i(unit_neuron),
      .wdata_i({unit_slope_exponent, unit_slope, unit_activation_o}),
      .raddr_i(idle_i ? read_addr_i : slope_addr_i),
      .rdata_o({read_slope_exponent_o, read_slope_o, read_activation_o})
  );

  ds_unit_flags #(
      .Neurons   (Neurons),
      .NeuronBits(NeuronBits)
  ) u_flags (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .fresh_i          (fresh_i),
      .unit_valid_i     (unit_valid_o),
      .unit_neuron_i    (unit_neuron),
      .unit_alive_i     (unit_slope != {WordBits{1'b0}}),
      .unit_responsive_i(!unit_saturated),
      .read_addr_i      (read_addr_i),
      .read_alive_o     (read_alive_o),
      .read_responsive_o(read_responsive_o)
  );

  ds_output_error #(
      .TailBits    (WordBits),
      .ExponentBits(ExponentBits)
  ) u_error (
      .clk_i           (clk_i),
      .is_target_i     (unit_index_q == label_i),
      .negative_i      (tail_negative),
      .tail_i          (tail),
      .tail_exponent_i (tail_exponent),
      .complement_i    (complement),
      .error_mantissa_o(error_mantissa_o),
      .error_exponent_o(error_exponent_o)
  );
  always @(posedge clk_i) begin
    error_valid_o          <= unit_valid_o && output_layer_i;
    error_slope_o          <= unit_slope;
    error_slope_exponent_o <= unit_slope_exponent;
    if (rst_i) error_valid_o <= 1'b0;
  end
endmodule
`default_nettype wire
