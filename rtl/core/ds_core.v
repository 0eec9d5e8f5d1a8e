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
    parameter TrainRows   = 0,     // a quarter of WeightRows, or 0: no training
    parameter Neurons     = 512,
    parameter Inputs      = 1024,
    parameter MaxWidth    = 256,
    parameter Layers      = 128,
    parameter Activations = 3,     // bit c: the activation of code c is built
    parameter RecordWords = 1024,
    parameter ImageBanks  = 2,     // 2: an image is received while one is in work
    parameter Shared      = 0      // 1: weights and unit memory have one port, see ds_row_memory
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire [ 7:0] layer_count_i,  // steady while not idle
    input  wire        cost_i,
    input  wire [ 7:0] inject_layer_i,  // l whose delta is given, 0: none
    input  wire [15:0] inject_exponent_i,
    input  wire        begin_batch_i,  // while idle
    input  wire        observe_i,      // keep z and a of the image; slower
    output wire [31:0] images_o,       // finished in this batch
    output wire        idle_o,

    input  wire        host_write_i,   // while idle, as are reads
    input  wire        host_read_i,    // one at a time
    /* verilator lint_off UNUSEDSIGNAL */  // wide enough for any board
    input  wire [23:0] host_addr_i,    // steady, as the region, until the answer
    /* verilator lint_on UNUSEDSIGNAL */
    input  wire [31:0] host_wdata_i,
    input  wire [ 3:0] host_region_i,  // steady through an access
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
  localparam PAIR_BITS = $clog2(RecordWords) - 1;
  localparam UNIT_BITS = NEURON_BITS + 2;
  localparam INTERVAL = Shared != 0 ? 2 : 1;
  localparam VECTOR_ROWS = MaxWidth / Lanes;
  localparam VECTOR_BITS = $clog2(VECTOR_ROWS);
  localparam WORD_BITS = `DS_WEIGHT_BITS;
  localparam A_BITS = `DS_ACTIVATION_BITS;
  localparam ACC_BITS = `DS_ACCUMULATOR_BITS;
  localparam BIAS_BITS = `DS_BIAS_BITS;
  localparam Z_BITS = `DS_Z_BITS;
  localparam EXP_BITS = `DS_TAIL_EXPONENT_BITS;
  localparam DELTA_BITS = `DS_DELTA_BITS;
  localparam DELTA_EXP_BITS = `DS_DELTA_EXPONENT_BITS;
  localparam SUM_BITS = `DS_DELTA_SUM_BITS;
  localparam BACK_BITS = `DS_BACK_SUM_BITS;
  localparam SQUARE_BITS = `DS_SUM_SQUARES_BITS;
  localparam COUNT_BITS = `DS_RECORD_LAYER_ROUNDED_TO_ZERO_WIDTH;
  localparam LIST_BITS = `DS_LAYER_N_IN_WIDTH;
  localparam GROUP_BITS = `DS_LAYER_GROUPS_WIDTH;
  localparam SHIFT_BITS = `DS_LAYER_Z_SHIFT_WIDTH;
  localparam SCALE_BITS = `DS_LAYER_ACTIVATION_SCALE_WIDTH;
  localparam ACTIVATION_BITS = `DS_LAYER_ACTIVATION_WIDTH;
  localparam ROW_ADDR_BITS = `DS_LAYER_WEIGHT_BASE_WIDTH;
  // Activations beyond sigmoid and identity.
  localparam HAS_TANH = (Activations >> `DS_ACTIVATION_TANH) % 2;
  localparam HAS_RECTIFIERS =
      (Activations >> `DS_ACTIVATION_RELU) % 2 | (Activations >> `DS_ACTIVATION_ELU) % 2;
  localparam ENTRY_BITS = 32 * `DS_LAYER_WORDS;
  localparam PLANE_BITS = TrainRows > 1 ? $clog2(TrainRows) : 1;

  // ---- Sequencer and layer table ---------------------------------------------------------------
  wire image_ready, image_start, image_done, image_written, record_busy;
  wire [LAYER_BITS-1:0] layer;
  wire layer_is_first, layer_is_last, table_load, table_valid;
  wire forward_start, forward, units_done, forward_done;
  wire collect_start, collect_output, collect_inject, collect_given, collected;
  wire align_start, align, delta_last, norm_done, backward_start;
  wire train, update_start, update_done, updating, committing, sequencer_idle;
  assign idle_o = sequencer_idle && !updating;
  ds_sequencer #(
      .LayerBits(LAYER_BITS)
  ) u_sequencer (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .layer_count_i   (layer_count_i[LAYER_BITS:0]),
      .inject_layer_i  (inject_layer_i[LAYER_BITS:0]),
      .train_i         (train),
      .image_ready_i   (image_ready && !committing),
      .image_start_o   (image_start),
      .image_done_o    (image_done),
      .record_busy_i   (record_busy),
      .image_written_i (image_written),
      .idle_o          (sequencer_idle),
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
      .collect_output_o(collect_output),
      .collect_inject_o(collect_inject),
      .collect_given_o (collect_given),
      .collected_i     (collected),
      .align_start_o   (align_start),
      .align_o         (align),
      .delta_last_i    (delta_last),
      .norm_done_i     (norm_done),
      .update_start_o  (update_start),
      .update_done_i   (update_done),
      .backward_start_o(backward_start)
  );

  /* verilator lint_off UNUSEDSIGNAL */  // spare bits between the fields
  wire [ENTRY_BITS-1:0] entry;
  /* verilator lint_on UNUSEDSIGNAL */
  wire [63:0] unit_data;
  wire table_read, table_word, table_grant, commit_load;
  wire [LAYER_BITS-1:0] commit_layer;
  ds_layer_table #(
      .WordBits(64)
  ) u_table (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .load_i      (table_load || commit_load),
      .valid_o     (table_valid),
      .entry_o     (entry),
      .read_valid_o(table_read),
      .read_word_o (table_word),
      .read_grant_i(table_grant),
      .read_data_i (unit_data)
  );
  wire [LIST_BITS-1:0] n_in = entry[`DS_LAYER_N_IN_AT+:LIST_BITS];
  wire [WIDTH_BITS:0] n_out = entry[`DS_LAYER_N_OUT_AT+:WIDTH_BITS+1];
  wire [SHIFT_BITS-1:0] z_shift =
      entry[`DS_LAYER_Z_SHIFT_AT+:SHIFT_BITS];
  wire [NEURON_BITS-1:0] neuron_base =
      entry[`DS_LAYER_NEURON_BASE_AT+:NEURON_BITS];
  wire [GROUP_BITS-1:0] groups = entry[`DS_LAYER_GROUPS_AT+:GROUP_BITS];
  wire [SCALE_BITS-1:0] activation_scale =
      entry[`DS_LAYER_ACTIVATION_SCALE_AT+:SCALE_BITS];
  wire [ACTIVATION_BITS-1:0] activation =
      entry[`DS_LAYER_ACTIVATION_AT+:ACTIVATION_BITS];
  wire [`DS_LAYER_INPUT_SCALE_WIDTH-1:0] input_scale =
      entry[`DS_LAYER_INPUT_SCALE_AT+:`DS_LAYER_INPUT_SCALE_WIDTH];
  wire [DELTA_EXP_BITS-1:0] delta_shift =
      entry[`DS_LAYER_DELTA_SHIFT_AT+:DELTA_EXP_BITS];
  wire [DELTA_EXP_BITS-1:0] stored_exponent =
      entry[`DS_LAYER_SUM_EXPONENT_AT+:DELTA_EXP_BITS];
  localparam IMAGE_BITS = $clog2(`DS_MAX_BATCH_IMAGES + 1);
  localparam [IMAGE_BITS-1:0] ONE_IMAGE = 1;
  reg [IMAGE_BITS-1:0] images_q;
  assign images_o = {{(32 - IMAGE_BITS) {1'b0}}, images_q};
  wire fresh = images_q == {IMAGE_BITS{1'b0}};

  // ---- Host access -----------------------------------------------------------------------------
  wire [7:0] region = {4'd0, host_region_i};
  wire at_training = TrainRows != 0 && region == `DS_REGION_TRAINING;
  wire at_weights = region == `DS_REGION_WEIGHTS;
  wire at_biases = region == `DS_REGION_BIASES;
  wire at_alphas = HAS_RECTIFIERS != 0 && host_addr_i[NEURON_BITS];  // behind the biases
  wire at_units = region == `DS_REGION_UNITS;
  wire at_slopes = region == `DS_REGION_SLOPES;
  reg [2:0] read_q;
  wire [NEURON_BITS-1:0] read_neuron = host_addr_i[NEURON_BITS-1:0];
  always @(posedge clk_i) begin
    read_q        <= {read_q[1:0], host_read_i};
    host_rvalid_o <= read_q[2];
    if (rst_i) begin
      read_q        <= 3'd0;
      host_rvalid_o <= 1'b0;
    end
  end

  // ---- Inputs of the layer: the image, or the activations of the layer before ------------------
  /* verilator lint_off UNUSEDSIGNAL */  // wide enough for a count
  wire [LIST_BITS-1:0] list_addr, row_inner, update_list_addr, update_place;
  wire update_rows;
  wire [LIST_BITS-1:0] image_addr = update_rows ? update_list_addr : list_addr;
  wire [LIST_BITS-1:0] image_place = update_rows ? update_place : row_inner;
  /* verilator lint_on UNUSEDSIGNAL */
  wire [INPUT_BITS-1:0] image_k;
  wire [INPUT_BITS:0] image_count;
  wire [A_BITS-1:0] image_a, hidden_a;
  wire [7:0] label;
  ds_image_buffer #(
      .Depth    (Inputs),
      .Banks    (ImageBanks),
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
      .read_addr_i   (image_addr[INPUT_BITS-1:0]),
      .read_index_o  (image_k),
      .value_addr_i  (image_place[INPUT_BITS-1:0]),
      .read_value_o  (image_a)
  );

  wire unit_valid, unit_last;
  wire [WIDTH_BITS-1:0] unit_index;
  wire [A_BITS-1:0] unit_a;
  assign units_done = unit_valid && unit_last;
  wire [WIDTH_BITS-1:0] hidden_k;
  wire [WIDTH_BITS:0] hidden_count;
  ds_nonzero_list #(
      .Depth    (MaxWidth),
      .Banks    (2),
      .IndexBits(WIDTH_BITS),
      .ValueBits(A_BITS)
  ) u_hidden (
      .clk_i        (clk_i),
      .write_bank_i (layer[0]),
      .write_clear_i(forward_start),
      .write_valid_i(unit_valid),
      .write_index_i(unit_index),
      .write_value_i(unit_a),
      .read_bank_i  (!layer[0]),
      .read_count_o (hidden_count),
      .read_addr_i  (list_addr[WIDTH_BITS-1:0]),
      .read_index_o (hidden_k),
      .value_addr_i (row_inner[WIDTH_BITS-1:0]),
      .read_value_o (hidden_a)
  );
  wire [LIST_BITS-1:0] wide_image_k = {{(LIST_BITS - INPUT_BITS) {1'b0}}, image_k};
  wire [LIST_BITS-1:0] wide_hidden_k = {{(LIST_BITS - WIDTH_BITS) {1'b0}}, hidden_k};
  wire [LIST_BITS-1:0] wide_image_count = {{(LIST_BITS - INPUT_BITS - 1) {1'b0}}, image_count};
  wire [LIST_BITS-1:0] wide_hidden_count = {{(LIST_BITS - WIDTH_BITS - 1) {1'b0}}, hidden_count};

  // ---- Rows: address, weights, operands, array -------------------------------------------------
  wire drain_free, drain_reserve, drain_stall, hold;
  wire row_valid, row_backward, row_first, row_last, row_empty;
  wire [ROW_BITS-1:0] row_addr;
  /* verilator lint_off UNUSEDSIGNAL */  // wide enough for any board
  wire [ROW_ADDR_BITS-1:0] weight_base = entry[`DS_LAYER_WEIGHT_BASE_AT+:ROW_ADDR_BITS];
  /* verilator lint_on UNUSEDSIGNAL */
  ds_address_generator #(
      .IndexBits(LIST_BITS),
      .GroupBits(GROUP_BITS),
      .RowBits  (ROW_BITS)
  ) u_address (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .start_i           (forward_start || backward_start),
      .start_backward_i  (backward_start),
      .start_base_i      (weight_base[ROW_BITS-1:0]),
      .start_n_in_i      (n_in),
      .start_groups_i    (groups),
      .start_list_count_i(layer_is_first ? wide_image_count : wide_hidden_count),
      .hold_i            (hold),
      .drain_free_i      (drain_free),
      .drain_reserve_o   (drain_reserve),
      .drain_stall_o     (drain_stall),
      .list_addr_o       (list_addr),
      .list_index_i      (layer_is_first ? wide_image_k : wide_hidden_k),
      .row_valid_o       (row_valid),
      .row_backward_o    (row_backward),
      .row_first_o       (row_first),
      .row_last_o        (row_last),
      .row_empty_o       (row_empty),
      .row_addr_o        (row_addr),
      .row_inner_o       (row_inner)
  );

  // The host's words are pairs of lanes.
  localparam PAIR_OF_ROW_BITS = LANE_BITS - 1;
  wire [Lanes-1:0] host_pair = {{(Lanes - 2) {1'b0}}, {2{host_write_i && at_weights}}};
  wire [Lanes-1:0] host_row_write = host_pair << {host_addr_i[PAIR_OF_ROW_BITS-1:0], 1'b0};
  wire unit_access;
  wire [3:0] unit_write;
  wire [UNIT_BITS-1:0] unit_raddr, unit_waddr;
  wire [63:0] unit_wdata;
  wire [Lanes*WORD_BITS-1:0] weights;
  wire [4*Lanes*WORD_BITS-1:0] planes;
  wire [ROW_BITS-1:0] update_row;
  wire [1:0] pair_write;
  wire [PLANE_BITS-1:0] pair_addr;
  wire [2*Lanes*WORD_BITS-1:0] pair_data;
  ds_row_memory #(
      .Lanes   (Lanes),
      .WordBits(WORD_BITS),
      .Rows    (WeightRows),
      .RowBits (ROW_BITS),
      .Units   (4 * Neurons),
      .UnitBits(UNIT_BITS),
      .Shared  (Shared),
      .PlaneRows(TrainRows),
      .PlaneBits(PLANE_BITS)
  ) u_rows (
      .clk_i        (clk_i),
      .row_write_i  (host_row_write),
      .row_addr_i   (idle_o ? host_addr_i[PAIR_OF_ROW_BITS+:ROW_BITS]
                            : update_rows ? update_row : row_addr),
      .row_data_o   (weights),
      .planes_o     (planes),
      .pair_write_i (pair_write),
      .pair_addr_i  (pair_addr),
      .pair_data_i  (pair_data),
      .unit_access_i(unit_access),
      .unit_raddr_i (unit_raddr),
      .unit_data_o  (unit_data),
      .unit_write_i (unit_write),
      .unit_waddr_i (unit_waddr),
      .unit_data_i  (unit_wdata)
  );

  // Flags beside the weights; the values of the list and the deltas are read as the weights are.
  reg [3:0] flags_q;  // valid, backward, first, last
  wire [A_BITS-1:0] list_a = row_empty ? {A_BITS{1'b0}} : layer_is_first ? image_a : hidden_a;
  always @(posedge clk_i) begin
    flags_q <= {row_valid, row_backward, row_first, row_last};
    if (rst_i) flags_q <= 4'd0;
  end

  wire delta_valid;
  wire [WIDTH_BITS-1:0] delta_index;
  wire [DELTA_BITS-1:0] delta_mantissa;
  wire [Lanes*DELTA_BITS-1:0] delta_row;
  /* verilator lint_off UNUSEDSIGNAL */  // wide enough for any board
  wire [GROUP_BITS-1:0] update_group;
  /* verilator lint_on UNUSEDSIGNAL */
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
      .read_row_i   (update_rows ? update_group[VECTOR_BITS-1:0] : row_inner[VECTOR_BITS-1:0]),
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
      .row_valid_i     (flags_q[3]),
      .row_backward_i  (flags_q[2]),
      .row_first_i     (flags_q[1]),
      .row_last_i      (flags_q[0]),
      .row_weights_i   (weights),
      .row_activation_i(list_a),
      .row_deltas_i    (delta_row),
      .capture_o       (capture),
      .accumulators_o  (accumulators),
      .sum_valid_o     (sum_valid),
      .sum_o           (back_sum)
  );

  // ---- Forward: from accumulators to activations -----------------------------------------------
  wire [COUNT_BITS-1:0] z_saturated, activation_saturated, saturated_units;
  wire error_valid, read_alive, read_responsive;
  wire [WORD_BITS-1:0] error_mantissa, error_slope, read_slope;
  wire [EXP_BITS-1:0] error_exponent, error_slope_exponent, read_slope_exponent;
  wire [BIAS_BITS-1:0] read_bias, read_alpha;
  wire z_valid, z_soon, unit_soon;
  wire [WIDTH_BITS-1:0] z_index;
  wire [Z_BITS-1:0] z;
  wire [NEURON_BITS-1:0] slope_addr;
  wire new_bias_write;
  wire [NEURON_BITS-1:0] new_bias_addr;
  wire [BIAS_BITS-1:0] new_bias;
  ds_forward_path #(
      .Lanes            (Lanes),
      .Neurons          (Neurons),
      .NeuronBits       (NEURON_BITS),
      .WidthBits        (WIDTH_BITS),
      .AccBits          (ACC_BITS),
      .BiasBits         (BIAS_BITS),
      .BiasShift        (`DS_ACCUMULATOR_FRACTION - `DS_BIAS_FRACTION),
      .ZBits            (Z_BITS),
      .ZShiftBits       (SHIFT_BITS),
      .ZShiftMin        (`DS_Z_SHIFT_MIN),
      .SegmentBits      (`DS_SEGMENT_BITS),
      .BaseBits         (`DS_SEGMENT_BASE_BITS),
      .DropBits         (`DS_SEGMENT_DROP_BITS),
      .ExponentBits     (EXP_BITS),
      .WordBits         (WORD_BITS),
      .ScaleBits        (SCALE_BITS),
      .CountBits        (COUNT_BITS),
      .SaturatedExponent(`DS_SATURATED_EXPONENT),
      .AlphaExponentBits(`DS_ALPHA_EXPONENT_BITS),
      .Tanh             (HAS_TANH),
      .Rectifiers       (HAS_RECTIFIERS),
      .Interval         (INTERVAL)
  ) u_forward (
      .clk_i                 (clk_i),
      .rst_i                 (rst_i),
      .start_i               (forward_start),
      .fresh_i               (fresh),
      .spread_i              (observe_i),
      .output_layer_i        (layer_is_last),
      .n_out_i               (n_out),
      .neuron_base_i         (neuron_base),
      .z_shift_i             (z_shift),
      .identity_i            (activation == `DS_ACTIVATION_IDENTITY),
      .tanh_i                (HAS_TANH != 0 && activation == `DS_ACTIVATION_TANH),
      .relu_i                (HAS_RECTIFIERS != 0 && activation == `DS_ACTIVATION_RELU),
      .elu_i                 (HAS_RECTIFIERS != 0 && activation == `DS_ACTIVATION_ELU),
      .scale_i               (activation_scale),
      .reserve_i             (drain_reserve),
      .free_o                (drain_free),
      .capture_i             (capture),
      .accumulators_i        (accumulators),
      .z_soon_o              (z_soon),
      .z_valid_o             (z_valid),
      .z_index_o             (z_index),
      .z_o                   (z),
      .unit_soon_o           (unit_soon),
      .unit_valid_o          (unit_valid),
      .unit_last_o           (unit_last),
      .unit_index_o          (unit_index),
      .unit_activation_o     (unit_a),
      .z_saturated_o         (z_saturated),
      .activation_saturated_o(activation_saturated),
      .saturated_units_o     (saturated_units),
      .label_i               (label[WIDTH_BITS-1:0]),
      .error_valid_o         (error_valid),
      .error_mantissa_o      (error_mantissa),
      .error_exponent_o      (error_exponent),
      .error_slope_o         (error_slope),
      .error_slope_exponent_o(error_slope_exponent),
      .bias_write_i          (new_bias_write || (host_write_i && at_biases && !at_alphas)),
      .alpha_write_i         (host_write_i && at_biases && at_alphas),
      .bias_addr_i           (new_bias_write ? new_bias_addr : host_addr_i[NEURON_BITS-1:0]),
      .bias_data_i           (new_bias_write ? new_bias : host_wdata_i),
      .idle_i                (idle_o),
      .read_addr_i           (read_neuron),
      .read_bias_o           (read_bias),
      .read_alpha_o          (read_alpha),
      .read_alive_o          (read_alive),
      .read_responsive_o     (read_responsive),
      .slope_addr_i          (slope_addr),
      .read_slope_o          (read_slope),
      .read_slope_exponent_o (read_slope_exponent)
  );

  // ---- Backward: delta, norms, sums over the batch ---------------------------------------------
  wire [LAYER_BITS-1:0] norm_layer;
  wire [DELTA_EXP_BITS-1:0] delta_exponent, exponent_data;
  wire [SQUARE_BITS-1:0] sum_squares;
  wire [COUNT_BITS-1:0] zeroed, delta_saturated;
  wire sum_read, sum_write, sum_busy, exponent_write, given_read;
  wire [NEURON_BITS-1:0] sum_read_neuron, sum_write_neuron;
  wire [SUM_BITS-1:0] sum_data;
  wire [DELTA_BITS-1:0] sum_delta;
  wire [WIDTH_BITS-1:0] given_index;
  ds_backward_path #(
      .NeuronBits    (NEURON_BITS),
      .LayerBits     (LAYER_BITS),
      .MaxWidth      (MaxWidth),
      .Interval      (INTERVAL),
      .WidthBits     (WIDTH_BITS),
      .BackBits      (BACK_BITS),
      .WordBits      (WORD_BITS),
      .ExponentBits  (EXP_BITS),
      .ElementBits   (`DS_PRODUCT_BITS),
      .ElementExpBits(`DS_PRODUCT_EXPONENT_BITS),
      .DeltaExpBits  (DELTA_EXP_BITS),
      .SquareBits    (SQUARE_BITS),
      .SumBits       (SUM_BITS),
      .GuardBits     (`DS_DELTA_SUM_FRACTION),
      .CountBits     (COUNT_BITS),
      .LeastShift    (`DS_LEAST_SHIFT),
      .SlopeFraction (`DS_SLOPE_FRACTION),
      .NoExponent    (`DS_NO_EXPONENT)
  ) u_backward (
      .clk_i                 (clk_i),
      .rst_i                 (rst_i),
      .layer_i               (layer),
      .width_valid_i         (table_valid),
      .width_i               (n_out),
      .neuron_base_i         (neuron_base),
      .fresh_i               (fresh),
      .collect_start_i       (collect_start),
      .collect_output_i      (collect_output),
      .collect_inject_i      (collect_inject),
      .collect_given_i       (collect_given),
      .quadratic_i           (cost_i == `DS_COST_QUADRATIC),
      .inject_exponent_i     (inject_exponent_i),
      .delta_shift_i         (delta_shift),
      .error_valid_i         (error_valid),
      .error_mantissa_i      (error_mantissa),
      .error_exponent_i      (error_exponent),
      .error_slope_i         (error_slope),
      .error_slope_exponent_i(error_slope_exponent),
      .sum_valid_i           (sum_valid),
      .sum_i                 (back_sum),
      .slope_addr_o          (slope_addr),
      .slope_i               (read_slope),
      .slope_exponent_i      (read_slope_exponent),
      .collected_o           (collected),
      .align_start_i         (align_start),
      .delta_valid_o         (delta_valid),
      .delta_last_o          (delta_last),
      .delta_index_o         (delta_index),
      .delta_mantissa_o      (delta_mantissa),
      .norm_done_o           (norm_done),
      .norm_layer_o          (norm_layer),
      .delta_exponent_o      (delta_exponent),
      .sum_squares_o         (sum_squares),
      .zeroed_o              (zeroed),
      .saturated_o           (delta_saturated),
      .given_read_o          (given_read),
      .given_read_index_o    (given_index),
      .given_read_data_i     (unit_data[63:48]),
      .sum_read_o            (sum_read),
      .sum_read_neuron_o     (sum_read_neuron),
      .sum_read_data_i       (unit_data[SUM_BITS-1:0]),
      .sum_write_o           (sum_write),
      .sum_write_neuron_o    (sum_write_neuron),
      .sum_write_data_o      (sum_data),
      .sum_write_delta_o     (sum_delta),
      .sum_busy_o            (sum_busy),
      .stored_exponent_i     (stored_exponent),
      .exponent_write_o      (exponent_write),
      .exponent_write_data_o (exponent_data)
  );

  // ---- Training --------------------------------------------------------------------------------
  wire [31:0] training_data;
  generate
    if (TrainRows != 0) begin : g_training
      wire [NEURON_BITS-1:0] input_neuron;
      wire [A_BITS-1:0] input_a;
      ds_ram #(
          .Width  (A_BITS),
          .Depth  (Neurons),
          .Latency(1)
      ) u_activations (
          .clk_i  (clk_i),
          .we_i   (unit_valid),
          .waddr_i(neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, unit_index}),
          .wdata_i(unit_a),
          .raddr_i(input_neuron),
          .rdata_o(input_a)
      );

      wire correct, train_set;
      ds_largest #(
          .Width    (Z_BITS),
          .IndexBits(WIDTH_BITS)
      ) u_largest (
          .clk_i  (clk_i),
          .start_i(forward_start),
          .valid_i(z_valid),
          .index_i(z_index),
          .value_i(z),
          .label_i(label[WIDTH_BITS-1:0]),
          .match_o(correct)
      );

      wire [PLANE_BITS-1:0] update_place_of_row;
      assign update_row = {{(ROW_BITS - PLANE_BITS) {1'b0}}, update_place_of_row};
      ds_training #(
          .Lanes     (Lanes),
          .RowBits   (PLANE_BITS),
          .WidthBits (WIDTH_BITS),
          .NeuronBits(NEURON_BITS),
          .LayerBits (LAYER_BITS)
      ) u_training (
          .clk_i         (clk_i),
          .rst_i         (rst_i),
          .write_i       (host_write_i && at_training),
          .addr_i        (host_addr_i[2:0]),
          .wdata_i       (host_wdata_i),
          .rdata_o       (training_data),
          .clear_i       (begin_batch_i),
          .correct_i     (forward_done && layer_is_last && correct),
          .train_o       (train_set),
          .image_start_i (update_start),
          .image_done_o  (update_done),
          .layer_count_i (layer_count_i[LAYER_BITS:0]),
          .committing_o  (committing),
          .busy_o        (updating),
          .table_layer_o (commit_layer),
          .table_load_o  (commit_load),
          .table_valid_i (table_valid),
          .image_input_i (layer_is_first),
          .list_count_i  (wide_image_count),
          .base_i        (weight_base[PLANE_BITS-1:0]),
          .n_in_i        (n_in),
          .groups_i      (groups),
          .n_out_i       (n_out),
          .neuron_base_i (neuron_base),
          .z_shift_i     (z_shift),
          .input_scale_i (input_scale),
          .exponent_i    (delta_exponent),
          .rows_o        (update_rows),
          .row_addr_o    (update_place_of_row),
          .list_addr_o   (update_list_addr),
          .list_index_i  (wide_image_k),
          .list_place_o  (update_place),
          .list_value_i  (image_a),
          .input_neuron_o(input_neuron),
          .input_value_i (input_a),
          .delta_row_o   (update_group),
          .deltas_i      (delta_row),
          .planes_i      (planes),
          .write_o       (pair_write),
          .write_row_o   (pair_addr),
          .write_data_o  (pair_data),
          .bias_write_o  (new_bias_write),
          .bias_addr_o   (new_bias_addr),
          .bias_data_o   (new_bias)
      );
      assign train = train_set && inject_layer_i == 8'd0;
    end else begin : g_none
      assign training_data = 32'd0;
      assign {train, update_done, committing, updating, commit_load, update_rows} = 6'd0;
      assign commit_layer = {LAYER_BITS{1'b0}};
      assign {update_list_addr, update_place} = {(2 * LIST_BITS) {1'b0}};
      assign update_row = {ROW_BITS{1'b0}};
      assign update_group = {GROUP_BITS{1'b0}};
      assign {pair_write, pair_addr} = {(2 + PLANE_BITS) {1'b0}};
      assign pair_data = {(2 * Lanes * WORD_BITS) {1'b0}};
      assign {new_bias_write, new_bias_addr, new_bias} = {(1 + NEURON_BITS + BIAS_BITS) {1'b0}};
      wire unused = &{1'b0, input_scale, planes, update_start};
    end
  endgenerate

  // ---- Records ---------------------------------------------------------------------------------
  localparam HIGH_BITS = SQUARE_BITS - 32;
  reg [32*`DS_RECORD_WORDS-1:0] record_entry;
  always @(*) begin
    record_entry = {(32 * `DS_RECORD_WORDS) {1'b0}};
    record_entry[`DS_RECORD_LAYER_SUM_SQUARES_LOW_AT+:32] = sum_squares[31:0];
    record_entry[`DS_RECORD_LAYER_SUM_SQUARES_HIGH_AT+:HIGH_BITS] = sum_squares[SQUARE_BITS-1:32];
    record_entry[`DS_RECORD_LAYER_DELTA_EXPONENT_AT+:DELTA_EXP_BITS] = delta_exponent;
    record_entry[`DS_RECORD_LAYER_ROUNDED_TO_ZERO_AT+:COUNT_BITS] = zeroed;
    record_entry[`DS_RECORD_LAYER_DELTA_SATURATED_AT+:COUNT_BITS] = delta_saturated;
    record_entry[`DS_RECORD_LAYER_Z_SATURATED_AT+:COUNT_BITS] = z_saturated;
    record_entry[`DS_RECORD_LAYER_ACTIVATION_SATURATED_AT+:COUNT_BITS] = activation_saturated;
    record_entry[`DS_RECORD_LAYER_SATURATED_UNITS_AT+:COUNT_BITS] = saturated_units;
  end
  wire [1:0] record_write;
  wire [PAIR_BITS-1:0] record_pair;
  wire [31:0] record_data;
  wire record_grant;
  ds_recorder #(
      .RecordWords(RecordWords),
      .PairBits   (PAIR_BITS),
      .LayerBits  (LAYER_BITS),
      .WordBits   (32),
      .CycleBits  (`DS_RECORD_HEADER_ROWS_WIDTH),
      .InputBits  (INPUT_BITS + 1)
  ) u_recorder (
      .clk_i          (clk_i),
      .rst_i          (rst_i),
      .restart_i      (begin_batch_i),
      .layer_count_i  (layer_count_i[LAYER_BITS:0]),
      .image_start_i  (image_start),
      .align_i        (align),
      .row_i          (row_valid),
      .drain_stall_i  (drain_stall),
      .inputs_i       (image_count),
      .forward_done_i (forward_done),
      .forward_last_i (layer_is_last),
      .norm_done_i    (norm_done),
      .image_done_i   (image_done),
      .layer_i        (forward ? layer : norm_layer),
      .entry_i        (record_entry),
      .busy_o         (record_busy),
      .image_written_o(image_written),
      .write_valid_o  (record_write),
      .write_pair_o   (record_pair),
      .write_data_o   (record_data),
      .write_grant_i  (record_grant)
  );

  always @(posedge clk_i) begin
    if (image_written) images_q <= images_q + ONE_IMAGE;
    if (begin_batch_i || rst_i) images_q <= {IMAGE_BITS{1'b0}};
  end

  // ---- The unit memory, and rows kept away from it where it has the weights' port --------------
  reg given_q;  // from the start of a given delta to its last read
  assign hold = Shared != 0 && (sum_busy || given_q || table_read || record_busy
      || (observe_i && (z_soon || unit_soon)));
  always @(posedge clk_i) begin
    if (collect_start) given_q <= collect_inject && collect_given;
    else if (collected || rst_i) given_q <= 1'b0;
  end
  ds_unit_store #(
      .NeuronBits(NEURON_BITS),
      .LayerBits (LAYER_BITS),
      .PairBits  (PAIR_BITS),
      .WidthBits (WIDTH_BITS),
      .ZBits     (Z_BITS),
      .SumBits   (SUM_BITS),
      .SumsPart  (`DS_UNITS_SUMS),
      .NeuronsPart(`DS_UNITS_NEURONS),
      .TablePart (`DS_UNITS_LAYER_TABLE),
      .RecordsPart(`DS_UNITS_RECORDS),
      .Shared    (Shared)
  ) u_units (
      .sum_read_i        (sum_read),
      .sum_read_neuron_i (sum_read_neuron),
      .sum_write_i       (sum_write),
      .sum_write_neuron_i(sum_write_neuron),
      .sum_write_data_i  (sum_data),
      .sum_write_delta_i (sum_delta),
      .exponent_write_i  (exponent_write),
      .exponent_layer_i  (layer),
      .exponent_data_i   (exponent_data),
      .given_read_i      (given_read),
      .given_index_i     (given_index),
      .z_write_i         (observe_i && z_valid),
      .z_neuron_i        (neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, z_index}),
      .z_data_i          (z),
      .a_write_i         (observe_i && unit_valid),
      .a_neuron_i        (neuron_base + {{(NEURON_BITS - WIDTH_BITS) {1'b0}}, unit_index}),
      .a_data_i          (unit_a),
      .host_read_i       (read_q[1] && at_units),
      .host_write_i      ({2{host_write_i && at_units}} & {host_addr_i[0], !host_addr_i[0]}),
      .host_place_i      (host_addr_i[1+:UNIT_BITS]),
      .host_data_i       (host_wdata_i),
      .row_i             (row_valid),
      .record_write_i    (record_write),
      .record_pair_i     (record_pair),
      .record_data_i     (record_data),
      .record_grant_o    (record_grant),
      .table_read_i      (table_read),
      .table_place_i     ({committing ? commit_layer : layer, table_word}),
      .table_grant_o     (table_grant),
      .unit_access_o     (unit_access),
      .unit_raddr_o      (unit_raddr),
      .unit_write_o      (unit_write),
      .unit_waddr_o      (unit_waddr),
      .unit_data_o       (unit_wdata)
  );

  // ---- Reads -----------------------------------------------------------------------------------
  // Where weights lie all over the chip, they and the choice among them have a cycle of their own.
  reg [31:0] row_pair_q;
  always @(posedge clk_i)
    row_pair_q <= weights[host_addr_i[PAIR_OF_ROW_BITS-1:0]*2*WORD_BITS+:2*WORD_BITS];
  wire [31:0] unit_pair = host_addr_i[0] ? unit_data[63:32] : unit_data[31:0];
  wire [31:0] slope_word = {{(32 - EXP_BITS - WORD_BITS) {1'b0}}, read_slope_exponent, read_slope}
      | ({31'd0, read_alive} << `DS_UNIT_FLAG_ALIVE)
      | ({31'd0, read_responsive} << `DS_UNIT_FLAG_RESPONSIVE);
  always @(posedge clk_i)
    host_rdata_o <= at_biases ? (at_alphas ? read_alpha : read_bias) : at_slopes ? slope_word
        : at_training ? training_data
        : Shared == 0 && at_weights ? row_pair_q : unit_pair;  // else the unit memory answers both
endmodule
`default_nettype wire
