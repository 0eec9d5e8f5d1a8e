// fv_unit_store: the unit memory's clients as ds_core connects them: address generator, layer table
// and unit store, with hold_i made as there. The clients that cannot wait are free, one at a time,
// each announced 3 cycles before; so is the recorder, which asks until it is granted. With Shared
// there is never more than one access of all, rows included, and a word that is granted is the one
// that is read or written; without, never two writes and never two reads. Whoever asks is granted 3
// cycles after the last of those that cannot wait, at most. By induction.
`default_nettype none

module fv_unit_store #(
    parameter Shared = 1
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire       row_start_i,
    input wire       backward_i,
    input wire [5:0] base_i,
    input wire [2:0] n_in_i,
    input wire [1:0] groups_i,
    input wire [2:0] list_count_i,
    input wire       drain_free_i,
    input wire [2:0] list_index_i,
    input wire       soon_i,
    input wire [7:0] client_i,
    input wire [2:0] neuron_i,
    input wire [1:0] host_mask_i,
    input wire [4:0] host_place_i,
    input wire       load_i,
    input wire       layer_i,
    input wire       record_i,
    input wire       record_high_i,
    input wire [1:0] record_pair_i
);
  // ---- Those that cannot wait: one bit of client_i each
  wire sum_read = client_i[0];
  wire given_read = client_i[1];
  wire host_read = client_i[2];
  wire sum_write = client_i[3];
  wire exponent_write = client_i[4];
  wire z_write = client_i[5];
  wire a_write = client_i[6];
  wire host_write = client_i[7];
  wire [2:0] reads = client_i[2:0];
  wire [4:0] writes = client_i[7:3];
  wire host = host_read || host_write;
  wire first = |{client_i[6:3], client_i[1:0]};
  reg [2:0] soon_q;  // bit i is i + 1 cycles old

  // ---- Those that wait, and the rows that are held for all of them
  reg record_q, record_high_q;
  reg [1:0] record_pair_q;
  wire [1:0] record_write = {record_q && record_high_q, record_q && !record_high_q};
  wire record_grant, table_read, table_word, table_grant, table_valid;
  wire [127:0] entry;
  wire hold = Shared != 0 && (soon_i || table_read || record_q);
  wire drain_reserve, drain_stall, row_valid, row_backward, row_first, row_last, row_empty;
  wire [2:0] list_addr, row_inner;
  wire [5:0] row_addr;
  ds_address_generator #(
      .IndexBits(3),
      .GroupBits(2),
      .RowBits  (6)
  ) u_address (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .start_i           (row_start_i),
      .start_backward_i  (backward_i),
      .start_base_i      (base_i),
      .start_n_in_i      (n_in_i),
      .start_groups_i    (groups_i),
      .start_list_count_i(list_count_i),
      .hold_i            (hold),
      .drain_free_i      (drain_free_i),
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
  ds_layer_table #(
      .WordBits(64)
  ) u_table (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .load_i      (load_i),
      .valid_o     (table_valid),
      .entry_o     (entry),
      .read_valid_o(table_read),
      .read_word_o (table_word),
      .read_grant_i(table_grant),
      .read_data_i (64'd0)
  );

  wire unit_access;
  wire [3:0] unit_write;
  wire [4:0] unit_raddr, unit_waddr;
  wire [63:0] unit_data;
  ds_unit_store #(
      .NeuronBits(3),
      .LayerBits (1),
      .PairBits  (2),
      .WidthBits (2),
      .ZBits     (20),
      .SumBits   (48),
      .Shared    (Shared)
  ) u_units (
      .sum_read_i        (sum_read),
      .sum_read_neuron_i (neuron_i),
      .sum_write_i       (sum_write),
      .sum_write_neuron_i(neuron_i),
      .sum_write_data_i  (48'd0),
      .sum_write_delta_i (16'd0),
      .exponent_write_i  (exponent_write),
      .exponent_layer_i  (neuron_i[0]),
      .exponent_data_i   (16'd0),
      .given_read_i      (given_read),
      .given_index_i     (neuron_i[1:0]),
      .z_write_i         (z_write),
      .z_neuron_i        (neuron_i),
      .z_data_i          (20'd0),
      .a_write_i         (a_write),
      .a_neuron_i        (neuron_i),
      .a_data_i          (16'd0),
      .host_read_i       (host_read),
      .host_write_i      (host_write ? host_mask_i : 2'd0),
      .host_place_i      (host_place_i),
      .host_data_i       (32'd0),
      .row_i             (row_valid),
      .record_write_i    (record_write),
      .record_pair_i     (record_pair_q),
      .record_data_i     (32'hFFFFFFFF),
      .record_grant_o    (record_grant),
      .table_read_i      (table_read),
      .table_place_i     ({layer_i, table_word}),
      .table_grant_o     (table_grant),
      .unit_access_o     (unit_access),
      .unit_raddr_o      (unit_raddr),
      .unit_write_o      (unit_write),
      .unit_waddr_o      (unit_waddr),
      .unit_data_o       (unit_data)
  );

  // Places: 8 sums, 8 units, 2 layers of 2 words in 8, 4 records of 2 in 8.
  localparam [4:0] UNITS = 5'd8;
  localparam [4:0] TABLE = 5'd16;
  localparam [4:0] RECORDS = 5'd24;
  wire record_made = record_q && record_grant;
  wire table_made = table_read && table_grant;
  reg [1:0] quiet_q;  // cycles that the longest-waiting has waited, nobody before it in the way
  wire table_next = table_read && !(Shared != 0 && record_q);

  (* hierconn *) wire \u_address.valid_q1 ;
  (* hierconn *) wire \u_address.valid_q2 ;
  reg started_q = 1'b0;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    assume ((client_i[7:3] & (client_i[7:3] - 5'd1)) == 5'd0);
    assume ((client_i[2:0] & (client_i[2:0] - 3'd1)) == 3'd0);
    if (Shared != 0) assume ((client_i & (client_i - 8'd1)) == 8'd0);
    if (Shared != 0 && first) assume (soon_q[2]);
    if (host_write) assume (host_mask_i != 2'd0);
    // The host is served while nothing is in work.
    if (host) assume (!first && !record_q && !table_read && !row_valid);

    soon_q <= {soon_q[1:0], soon_i};
    if (!record_q || record_grant) begin
      record_q      <= record_i;
      record_high_q <= record_high_i;
      record_pair_q <= record_pair_i;
    end
    quiet_q <= (record_q && !record_grant || table_next && !table_grant) && !first
        ? quiet_q + 2'd1 : 2'd0;
    if (rst_i) begin
      record_q <= 1'b0;
      quiet_q  <= 2'd0;
      soon_q   <= 3'd0;
    end

    if (started_q && !rst_i) begin
      if (Shared != 0) begin
        one_access : assert (unit_access == (reads != 3'd0 || table_made || unit_write != 4'd0));
        one_place : assert (unit_write == 4'd0 || unit_raddr == unit_waddr);
        no_row_is_lost : assert (!row_valid || !first && !record_made && !table_made);
      end
      one_read : assert (reads == 3'd0 || !table_made);
      one_write : assert (writes == 5'd0 || !record_made);
      write_made : assert ((unit_write != 4'd0) == (writes != 5'd0 || record_made));
      if (table_made) table_place : assert (unit_raddr == TABLE + {layer_i, table_word});
      if (sum_read) sum_place : assert (unit_raddr == {2'd0, neuron_i});
      if (given_read) given_place : assert (unit_raddr == UNITS + neuron_i[1:0]);
      if (record_made)
        record_place : assert (unit_waddr == RECORDS + record_pair_q
            && unit_write == (record_high_q ? 4'b1100 : 4'b0011) && &unit_data);
      if (sum_write) sum_words : assert (unit_waddr == {2'd0, neuron_i} && unit_write == 4'b1111);
      if (z_write) z_words : assert (unit_waddr == UNITS + neuron_i && unit_write == 4'b0011);
      if (a_write) a_word : assert (unit_waddr == UNITS + neuron_i && unit_write == 4'b0100);
      if (exponent_write)
        exponent_word : assert (unit_waddr == TABLE + {neuron_i[0], 1'b1}
            && unit_write == 4'b1000);
      if (sum_write || z_write || a_write || exponent_write)
        data_of_their_own : assert ((unit_data & {{16{unit_write[3]}}, {16{unit_write[2]}},
            {16{unit_write[1]}}, {16{unit_write[0]}}}) == 64'd0);

      // Rows leave 3 cycles after a cycle without hold_i, so they give way in 3 cycles.
      if (record_q && !first && quiet_q == 2'd3) record_in_time : assert (record_grant);
      if (table_next && !first && quiet_q == 2'd3) table_in_time : assert (table_grant);
      if (quiet_q != 2'd0) asking : assert (record_q || table_read);
      if (Shared != 0) begin
        held : assert (!(\u_address.valid_q1 && soon_q[0]) && !(\u_address.valid_q2 && soon_q[1])
                       && !(row_valid && soon_q[2]));
        emptied : assert (!(\u_address.valid_q1 && quiet_q >= 2'd1)
                          && !(\u_address.valid_q2 && quiet_q >= 2'd2)
                          && !(row_valid && quiet_q >= 2'd3));
      end

      record_after_rows : cover (record_made && $past(row_valid) && quiet_q == 2'd3);
      table_after_record : cover (table_made && $past(record_made) && $past(table_read));
      row_after_both : cover (row_valid && $past(table_made, 4) && $past(sum_read, 5));
    end
  end
endmodule

`default_nettype wire
