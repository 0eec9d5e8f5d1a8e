// fv_address_generator: every row (k, g) of a layer exactly once, in its order, at
// base + g * n_in + k, none of them 3 cycles after hold_i; list addresses within the list. Sizes,
// base, list, hold_i and drain are free, the list holding what ds_nonzero_list promises: indices below n_in. A start comes when the last row
// has left, as fv_sequence proves of the sequencer.
`default_nettype none

module fv_address_generator (
    input wire       clk_i,
    input wire       rst_i,
    input wire       start_i,
    input wire       start_backward_i,
    input wire [5:0] start_base_i,
    input wire [2:0] start_n_in_i,
    input wire [1:0] start_groups_i,
    input wire [2:0] start_list_count_i,
    input wire       hold_i,
    input wire       drain_free_i,
    input wire [2:0] list_index_i
);
  wire drain_reserve, drain_stall;
  wire [2:0] list_addr, row_inner;
  wire row_valid, row_backward, row_first, row_last, row_empty;
  wire [5:0] row_addr;

  ds_address_generator #(
      .IndexBits(3),
      .GroupBits(2),
      .RowBits  (6)
  ) u_dut (
      .clk_i             (clk_i),
      .rst_i             (rst_i),
      .start_i           (start_i),
      .start_backward_i  (start_backward_i),
      .start_base_i      (start_base_i),
      .start_n_in_i      (start_n_in_i),
      .start_groups_i    (start_groups_i),
      .start_list_count_i(start_list_count_i),
      .hold_i            (hold_i),
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

  // What was asked for, and how far the rows that left have come: in issue order (next_*), and as
  // they come out three cycles later (row_*).
  reg running_q, backward_q, empty_q;
  reg [5:0] base_q;
  reg [2:0] n_in_q, count_q;
  reg [1:0] groups_q;
  reg [4:0] left_q;  // rows to come out
  reg [2:0] held_q;  // hold_i, bit i of i + 1 cycles ago
  reg [2:0] k_q;
  reg [2:0] index_q;  // of the row to come out: its place in the list, or k
  reg [1:0] group_q;
  wire [2:0] count = start_backward_i ? start_n_in_i
      : start_list_count_i == 3'd0 ? 3'd1 : start_list_count_i;
  wire [2:0] k = backward_q ? index_q : empty_q ? 3'd0 : k_q;
  wire first = backward_q ? group_q == 2'd0 : index_q == 3'd0;
  wire last = backward_q ? group_q + 2'd1 == groups_q : index_q + 3'd1 == count_q;

  reg started_q = 1'b0;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    if (start_i) begin
      assume (!running_q);
      assume (start_n_in_i >= 3'd1 && start_n_in_i <= 3'd4);
      assume (start_groups_i >= 2'd1 && start_groups_i <= 2'd2);
      assume (start_list_count_i <= start_n_in_i);
      assume ({1'b0, start_base_i} + start_n_in_i * start_groups_i <= 7'd64);
    end
    assume (list_index_i < n_in_q);

    held_q <= {held_q[1:0], hold_i};
    k_q    <= list_index_i;  // read latency 2, registered with the row address
    if (row_valid) begin
      left_q <= left_q - 5'd1;
      if (left_q == 5'd1) running_q <= 1'b0;
      if (backward_q) begin
        group_q <= last ? 2'd0 : group_q + 2'd1;
        if (last) index_q <= index_q + 3'd1;
      end else begin
        index_q <= last ? 3'd0 : index_q + 3'd1;
        if (last) group_q <= group_q + 2'd1;
      end
    end
    if (start_i) begin
      running_q  <= 1'b1;
      backward_q <= start_backward_i;
      empty_q    <= !start_backward_i && start_list_count_i == 3'd0;
      base_q     <= start_base_i;
      n_in_q     <= start_n_in_i;
      groups_q   <= start_groups_i;
      count_q    <= count;
      left_q     <= count * start_groups_i;
      index_q    <= 3'd0;
      group_q    <= 2'd0;
    end
    if (rst_i) running_q <= 1'b0;

    if (started_q && !rst_i) begin
      if (row_valid) begin
        expected : assert (running_q && left_q != 5'd0);
        direction : assert (row_backward == backward_q && row_empty == empty_q);
        inner : assert (row_inner == (backward_q ? {1'b0, group_q} : index_q));
        address : assert (row_addr == base_q + group_q * n_in_q + k);
        in_bounds : assert (row_addr >= base_q && row_addr - base_q < n_in_q * groups_q);
        flags : assert (row_first == first && row_last == last);
      end
      if (drain_stall)
        stalls_for_the_drain : assert (running_q && !backward_q && !drain_free_i && !hold_i);
      if (drain_reserve)
        reserves_once : assert (running_q && !backward_q && drain_free_i && !hold_i);
      not_while_held : assert (!(row_valid && held_q[2]) && !(\u_dut.valid_q2 && held_q[1])
                               && !(\u_dut.valid_q1 && held_q[0]));
      if (\u_dut.busy_q ) list_in_bounds : assert (list_addr < count_q);

      forward : cover (row_valid && row_last && left_q == 5'd1 && !row_backward && row_addr == 6'd63
                       && groups_q == 2'd2 && count_q == 3'd2 && n_in_q == 3'd4);
      backward : cover (row_valid && left_q == 5'd1 && row_backward && n_in_q == 3'd3
                        && groups_q == 2'd2);
      empty : cover (row_valid && row_empty && left_q == 5'd1 && groups_q == 2'd2);
      stall : cover (drain_stall && $past(drain_stall) && row_valid);
      held : cover (row_valid && left_q == 5'd1 && $past(hold_i, 4) && $past(row_valid, 2)
                    && !$past(row_valid));
    end
  end

  // The design's own state agrees with the above: rows still to issue and rows in the pipeline.
  (* hierconn *) wire \u_dut.busy_q ;
  (* hierconn *) wire \u_dut.backward_q ;
  (* hierconn *) wire \u_dut.empty_q ;
  (* hierconn *) wire [2:0] \u_dut.n_in_q ;
  (* hierconn *) wire [2:0] \u_dut.count_q ;
  (* hierconn *) wire [2:0] \u_dut.index_q ;
  (* hierconn *) wire [1:0] \u_dut.groups_q ;
  (* hierconn *) wire [1:0] \u_dut.group_q ;
  (* hierconn *) wire \u_dut.valid_q1 ;
  (* hierconn *) wire \u_dut.valid_q2 ;
  (* hierconn *) wire [5:0] \u_dut.base_q ;
  (* hierconn *) wire [5:0] \u_dut.group_base_q ;
  (* hierconn *) wire [2:0] \u_dut.k_q ;
  (* hierconn *) wire \u_dut.first_q1 ;
  (* hierconn *) wire \u_dut.first_q2 ;
  (* hierconn *) wire \u_dut.last_q1 ;
  (* hierconn *) wire \u_dut.last_q2 ;
  // Place of a row in the order, from its index and group.
  function [4:0] place(input [2:0] index, input [1:0] group);
    place = backward_q ? index * groups_q + group : group * count_q + index;
  endfunction
  wire [4:0] total = count_q * groups_q;
  wire [4:0] issued = \u_dut.busy_q ? place(\u_dut.index_q , \u_dut.group_q ) : total;
  wire [4:0] out = total - left_q;
  wire [4:0] at_q2 = out + row_valid;
  wire [4:0] at_q1 = at_q2 + \u_dut.valid_q2 ;
  // Of a row, from its place in the order: its place in the inner loop, and in the outer one.
  wire [2:0] inner_count = backward_q ? {1'b0, groups_q} : count_q;
  function [2:0] inner_of(input [4:0] at);
    inner_of = at % inner_count;
  endfunction
  function [2:0] outer_of(input [4:0] at);
    outer_of = at / inner_count;
  endfunction
  always @(posedge clk_i) begin
    if (started_q && !rst_i) begin
      if (running_q) begin
        sizes : assert (n_in_q >= 3'd1 && n_in_q <= 3'd4 && groups_q >= 2'd1 && groups_q <= 2'd2
                        && count_q >= 3'd1 && count_q <= n_in_q && left_q >= 5'd1
                        && left_q <= total && {1'b0, base_q} + n_in_q * groups_q <= 7'd64
                        && (!backward_q || (count_q == n_in_q && !empty_q))
                        && (!empty_q || count_q == 3'd1));
        same : assert ({\u_dut.backward_q , \u_dut.empty_q , \u_dut.n_in_q , \u_dut.count_q ,
                        \u_dut.groups_q , \u_dut.base_q }
                       == {backward_q, empty_q, n_in_q, count_q, groups_q, base_q});
        none_lost : assert (issued == at_q1 + \u_dut.valid_q1 );
        if (\u_dut.busy_q )
          next : assert (\u_dut.index_q < count_q && \u_dut.group_q < groups_q);
        here : assert (index_q < count_q && group_q < groups_q && place(index_q, group_q) == out);
      end else begin
        quiet : assert (!\u_dut.busy_q && !\u_dut.valid_q1 && !\u_dut.valid_q2 && !row_valid);
      end
      if (\u_dut.valid_q1 )
        stage_1 : assert (\u_dut.first_q1 == (inner_of(at_q1) == 3'd0)
                          && \u_dut.last_q1 == (inner_of(at_q1) + 3'd1 == inner_count));
      if (\u_dut.valid_q2 )
        stage_2 : assert (\u_dut.first_q2 == (inner_of(at_q2) == 3'd0)
                          && \u_dut.last_q2 == (inner_of(at_q2) + 3'd1 == inner_count));
      // The base of the group of the row in stage 2, or of the next to get there, and its k.
      if (running_q && at_q2 < total)
        stage_3 : assert (\u_dut.group_base_q == base_q
            + (backward_q ? inner_of(at_q2) : outer_of(at_q2)) * n_in_q
            && (!backward_q || \u_dut.k_q == outer_of(at_q2)));
      if (running_q && at_q2 != 5'd0)
        inner_kept : assert (row_inner == inner_of(at_q2 - 5'd1));
    end
  end
endmodule

`default_nettype wire
