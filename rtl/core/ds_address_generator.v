// ds_address_generator: the order in which a layer's weight rows are visited.
// Purpose     row (k, g) of a layer is at base + g * n_in + k. Forward: g outer, k inner over the
//             list of non-zero inputs; backward: k outer, g inner over all inputs.
// Latency     3 cycles from a list address to the row address; the list is read in between.
// Throughput  1 row/cycle, none while hold_i is high; forward, the last row of a group waits until
//             the drain is free. A row comes 3 cycles after its cycle without hold_i.
// Format      addresses and counts, unsigned.
// Reset       the state.   Golden  none: its order does not show in the results.
`default_nettype none

module ds_address_generator #(
    parameter IndexBits = 11,  // [bits] of an input index or count, so that n_in itself fits
    parameter GroupBits = 7,   // [bits] of a group count, at most IndexBits
    parameter RowBits   = 24   // [bits] of a row address
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire                 start_i,  // takes everything below
    input  wire                 start_backward_i,
    input  wire [  RowBits-1:0] start_base_i,
    input  wire [IndexBits-1:0] start_n_in_i,
    input  wire [GroupBits-1:0] start_groups_i,
    input  wire [IndexBits-1:0] start_list_count_i,

    input  wire                 hold_i,           // the weight memory has something else to do
    input  wire                 drain_free_i,
    output wire                 drain_reserve_o,  // the last row of a group is on its way
    output wire                 drain_stall_o,    // a row waits for the drain

    output wire [IndexBits-1:0] list_addr_o,   // read latency 2
    input  wire [IndexBits-1:0] list_index_i,

    output reg                  row_valid_o,
    output wire                 row_backward_o,
    output reg                  row_first_o,
    output reg                  row_last_o,
    output wire                 row_empty_o,  // stands for an empty list: the input counts as zero
    output reg  [  RowBits-1:0] row_addr_o,
    output reg  [IndexBits-1:0] row_inner_o   // forward: place in the list; backward: group
);
  localparam [IndexBits-1:0] ONE_INDEX = 1;
  localparam [GroupBits-1:0] ONE_GROUP = 1;

  // Stage 0: one (k, g) a cycle.
  reg busy_q, backward_q, empty_q;
  reg [IndexBits-1:0] n_in_q, count_q, index_q;
  reg [GroupBits-1:0] groups_q, group_q;
  wire index_is_last = index_q == count_q - ONE_INDEX;
  wire group_is_last = group_q == groups_q - ONE_GROUP;
  wire first = backward_q ? group_q == {GroupBits{1'b0}} : index_q == {IndexBits{1'b0}};
  wire last = backward_q ? group_is_last : index_is_last;
  wire wanted = busy_q && !hold_i;
  wire issue = wanted && (backward_q || !last || drain_free_i);
  assign drain_reserve_o = issue && last && !backward_q;
  assign drain_stall_o = wanted && !issue;
  assign list_addr_o = index_q;
  assign row_backward_o = backward_q;
  assign row_empty_o = empty_q;

  wire list_empty = start_list_count_i == {IndexBits{1'b0}};
  always @(posedge clk_i) begin
    if (issue) begin
      if (backward_q) begin
        group_q <= last ? {GroupBits{1'b0}} : group_q + ONE_GROUP;
        if (last) index_q <= index_q + ONE_INDEX;
      end else begin
        index_q <= last ? {IndexBits{1'b0}} : index_q + ONE_INDEX;
        if (last) group_q <= group_q + ONE_GROUP;
      end
      if (index_is_last && group_is_last) busy_q <= 1'b0;
    end
    if (start_i) begin
      busy_q     <= 1'b1;
      backward_q <= start_backward_i;
      n_in_q     <= start_n_in_i;
      groups_q   <= start_groups_i;
      count_q    <= start_backward_i ? start_n_in_i : list_empty ? ONE_INDEX : start_list_count_i;
      empty_q    <= !start_backward_i && list_empty;
      index_q    <= {IndexBits{1'b0}};
      group_q    <= {GroupBits{1'b0}};
    end
    if (rst_i) busy_q <= 1'b0;
  end

  // Stages 1 and 2: the list is read. Stage 3: the row address, without a multiplier; k of a
  // backward row and the place in the inner loop are counted again here rather than carried along.
  reg valid_q1, valid_q2, first_q1, first_q2, last_q1, last_q2;
  reg [IndexBits-1:0] k_q;
  reg [RowBits-1:0] base_q, group_base_q;
  localparam WIDE_BITS = RowBits > IndexBits ? RowBits : IndexBits;
  /* verilator lint_off UNUSEDSIGNAL */  // a memory of few rows has few inputs
  wire [WIDE_BITS-1:0] k = backward_q ? {{(WIDE_BITS - IndexBits) {1'b0}}, k_q}
      : empty_q ? {WIDE_BITS{1'b0}} : {{(WIDE_BITS - IndexBits) {1'b0}}, list_index_i};
  wire [WIDE_BITS-1:0] stride = {{(WIDE_BITS - IndexBits) {1'b0}}, n_in_q};
  /* verilator lint_on UNUSEDSIGNAL */
  always @(posedge clk_i) begin
    {valid_q1, first_q1, last_q1} <= {issue, first, last};
    {valid_q2, first_q2, last_q2} <= {valid_q1, first_q1, last_q1};
    row_valid_o <= valid_q2;
    row_first_o <= first_q2;
    row_last_o  <= last_q2;
    row_addr_o  <= group_base_q + k[RowBits-1:0];
    if (valid_q2) begin
      row_inner_o <= first_q2 ? {IndexBits{1'b0}} : row_inner_o + ONE_INDEX;
      if (last_q2) k_q <= k_q + ONE_INDEX;
      if (backward_q && last_q2) group_base_q <= base_q;
      else if (backward_q || last_q2) group_base_q <= group_base_q + stride[RowBits-1:0];
    end
    if (start_i) begin
      base_q       <= start_base_i;
      group_base_q <= start_base_i;
      k_q          <= {IndexBits{1'b0}};
    end
    if (rst_i) begin
      valid_q1    <= 1'b0;
      valid_q2    <= 1'b0;
      row_valid_o <= 1'b0;
    end
  end
endmodule

`default_nettype wire
