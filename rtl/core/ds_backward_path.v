// ds_backward_path: from back-propagated sums, output errors or a given delta to delta and norms.
// Purpose     delta of one layer at a time with its shared exponent; sum of squares, counts, and
//             the sum over the batch, which lies in a memory outside.
// Latency     8 cycles from a layer's last sum to collected_o; 4 from align_start_i to the first
//             delta; 4 from the last delta to norm_done_o.
// Throughput  1 element/cycle (a given one in 3), 1 delta in Interval cycles.
// Format      contract/formats.ts, by parameters.
// Reset       state and valid flags.   Golden  golden/fixed/network.ts, golden/fixed/delta-sum.ts.
`default_nettype none
module ds_backward_path #(
    parameter NeuronBits      = 9,      // [bits]
    parameter LayerBits       = 7,      // [bits]
    parameter MaxWidth        = 256,
    parameter WidthBits       = 8,      // [bits], log2(MaxWidth)
    parameter BackBits        = 40,     // [bits]
    parameter WordBits        = 16,     // [bits] of delta and of slope
    parameter ExponentBits    = 6,      // [bits] of a slope's exponent
    parameter ElementBits     = 20,     // [bits], WordBits + 4
    parameter ElementExpBits  = 8,      // [bits]
    parameter DeltaExpBits    = 16,     // [bits]
    parameter SquareBits      = 40,     // [bits]
    parameter SumBits         = 48,     // [bits]
    parameter GuardBits       = 1,      // [bits]
    parameter CountBits       = 10,     // [bits]
    parameter SlopeFraction   = 15,     // [bits]
    parameter LeastShift      = -7,     // of a sum
    parameter NoExponent      = -32768,
    parameter Interval        = 1       // [cycles] from one delta to the next, 1 or 2
) (
    input  wire                     clk_i,
    input  wire                     rst_i,

    input  wire [    LayerBits-1:0] layer_i,          // whose delta is formed
    input  wire                     width_valid_i,    // the two below are of that layer
    input  wire [      WidthBits:0] width_i,
    input  wire [   NeuronBits-1:0] neuron_base_i,    // to a cycle after its last delta
    input  wire                     fresh_i,          // first image of a batch

    input  wire                     collect_start_i,  // takes this group
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
    output wire [   NeuronBits-1:0] slope_addr_o,     // read latency 2
    input  wire [     WordBits-1:0] slope_i,
    input  wire [ ExponentBits-1:0] slope_exponent_i,

    output wire                     given_read_o,     // read latency 1
    output wire [    WidthBits-1:0] given_read_index_o,
    input  wire [     WordBits-1:0] given_read_data_i,

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

    output wire                     sum_read_o,       // 1 cycle after delta; latency 1
    output wire [   NeuronBits-1:0] sum_read_neuron_o,
    input  wire [      SumBits-1:0] sum_read_data_i,
    output wire                     sum_write_o,      // 3 cycles after the read
    output wire [   NeuronBits-1:0] sum_write_neuron_o,
    output wire [      SumBits-1:0] sum_write_data_o,
    output wire [     WordBits-1:0] sum_write_delta_o,
    output wire                     sum_busy_o,       // for all that time
    input  wire [ DeltaExpBits-1:0] stored_exponent_i,  // of the sums, from align_start_i on
    output wire                     exponent_write_o,   // 3 cycles after align_start_i
    output wire [ DeltaExpBits-1:0] exponent_write_data_o
);
  localparam PAD_BITS = NeuronBits - WidthBits;
  localparam [WordBits-1:0] SLOPE_ONE = 1 << SlopeFraction;

  // ---- Elements: from below one of three sources; all zero while a layer is aligned ------------
  reg output_q, slope_counts_q, slope_one_q, given_q;
  always @(posedge clk_i) begin
    if (collect_start_i) begin
      output_q       <= collect_output_i && !collect_inject_i;
      slope_counts_q <= !collect_output_i || quadratic_i;
      slope_one_q    <= collect_output_i && !quadratic_i;
      given_q        <= collect_inject_i && collect_given_i;
    end
    if (align_start_i) {output_q, slope_counts_q, slope_one_q, given_q} <= 4'd0;
    if (rst_i) given_q <= 1'b0;
  end

  localparam SHIFT_BITS = ExponentBits + 1;
  localparam EXPONENT_OFFSET = WordBits - 3;  // the delta unit's
  wire back_valid;
  wire [WordBits-1:0] back_mantissa;
  wire [SHIFT_BITS-1:0] back_shift;
  ds_normalise #(
      .InBits     (BackBits),
      .OutBits    (WordBits),
      .ShiftBits  (SHIFT_BITS),
      .LeastShift (LeastShift),
      .ShiftOffset(EXPONENT_OFFSET)
  ) u_normalise (
      .clk_i     (clk_i),
      .rst_i     (rst_i),
      .x_valid_i (sum_valid_i),
      .x_i       (sum_i),
      .valid_o   (back_valid),
      .mantissa_o(back_mantissa),
      .shift_o   (back_shift)
  );

  // The neuron: of the sum that came a cycle ago, whose slope is read; later of delta.
  reg sum_valid_q, collect_start_q;
  reg [WidthBits-1:0] index_q;
  wire delta_step;
  wire [NeuronBits-1:0] neuron = neuron_base_i + {{PAD_BITS{1'b0}}, index_q};
  assign slope_addr_o = neuron;
  assign delta_index_o = index_q;
  always @(posedge clk_i) begin
    sum_valid_q     <= sum_valid_i;
    collect_start_q <= collect_start_i;
    if (sum_valid_q || delta_step) index_q <= index_q + {{(WidthBits - 1) {1'b0}}, 1'b1};
    if (collect_start_q || align_start_i) index_q <= {WidthBits{1'b0}};
  end

  // A given element is read, stored a cycle later, and only when the delta unit has counted it the
  // next one is read.
  wire collected;
  reg [1:0] given_valid_q;  // bit i is i + 1 cycles old
  assign collected_o = collected;
  assign given_read_o = given_q && width_valid_i && !collected && given_valid_q == 2'd0;
  always @(posedge clk_i) begin
    given_valid_q <= {given_valid_q[0], given_read_o};
    if (rst_i) given_valid_q <= 2'd0;
  end

  // -E of an output's tail is ~E + 1, and the 1 is in OUTPUT_BASE.
  localparam SHIFT_PAD = ElementExpBits - SHIFT_BITS;
  localparam ERROR_PAD = ElementExpBits - ExponentBits;
  wire [WordBits-1:0] error_mantissa = output_q ? error_mantissa_i : {WordBits{1'b0}};
  wire [ElementExpBits-1:0] exponent = output_q
      ? {{ERROR_PAD{1'b1}}, ~error_exponent_i} : {{SHIFT_PAD{1'b0}}, back_shift};
  wire [WordBits-1:0] slope = !slope_counts_q ? {WordBits{1'b0}}
      : output_q ? error_slope_i : slope_i;
  wire [ExponentBits-1:0] slope_exponent = !slope_counts_q ? {ExponentBits{1'b0}}
      : output_q ? error_slope_exponent_i : slope_exponent_i;

  wire signed [ElementExpBits-1:0] shared_exponent;
  wire delta_nonzero, delta_zeroed, delta_saturated;
  wire [WordBits-1:0] scale;
  wire [2*WordBits-1:0] scaled;
  ds_delta_unit #(
      .DeltaBits        (WordBits),
      .SlopeBits        (WordBits),
      .SlopeExponentBits(ExponentBits),
      .ExponentBits     (ElementExpBits),
      .CodeBits         (ElementBits),
      .MaxWidth         (MaxWidth),
      .IndexBits        (WidthBits),
      .Interval         (Interval)
  ) u_delta (
      .clk_i                   (clk_i),
      .rst_i                   (rst_i),
      .start_i                 (collect_start_i),
      .start_zero_i            (collect_inject_i && !collect_given_i),
      .width_i                 (width_i),
      .element_valid_i         (back_valid || (output_q && error_valid_i)),
      .element_mantissa_i      (back_mantissa | error_mantissa),
      .element_slope_i         (slope | (slope_one_q ? SLOPE_ONE : {WordBits{1'b0}})),
      .element_exponent_i      (exponent),
      .element_slope_exponent_i(slope_exponent),
      .given_i                 (given_q),
      .given_valid_i           (given_valid_q[0]),
      .given_mantissa_i        (given_read_data_i),
      .element_index_o         (given_read_index_o),
      .collected_o             (collected),
      .shared_exponent_o       (shared_exponent),
      .nonzero_o               (delta_nonzero),
      .align_i                 (align_start_i),
      .scale_i                 (scale),
      .delta_valid_o           (delta_valid_o),
      .delta_last_o            (delta_last_o),
      .delta_step_o            (delta_step),
      .delta_mantissa_o        (delta_mantissa_o),
      .delta_zeroed_o          (delta_zeroed),
      .delta_saturated_o       (delta_saturated),
      .scaled_o                (scaled)
  );

  // ---- Exponent of one LSB of delta: base of the layer plus what its elements share ------------
  localparam signed [DeltaExpBits-1:0] OUTPUT_BASE =
      -(WordBits - 1) - SlopeFraction + EXPONENT_OFFSET + 1;
  localparam [DeltaExpBits-1:0] NONE = NoExponent[DeltaExpBits-1:0];
  reg [DeltaExpBits-1:0] base_q;
  always @(posedge clk_i) begin
    if (collect_start_i) begin
      base_q <= collect_inject_i ? inject_exponent_i : delta_exponent_o + delta_shift_i;
      if (collect_output_i && !collect_inject_i) base_q <= OUTPUT_BASE;
    end
    if (align_start_i) begin
      delta_exponent_o <= base_q + {
        {(DeltaExpBits - ElementExpBits) {shared_exponent[ElementExpBits-1]}}, shared_exponent
      };
      norm_layer_o <= layer_i;
      if (!delta_nonzero) delta_exponent_o <= NONE;
    end
  end

  // ---- Norm, and the sum over the batch --------------------------------------------------------
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
      .NeuronBits  (NeuronBits),
      .DeltaBits   (WordBits),
      .GuardBits   (GuardBits),
      .SumBits     (SumBits),
      .ExponentBits(DeltaExpBits),
      .Interval    (Interval)
  ) u_sum (
      .clk_i                (clk_i),
      .rst_i                (rst_i),
      .clear_i              (collect_start_i),
      .start_i              (align_start_i),
      .fresh_i              (fresh_i),
      .exponent_i           (delta_exponent_o),
      .stored_exponent_i    (stored_exponent_i),
      .exponent_write_o     (exponent_write_o),
      .exponent_write_data_o(exponent_write_data_o),
      .scale_o              (scale),
      .delta_valid_i        (delta_valid_o),
      .delta_neuron_i       (neuron),
      .delta_mantissa_i     (delta_mantissa_o),
      .scaled_i             (scaled),
      .sum_read_o           (sum_read_o),
      .sum_read_neuron_o    (sum_read_neuron_o),
      .sum_read_data_i      (sum_read_data_i),
      .sum_write_o          (sum_write_o),
      .sum_write_neuron_o   (sum_write_neuron_o),
      .sum_write_data_o     (sum_write_data_o),
      .sum_write_delta_o    (sum_write_delta_o),
      .sum_busy_o           (sum_busy_o)
  );
endmodule
`default_nettype wire
