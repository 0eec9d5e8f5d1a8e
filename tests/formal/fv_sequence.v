// fv_sequence: the sequencer with the layer table, its words free: any network of 1 to 3 layers of
// width 1 to 4 on Lanes lanes, any layer of injection, image after image. Layers come in order,
// each once in either direction; each is started only when the last has finished, and with its own
// entry, so that the addresses are those fv_layer and fv_address_generator speak of; the recorder
// is asked for one thing at a time, and a norm is not begun before the one before it is recorded.
// The parts answer after any time; with Bounded they answer within ANSWER cycles, and then every
// image ends: each of its 4 L + 3 steps takes STEP_CYCLES at most. Without training, whose one step
// more a layer tests/rtl/test_ds_sequencer.py has.
`default_nettype none

module fv_sequence #(
    parameter Lanes   = 2,
    parameter Bounded = 0
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire [2:0] layer_count_i,
    input wire [2:0] inject_layer_i,
    input wire       image_ready_i,
    input wire       units_done_i,
    input wire       collected_i,
    input wire       delta_last_i,
    input wire       norm_done_i,
    input wire       recorded_i,
    input wire       image_written_i,
    input wire       table_grant_i
);
  localparam [3:0] ANSWER = 4'd9;
  localparam STEP_CYCLES = 10;
  localparam [2:0] NORM_CYCLES = 3'd6;     // at most, from the last delta
  localparam [2:0] COLLECT_CYCLES = 3'd7;  // at least, from collect_start

  // ---- The network, chosen by the solver; the table's words are made of it below.
  (* anyconst *) reg [2:0] width0, width1, width2, width3;  // inputs, then of each layer
  (* anyconst *) reg [17:0] bases;                          // of weight rows, 6 bits a layer
  (* anyconst *) reg [11:0] neuron_bases;                   // 4 bits a layer
  wire [11:0] widths = {width3, width2, width1, width0};
  wire [1:0] groups0 = (width1 + Lanes[3:0] - 4'd1) / Lanes;
  wire [1:0] groups1 = (width2 + Lanes[3:0] - 4'd1) / Lanes;
  wire [1:0] groups2 = (width3 + Lanes[3:0] - 4'd1) / Lanes;
  wire [5:0] groups_of = {groups2, groups1, groups0};

  // ---- The design
  reg record_q;  // something is being recorded
  wire image_start, image_done, idle, layer_is_first, layer_is_last, table_load, table_valid;
  wire [1:0] layer;
  wire forward_start, forward, forward_done, collect_start, collect_output, collect_inject;
  wire collect_given, align_start, align, backward_start;
  ds_sequencer #(
      .LayerBits(2)
  ) u_sequencer (
      .clk_i           (clk_i),
      .rst_i           (rst_i),
      .layer_count_i   (layer_count_i),
      .inject_layer_i  (inject_layer_i),
      .train_i         (1'b0),
      .image_ready_i   (image_ready_i),
      .image_start_o   (image_start),
      .image_done_o    (image_done),
      .record_busy_i   (record_q),
      .image_written_i (image_written_i),
      .idle_o          (idle),
      .layer_o         (layer),
      .layer_is_first_o(layer_is_first),
      .layer_is_last_o (layer_is_last),
      .table_load_o    (table_load),
      .table_valid_i   (table_valid),
      .forward_start_o (forward_start),
      .forward_o       (forward),
      .units_done_i    (units_done_i),
      .forward_done_o  (forward_done),
      .collect_start_o (collect_start),
      .collect_output_o(collect_output),
      .collect_inject_o(collect_inject),
      .collect_given_o (collect_given),
      .collected_i     (collected_i),
      .align_start_o   (align_start),
      .align_o         (align),
      .delta_last_i    (delta_last_i),
      .norm_done_i     (norm_done_i),
      .update_start_o  (),
      .update_done_i   (1'b0),
      .backward_start_o(backward_start)
  );

  // The memory of the table: two words of 16 bits a layer, n_in, n_out and weight base; neuron base
  // and groups. A word is 2 cycles on its way, between others.
  wire [31:0] entry;
  wire [2:0] n_in = entry[2:0];
  wire [2:0] n_out = entry[5:3];
  wire [5:0] weight_base = entry[13:8];
  wire [3:0] neuron_base = entry[19:16];
  wire [1:0] groups = entry[21:20];
  wire [2:0] layer_n_in = widths[3*layer+:3];
  wire [2:0] layer_n_out = widths[3*(layer+3'd1)+:3];
  wire [1:0] layer_groups = groups_of[2*layer+:2];
  wire [5:0] layer_base = bases[6*layer+:6];
  wire [3:0] layer_neuron_base = neuron_bases[4*layer+:4];
  wire [15:0] word_0 = {2'b00, layer_base, 2'b00, layer_n_out, layer_n_in};
  wire [15:0] word_1 = {10'd0, layer_groups, layer_neuron_base};
  (* anyseq *) reg [15:0] other_word;
  wire table_read, table_word;
  reg [15:0] read_q;
  always @(posedge clk_i)
    read_q <= !(table_read && table_grant_i) ? other_word : table_word ? word_1 : word_0;
  ds_layer_table #(
      .WordBits(16)
  ) u_table (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .load_i      (table_load),
      .valid_o     (table_valid),
      .entry_o     (entry),
      .read_valid_o(table_read),
      .read_word_o (table_word),
      .read_grant_i(table_grant_i),
      .read_data_i (read_q)
  );

  // ---- What is under way, and how far the image is
  reg started_q = 1'b0;
  reg running_q, forward_q, rows_q, collecting_q, aligning_q, written_q;
  reg [2:0] forwards_q, deltas_q, collects_q, norm_q, given_q;
  reg [2:0] collect_age_q;
  reg [3:0] waiting_q;  // cycles in this step
  reg [4:0] steps_q;  // done in this image
  reg [7:0] cycles_q;
  wire own_low = {n_in, n_out, weight_base} == {layer_n_in, layer_n_out, layer_base};
  wire own_high = {groups, neuron_base} == {layer_groups, layer_neuron_base};
  wire own_entry = own_low && own_high;
  wire injected = inject_layer_i != 3'd0;
  (* hierconn *) wire [3:0] \u_sequencer.state_q ;
  (* hierconn *) wire [1:0] \u_table.asking_q ;
  (* hierconn *) wire \u_table.low_q ;
  (* hierconn *) wire \u_table.high_q ;
  wire [1:0] asking = \u_table.asking_q ;
  wire low = \u_table.low_q ;
  wire high = \u_table.high_q ;
  wire [3:0] state = \u_sequencer.state_q ;
  wire step = image_start || forward_start || units_done_i || align_start || delta_last_i
      || state == 4'd5 && norm_done_i || image_done || image_written_i;
  // Steps done when the sequencer is in this state.
  wire [4:0] due = state == 4'd1 ? {forwards_q, 1'b0} : state == 4'd2 ? {forwards_q, 1'b1}
      : {layer_count_i, 1'b0} + (state == 4'd3 ? {deltas_q, 1'b0} : state == 4'd4 ? {deltas_q, 1'b1}
      : {layer_count_i, 1'b0} + state - 4'd5);
  wire loading = {asking, low, high} != 4'd0;
  wire record = image_start || forward_done || norm_done_i || image_done;

  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    assume (layer_count_i >= 3'd1 && layer_count_i <= 3'd3);
    assume (inject_layer_i <= layer_count_i);
    if (started_q && running_q && !$past(rst_i))
      assume ($stable(layer_count_i) && $stable(inject_layer_i));
    assume (width0 >= 3'd1 && width0 <= 3'd4 && width1 >= 3'd1 && width1 <= 3'd4);
    assume (width2 >= 3'd1 && width2 <= 3'd4 && width3 >= 3'd1 && width3 <= 3'd4);

    // The parts answer when asked, after a while, once.
    if (!forward_q) assume (!units_done_i);
    if (!aligning_q) assume (!delta_last_i);
    if (norm_q == 3'd0) assume (!norm_done_i);
    if (norm_q == NORM_CYCLES) assume (norm_done_i);
    if (!written_q) assume (!image_written_i);
    if (record_q) assume (!image_written_i);  // image_written_o is later than the last word
    if (record_q) assume (!units_done_i);     // nothing keeps the recorder back so long
    if (collect_age_q < COLLECT_CYCLES) assume (!collected_i);
    if (started_q && $past(collected_i && !collect_start)) assume (collected_i);

    waiting_q <= step ? 4'd0 : waiting_q + 4'd1;
    steps_q   <= steps_q + step;
    cycles_q  <= cycles_q + 8'd1;
    if (Bounded != 0 && waiting_q == ANSWER)
      assume (state == 4'd2 ? units_done_i : state == 4'd3 ? collected_i
              : state == 4'd4 ? delta_last_i : state == 4'd7 ? image_written_i : 1'b1);
    if (Bounded != 0 && waiting_q == 4'd4) assume (table_grant_i);
    if (Bounded != 0 && waiting_q == 4'd5) assume (table_grant_i);
    if (Bounded != 0 && waiting_q >= ANSWER - 4'd1) assume (!record_q || recorded_i);

    if (forward_start) forward_q <= 1'b1;
    if (units_done_i) forward_q <= 1'b0;
    if (backward_start) rows_q <= 1'b1;
    else if (collected_i) rows_q <= 1'b0;
    if (align_start) aligning_q <= 1'b1;
    if (delta_last_i) aligning_q <= 1'b0;
    if (collect_start) collecting_q <= 1'b1;
    else if (align_start) collecting_q <= 1'b0;
    norm_q <= delta_last_i ? 3'd1 : norm_done_i ? 3'd0 : norm_q + (norm_q != 3'd0);
    if (recorded_i) record_q <= 1'b0;
    if (record) record_q <= 1'b1;
    if (collect_start) collect_age_q <= 3'd1;
    else if (collect_age_q != COLLECT_CYCLES) collect_age_q <= collect_age_q + 3'd1;
    if (image_done) written_q <= 1'b1;
    if (image_written_i) written_q <= 1'b0;

    if (units_done_i) forwards_q <= forwards_q + 3'd1;
    if (delta_last_i) deltas_q <= deltas_q + 3'd1;
    if (collect_start) collects_q <= collects_q + 3'd1;
    if (collect_start && collect_inject && collect_given) given_q <= given_q + 3'd1;
    if (image_start) begin
      running_q  <= 1'b1;
      forwards_q <= 3'd0;
      deltas_q   <= 3'd0;
      collects_q <= 3'd0;
      given_q    <= 3'd0;
      steps_q    <= 5'd0;
      cycles_q   <= 8'd0;
    end
    if (image_written_i) running_q <= 1'b0;
    if (rst_i) begin
      {running_q, forward_q, rows_q, collecting_q, aligning_q, written_q} <= 6'd0;
      norm_q <= 3'd0;
      record_q <= 1'b0;
    end

    if (started_q && !rst_i) begin
      if (table_load) not_while_loading : assert (!loading || !running_q);
      if (table_valid && running_q && !image_start) own_entry_when_valid : assert (own_entry);
      if (forward_start) begin
        forward_in_order : assert (layer == forwards_q && deltas_q == 3'd0 && !collecting_q
                                   || layer == forwards_q && layer_is_last);
        forward_entry : assert (own_entry && table_valid);
      end
      if (forward_start || backward_start)
        parts_at_rest : assert (!forward_q && !rows_q && (!aligning_q || delta_last_i));
      if (backward_start)
        backward_in_order : assert (table_valid && own_entry && layer != 2'd0
                                    && layer + deltas_q + 3'd1 == layer_count_i);
      if (collect_start) begin
        collect_entry : assert (table_valid && own_entry);
        collect_once : assert (!collecting_q
                               && collects_q == (collect_output ? 3'd0 : deltas_q + 3'd1));
        if (collect_inject)
          inject_above : assert (injected && layer_count_i - collects_q >= inject_layer_i);
        else inject_not_below : assert (!injected || layer_count_i - collects_q < inject_layer_i);
        rows_unless_injected : assert (collect_output || backward_start == !collect_inject);
      end
      if (align_start)
        align_in_order : assert (layer + deltas_q + 3'd1 == layer_count_i && !forward_q
                                 && forwards_q == layer_count_i && collects_q == deltas_q + 3'd1);
      if (align_start) after_the_norm_before : assert (norm_q == 3'd0 && !norm_done_i);
      if (record) one_record_at_a_time : assert (!record_q);
      if (delta_last_i) one_norm : assert (norm_q == 3'd0);
      if (image_done)
        all_done : assert (forwards_q == layer_count_i && deltas_q == layer_count_i
                           && collects_q == layer_count_i && norm_q == 3'd0
                           && given_q == (injected ? 3'd1 : 3'd0));
      idle_is_at_rest : assert (!idle || !running_q && !forward_q && !rows_q && !aligning_q);

      // What the sequencer's state means.
      states : assert (state <= 4'd7 && running_q == (state != 4'd0));
      if (running_q) begin
        layers : assert (layer < layer_count_i && collects_q <= layer_count_i);
        given : assert (given_q == (injected
                                    && layer_count_i + 3'd1 - collects_q <= inject_layer_i));
        if (state <= 4'd2) on_the_way_up : assert (layer == forwards_q && deltas_q == 3'd0
                                                   && norm_q == 3'd0 && !rows_q && !aligning_q);
        else on_the_way_down : assert (forwards_q == layer_count_i && !forward_q);
        if (state == 4'd3 || state == 4'd4)
          next_down : assert (layer + deltas_q + 3'd1 == layer_count_i
                              && collects_q == deltas_q + 3'd1);
        if (state >= 4'd5)
          down : assert (deltas_q == layer_count_i && collects_q == layer_count_i);
      end
      flags : assert (forward_q == (state == 4'd2) && aligning_q == (state == 4'd4)
                      && (!rows_q || state == 4'd3) && written_q == (state == 4'd7)
                      && (!norm_q || state == 4'd3 || state == 4'd5) && norm_q <= NORM_CYCLES
                      && (state != 4'd5 || norm_q != 3'd0)
                      && collecting_q == (state == 4'd3 || state == 4'd2 && layer_is_last));
      if (state <= 4'd2 && running_q)
        collects : assert (collects_q == (state == 4'd2 && layer_is_last ? 3'd1 : 3'd0));
      table_state : assert (!(table_valid && loading)
                            && (table_valid || loading || state == 4'd0)
                            && (table_valid || state == 4'd0 || state == 4'd1 || state == 4'd3)
                            && (!loading || state == 4'd1 || state == 4'd3));
      // Words of the entry: to ask for, on their way, there.
      table_order : assert (asking != 2'b01 && (asking[0] ? !low && !high
          : asking[1] ? !high : !low));
      if (low || high) word_read : assert (read_q == (low ? word_0 : word_1));
      if (running_q && asking != 2'b11 && !low) low_word : assert (own_low);
      if (state == 4'd0 || state == 4'd4) record_at_rest : assert (!record_q);
      if (state == 4'd5) record_free : assert (!record_q);
      if (state == 4'd3 && norm_q != 3'd0) age : assert (collect_age_q == norm_q && !record_q);

      if (Bounded != 0 && running_q) begin
        steps : assert (steps_q == due);
        step_ends : assert (waiting_q < STEP_CYCLES);
        image_ends : assert (cycles_q <= steps_q * STEP_CYCLES + waiting_q);
      end

      one_layer : cover (image_written_i && layer_count_i == 3'd1);
      given_below : cover (collect_start && collect_inject && collect_given && !collect_output
                           && layer == 2'd1);
      waits_for_the_record : cover (state == 4'd3 && collected_i && table_valid && record_q);
      third_layer : cover (backward_start && layer == 2'd2 && inject_layer_i == 3'd0);
    end
  end
endmodule

`default_nettype wire
