// ds_backward_path: from back-propagated sums, output errors or a given delta to delta and norms.
// Purpose     delta of one layer at a time with its shared exponent; sum of squares, counts, and
//             the sum over the batch.
// Latency     11 cycles from a layer's last sum to collected_o; 7 from align_start_i to the first
//             delta.   Throughput  1 element/cycle, 1 delta/cycle.
// Format      contract/formats.ts, by parameters.
// Reset       state and valid flags.   Golden  golden/fixed/network.ts, golden/fixed/delta-sum.ts.
`default_nettype none
module ds_backward_path #(
    parameter Neurons         = 512,
    parameter NeuronBits      = 9,      // [bits], log2(Neurons)
    parameter Layers          = 128,
    parameter LayerBits       = 7,      // [bits], log2(Layers)
    parameter MaxWidth        = 256,
    parameter WidthBits       = 8,      // [bits], log2(MaxWidth)
    parameter BackBits        = 40,     // [bits]
    parameter WordBits        = 16,     // [bits] of delta and of slope
    parameter ExponentBits    = 6,      // [bits] of a slope's exponent
    parameter ElementExpBits  = 8,      // [bits]
    parameter DeltaExpBits    = 16,     // [bits]
    parameter SquareBits      = 40,     // [bits]
    parameter SumBits         = 48,     // [bits]
    parameter GuardBits       = 16,     // [bits]
    parameter CountBits       = 10,     // [bits]
    parameter SlopeFraction   = 15,     // [bits]
    parameter NoExponent      = -32768
) (
    input  wire                     clk_i,
    input  wire                     rst_i,

    input  wire [    LayerBits-1:0] layer_i,          // whose delta is formed
    input  wire [   NeuronBits-1:0] neuron_base_i,    // of that layer, from its first sum on
    input  wire                     fresh_i,          // first image of a batch

    input  wire                     collect_start_i,  // takes this group
    input  wire [      WidthBits:0] collect_count_i,
    input  wire                     collect_output_i, // elements are output errors
    input  wire                     collect_inject_i, // elements are given, or zero
    input  wire                     collect_given_i,  // given for this very layer
    input  wire                     quadratic_i,
    input  wire [ DeltaExpBits-1:0] inject_exponent_i,
    input  wire [ DeltaExpBits-1:0] delta_shift_i,    // s - 30 of the layer above

    input  wire                     error_valid_i,
    input  wire [     WordBits-1:0] error_mantissa_i,
    input  wire [ ExponentBits-1:0] error_exponent_i,
    input  wire [     WordBits-1:0] error_slope_i,
    input  wire [ ExponentBits-1:0] error_slope_exponent_i,

    input  wire                     sum_valid_i,
    input  wire [     BackBits-1:0] sum_i,
    output reg  [   NeuronBits-1:0] slope_addr_o,     // read latency 2
    input  wire [     WordBits-1:0] slope_i,
    input  wire [ ExponentBits-1:0] slope_exponent_i,

    output wire                     collected_o,
    input  wire                     align_start_i,
    output wire                     delta_valid_o,
    output wire                     delta_last_o,
    output wire [    WidthBits-1:0] delta_index_o,
    output wire [     WordBits-1:0] delta_mantissa_o,

    output wire                     norm_done_o,      // the rest of the group is final
    output reg  [    LayerBits-1:0] norm_layer_o,
    output reg  [ DeltaExpBits-1:0] delta_exponent_o,
    output wire [   SquareBits-1:0] sum_squares_o,
    output wire [    CountBits-1:0] zeroed_o,
    output wire [    CountBits-1:0] saturated_o,

    input  wire                     inject_write_i,
    input  wire [    WidthBits-1:0] inject_addr_i,
    input  wire [     WordBits-1:0] inject_data_i,
    input  wire [     NeuronBits:0] read_addr_i,      // while idle, latency 2
    output wire [     WordBits-1:0] read_delta_o,
    output wire [      SumBits-1:0] read_sum_o,       // of neuron read_addr_i / 2
    input  wire [    LayerBits-1:0] read_layer_i,
    input  wire                     idle_i,
    output wire [ DeltaExpBits-1:0] read_sum_exponent_o
);
  localparam PAD_BITS = NeuronBits - WidthBits;
  localparam [WordBits-1:0] SLOPE_ONE = 1 << SlopeFraction;

  // ---- Elements: from below one of three sources -----------------------------------------------
  reg output_q, inject_q;
  always @(posedge clk_i)
    if (collect_start_i) begin
      output_q <= collect_output_i;
      inject_q <= collect_inject_i;
    end

  wire given_valid;
  wire [WordBits-1:0] given_mantissa;
  ds_injector #(
      .MaxWidth (MaxWidth),
      .IndexBits(WidthBits),
      .DeltaBits(WordBits)
  ) u_injector (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .write_valid_i     (inject_write_i),
      .write_addr_i      (inject_addr_i),
      .write_data_i      (inject_data_i),
      .start_i           (collect_start_i && collect_inject_i),
      .start_count_i     (collect_count_i),
      .start_given_i     (collect_given_i),
      .element_valid_o   (given_valid),
      .element_mantissa_o(given_mantissa)
  );

  localparam NORMAL_LATENCY = 4;
  localparam NORMAL_SHIFT_BITS = $clog2(BackBits);
  wire [WordBits-1:0] back_mantissa;
  wire [NORMAL_SHIFT_BITS-1:0] back_shift;
  reg [NORMAL_LATENCY-1:0] back_valid_q;  // bit i is i + 1 cycles old
  reg [WidthBits-1:0] back_index_q;
  reg [WordBits-1:0] back_slope_q;
  reg [ExponentBits-1:0] back_slope_exponent_q;
  ds_normalise #(
      .InBits   (BackBits),
      .OutBits  (WordBits),
      .ShiftBits(NORMAL_SHIFT_BITS)
  ) u_normalise (
      .clk_i     (clk_i),
      .x_i       (sum_i),
      .mantissa_o(back_mantissa),
      .shift_o   (back_shift)
  );
  always @(posedge clk_i) begin
    back_valid_q          <= {back_valid_q[NORMAL_LATENCY-2:0], sum_valid_i};
    slope_addr_o          <= neuron_base_i + {{PAD_BITS{1'b0}}, back_index_q};
    back_slope_q          <= slope_i;
    back_slope_exponent_q <= slope_exponent_i;
    if (sum_valid_i) back_index_q <= back_index_q + {{(WidthBits - 1) {1'b0}}, 1'b1};
    if (collect_start_i) back_index_q <= {WidthBits{1'b0}};
    if (rst_i) back_valid_q <= {NORMAL_LATENCY{1'b0}};
  end

  wire back_valid = back_valid_q[NORMAL_LATENCY-1];
  wire [ElementExpBits-1:0] wide_shift = {
    {(ElementExpBits - NORMAL_SHIFT_BITS) {1'b0}}, back_shift
  };
  wire [ElementExpBits-1:0] wide_error_exponent = {
    {(ElementExpBits - ExponentBits) {1'b0}}, error_exponent_i
  };
  wire slope_counts = !inject_q && (!output_q || quadratic_i);
  wire [WordBits-1:0] mantissa =
      inject_q ? given_mantissa : output_q ? error_mantissa_i : back_mantissa;
  wire [ElementExpBits-1:0] exponent =
      inject_q ? {ElementExpBits{1'b0}} : output_q ? -wide_error_exponent : wide_shift;
  wire [WordBits-1:0] slope = output_q ? error_slope_i : back_slope_q;
  wire [ExponentBits-1:0] slope_exponent =
      output_q ? error_slope_exponent_i : back_slope_exponent_q;

  wire signed [ElementExpBits-1:0] shared_exponent;
  wire delta_nonzero, delta_zeroed, delta_saturated;
  ds_delta_unit #(
      .DeltaBits        (WordBits),
      .SlopeBits        (WordBits),
      .SlopeExponentBits(ExponentBits),
      .ExponentBits     (ElementExpBits),
      .MaxWidth         (MaxWidth),
      .IndexBits        (WidthBits)
  ) u_delta (
      .clk_i                   (clk_i),
      .rst_i                   (rst_i),
      .start_i                 (collect_start_i),
      .start_count_i           (collect_count_i),
      .element_valid_i         (inject_q ? given_valid : output_q ? error_valid_i : back_valid),
      .element_mantissa_i      (mantissa),
      .element_exponent_i      (exponent),
      .element_slope_i         (slope_counts ? slope : SLOPE_ONE),
      .element_slope_exponent_i(slope_counts ? slope_exponent : {ExponentBits{1'b0}}),
      .collected_o             (collected_o),
      .shared_exponent_o       (shared_exponent),
      .nonzero_o               (delta_nonzero),
      .align_i                 (align_start_i),
      .delta_valid_o           (delta_valid_o),
      .delta_last_o            (delta_last_o),
      .delta_index_o           (delta_index_o),
      .delta_mantissa_o        (delta_mantissa_o),
      .delta_zeroed_o          (delta_zeroed),
      .delta_saturated_o       (delta_saturated)
  );

  // ---- Exponent of one LSB of delta: base of the layer plus what its elements share ------------
  localparam signed [DeltaExpBits-1:0] SLOPE_LSB = -SlopeFraction;
  localparam signed [DeltaExpBits-1:0] OUTPUT_BASE = -(WordBits - 1) - SlopeFraction;
  localparam [DeltaExpBits-1:0] NONE = NoExponent[DeltaExpBits-1:0];
  reg [DeltaExpBits-1:0] base_q;
  wire [DeltaExpBits-1:0] delta_exponent = base_q + {
    {(DeltaExpBits - ElementExpBits) {shared_exponent[ElementExpBits-1]}}, shared_exponent
  };
  always @(posedge clk_i) begin
    if (collect_start_i)
      base_q <= collect_inject_i ? inject_exponent_i + SLOPE_LSB
          : collect_output_i ? OUTPUT_BASE : delta_exponent_o + delta_shift_i;
    if (align_start_i) begin
      delta_exponent_o <= delta_nonzero ? delta_exponent : NONE;
      norm_layer_o     <= layer_i;
    end
  end

  // ---- Norm, sum over the batch, and the store for observation ---------------------------------
  wire [NeuronBits-1:0] delta_neuron = neuron_base_i + {{PAD_BITS{1'b0}}, delta_index_o};
  ds_norm #(
      .DeltaBits (WordBits),
      .SquareBits(SquareBits),
      .CountBits (CountBits)
  ) u_norm (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .start_i          (align_start_i),
      .delta_valid_i    (delta_valid_o),
      .delta_last_i     (delta_last_o),
      .delta_mantissa_i (delta_mantissa_o),
      .delta_zeroed_i   (delta_zeroed),
      .delta_saturated_i(delta_saturated),
      .done_o           (norm_done_o),
      .sum_squares_o    (sum_squares_o),
      .zeroed_o         (zeroed_o),
      .saturated_o      (saturated_o)
  );

  ds_delta_sum #(
      .Neurons     (Neurons),
      .NeuronBits  (NeuronBits),
      .Layers      (Layers),
      .LayerBits   (LayerBits),
      .DeltaBits   (WordBits),
      .GuardBits   (GuardBits),
      .SumBits     (SumBits),
      .ExponentBits(DeltaExpBits),
      .NoExponent  (NoExponent)
  ) u_sum (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .start_i         (align_start_i),
      .start_fresh_i   (fresh_i),
      .start_nonzero_i (delta_nonzero),
      .start_exponent_i(delta_exponent),
      .layer_i         (idle_i ? read_layer_i : layer_i),
      .delta_valid_i   (delta_valid_o),
      .delta_neuron_i  (delta_neuron),
      .delta_mantissa_i(delta_mantissa_o),
      .read_addr_i     (read_addr_i[NeuronBits:1]),
      .read_sum_o      (read_sum_o),
      .read_exponent_o (read_sum_exponent_o)
  );

  ds_ram #(
      .Width(WordBits),
      .Depth(Neurons)
  ) u_deltas (
      .clk_i  (clk_i),
      .we_i   (delta_valid_o),
      .waddr_i(delta_neuron),
      .wdata_i(delta_mantissa_o),
      .raddr_i(read_addr_i[NeuronBits-1:0]),
      .rdata_o(read_delta_o)
  );
endmodule
`default_nettype wire
