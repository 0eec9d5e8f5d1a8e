// ds_core: the training pipeline: images in, delta and norms out.
// Purpose     wires the array, the units and the memories; knows nothing of the link.
// Latency     see docs/architecture.md.   Throughput  one image at a time, the next one received
//             meanwhile.
// Format      contract/formats.ts. The one module of core that includes the contract: it gives
//             the formats to the others as parameters, and cuts table entries and records apart.
// Reset       state and flags, no memory.   Golden  golden/fixed/network.ts, exact.
`default_nettype none
`include "ds_contract.vh"
module ds_core #(
    parameter Lanes       = 4,
    parameter WeightRows  = 1024,
    parameter Neurons     = 512,
    parameter Inputs      = 1024,
    parameter MaxWidth    = 256,
    parameter Layers      = 128,
    parameter RecordWords = 1024
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire [ 7:0] layer_count_i,  // steady while not idle
    input  wire        cost_i,
    input  wire        begin_batch_i,  // while idle
    output reg  [31:0] images_o,       // finished in this batch
    output wire        idle_o,

    input  wire        host_write_i,   // while idle, as are reads
    input  wire        host_read_i,    // one at a time
    input  wire [23:0] host_addr_i,
    input  wire [31:0] host_wdata_i,
    input  wire        host_sel_table_i,
    input  wire        host_sel_weights_i,
    input  wire        host_sel_biases_i,
    input  wire        host_sel_records_i,
    input  wire        host_sel_sums_i,
    input  wire        host_sel_sum_exponents_i,
    input  wire        host_sel_z_i,
    input  wire        host_sel_activations_i,
    input  wire        host_sel_slopes_i,
    input  wire        host_sel_deltas_i,
    output reg         host_rvalid_o,
    output reg  [31:0] host_rdata_o,

    output wire        image_free_o,
    input  wire        image_clear_i,
    input  wire        image_write_i,
    input  wire [ 9:0] image_index_i,
    input  wire [15:0] image_value_i,
    input  wire        image_commit_i,
    input  wire [ 7:0] image_label_i
);
  localparam INPUT_BITS = $clog2(Inputs);
  localparam WIDTH_BITS = $clog2(MaxWidth);
  localparam NEURON_BITS = $clog2(Neurons);
  localparam LAYER_BITS = $clog2(Layers);
  localparam ROW_BITS = $clog2(WeightRows);
  localparam LANE_BITS = $clog2(Lanes);
  localparam RECORD_BITS = $clog2(RecordWords);
  localparam VECTOR_ROWS = MaxWidth / Lanes;
  localparam VECTOR_BITS = $clog2(VECTOR_ROWS);
  localparam WORD_BITS = `DS_WEIGHT_BITS;
  localparam A_BITS = `DS_ACTIVATION_BITS;
  localparam ACC_BITS = `DS_ACCUMULATOR_BITS;
  localparam BIAS_BITS = `DS_BIAS_BITS;
  localparam Z_BITS = `DS_Z_BITS;
  localparam EXP_BITS = `DS_TAIL_EXPONENT_BITS;
  localparam SLOPE_BITS = `DS_SLOPE_BITS;
  localparam DELTA_BITS = `DS_DELTA_BITS;
  localparam DELTA_EXP_BITS = `DS_DELTA_EXPONENT_BITS;
  localparam ELEMENT_EXP_BITS = `DS_PRODUCT_EXPONENT_BITS;
  localparam SUM_BITS = `DS_DELTA_SUM_BITS;
  localparam BACK_BITS = `DS_BACK_SUM_BITS;
  localparam SQUARE_BITS = `DS_SUM_SQUARES_BITS;
  localparam COUNT_BITS = `DS_RECORD_LAYER_ROUNDED_TO_ZERO_WIDTH;
  localparam LIST_BITS = `DS_LAYER_N_IN_WIDTH;
  localparam GROUP_BITS = `DS_LAYER_GROUPS_WIDTH;
  localparam SHIFT_BITS = `DS_LAYER_Z_SHIFT_WIDTH;
  localparam ROW_ADDR_BITS = `DS_LAYER_WEIGHT_BASE_WIDTH;
  localparam ENTRY_BITS = 32 * `DS_LAYER_WORDS;

  // ---- Sequencer and layer table -------------------------------------------------------------
  wire image_ready, image_start, image_done, image_written;
  wire [LAYER_BITS-1:0] layer;
  wire layer_is_first, layer_is_last, table_load, table_valid;
  wire forward_start, forward, units_done, forward_done;
  wire collect_start, collected, align_start, delta_last, norm_done, backward_start;
  ds_sequencer #(
      .LayerBits(LAYER_BITS)
  ) u_sequencer (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .layer_count_i   (layer_count_i[LAYER_BITS:0]),
      .image_ready_i   (image_ready),
      .image_start_o   (image_start),
      .image_done_o    (image_done),
      .image_written_i (image_written),
      .idle_o          (idle_o),
      .layer_o         (layer),
      .layer_is_first_o(layer_is_first),
      .layer_is_last_o (layer_is_last),
      .table_load_o    (table_load),
      .table_valid_i   (table_valid),
      .forward_start_o (forward_start),
      .forward_o       (forward),
      .units_done_i    (units_done),
      .forward_done_o  (forward_done),
      .collect_start_o (collect_start),
      .collected_i     (collected),
      .align_start_o   (align_start),
      .delta_last_i    (delta_last),
      .norm_done_i     (norm_done),
      .backward_start_o(backward_start)
  );

  /* verilator lint_off UNUSEDSIGNAL */  // spare bits between the fields
  wire [ENTRY_BITS-1:0] entry;
  /* verilator lint_on UNUSEDSIGNAL */
  ds_layer_table #(
      .Layers   (Layers),
      .LayerBits(LAYER_BITS),
      .WordBits (32),
      .Words    (`DS_LAYER_WORDS)
  ) u_table (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .write_valid_i(host_write_i && host_sel_table_i),
      .write_addr_i (host_addr_i[LAYER_BITS+$clog2(`DS_LAYER_WORDS)-1:0]),
      .write_data_i (host_wdata_i),
      .load_i       (table_load),
      .load_layer_i (layer),
      .valid_o      (table_valid),
      .entry_o      (entry)
  );
  wire [LIST_BITS-1:0] n_in = entry[32*`DS_LAYER_N_IN_WORD+`DS_LAYER_N_IN_LSB+:LIST_BITS];
  wire [WIDTH_BITS:0] n_out = entry[32*`DS_LAYER_N_OUT_WORD+`DS_LAYER_N_OUT_LSB+:WIDTH_BITS+1];
  wire [ROW_ADDR_BITS-1:0] weight_base =
      entry[32*`DS_LAYER_WEIGHT_BASE_WORD+`DS_LAYER_WEIGHT_BASE_LSB+:ROW_ADDR_BITS];
  wire [SHIFT_BITS-1:0] z_shift =
      entry[32*`DS_LAYER_Z_SHIFT_WORD+`DS_LAYER_Z_SHIFT_LSB+:SHIFT_BITS];
  wire [NEURON_BITS-1:0] neuron_base =
      entry[32*`DS_LAYER_NEURON_BASE_WORD+`DS_LAYER_NEURON_BASE_LSB+:NEURON_BITS];
  wire [GROUP_BITS-1:0] groups = entry[32*`DS_LAYER_GROUPS_WORD+`DS_LAYER_GROUPS_LSB+:GROUP_BITS];
  wire [DELTA_EXP_BITS-1:0] delta_shift =
      entry[32*`DS_LAYER_DELTA_SHIFT_WORD+`DS_LAYER_DELTA_SHIFT_LSB+:DELTA_EXP_BITS];

  // ---- Host access: the address is held while the memories answer -----------------------------
  reg [23:0] read_addr_q;
  reg [2:0] read_q;
  wire [NEURON_BITS-1:0] read_neuron = read_addr_q[NEURON_BITS-1:0];
  always @(posedge clk_i) begin
    if (host_read_i) read_addr_q <= host_addr_i;
    read_q        <= {read_q[1:0], host_read_i};
    host_rvalid_o <= read_q[2];
    if (rst_i) begin
      read_q        <= 3'd0;
      host_rvalid_o <= 1'b0;
    end
  end

  // ---- Inputs of the layer: the image, or the activations of the layer before ------------------
  /* verilator lint_off UNUSEDSIGNAL */  // wide enough for a count
  wire [LIST_BITS-1:0] list_addr;
  /* verilator lint_on UNUSEDSIGNAL */
  wire [INPUT_BITS-1:0] image_k;
  wire [INPUT_BITS:0] image_count;
  wire [A_BITS-1:0] image_a, hidden_a;
  wire [7:0] label;
  ds_image_buffer #(
      .Depth    (Inputs),
      .IndexBits(INPUT_BITS),
      .ValueBits(A_BITS),
      .LabelBits(8)
  ) u_image (
      .clk_i         (clk_i),
      .rst_i         (rst_i),
      .image_free_o  (image_free_o),
      .image_clear_i (image_clear_i),
      .image_write_i (image_write_i),
      .image_index_i (image_index_i[INPUT_BITS-1:0]),
      .image_value_i (image_value_i),
      .image_commit_i(image_commit_i),
      .image_label_i (image_label_i),
      .ready_o       (image_ready),
      .done_i        (image_written),
      .label_o       (label),
      .read_count_o  (image_count),
      .read_addr_i   (list_addr[INPUT_BITS-1:0]),
      .read_index_o  (image_k),
      .read_value_o  (image_a)
  );

  wire unit_valid;
  reg [WIDTH_BITS-1:0] unit_index_q;
  wire [A_BITS-1:0] unit_a;
  wire [WIDTH_BITS-1:0] hidden_k;
  wire [WIDTH_BITS:0] hidden_count;
  ds_nonzero_list #(
      .Depth    (MaxWidth),
      .IndexBits(WIDTH_BITS),
      .ValueBits(A_BITS)
  ) u_hidden (
      .clk_i        (clk_i),
      .write_bank_i (layer[0]),
      .write_clear_i(forward_start),
      .write_valid_i(unit_valid),
      .write_index_i(unit_index_q),
      .write_value_i(unit_a),
      .read_bank_i  (!layer[0]),
      .read_count_o (hidden_count),
      .read_addr_i  (list_addr[WIDTH_BITS-1:0]),
      .read_index_o (hidden_k),
      .read_value_o (hidden_a)
  );
  wire [LIST_BITS-1:0] wide_image_k = {{(LIST_BITS - INPUT_BITS) {1'b0}}, image_k};
  wire [LIST_BITS-1:0] wide_hidden_k = {{(LIST_BITS - WIDTH_BITS) {1'b0}}, hidden_k};
  wire [LIST_BITS-1:0] wide_image_count = {{(LIST_BITS - INPUT_BITS - 1) {1'b0}}, image_count};
  wire [LIST_BITS-1:0] wide_hidden_count = {{(LIST_BITS - WIDTH_BITS - 1) {1'b0}}, hidden_count};

  // ---- Rows: address, weights, operands, array --------------------------------------------------
  wire drain_free, drain_reserve;
  wire row_valid, row_backward, row_first, row_last, row_empty;
  /* verilator lint_off UNUSEDSIGNAL */  // wide enough for any board
  wire [ROW_ADDR_BITS-1:0] row_addr;
  wire [GROUP_BITS-1:0] row_group;
  /* verilator lint_on UNUSEDSIGNAL */
  ds_address_generator #(
      .IndexBits(LIST_BITS),
      .GroupBits(GROUP_BITS),
      .RowBits  (ROW_ADDR_BITS)
  ) u_address (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .start_i           (forward_start || backward_start),
      .start_backward_i  (backward_start),
      .start_base_i      (weight_base),
      .start_n_in_i      (n_in),
      .start_groups_i    (groups),
      .start_list_count_i(layer_is_first ? wide_image_count : wide_hidden_count),
      .drain_free_i      (drain_free),
      .drain_reserve_o   (drain_reserve),
      .list_addr_o       (list_addr),
      .list_index_i      (layer_is_first ? wide_image_k : wide_hidden_k),
      .row_valid_o       (row_valid),
      .row_backward_o    (row_backward),
      .row_first_o       (row_first),
      .row_last_o        (row_last),
      .row_empty_o       (row_empty),
      .row_addr_o        (row_addr),
      .row_group_o       (row_group)
  );

  wire [Lanes*WORD_BITS-1:0] weights;
  wire host_weight_write = host_write_i && host_sel_weights_i;
  /* verilator lint_off UNUSEDSIGNAL */  // wide enough for any board
  wire [23:0] weight_word = host_weight_write ? host_addr_i : read_addr_q;
  /* verilator lint_on UNUSEDSIGNAL */
  ds_weight_ram #(
      .Lanes   (Lanes),
      .WordBits(WORD_BITS),
      .Rows    (WeightRows),
      .RowBits (ROW_BITS)
  ) u_weights (
      .clk_i  (clk_i),
      .we_i   ({{(Lanes - 1) {1'b0}}, host_weight_write} << weight_word[LANE_BITS-1:0]),
      .addr_i (idle_o ? weight_word[LANE_BITS+:ROW_BITS] : row_addr[ROW_BITS-1:0]),
      .wdata_i(host_wdata_i[WORD_BITS-1:0]),
      .rdata_o(weights)
  );

  // The activation was read one cycle before the row address was formed.
  reg [A_BITS-1:0] list_a_q, list_a_q2, list_a_q3;
  reg [3:0] flags_q, flags_q2;  // valid, backward, first, last
  always @(posedge clk_i) begin
    list_a_q  <= layer_is_first ? image_a : hidden_a;
    list_a_q2 <= row_empty ? {A_BITS{1'b0}} : list_a_q;
    list_a_q3 <= list_a_q2;
    flags_q   <= {row_valid, row_backward, row_first, row_last};
    flags_q2  <= flags_q;
    if (rst_i) begin
      flags_q  <= 4'd0;
      flags_q2 <= 4'd0;
    end
  end

  wire delta_valid, delta_zeroed, delta_saturated;
  wire [WIDTH_BITS-1:0] delta_index;
  wire [DELTA_BITS-1:0] delta_mantissa;
  wire [Lanes*DELTA_BITS-1:0] delta_row;
  ds_delta_vector #(
      .Lanes    (Lanes),
      .WordBits (DELTA_BITS),
      .Rows     (VECTOR_ROWS),
      .RowBits  (VECTOR_BITS),
      .IndexBits(WIDTH_BITS)
  ) u_vector (
      .clk_i        (clk_i),
      .write_valid_i(delta_valid),
      .write_index_i(delta_index),
      .write_word_i (delta_mantissa),
      .read_row_i   (row_group[VECTOR_BITS-1:0]),
      .read_words_o (delta_row)
  );

  wire capture, sum_valid;
  wire [Lanes*ACC_BITS-1:0] accumulators;
  wire [BACK_BITS-1:0] back_sum;
  ds_mac_array #(
      .Lanes   (Lanes),
      .WordBits(WORD_BITS),
      .AccBits (ACC_BITS),
      .SumBits (BACK_BITS)
  ) u_array (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .row_valid_i     (flags_q2[3]),
      .row_backward_i  (flags_q2[2]),
      .row_first_i     (flags_q2[1]),
      .row_last_i      (flags_q2[0]),
      .row_weights_i   (weights),
      .row_activation_i(list_a_q3),
      .row_deltas_i    (delta_row),
      .capture_o       (capture),
      .accumulators_o  (accumulators),
      .sum_valid_o     (sum_valid),
      .sum_o           (back_sum)
  );

  // ---- Forward: z, then the activation unit -----------------------------------------------------
  wire [NEURON_BITS-1:0] bias_addr;
  wire [BIAS_BITS-1:0] bias;
  ds_ram #(
      .Width(BIAS_BITS),
      .Depth(Neurons)
  ) u_biases (
      .clk_i  (clk_i),
      .we_i   (host_write_i && host_sel_biases_i),
      .waddr_i(host_addr_i[NEURON_BITS-1:0]),
      .wdata_i(host_wdata_i),
      .raddr_i(idle_o ? read_neuron : bias_addr),
      .rdata_o(bias)
  );

  wire z_valid, z_saturated;
  wire signed [Z_BITS-1:0] z;
  ds_drain #(
      .Lanes     (Lanes),
      .AccBits   (ACC_BITS),
      .BiasBits  (BIAS_BITS),
      .BiasShift (`DS_ACCUMULATOR_FRACTION - `DS_BIAS_FRACTION),
      .ZBits     (Z_BITS),
      .ShiftBits (SHIFT_BITS),
      .WidthBits (WIDTH_BITS + 1),
      .NeuronBits(NEURON_BITS)
  ) u_drain (
      .clk_i              (clk_i),
      .rst_i              (rst_i),
      .start_i            (forward_start),
      .start_n_out_i      (n_out),
      .start_neuron_base_i(neuron_base),
      .start_shift_i      (z_shift),
      .reserve_i          (drain_reserve),
      .free_o             (drain_free),
      .capture_i          (capture),
      .accumulators_i     (accumulators),
      .bias_addr_o        (bias_addr),
      .bias_i             (bias),
      .z_valid_o          (z_valid),
      .z_o                (z),
      .z_saturated_o      (z_saturated)
  );

  wire unit_negative;
  wire [A_BITS-1:0] unit_tail;
  wire [A_BITS:0] unit_complement;
  wire [EXP_BITS-1:0] unit_tail_exponent, unit_slope_exponent;
  wire [SLOPE_BITS-1:0] unit_slope;
  ds_sigmoid_unit #(
      .ZBits       (Z_BITS),
      .SegmentBits (`DS_SEGMENT_BITS),
      .BaseBits    (`DS_SEGMENT_BASE_BITS),
      .DropBits    (`DS_SEGMENT_DROP_BITS),
      .ExponentBits(EXP_BITS),
      .TailBits    (A_BITS)
  ) u_sigmoid (
      .clk_i                (clk_i),
      .rst_i                (rst_i),
      .z_valid_i            (z_valid),
      .z_i                  (z),
      .unit_valid_o         (unit_valid),
      .unit_negative_o      (unit_negative),
      .unit_activation_o    (unit_a),
      .unit_tail_o          (unit_tail),
      .unit_tail_exponent_o (unit_tail_exponent),
      .unit_complement_o    (unit_complement),
      .unit_slope_o         (unit_slope),
      .unit_slope_exponent_o(unit_slope_exponent)
  );

  // Neurons of the layer counted where z and where the unit's results appear.
  reg [WIDTH_BITS-1:0] z_index_q;
  reg [COUNT_BITS-1:0] z_saturated_q;
  wire [WIDTH_BITS:0] unit_number = {1'b0, unit_index_q} + {{WIDTH_BITS{1'b0}}, 1'b1};
  assign units_done = unit_valid && unit_number == n_out;
  always @(posedge clk_i) begin
    if (z_valid) begin
      z_index_q     <= z_index_q + {{(WIDTH_BITS - 1) {1'b0}}, 1'b1};
      z_saturated_q <= z_saturated_q + {{(COUNT_BITS - 1) {1'b0}}, z_saturated};
    end
    if (unit_valid) unit_index_q <= unit_number[WIDTH_BITS-1:0];
    if (forward_start) begin
      z_index_q     <= {WIDTH_BITS{1'b0}};
      unit_index_q  <= {WIDTH_BITS{1'b0}};
      z_saturated_q <= {COUNT_BITS{1'b0}};
    end
  end
  wire [NEURON_BITS-1:0] z_neuron = neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, z_index_q};
  wire [NEURON_BITS-1:0] unit_neuron =
      neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, unit_index_q};

  wire [Z_BITS-1:0] stored_z;
  ds_ram #(
      .Width(Z_BITS),
      .Depth(Neurons)
  ) u_z (
      .clk_i  (clk_i),
      .we_i   (z_valid),
      .waddr_i(z_neuron),
      .wdata_i(z),
      .raddr_i(read_neuron),
      .rdata_o(stored_z)
  );

  reg [NEURON_BITS-1:0] back_neuron_q;
  wire [A_BITS-1:0] stored_a;
  wire [SLOPE_BITS-1:0] stored_slope;
  wire [EXP_BITS-1:0] stored_slope_exponent;
  ds_ram #(
      .Width(A_BITS + SLOPE_BITS + EXP_BITS),
      .Depth(Neurons)
  ) u_activations (
      .clk_i  (clk_i),
      .we_i   (unit_valid),
      .waddr_i(unit_neuron),
      .wdata_i({unit_slope_exponent, unit_slope, unit_a}),
      .raddr_i(idle_o ? read_neuron : back_neuron_q),
      .rdata_o({stored_slope_exponent, stored_slope, stored_a})
  );

  // ---- Elements of delta: from the output error, or from the back-propagated sums ---------------
  wire [DELTA_BITS-1:0] error_mantissa;
  wire [EXP_BITS-1:0] error_exponent;
  wire [7:0] unit_label = {{(8 - WIDTH_BITS) {1'b0}}, unit_index_q};
  ds_output_error #(
      .TailBits    (A_BITS),
      .ExponentBits(EXP_BITS)
  ) u_error (
      .clk_i           (clk_i),
      .is_target_i     (unit_label == label),
      .negative_i      (unit_negative),
      .tail_i          (unit_tail),
      .tail_exponent_i (unit_tail_exponent),
      .complement_i    (unit_complement),
      .error_mantissa_o(error_mantissa),
      .error_exponent_o(error_exponent)
  );
  reg error_valid_q;
  reg [SLOPE_BITS-1:0] error_slope_q;
  reg [EXP_BITS-1:0] error_slope_exponent_q;
  localparam [SLOPE_BITS-1:0] SLOPE_ONE = 1 << `DS_SLOPE_FRACTION;
  always @(posedge clk_i) begin
    error_valid_q          <= unit_valid && layer_is_last;
    error_slope_q          <= cost_i == `DS_COST_QUADRATIC ? unit_slope : SLOPE_ONE;
    error_slope_exponent_q <= cost_i == `DS_COST_QUADRATIC ? unit_slope_exponent : {EXP_BITS{1'b0}};
    if (rst_i) error_valid_q <= 1'b0;
  end

  localparam NORMAL_LATENCY = 4;
  localparam NORMAL_SHIFT_BITS = 6;
  wire [DELTA_BITS-1:0] back_mantissa;
  wire [NORMAL_SHIFT_BITS-1:0] back_shift;
  reg [NORMAL_LATENCY-1:0] back_valid_q;
  reg [WIDTH_BITS-1:0] back_index_q;
  reg [SLOPE_BITS+EXP_BITS-1:0] back_slope_q;
  ds_normalise #(
      .InBits   (BACK_BITS),
      .OutBits  (DELTA_BITS),
      .ShiftBits(NORMAL_SHIFT_BITS)
  ) u_normalise (
      .clk_i     (clk_i),
      .x_i       (back_sum),
      .mantissa_o(back_mantissa),
      .shift_o   (back_shift)
  );
  always @(posedge clk_i) begin
    back_valid_q  <= {back_valid_q[NORMAL_LATENCY-2:0], sum_valid};
    back_neuron_q <= neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, back_index_q};
    back_slope_q  <= {stored_slope_exponent, stored_slope};
    if (sum_valid) back_index_q <= back_index_q + {{(WIDTH_BITS - 1) {1'b0}}, 1'b1};
    if (backward_start) back_index_q <= {WIDTH_BITS{1'b0}};
    if (rst_i) back_valid_q <= {NORMAL_LATENCY{1'b0}};
  end

  wire back_valid = back_valid_q[NORMAL_LATENCY-1];
  wire [ELEMENT_EXP_BITS-1:0] wide_error_exponent = {
    {(ELEMENT_EXP_BITS - EXP_BITS) {1'b0}}, error_exponent
  };
  wire signed [ELEMENT_EXP_BITS-1:0] shared_exponent;
  wire delta_nonzero;
  ds_delta_unit #(
      .DeltaBits        (DELTA_BITS),
      .SlopeBits        (SLOPE_BITS),
      .SlopeExponentBits(EXP_BITS),
      .ExponentBits     (ELEMENT_EXP_BITS),
      .MaxWidth         (MaxWidth),
      .IndexBits        (WIDTH_BITS)
  ) u_delta (
      .clk_i                   (clk_i),
      .rst_i                   (rst_i),
      .start_i                 (collect_start),
      .start_count_i           (backward_start ? n_in[WIDTH_BITS:0] : n_out),
      .element_valid_i         (error_valid_q || back_valid),
      .element_mantissa_i      (back_valid ? back_mantissa : error_mantissa),
      .element_exponent_i      (back_valid ? {2'b00, back_shift} : -wide_error_exponent),
      .element_slope_i         (back_valid ? back_slope_q[SLOPE_BITS-1:0] : error_slope_q),
      .element_slope_exponent_i(
          back_valid ? back_slope_q[SLOPE_BITS+:EXP_BITS] : error_slope_exponent_q),
      .collected_o             (collected),
      .shared_exponent_o       (shared_exponent),
      .nonzero_o               (delta_nonzero),
      .align_i                 (align_start),
      .delta_valid_o           (delta_valid),
      .delta_last_o            (delta_last),
      .delta_index_o           (delta_index),
      .delta_mantissa_o        (delta_mantissa),
      .delta_zeroed_o          (delta_zeroed),
      .delta_saturated_o       (delta_saturated)
  );

  // Exponent of one LSB of delta: base of the layer plus what its elements share.
  localparam signed [DELTA_EXP_BITS-1:0] OUTPUT_BASE = -(DELTA_BITS - 1) - `DS_SLOPE_FRACTION;
  localparam [DELTA_EXP_BITS-1:0] NO_EXPONENT = `DS_NO_EXPONENT;
  reg [DELTA_EXP_BITS-1:0] base_q, delta_exponent_q;
  wire [DELTA_EXP_BITS-1:0] delta_exponent = base_q + {
    {(DELTA_EXP_BITS - ELEMENT_EXP_BITS) {shared_exponent[ELEMENT_EXP_BITS-1]}}, shared_exponent
  };
  reg [LAYER_BITS-1:0] norm_layer_q;
  always @(posedge clk_i) begin
    if (forward_start) base_q <= OUTPUT_BASE;
    if (backward_start) base_q <= delta_exponent_q + delta_shift;
    if (align_start) begin
      delta_exponent_q <= delta_nonzero ? delta_exponent : NO_EXPONENT;
      norm_layer_q     <= layer;
    end
  end

  // ---- Norms, sums, records -------------------------------------------------------------------
  wire [NEURON_BITS-1:0] delta_neuron =
      neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, delta_index};
  wire [SQUARE_BITS-1:0] sum_squares;
  wire [COUNT_BITS-1:0] zeroed, saturated;
  ds_norm #(
      .DeltaBits (DELTA_BITS),
      .SquareBits(SQUARE_BITS),
      .CountBits (COUNT_BITS)
  ) u_norm (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .start_i          (align_start),
      .delta_valid_i    (delta_valid),
      .delta_last_i     (delta_last),
      .delta_mantissa_i (delta_mantissa),
      .delta_zeroed_i   (delta_zeroed),
      .delta_saturated_i(delta_saturated),
      .done_o           (norm_done),
      .sum_squares_o    (sum_squares),
      .zeroed_o         (zeroed),
      .saturated_o      (saturated)
  );

  wire [SUM_BITS-1:0] read_sum;
  wire [DELTA_EXP_BITS-1:0] read_sum_exponent;
  ds_delta_sum #(
      .Neurons     (Neurons),
      .NeuronBits  (NEURON_BITS),
      .Layers      (Layers),
      .LayerBits   (LAYER_BITS),
      .DeltaBits   (DELTA_BITS),
      .GuardBits   (`DS_DELTA_SUM_FRACTION),
      .SumBits     (SUM_BITS),
      .ExponentBits(DELTA_EXP_BITS),
      .NoExponent  (`DS_NO_EXPONENT)
  ) u_sum (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .start_i         (align_start),
      .start_fresh_i   (images_o == 32'd0),
      .start_nonzero_i (delta_nonzero),
      .start_exponent_i(delta_exponent),
      .layer_i         (idle_o ? read_addr_q[LAYER_BITS-1:0] : layer),
      .delta_valid_i   (delta_valid),
      .delta_neuron_i  (delta_neuron),
      .delta_mantissa_i(delta_mantissa),
      .read_addr_i     (read_addr_q[NEURON_BITS:1]),
      .read_sum_o      (read_sum),
      .read_exponent_o (read_sum_exponent)
  );

  wire [DELTA_BITS-1:0] stored_delta;
  ds_ram #(
      .Width(DELTA_BITS),
      .Depth(Neurons)
  ) u_deltas (
      .clk_i  (clk_i),
      .we_i   (delta_valid),
      .waddr_i(delta_neuron),
      .wdata_i(delta_mantissa),
      .raddr_i(read_neuron),
      .rdata_o(stored_delta)
  );

  reg [127:0] record_entry;
  always @(*) begin
    record_entry = 128'd0;
    record_entry[32*`DS_RECORD_LAYER_SUM_SQUARES_LOW_WORD+:32] = sum_squares[31:0];
    record_entry[32*`DS_RECORD_LAYER_SUM_SQUARES_HIGH_WORD
        +`DS_RECORD_LAYER_SUM_SQUARES_HIGH_LSB+:8] =
        sum_squares[SQUARE_BITS-1:32];
    record_entry[32*`DS_RECORD_LAYER_DELTA_EXPONENT_WORD+`DS_RECORD_LAYER_DELTA_EXPONENT_LSB+:16] =
        delta_exponent_q;
    record_entry[32*`DS_RECORD_LAYER_ROUNDED_TO_ZERO_WORD
        +`DS_RECORD_LAYER_ROUNDED_TO_ZERO_LSB+:16] =
        zeroed;
    record_entry[32*`DS_RECORD_LAYER_DELTA_SATURATED_WORD
        +`DS_RECORD_LAYER_DELTA_SATURATED_LSB+:16] =
        saturated;
    record_entry[32*`DS_RECORD_LAYER_Z_SATURATED_WORD+`DS_RECORD_LAYER_Z_SATURATED_LSB+:16] =
        z_saturated_q;
  end
  wire [31:0] read_record;
  wire [31:0] header_last = {{(31 - INPUT_BITS) {1'b0}}, image_count};
  ds_recorder #(
      .RecordWords(RecordWords),
      .AddrBits   (RECORD_BITS),
      .LayerBits  (LAYER_BITS),
      .WordBits   (32),
      .EntryWords (`DS_RECORD_WORDS)
  ) u_recorder (
      .clk_i          (clk_i),
      .rst_i          (rst_i),
      .restart_i      (begin_batch_i),
      .layer_count_i  (layer_count_i[LAYER_BITS:0]),
      .image_start_i  (image_start),
      .forward_i      (forward),
      .row_i          (row_valid),
      .forward_done_i (forward_done),
      .backward_done_i(norm_done),
      .image_done_i   (image_done),
      .layer_i        (forward_done ? layer : norm_layer_q),
      .entry_i        (record_entry),
      .header_last_i  (header_last),
      .image_written_o(image_written),
      .read_addr_i    (read_addr_q[RECORD_BITS-1:0]),
      .read_word_o    (read_record)
  );

  always @(posedge clk_i) begin
    if (image_written) images_o <= images_o + 32'd1;
    if (begin_batch_i || rst_i) images_o <= 32'd0;
  end

  // ---- Reads: sign-extended to 32 bits ----------------------------------------------------------
  wire [WORD_BITS-1:0] read_weight = weights[read_addr_q[LANE_BITS-1:0]*WORD_BITS+:WORD_BITS];
  always @(posedge clk_i) begin
    host_rdata_o <= read_record;
    if (host_sel_weights_i)
      host_rdata_o <= {{(32 - WORD_BITS) {read_weight[WORD_BITS-1]}}, read_weight};
    if (host_sel_biases_i) host_rdata_o <= bias;
    if (host_sel_records_i) host_rdata_o <= read_record;
    if (host_sel_sums_i)
      host_rdata_o <= read_addr_q[0]
          ? {{(64 - SUM_BITS) {read_sum[SUM_BITS-1]}}, read_sum[SUM_BITS-1:32]}
          : read_sum[31:0];
    if (host_sel_sum_exponents_i)
      host_rdata_o <=
          {{(32 - DELTA_EXP_BITS) {read_sum_exponent[DELTA_EXP_BITS-1]}}, read_sum_exponent};
    if (host_sel_z_i) host_rdata_o <= {{(32 - Z_BITS) {stored_z[Z_BITS-1]}}, stored_z};
    if (host_sel_activations_i) host_rdata_o <= {{(32 - A_BITS) {stored_a[A_BITS-1]}}, stored_a};
    if (host_sel_slopes_i)
      host_rdata_o <= {{(32 - EXP_BITS - SLOPE_BITS) {1'b0}}, stored_slope_exponent, stored_slope};
    if (host_sel_deltas_i)
      host_rdata_o <= {{(32 - DELTA_BITS) {stored_delta[DELTA_BITS-1]}}, stored_delta};
  end
endmodule
`default_nettype wire
