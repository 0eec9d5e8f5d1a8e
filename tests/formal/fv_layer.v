// fv_layer: the rows of one layer through address generator, array and drain, from any state in
// which these are at rest to the next such state: forward or backward, any layer of width 1 to 4
// on Lanes lanes, any list of non-zero inputs, z spread or not. Rows, neurons and list addresses
// stay within what the entry says, every row comes exactly once, the drain is never overwritten,
// and all is at rest within LAYER_CYCLES. As it begins in any state of rest and ends in one, it
// holds for every layer of every image; fv_sequence shows that the sequencer starts a layer only
// then. With Held the rows are held for up to 3 cycles at any time, which LAYER_CYCLES does not
// count: forward, 2 inputs and 3 neurons (fv_address_generator holds them as it likes).
// The array is a stand-in of the right latency; so is the unit behind the drain.
`default_nettype none

module fv_layer #(
    parameter Lanes = 2,
    parameter Held  = 0
) (
    input wire       clk_i,
    input wire [2:0] list_index_i
);
  localparam LAYER_CYCLES = Held != 0 ? 29 : 37;

  (* anyconst *) reg [2:0] n_in;
  (* anyconst *) reg [2:0] n_out;
  (* anyconst *) reg [2:0] list_count;
  (* anyconst *) reg [5:0] weight_base;
  (* anyconst *) reg [3:0] neuron_base;
  (* anyconst *) reg backwards;
  (* anyconst *) reg spread;
  (* anyconst *) reg [5:0] held_from;
  (* anyconst *) reg [1:0] held_cycles;
  wire [1:0] groups = (n_out + Lanes[3:0] - 4'd1) / Lanes;
  wire [2:0] inputs = backwards ? n_in : list_count == 3'd0 ? 3'd1 : list_count;
  wire start;
  reg [5:0] cycles_q = 6'd0;  // not held
  reg [1:0] held_q = 2'd0;    // held
  wire hold = cycles_q == held_from && held_q != held_cycles;

  wire drain_free, drain_reserve, drain_stall, row_valid, row_backward, row_first, row_last;
  wire row_empty;
  wire [2:0] list_addr, row_inner;
  wire [5:0] row_addr;
  ds_address_generator #(
      .IndexBits(3),
      .GroupBits(2),
      .RowBits  (6)
  ) u_address (
      .clk_i             (clk_i),
      .rst_i             (1'b0),
      .start_i           (start),
      .start_backward_i  (backwards),
      .start_base_i      (weight_base),
      .start_n_in_i      (n_in),
      .start_groups_i    (groups),
      .start_list_count_i(list_count),
      .hold_i            (hold),
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
      .row_inner_o       (row_inner)
  );

  // Array: 2 cycles on the way, 2 to the announcement of a group, or 6 to a sum of 4 lanes.
  reg [3:0] capture_q;
  reg [7:0] sum_q;
  wire capture = capture_q[3];
  wire sum_valid = sum_q[7];
  wire z_soon, z_valid, z_saturated;
  wire [3:0] z;
  wire [3:0] neuron;
  ds_drain #(
      .Lanes     (Lanes),
      .AccBits   (16),
      .BiasBits  (4),
      .BiasShift (1),
      .ZBits     (4),
      .ShiftBits (4),
      .ShiftMin  (1),
      .WidthBits (3),
      .NeuronBits(4)
  ) u_drain (
      .clk_i              (clk_i),
      .rst_i              (1'b0),
      .start_i            (start && !backwards),
      .start_n_out_i      (n_out),
      .start_neuron_base_i(neuron_base),
      .start_shift_i      (4'd1),
      .spread_i           (spread),
      .reserve_i          (drain_reserve),
      .free_o             (drain_free),
      .capture_i          (capture),
      .accumulators_i     ({Lanes{16'd0}}),
      .bias_addr_o        (neuron),
      .bias_i             (4'd0),
      .z_soon_o           (z_soon),
      .z_valid_o          (z_valid),
      .z_o                (z),
      .z_saturated_o      (z_saturated)
  );

  reg [1:0] unit_q;
  wire unit_valid = unit_q[1];
  always @(posedge clk_i) begin
    capture_q <= {capture_q[2:0], row_valid && !row_backward && row_last};
    sum_q     <= {sum_q[6:0], row_valid && row_backward && row_last};
    unit_q    <= {unit_q[0], z_valid};
  end

  (* hierconn *) wire \u_address.busy_q ;
  (* hierconn *) wire \u_address.valid_q1 ;
  (* hierconn *) wire \u_address.valid_q2 ;
  (* hierconn *) wire \u_drain.sending_q ;
  (* hierconn *) wire \u_drain.captured_q ;
  (* hierconn *) wire \u_drain.captured_q2 ;
  (* hierconn *) wire [4:0] \u_drain.sent_q ;
  wire no_row = !\u_address.busy_q && !\u_address.valid_q1 && !\u_address.valid_q2 && !row_valid;
  wire drain_rest = drain_free && !\u_drain.sending_q && !\u_drain.captured_q
      && !\u_drain.captured_q2 && \u_drain.sent_q == 5'd0 && !z_valid;
  wire rest = no_row && capture_q == 4'd0 && sum_q == 8'd0 && drain_rest && unit_q == 2'd0;

  reg begun_q = 1'b0;
  reg [4:0] rows_q = 5'd0;
  reg [2:0] units_q = 3'd0;
  reg [2:0] sums_q = 3'd0;
  reg [2:0] soon_q = 3'd0;
  assign start = !begun_q;
  wire [5:0] row = row_addr - weight_base;
  wire [3:0] neuron_index = neuron - neuron_base;
  wire all_units = units_q == n_out;
  always @(posedge clk_i) begin
    begun_q <= 1'b1;
    if (!begun_q) assume (rest);
    assume (n_in >= 3'd1 && n_in <= 3'd4 && n_out >= 3'd1 && n_out <= 3'd4);
    assume (list_count <= n_in && list_index_i < n_in);
    assume ({1'b0, weight_base} + n_in * groups <= 7'd64);
    assume ({1'b0, neuron_base} + n_out <= 5'd16);

    if (Held == 0) assume (held_cycles == 2'd0);
    else assume (n_in == 3'd2 && n_out == 3'd3 && !spread && !backwards);
    cycles_q <= cycles_q + (cycles_q != 6'd63 && !hold);
    held_q   <= held_q + hold;
    soon_q   <= {soon_q[1:0], z_soon};
    rows_q   <= rows_q + row_valid;
    units_q  <= units_q + unit_valid;
    sums_q   <= sums_q + sum_valid;

    if (begun_q) begin
      if (row_valid) begin
        row_in_bounds : assert (row_addr >= weight_base && row < n_in * groups);
        row_expected : assert (rows_q < inputs * groups && row_backward == backwards);
        if (backwards)
          row_in_order : assert (row_inner == rows_q % groups
                                 && row == row_inner * n_in + rows_q / groups);
        else
          row_of_group : assert (row_inner == rows_q % inputs && row >= rows_q / inputs * n_in
                                 && row < (rows_q / inputs + 5'd1) * n_in);
      end
      if (\u_address.busy_q ) list_in_bounds : assert (list_addr < inputs);
      if (drain_reserve) reserved_when_free : assert (drain_free);
      if (capture) never_overwritten : assert (!\u_drain.sending_q && !drain_free);
      if (\u_drain.captured_q2 ) all_taken : assert (!\u_drain.sent_q [1]);
      if (\u_drain.sending_q )
        neuron_in_bounds : assert (neuron >= neuron_base && neuron_index < n_out);
      announced : assert (z_valid == soon_q[2]);
      if (spread && z_valid) spread_out : assert (!$past(z_valid));
      if (unit_valid) unit_expected : assert (units_q < n_out && !backwards);
      if (!backwards && all_units) rest_after_units : assert (rest);
      if (backwards && sums_q == n_in) rest_after_sums : assert (rest);
      if (cycles_q >= LAYER_CYCLES) begin
        ends : assert (rest);
        all_rows : assert (rows_q == inputs * groups);
        all_results : assert (backwards ? sums_q == n_in : all_units);
      end

      if (Held == 0)
        ends_backward : cover (backwards && rest && sums_q == 3'd2 && n_out == 3'd3);
      if (Lanes == 2) stalls : cover (drain_stall && rows_q > 5'd2);
      if (Held != 0)
        held : cover (row_valid && held_q == 2'd3 && held_from > 6'd4 && !$past(row_valid)
                      && !backwards);
      else ends_forward : cover (all_units && n_out == 3'd4 && n_in == 3'd4 && list_count == 3'd3);
      nothing_but_zeros : cover (all_units && list_count == 3'd0);
    end
  end
endmodule

`default_nettype wire
