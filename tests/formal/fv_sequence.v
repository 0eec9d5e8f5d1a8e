// fv_sequence: one image through sequencer, layer table, address generator and drain, the tables
// free: any network of 1 to 3 layers of width 1 to 4 on Lanes lanes, any non-zero list, any layer
// of injection. Rows, neurons and list addresses stay within what the table's entry of the right
// layer says, no part is started while it works, every row comes exactly once, layers come in
// order, and the image ends within IMAGE_CYCLES. Array, units and delta unit are stand-ins that
// answer after a fixed number of cycles.
`default_nettype none

module fv_sequence #(
    parameter Lanes = 2
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire [2:0] layer_count_i,
    input wire [2:0] inject_layer_i,
    input wire [2:0] list_count_i,
    input wire [2:0] list_index_i,
    input wire [3:0] accumulators_i
);
  localparam IMAGE_CYCLES = 200;

  // ---- The network, chosen by the solver; `memory` below ties the table's words to it.
  (* anyconst *) reg [2:0] width0, width1, width2, width3;  // inputs, then of each layer
  (* anyconst *) reg [17:0] bases;                          // of weight rows, 6 bits a layer
  (* anyconst *) reg [11:0] neuron_bases;                   // 4 bits a layer
  wire [11:0] widths = {width3, width2, width1, width0};
  wire [1:0] groups0 = (width1 + Lanes[3:0] - 4'd1) / Lanes;
  wire [1:0] groups1 = (width2 + Lanes[3:0] - 4'd1) / Lanes;
  wire [1:0] groups2 = (width3 + Lanes[3:0] - 4'd1) / Lanes;
  wire [5:0] groups_of = {groups2, groups1, groups0};

  reg started_q = 1'b0;
  reg begun_q = 1'b0;
  reg finished_q = 1'b0;

  // ---- The design
  wire image_start, image_done, idle, layer_is_first, layer_is_last, table_load, table_valid;
  wire [1:0] layer;
  wire forward_start, forward, forward_done, collect_start, collect_output, collect_inject;
  wire collect_given, backward, align_start, align, backward_start;
  wire units_done, collected, delta_last, norm_done, image_written;
  ds_sequencer #(
      .LayerBits(2)
  ) u_sequencer (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .layer_count_i   (layer_count_i),
      .inject_layer_i  (inject_layer_i),
      .image_ready_i   (!begun_q),
      .image_start_o   (image_start),
      .image_done_o    (image_done),
      .image_written_i (image_written),
      .idle_o          (idle),
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
      .backward_o      (backward),
      .collected_i     (collected),
      .align_start_o   (align_start),
      .align_o         (align),
      .delta_last_i    (delta_last),
      .norm_done_i     (norm_done),
      .backward_start_o(backward_start)
  );

  // Words of 8 bits: n_in and n_out; weight base; neuron base and groups; nothing.
  wire [31:0] entry;
  wire [2:0] n_in = entry[2:0];
  wire [2:0] n_out = entry[5:3];
  wire [5:0] weight_base = entry[13:8];
  wire [3:0] neuron_base = entry[19:16];
  wire [1:0] groups = entry[21:20];
  ds_layer_table #(
      .Layers   (4),
      .LayerBits(2),
      .WordBits (8),
      .Words    (4)
  ) u_table (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .write_valid_i(1'b0),
      .write_addr_i (4'd0),
      .write_data_i (8'd0),
      .load_i       (table_load),
      .load_layer_i (layer),
      .valid_o      (table_valid),
      .entry_o      (entry)
  );
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[0] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[1] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[2] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[4] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[5] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[6] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[8] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[9] ;
  (* hierconn *) wire [7:0] \u_table.u_words.memory_q[10] ;
  always @(posedge clk_i) begin
    assume (\u_table.u_words.memory_q[0] [5:0] == {width1, width0});
    assume (\u_table.u_words.memory_q[1] [5:0] == bases[5:0]);
    assume (\u_table.u_words.memory_q[2] [5:0] == {groups0, neuron_bases[3:0]});
    assume (\u_table.u_words.memory_q[4] [5:0] == {width2, width1});
    assume (\u_table.u_words.memory_q[5] [5:0] == bases[11:6]);
    assume (\u_table.u_words.memory_q[6] [5:0] == {groups1, neuron_bases[7:4]});
    assume (\u_table.u_words.memory_q[8] [5:0] == {width3, width2});
    assume (\u_table.u_words.memory_q[9] [5:0] == bases[17:12]);
    assume (\u_table.u_words.memory_q[10] [5:0] == {groups2, neuron_bases[11:8]});
  end

  wire drain_free, drain_reserve, drain_stall, row_valid, row_backward, row_first, row_last;
  wire row_empty;
  wire [2:0] list_addr;
  wire [5:0] row_addr;
  wire [1:0] row_group;
  ds_address_generator #(
      .IndexBits(3),
      .GroupBits(2),
      .RowBits  (6)
  ) u_address (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .start_i           (forward_start || backward_start),
      .start_backward_i  (backward_start),
      .start_base_i      (weight_base),
      .start_n_in_i      (n_in),
      .start_groups_i    (groups),
      .start_list_count_i(list_count_i),
      .drain_free_i      (drain_free),
      .drain_reserve_o   (drain_reserve),
      .drain_stall_o     (drain_stall),
      .list_addr_o       (list_addr),
      .list_index_i      (list_index_i),
      .row_valid_o       (row_valid),
      .row_backward_o    (row_backward),
      .row_first_o       (row_first),
      .row_last_o        (row_last),
      .row_empty_o       (row_empty),
      .row_addr_o        (row_addr),
      .row_group_o       (row_group)
  );

  // Array: 2 cycles on the way and 4 to the group's accumulators.
  reg [5:0] capture_q, sum_q;
  wire capture = capture_q[5];
  wire sum_valid = sum_q[5];
  wire z_valid, z_saturated;
  wire [2:0] z;
  wire [3:0] neuron;
  ds_drain #(
      .Lanes     (Lanes),
      .AccBits   (4),
      .BiasBits  (2),
      .BiasShift (1),
      .ZBits     (3),
      .ShiftBits (1),
      .WidthBits (3),
      .NeuronBits(4)
  ) u_drain (
      .clk_i              (clk_i),
      .rst_i              (rst_i),
      .start_i            (forward_start),
      .start_n_out_i      (n_out),
      .start_neuron_base_i(neuron_base),
      .start_shift_i      (1'b0),
      .reserve_i          (drain_reserve),
      .free_o             (drain_free),
      .capture_i          (capture),
      .accumulators_i     ({Lanes{4'd0}}),
      .bias_addr_o        (neuron),
      .bias_i             (2'd0),
      .z_valid_o          (z_valid),
      .z_o                (z),
      .z_saturated_o      (z_saturated)
  );

  // ---- Stand-ins
  reg [1:0] unit_q;
  reg error_q;
  reg [2:0] units_left_q, given_left_q, elements_left_q, deltas_left_q, delta_count_q;
  reg [4:0] align_q, norm_q;
  reg [2:0] written_q;
  reg inject_q, output_q, collecting_q;
  reg [5:0] stray_q;
  wire unit_valid = unit_q[1];
  wire element = inject_q ? given_left_q != 3'd0 : output_q ? error_q && layer_is_last : sum_valid;
  assign units_done = unit_valid && units_left_q == 3'd1;
  assign collected = elements_left_q == 3'd0;
  assign delta_last = align_q[4] && deltas_left_q == 3'd1;
  assign norm_done = norm_q[4];
  assign image_written = written_q[2];
  always @(posedge clk_i) begin
    capture_q <= {capture_q[4:0], row_valid && !row_backward && row_last};
    sum_q     <= {sum_q[4:0], row_valid && row_backward && row_last};
    unit_q    <= {unit_q[0], z_valid};
    error_q   <= unit_valid;
    norm_q    <= {norm_q[3:0], delta_last};
    written_q <= {written_q[1:0], image_done};
    if (unit_valid) units_left_q <= units_left_q - 3'd1;
    if (forward_start) units_left_q <= n_out;
    if (given_left_q != 3'd0) given_left_q <= given_left_q - 3'd1;
    // The last unit of layer L-1 shows as an element while layer L is being loaded; the delta unit
    // forgets it at collect_start, when it must have left the pipeline.
    stray_q <= {stray_q[4:0], element};
    if (element && collecting_q) elements_left_q <= elements_left_q - 3'd1;
    if (collect_start) collecting_q <= 1'b1;
    if (align_start) collecting_q <= 1'b0;
    if (collect_start) begin
      inject_q        <= collect_inject;
      output_q        <= collect_output;
      elements_left_q <= collect_output ? n_out : n_in;
      delta_count_q   <= collect_output ? n_out : n_in;
      if (collect_inject) given_left_q <= collect_output ? n_out : n_in;
    end
    align_q <= {align_q[3:0], align_start || (align_q[0] && deltas_left_q > 3'd5)};
    if (align_q[4]) begin
      deltas_left_q <= deltas_left_q - 3'd1;
      align_q[4]    <= deltas_left_q != 3'd1;
    end
    if (align_start) deltas_left_q <= delta_count_q;
    if (rst_i) begin
      {capture_q, sum_q, unit_q, error_q, norm_q, written_q, align_q} <= 0;
      {given_left_q, elements_left_q, deltas_left_q} <= 0;
      {inject_q, collecting_q, stray_q} <= 0;
    end
  end

  // ---- What is expected
  reg [1:0] layer_q;      // whose rows are under way
  reg [2:0] list_q;       // its list
  reg [4:0] rows_left_q;
  reg backward_q;
  reg [2:0] forwards_q, deltas_q;  // layers done in either direction
  reg [7:0] cycles_q;
  wire [2:0] layer_n_in = widths[3*layer+:3];
  wire [2:0] layer_n_out = widths[3*(layer+3'd1)+:3];
  wire [1:0] layer_groups = groups_of[2*layer+:2];
  wire [5:0] layer_base = bases[6*layer+:6];
  wire [3:0] layer_neuron_base = neuron_bases[4*layer+:4];
  wire [2:0] rows_n_in = widths[3*layer_q+:3];
  wire [1:0] rows_groups = groups_of[2*layer_q+:2];
  wire [5:0] rows_base = bases[6*layer_q+:6];
  wire [2:0] units_n_out = widths[3*(layer_q+3'd1)+:3];
  wire [3:0] units_base = neuron_bases[4*layer_q+:4];
  (* hierconn *) wire \u_address.busy_q ;
  (* hierconn *) wire \u_address.valid_q1 ;
  (* hierconn *) wire \u_address.valid_q2 ;
  (* hierconn *) wire \u_drain.sending ;
  wire quiet = !\u_address.busy_q && !\u_address.valid_q1 && !\u_address.valid_q2 && !row_valid
      && rows_left_q == 5'd0;

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    assume (rst_i == !started_q);
    assume (layer_count_i >= 3'd1 && layer_count_i <= 3'd3 && $stable(layer_count_i));
    assume (inject_layer_i <= layer_count_i && $stable(inject_layer_i));
    assume (width0 >= 3'd1 && width0 <= 3'd4 && width1 >= 3'd1 && width1 <= 3'd4);
    assume (width2 >= 3'd1 && width2 <= 3'd4 && width3 >= 3'd1 && width3 <= 3'd4);
    assume ({1'b0, bases[5:0]} + width0 * groups0 <= 7'd64);
    assume ({1'b0, bases[11:6]} + width1 * groups1 <= 7'd64);
    assume ({1'b0, bases[17:12]} + width2 * groups2 <= 7'd64);
    assume ({1'b0, neuron_bases[3:0]} + width1 <= 5'd16);
    assume ({1'b0, neuron_bases[7:4]} + width2 <= 5'd16);
    assume ({1'b0, neuron_bases[11:8]} + width3 <= 5'd16);
    assume (list_count_i <= layer_n_in && list_index_i < rows_n_in);

    cycles_q <= cycles_q + 8'd1;
    if (image_start) begin
      begun_q    <= 1'b1;
      cycles_q   <= 8'd0;
      forwards_q <= 3'd0;
      deltas_q   <= 3'd0;
    end
    if (image_written) finished_q <= 1'b1;
    if (row_valid) rows_left_q <= rows_left_q - 5'd1;
    if (forward_start || backward_start) begin
      layer_q     <= layer;
      backward_q  <= backward_start;
      list_q      <= list_count_i == 3'd0 ? 3'd1 : list_count_i;
      rows_left_q <= layer_groups
          * (backward_start ? layer_n_in : list_count_i == 3'd0 ? 3'd1 : list_count_i);
    end
    if (forward_done) forwards_q <= forwards_q + 3'd1;
    if (delta_last) deltas_q <= deltas_q + 3'd1;
    if (rst_i) rows_left_q <= 5'd0;

    if (started_q) begin
      if (forward_start || backward_start) begin
        generator_quiet : assert (quiet);
        entry_of_layer : assert ({n_in, n_out, groups, weight_base, neuron_base}
            == {layer_n_in, layer_n_out, layer_groups, layer_base, layer_neuron_base});
      end
      if (collect_start)
        entry_at_collect : assert ({n_in, n_out} == {layer_n_in, layer_n_out});
      if (forward_start) forward_order : assert (layer == forwards_q && deltas_q == 3'd0);
      if (backward_start)
        backward_order : assert (layer + deltas_q + 3'd1 == layer_count_i && layer != 2'd0);
      if (forward_done || align_start) rows_done : assert (quiet);
      if (row_valid) begin
        row_expected : assert (rows_left_q != 5'd0 && row_backward == backward_q);
        row_in_bounds : assert (row_addr >= rows_base
                                && row_addr - rows_base < rows_n_in * rows_groups);
      end
      if (\u_address.busy_q )
        list_in_bounds : assert (list_addr < (backward_q ? rows_n_in : list_q));
      if (drain_reserve) reserve_when_free : assert (drain_free);
      if (capture) never_overwritten : assert (!\u_drain.sending );
      if (\u_drain.sending )
        neuron_in_bounds : assert (neuron >= units_base && neuron - units_base < units_n_out);
      if (element && collecting_q) element_expected : assert (elements_left_q != 3'd0);
      if (collect_start) stray_has_left : assert ({stray_q[4:0], element} == 6'd0);
      if (align_start) all_elements : assert (forwards_q == layer_count_i);
      if (image_done)
        all_layers : assert (forwards_q == layer_count_i && deltas_q == layer_count_i);
      if (begun_q && !finished_q) ends : assert (cycles_q < IMAGE_CYCLES);

      one_layer : cover (finished_q && layer_count_i == 3'd1 && width1 == 3'd4);
      injected : cover (finished_q && layer_count_i == 3'd2 && inject_layer_i == 3'd1);
      stalls : cover (drain_stall && layer == 2'd1 && drain_free == 1'b0);
      three_layers : cover (finished_q && layer_count_i == 3'd3 && inject_layer_i == 3'd0
                            && widths == {4{3'd2}});
    end
  end
endmodule

`default_nettype wire
