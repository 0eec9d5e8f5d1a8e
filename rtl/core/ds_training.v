// ds_training: gradient descent on the weights in the planes of their memory.
// Purpose     settings and counters of the region `training`; rows and lanes of the update.
// Latency     a layer of an image: a cycle a row, 9 more; a commit: see ds_update_rows.
// Throughput  1 row/cycle of an image, 1 row in 5 cycles of a commit.
// Format      docs/decisions/0018-training.md.
// Reset       no training; settings are written before the first commit.
//             Golden  golden/fixed/training.ts, exact.
`default_nettype none
`include "ds_contract.vh"
module ds_training #(
    parameter Lanes      = 4,
    parameter RowBits    = 10,  // [bits] of a plane's row
    parameter WidthBits  = 8,   // [bits]
    parameter NeuronBits = 9,   // [bits]
    parameter LayerBits  = 7    // [bits]
) (
    input  wire                                    clk_i,
    input  wire                                    rst_i,

    input  wire                                    write_i,        // of the region; while idle
    input  wire [                             2:0] addr_i,
    /* verilator lint_off UNUSEDSIGNAL */  // no setting has so many bits
    input  wire [                            31:0] wdata_i,
    /* verilator lint_on UNUSEDSIGNAL */
    output reg  [                            31:0] rdata_o,        // 1 cycle later
    input  wire                                    clear_i,        // the counters
    input  wire                                    correct_i,      // strobe

    output reg                                     train_o,
    input  wire                                    image_start_i,
    output wire                                    image_done_o,
    input  wire [                     LayerBits:0] layer_count_i,
    output wire                                    committing_o,
    output wire                                    busy_o,

    output wire [                   LayerBits-1:0] table_layer_o,
    output wire                                    table_load_o,
    input  wire                                    table_valid_i,
    input  wire                                    image_input_i,
    input  wire [         `DS_LAYER_N_IN_WIDTH-1:0] list_count_i,
    input  wire [                     RowBits-1:0] base_i,
    input  wire [         `DS_LAYER_N_IN_WIDTH-1:0] n_in_i,
    input  wire [       `DS_LAYER_GROUPS_WIDTH-1:0] groups_i,
    input  wire [                     WidthBits:0] n_out_i,
    input  wire [                  NeuronBits-1:0] neuron_base_i,
    input  wire [      `DS_LAYER_Z_SHIFT_WIDTH-1:0] z_shift_i,
    input  wire [  `DS_LAYER_INPUT_SCALE_WIDTH-1:0] input_scale_i,
    input  wire [     `DS_DELTA_EXPONENT_BITS-1:0] exponent_i,

    output wire                                    rows_o,
    output wire [                     RowBits-1:0] row_addr_o,
    output wire [         `DS_LAYER_N_IN_WIDTH-1:0] list_addr_o,
    input  wire [         `DS_LAYER_N_IN_WIDTH-1:0] list_index_i,
    output wire [         `DS_LAYER_N_IN_WIDTH-1:0] list_place_o,
    input  wire [              `DS_WEIGHT_BITS-1:0] list_value_i,
    output wire [                  NeuronBits-1:0] input_neuron_o,
    input  wire [              `DS_WEIGHT_BITS-1:0] input_value_i,
    output wire [       `DS_LAYER_GROUPS_WIDTH-1:0] delta_row_o,
    input  wire [      Lanes*`DS_WEIGHT_BITS-1:0] deltas_i,
    input  wire [    4*Lanes*`DS_WEIGHT_BITS-1:0] planes_i,

    output wire [                             1:0] write_o,
    output wire [                     RowBits-1:0] write_row_o,
    output wire [    2*Lanes*`DS_WEIGHT_BITS-1:0] write_data_o,

    output wire                                    bias_write_o,
    output wire [                  NeuronBits-1:0] bias_addr_o,
    output wire [                `DS_BIAS_BITS-1:0] bias_data_o
);
  localparam WORD_BITS = `DS_WEIGHT_BITS;
  localparam EXPONENT_BITS = `DS_DELTA_EXPONENT_BITS;
  localparam SHIFT_BITS = `DS_UPDATE_SHIFT_BITS;
  localparam Y_BITS = WORD_BITS + 2;
  localparam COUNT_BITS = $clog2(Lanes) + 1;

  // ---- Settings --------------------------------------------------------------------------------
  reg [EXPONENT_BITS-1:0] gradient_shift_q;
  reg [WORD_BITS-2:0] step_q, decay_q, momentum_q;
  reg [SHIFT_BITS-1:0] step_shift_q, decay_shift_q;
  wire commit = write_i && addr_i == `DS_TRAINING_COMMIT;
  always @(posedge clk_i) begin
    if (write_i)
      case (addr_i)
        `DS_TRAINING_TRAIN: train_o <= wdata_i[0];
        `DS_TRAINING_GRADIENT_SHIFT: gradient_shift_q <= wdata_i[EXPONENT_BITS-1:0];
        `DS_TRAINING_STEP: begin
          step_q       <= wdata_i[WORD_BITS-2:0];
          step_shift_q <= {2'd0, wdata_i[19:16]} + 6'd1;
        end
        `DS_TRAINING_DECAY: begin
          decay_q       <= wdata_i[WORD_BITS-2:0];
          decay_shift_q <= wdata_i[16+:SHIFT_BITS];
        end
        `DS_TRAINING_MOMENTUM: momentum_q <= wdata_i[WORD_BITS-2:0];
        default: ;
      endcase
    if (rst_i) train_o <= 1'b0;
  end

  // ---- Rows and lanes --------------------------------------------------------------------------
  wire op_valid, op_subtract, op_first, op_last, op_to_v, op_count, lanes_busy, shift_clamped;
  wire [1:0] op_x, op_base;
  wire [Y_BITS-1:0] op_y;
  wire [3:0] op_shift;
  wire [RowBits-1:0] op_row;
  wire [Lanes-1:0] op_lanes;
  wire [COUNT_BITS-1:0] zeroed, clamped;
  ds_update_rows #(
      .Lanes       (Lanes),
      .WordBits    (WORD_BITS),
      .RowBits     (RowBits),
      .IndexBits   (`DS_LAYER_N_IN_WIDTH),
      .GroupBits   (`DS_LAYER_GROUPS_WIDTH),
      .WidthBits   (WidthBits),
      .NeuronBits  (NeuronBits),
      .LayerBits   (LayerBits),
      .ZShiftBits  (`DS_LAYER_Z_SHIFT_WIDTH),
      .ScaleBits   (`DS_LAYER_INPUT_SCALE_WIDTH),
      .ExponentBits(EXPONENT_BITS),
      .ShiftBits   (SHIFT_BITS),
      .YBits       (Y_BITS),
      .BiasShift   (`DS_MASTER_FRACTION - `DS_BIAS_FRACTION),
      .NoExponent  (`DS_NO_EXPONENT)
  ) u_rows (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .image_start_i   (image_start_i),
      .image_done_o    (image_done_o),
      .commit_start_i  (commit),
      .layer_count_i   (layer_count_i),
      .committing_o    (committing_o),
      .busy_o          (busy_o),
      .table_layer_o   (table_layer_o),
      .table_load_o    (table_load_o),
      .table_valid_i   (table_valid_i),
      .image_input_i   (image_input_i),
      .list_count_i    (list_count_i),
      .base_i          (base_i),
      .n_in_i          (n_in_i),
      .groups_i        (groups_i),
      .n_out_i         (n_out_i),
      .neuron_base_i   (neuron_base_i),
      .z_shift_i       (z_shift_i),
      .input_scale_i   (input_scale_i),
      .exponent_i      (exponent_i),
      .gradient_shift_i(gradient_shift_q),
      .step_i          ({1'b0, step_q}),
      .step_shift_i    (step_shift_q),
      .decay_i         ({1'b0, decay_q}),
      .decay_shift_i   (decay_shift_q),
      .momentum_i      ({1'b0, momentum_q}),
      .shift_clamped_o (shift_clamped),
      .rows_o          (rows_o),
      .row_addr_o      (row_addr_o),
      .list_addr_o     (list_addr_o),
      .list_index_i    (list_index_i),
      .list_place_o    (list_place_o),
      .list_value_i    (list_value_i),
      .input_neuron_o  (input_neuron_o),
      .input_value_i   (input_value_i),
      .delta_row_o     (delta_row_o),
      .weight_planes_i (planes_i[2*Lanes*WORD_BITS-1:0]),
      .op_valid_o      (op_valid),
      .op_x_o          (op_x),
      .op_y_o          (op_y),
      .op_shift_o      (op_shift),
      .op_subtract_o   (op_subtract),
      .op_first_o      (op_first),
      .op_base_o       (op_base),
      .op_last_o       (op_last),
      .op_to_v_o       (op_to_v),
      .op_count_o      (op_count),
      .op_row_o        (op_row),
      .op_lanes_o      (op_lanes),
      .lanes_busy_i    (lanes_busy),
      .bias_write_o    (bias_write_o),
      .bias_addr_o     (bias_addr_o),
      .bias_data_o     (bias_data_o)
  );
  ds_update_lanes #(
      .Lanes    (Lanes),
      .WordBits (WORD_BITS),
      .RowBits  (RowBits),
      .YBits    (Y_BITS),
      .CountBits(COUNT_BITS)
  ) u_lanes (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .valid_i     (op_valid),
      .x_i         (op_x),
      .y_i         (op_y),
      .shift_i     (op_shift),
      .subtract_i  (op_subtract),
      .first_i     (op_first),
      .base_i      (op_base),
      .last_i      (op_last),
      .to_v_i      (op_to_v),
      .count_i     (op_count),
      .row_i       (op_row),
      .lanes_i     (op_lanes),
      .deltas_i    (deltas_i),
      .planes_i    (planes_i),
      .write_o     (write_o),
      .write_row_o (write_row_o),
      .write_data_o(write_data_o),
      .zeroed_o    (zeroed),
      .clamped_o   (clamped),
      .busy_o      (lanes_busy)
  );

  // ---- Counters --------------------------------------------------------------------------------
  reg [31:0] zeroed_q, clamped_q, shift_clamped_q, cycles_q, correct_q;
  always @(posedge clk_i) begin
    zeroed_q        <= zeroed_q + {{(32 - COUNT_BITS) {1'b0}}, zeroed};
    clamped_q       <= clamped_q + {{(32 - COUNT_BITS) {1'b0}}, clamped};
    shift_clamped_q <= shift_clamped_q + {31'd0, shift_clamped};
    correct_q       <= correct_q + {31'd0, correct_i};
    if (clear_i || rst_i) begin
      zeroed_q        <= 32'd0;
      clamped_q       <= 32'd0;
      shift_clamped_q <= 32'd0;
      correct_q       <= 32'd0;
    end
    cycles_q <= commit ? 32'd0 : cycles_q + {31'd0, committing_o};
    case (addr_i)
      `DS_TRAINING_ROUNDED_TO_ZERO: rdata_o <= zeroed_q;
      `DS_TRAINING_CLAMPED: rdata_o <= clamped_q;
      `DS_TRAINING_SHIFT_CLAMPED: rdata_o <= shift_clamped_q;
      `DS_TRAINING_CYCLES: rdata_o <= cycles_q;
      default: rdata_o <= correct_q;
    endcase
  end
endmodule
`default_nettype wire
