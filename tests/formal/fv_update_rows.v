// fv_update_rows: ds_update_rows on any layer of 1 or 2 inputs and 1 to 3 neurons on 2 lanes, for an
// image with any list of inputs; and, with Commits, for a commit of such a layer of two groups. Every
// row of the layer, and every row of its biases behind them, is given to the lanes once for each
// operation, in order and at its address, so none outside the plane; the operands asked for before
// are those of that row, its lanes those that have a neuron; a commit then copies each bias
// from its row and lane to its own address. It ends within so many cycles. Bounded, from reset.
`default_nettype none

module fv_update_rows #(
    parameter Commits = 0
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire       start_i,
    input wire       table_valid_i,
    input wire [5:0] exponent_i
);
  localparam ROWS_END = 18;
  localparam COMMIT_END = 46;
  localparam [2:0] LAST_OP = 3'd4;

  // ---- The network, chosen by the solver
  (* anyconst *) reg [3:0] base, neuron_base;
  (* anyconst *) reg [2:0] any_n_in, any_n_out;
  wire [2:0] n_in = Commits == 0 ? any_n_in : 3'd1;
  wire [2:0] n_out = Commits == 0 ? any_n_out : 3'd3;
  (* anyconst *) reg image_input;
  (* anyconst *) reg [2:0] list_count, index0, index1;

  // ---- The design
  wire image_done, committing, busy, table_load, rows, op_valid, op_subtract, op_first, op_last;
  wire op_to_v, op_count, bias_write, shift_clamped;
  wire table_layer;
  wire [3:0] row_addr, op_row, input_neuron, bias_addr;
  wire [2:0] list_addr, list_place;
  wire [3:0] op_shift;
  wire [1:0] delta_row, op_x, op_base, op_lanes;
  wire [7:0] op_y;
  wire [11:0] bias_data;
  wire [1:0] groups = n_out > 3'd2 ? 2'd2 : 2'd1;
  reg [2:0] index_q, index_q2;              // the list's answer
  reg [3:0] read_q;                         // the row that was read
  reg started_q = 1'b0;
  wire lanes_busy;
  ds_update_rows #(
      .Lanes       (2),
      .WordBits    (6),
      .RowBits     (4),
      .IndexBits   (3),
      .GroupBits   (2),
      .WidthBits   (2),
      .NeuronBits  (4),
      .LayerBits   (1),
      .ZShiftBits  (2),
      .ScaleBits   (2),
      .ExponentBits(6),
      .ShiftBits   (3),
      .YBits       (8),
      .BiasShift   (1),
      .NoExponent  (-32)
  ) u_dut (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .image_start_i   (start_i && Commits == 0),
      .image_done_o    (image_done),
      .commit_start_i  (start_i && Commits != 0),
      .layer_count_i   (2'd1),
      .committing_o    (committing),
      .busy_o          (busy),
      .table_layer_o   (table_layer),
      .table_load_o    (table_load),
      .table_valid_i   (table_valid_i),
      .image_input_i   (image_input),
      .list_count_i    (list_count),
      .base_i          (base),
      .n_in_i          (n_in),
      .groups_i        (groups),
      .n_out_i         (n_out),
      .neuron_base_i   (neuron_base),
      .z_shift_i       (2'd0),
      .input_scale_i   (2'd0),
      .exponent_i      (exponent_i),
      .gradient_shift_i(6'd0),
      .step_i          (6'd1),
      .step_shift_i    (3'd1),
      .decay_i         (6'd2),
      .decay_shift_i   (3'd2),
      .momentum_i      (6'd3),
      .shift_clamped_o (shift_clamped),
      .rows_o          (rows),
      .row_addr_o      (row_addr),
      .list_addr_o     (list_addr),
      .list_index_i    (index_q2),
      .list_place_o    (list_place),
      .list_value_i    (6'd0),
      .input_neuron_o  (input_neuron),
      .input_value_i   (6'd0),
      .delta_row_o     (delta_row),
      .weight_planes_i ({{2'd1, read_q}, {2'd0, read_q}, 6'd1, 6'd0}),
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
      .bias_write_o    (bias_write),
      .bias_addr_o     (bias_addr),
      .bias_data_o     (bias_data)
  );
  reg [2:0] lanes_q;                        // operations under way in the lanes
  assign lanes_busy = op_valid || lanes_q != 3'd0;

  // ---- What is due: the row after those that were given
  reg running_q, rows_done_q;
  reg [6:0] age_q;
  reg [2:0] op_q, input_q, copied_q;
  reg [1:0] group_q;
  reg bias_q;
  wire listed = Commits == 0 && image_input;
  wire empty = listed && list_count == 3'd0;
  wire [2:0] count = empty ? 3'd1 : listed ? list_count : n_in;
  wire [2:0] index = empty ? 3'd0 : listed ? (input_q == 3'd0 ? index0 : index1) : input_q;
  wire [3:0] bias_rows = base + n_in * groups;
  wire [3:0] row = bias_q ? bias_rows + group_q : base + group_q * n_in + index;
  wire op_done = Commits == 0 || op_q == LAST_OP;
  wire group_done = op_done && (bias_q || input_q + 3'd1 == count);
  wire group_last = group_q + 2'd1 == groups;
  wire all_done = group_done && group_last && bias_q;
  wire layer_done = bias_write && copied_q + 3'd1 == n_out;

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    assume (rst_i == !started_q);
    assume (n_in >= 3'd1 && n_in <= 3'd2 && n_out >= 3'd1 && n_out <= 3'd3);
    assume ({1'b0, base} + (n_in + 3'd1) * groups <= 5'd16);
    assume (list_count <= n_in && index0 < n_in && (list_count < 3'd2 || index1 < n_in));
    assume (start_i == (started_q && $past(rst_i)));
    // The table is loaded at once when it is asked for, in up to three cycles.
    if (Commits == 0 || age_q > 7'd0 && !$past(table_load)) begin
      if (Commits == 0 || !$past(table_load, 2)) assume (table_valid_i);
    end

    index_q  <= list_addr == 3'd0 ? index0 : index1;
    index_q2 <= index_q;
    read_q   <= row_addr;
    lanes_q  <= {lanes_q[1:0], op_valid};

    if (running_q) age_q <= age_q + 7'd1;
    if (op_valid) begin
      op_q <= op_done ? 3'd0 : op_q + 3'd1;
      if (op_done) input_q <= group_done ? 3'd0 : input_q + 3'd1;
      if (group_done) group_q <= group_last ? 2'd0 : group_q + 2'd1;
      if (group_done && group_last) bias_q <= 1'b1;
      if (all_done) rows_done_q <= 1'b1;
    end
    if (bias_write) copied_q <= copied_q + 3'd1;
    if (start_i || layer_done) begin
      {op_q, input_q, copied_q, group_q, bias_q, rows_done_q} <= 13'd0;
    end
    if (start_i) {running_q, age_q} <= {1'b1, 7'd0};
    if (image_done || layer_done) running_q <= 1'b0;
    if (rst_i) {running_q, age_q, lanes_q} <= 11'd0;

    if (started_q && !rst_i) begin
      if (op_valid) begin
        due : assert (running_q && !rows_done_q && op_count == (Commits == 0));
        address : assert (op_row == row && op_row >= base
                          && {1'b0, op_row} < base + (n_in + 3'd1) * groups);
        operands : assert ($past(delta_row) == group_q && (bias_q || Commits != 0
            || $past(listed ? {1'b0, list_place} : input_neuron, 2)
                == (listed ? {1'b0, input_q} : neuron_base - n_in + input_q)));
        lanes : assert (op_lanes == {n_out > {group_q, 1'b1}, 1'b1});
        if (Commits == 0)
          of_an_image : assert (op_x == 2'd0 && op_first && op_last && op_to_v && !op_subtract);
        else
          of_a_commit : assert (op_x == {op_q > 3'd0, op_q == 3'd0 || op_q[1:0] == 2'd2
              || op_q == LAST_OP} && op_first == (op_q == 3'd0 || op_q == 3'd3)
              && op_last == (op_q == 3'd2 || op_q == LAST_OP) && op_to_v == (op_q == LAST_OP)
              && op_subtract == (op_q < 3'd3));
      end
      if (image_done) all_rows : assert (op_valid && all_done && Commits == 0);
      if (bias_write) begin
        after_the_rows : assert (rows_done_q && copied_q < n_out && lanes_q == 3'd0 && !op_valid);
        own_place : assert (bias_addr == neuron_base + copied_q);
        own_bias : assert (bias_data
            == {5'd0, copied_q[0], 1'b0, copied_q[0], bias_rows + {2'd0, copied_q[2:1]}});
      end
      ends : assert (!running_q || age_q < (Commits == 0 ? ROWS_END : COMMIT_END));
      if (running_q && age_q > 7'd0)
        keeps_busy : assert (busy && !(committing && Commits == 0));

      image_of_two_groups : cover (image_done && groups == 2'd2 && list_count == 3'd2 && listed);
      image_of_zeros : cover (image_done && empty);
      hidden_layer : cover (image_done && !listed && n_in == 3'd2);
    end
  end
endmodule

`default_nettype wire
