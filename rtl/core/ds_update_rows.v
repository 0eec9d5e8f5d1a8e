// ds_update_rows: what the update lanes do, row by row.
// Purpose     of an image, for the layer in the table: V += a * delta over the rows of its non-zero
//             inputs, then over those of its biases. Of a batch, for every layer: W and V of each
//             row by five operations; then its biases are copied to their memory.
// Latency     5 cycles from image_start_i to the first row's address.
// Throughput  a row a cycle, or in 5; a bias copied in 1.
// Format      contract/formats.ts; shifts as docs/decisions/0018-training.md has them.
// Reset       the state.
//             Golden  golden/fixed/training.ts: its order does not show in the results.
`default_nettype none
module ds_update_rows #(
    parameter Lanes        = 4,
    parameter WordBits     = 16,   // [bits]
    parameter RowBits      = 10,   // [bits]
    parameter IndexBits    = 11,   // [bits] of an input index or count
    parameter GroupBits    = 7,    // [bits]
    parameter WidthBits    = 8,    // [bits], log2(widest layer)
    parameter NeuronBits   = 9,    // [bits]
    parameter LayerBits    = 7,    // [bits]
    parameter ZShiftBits   = 5,    // [bits]
    parameter ScaleBits    = 3,    // [bits]
    parameter ExponentBits = 16,   // [bits] of X
    parameter ShiftBits    = 6,    // [bits] of a shift, in ones
    parameter YBits        = 18,   // [bits]
    parameter BiasShift    = 9,    // [bits] from the LSB of W to that of B, inputs unscaled
    parameter NoExponent   = -32768
) (
    input  wire                        clk_i,
    input  wire                        rst_i,

    input  wire                        image_start_i,   // of the layer in the table
    output reg                         image_done_o,    // its rows have been read
    input  wire                        commit_start_i,
    input  wire [         LayerBits:0] layer_count_i,
    output wire                        committing_o,
    output wire                        busy_o,          // either, up to the last write

    output reg  [       LayerBits-1:0] table_layer_o,   // while committing
    output wire                        table_load_o,
    input  wire                        table_valid_i,
    input  wire                        image_input_i,   // the inputs are the image's list
    input  wire [       IndexBits-1:0] list_count_i,
    input  wire [         RowBits-1:0] base_i,
    input  wire [       IndexBits-1:0] n_in_i,
    input  wire [       GroupBits-1:0] groups_i,
    input  wire [         WidthBits:0] n_out_i,
    input  wire [      NeuronBits-1:0] neuron_base_i,
    input  wire [      ZShiftBits-1:0] z_shift_i,
    input  wire [       ScaleBits-1:0] input_scale_i,
    input  wire [    ExponentBits-1:0] exponent_i,      // X of delta

    input  wire [    ExponentBits-1:0] gradient_shift_i,
    input  wire [        WordBits-1:0] step_i,          // D
    input  wire [       ShiftBits-1:0] step_shift_i,    // 1 + G
    input  wire [        WordBits-1:0] decay_i,         // K
    input  wire [       ShiftBits-1:0] decay_shift_i,
    input  wire [        WordBits-1:0] momentum_i,      // M
    output reg                         shift_clamped_o,  // strobe

    output wire                        rows_o,          // owns the row address and what is below
    output reg  [         RowBits-1:0] row_addr_o,
    output wire [       IndexBits-1:0] list_addr_o,     // read latency 2
    input  wire [       IndexBits-1:0] list_index_i,
    output reg  [       IndexBits-1:0] list_place_o,    // of the value; latency 1, as all below
    input  wire [        WordBits-1:0] list_value_i,
    output wire [      NeuronBits-1:0] input_neuron_o,
    input  wire [        WordBits-1:0] input_value_i,
    output reg  [       GroupBits-1:0] delta_row_o,     // with row_addr_o
    input  wire [2*Lanes*WordBits-1:0] weight_planes_i,

    output reg                         op_valid_o,      // as the lanes take them
    output reg  [                 1:0] op_x_o,
    output reg  [           YBits-1:0] op_y_o,
    output reg  [                 3:0] op_shift_o,
    output reg                         op_subtract_o,
    output reg                         op_first_o,
    output reg  [                 1:0] op_base_o,
    output reg                         op_last_o,
    output reg                         op_to_v_o,
    output reg                         op_count_o,
    output reg  [         RowBits-1:0] op_row_o,
    output reg  [           Lanes-1:0] op_lanes_o,
    input  wire                        lanes_busy_i,

    output reg                         bias_write_o,
    output reg  [      NeuronBits-1:0] bias_addr_o,
    output reg  [      2*WordBits-1:0] bias_data_o
);
  localparam LANE_BITS = $clog2(Lanes);
  localparam [1:0] X_DELTA = 2'd0;
  localparam [1:0] X_W_HIGH = 2'd1;
  localparam [1:0] X_V_HIGH = 2'd2;
  localparam [1:0] X_V_LOW = 2'd3;
  localparam [1:0] BASE_ZERO = 2'd0;
  localparam [1:0] BASE_W = 2'd1;
  localparam [1:0] BASE_V = 2'd2;
  localparam [2:0] OP_DECAY = 3'd0;
  localparam [2:0] OP_STEP_HIGH = 3'd1;
  localparam [2:0] OP_STEP_LOW = 3'd2;
  localparam [2:0] OP_MOMENTUM_HIGH = 3'd3;
  localparam [2:0] OP_LAST = 3'd4;  // momentum low
  localparam [WordBits-1:0] ONE = 1 << (WordBits - 2);  // input of a bias
  localparam [ShiftBits-1:0] NEVER = {ShiftBits{1'b1}};  // nothing is left
  localparam [ShiftBits-1:0] LOW_WORD = WordBits;

  // ---- State -----------------------------------------------------------------------------------
  localparam [2:0] ST_IDLE = 3'd0;
  localparam [2:0] ST_LOAD = 3'd1;
  localparam [2:0] ST_START = 3'd2;
  localparam [2:0] ST_ROWS = 3'd3;
  localparam [2:0] ST_DRAIN = 3'd4;  // the last rows are on their way
  localparam [2:0] ST_READ = 3'd5;  // a row of biases, to be copied
  localparam [2:0] ST_COPY = 3'd6;
  reg [2:0] state_q;
  reg committing_q;
  assign committing_o = committing_q;
  assign rows_o = state_q != ST_IDLE;
  assign busy_o = rows_o || lanes_busy_i || copy_q || bias_write_o;
  assign table_load_o = state_q == ST_LOAD;

  localparam [IndexBits-1:0] ONE_INDEX = 1;
  localparam [GroupBits-1:0] ONE_GROUP = 1;
  wire listed = !committing_q && image_input_i;
  wire empty = listed && list_count_i == {IndexBits{1'b0}};
  wire [IndexBits-1:0] count = empty ? ONE_INDEX : listed ? list_count_i : n_in_i;

  // ---- Cycle 0: one operation ------------------------------------------------------------------
  reg [2:0] op_q;
  reg [IndexBits-1:0] index_q;
  reg [GroupBits-1:0] group_q;
  reg bias_q;
  wire issue = state_q == ST_ROWS;
  wire row_done = !committing_q || op_q == OP_LAST;
  wire group_done = row_done && (bias_q || index_q == count - ONE_INDEX);
  wire group_last = group_q == groups_i - ONE_GROUP;
  wire all_done = group_done && group_last && bias_q;
  wire read_group = state_q == ST_COPY && lane_last && !copied;
  assign list_addr_o = index_q;
  always @(posedge clk_i) begin
    if (issue) begin
      op_q <= row_done ? 3'd0 : op_q + 3'd1;
      if (row_done) index_q <= group_done ? {IndexBits{1'b0}} : index_q + ONE_INDEX;
      if (group_done && group_last) bias_q <= 1'b1;
    end
    if (issue ? group_done : read_group)
      group_q <= issue && group_last ? {GroupBits{1'b0}} : group_q + ONE_GROUP;
    if (state_q == ST_START) begin
      op_q    <= 3'd0;
      index_q <= {IndexBits{1'b0}};
      group_q <= {GroupBits{1'b0}};
      bias_q  <= 1'b0;
    end
  end

  // ---- Cycles 1 and 2: the list is read --------------------------------------------------------
  localparam SIDE_BITS = 3 + IndexBits + GroupBits + 3;
  reg [1:0] valid_q;
  reg [SIDE_BITS-1:0] side_q, side_q2;
  wire [2:0] op2;
  wire [IndexBits-1:0] index2;
  wire [GroupBits-1:0] group2;
  wire bias2, group_done2, all_done2;
  assign {op2, index2, group2, bias2, group_done2, all_done2} = side_q2;
  always @(posedge clk_i) begin
    valid_q <= {valid_q[0], issue};
    side_q  <= {op_q, index_q, group_q, bias_q, group_done, all_done};
    side_q2 <= side_q;
    if (rst_i) valid_q <= 2'd0;
  end

  // ---- Cycle 3: addresses. The rows of a layer follow each other, biases behind ----------------
  localparam WIDE_BITS = RowBits > IndexBits ? RowBits : IndexBits;
  /* verilator lint_off UNUSEDSIGNAL */  // a memory of few rows has few inputs
  wire [IndexBits-1:0] k = empty ? {IndexBits{1'b0}} : listed ? list_index_i : index2;
  wire [WIDE_BITS-1:0] row_place = {{(WIDE_BITS - IndexBits) {1'b0}}, k};
  wire [WIDE_BITS-1:0] stride = {{(WIDE_BITS - IndexBits) {1'b0}}, n_in_i};
  /* verilator lint_on UNUSEDSIGNAL */
  wire [RowBits-1:0] bias_place = {{(RowBits - GroupBits) {1'b0}}, group2};
  wire [RowBits-1:0] read_place = {{(RowBits - GroupBits) {1'b0}}, group_q};
  reg [RowBits-1:0] group_base_q, row_addr_q;
  reg [GroupBits-1:0] delta_row_q;
  reg [NeuronBits-1:0] first_input_q;
  reg valid_q3, bias_q3, all_done_q3;
  reg [2:0] op_q3;
  localparam NEURON_WIDE = NeuronBits > IndexBits ? NeuronBits : IndexBits;
  /* verilator lint_off UNUSEDSIGNAL */  // a list longer than that is the image's
  wire [NEURON_WIDE-1:0] wide_place = {{(NEURON_WIDE - IndexBits) {1'b0}}, list_place_o};
  wire [NEURON_WIDE-1:0] wide_n_in = {{(NEURON_WIDE - IndexBits) {1'b0}}, n_in_i};
  /* verilator lint_on UNUSEDSIGNAL */
  assign input_neuron_o = first_input_q + wide_place[NeuronBits-1:0];
  always @(posedge clk_i) begin
    valid_q3     <= valid_q[1];
    op_q3        <= op2;
    bias_q3      <= bias2;
    all_done_q3  <= valid_q[1] && all_done2;
    list_place_o <= index2;
    delta_row_q  <= group2;
    row_addr_q   <= group_base_q + (bias2 ? bias_place : row_place[RowBits-1:0]);
    if (state_q == ST_READ || state_q == ST_COPY) row_addr_q <= group_base_q + read_place;
    if (valid_q[1] && group_done2 && !bias2)
      group_base_q <= group_base_q + stride[RowBits-1:0];
    if (state_q == ST_START) begin
      group_base_q  <= base_i;
      first_input_q <= neuron_base_i - wide_n_in[NeuronBits-1:0];
    end
    if (rst_i) begin
      valid_q3    <= 1'b0;
      all_done_q3 <= 1'b0;
    end
  end

  // ---- Shifts of an image's layer: two cycles after the start ----------------------------------
  localparam SUM_BITS = ExponentBits + 2;
  localparam [ExponentBits-1:0] NONE = NoExponent[ExponentBits-1:0];
  reg start_q, start_q2;
  reg [SUM_BITS-1:0] sum_q;
  reg [ShiftBits-1:0] shift_q, bias_shift_q;
  wire below = sum_q[SUM_BITS-1] || sum_q == {SUM_BITS{1'b0}};
  wire above = sum_q[SUM_BITS-2:ShiftBits] != {(SUM_BITS - 1 - ShiftBits) {1'b0}};
  wire [ShiftBits-1:0] shift = below ? {{(ShiftBits - 1) {1'b0}}, 1'b1}
      : above ? NEVER : sum_q[ShiftBits-1:0];
  wire [ShiftBits:0] bias_shift = {1'b0, shift} - {{ShiftBits{1'b0}}, 1'b1}
      + {{(ShiftBits + 1 - ScaleBits) {1'b0}}, input_scale_i};
  always @(posedge clk_i) begin
    start_q  <= image_start_i;
    start_q2 <= start_q;
    sum_q    <= {{2{gradient_shift_i[ExponentBits-1]}}, gradient_shift_i}
        - {{2{exponent_i[ExponentBits-1]}}, exponent_i}
        - {{(SUM_BITS - ZShiftBits) {1'b0}}, z_shift_i}
        - {{(SUM_BITS - 1 - ScaleBits) {1'b0}}, input_scale_i, 1'b0};
    if (start_q2) begin
      shift_q      <= shift;
      bias_shift_q <= bias_shift[ShiftBits] ? NEVER : bias_shift[ShiftBits-1:0];
    end
    shift_clamped_o <= start_q2 && below && exponent_i != NONE;
  end

  // ---- Cycle 4: the list's value has come; the row is addressed --------------------------------
  localparam [ShiftBits-1:0] BIAS_SHIFT = BiasShift[ShiftBits-1:0];
  wire [ShiftBits-1:0] to_bias =
      bias_q3 ? BIAS_SHIFT + {{(ShiftBits - ScaleBits) {1'b0}}, input_scale_i} : {ShiftBits{1'b0}};
  reg valid_q4, bias_q4, all_done_q4;
  reg [2:0] op_q4;
  reg [ShiftBits-1:0] places_q;  // to shift by
  reg [WordBits-1:0] y_q;  // but an input
  always @(posedge clk_i) begin
    valid_q4    <= valid_q3;
    op_q4       <= op_q3;
    bias_q4     <= bias_q3;
    all_done_q4 <= all_done_q3;
    row_addr_o  <= row_addr_q;
    delta_row_o <= delta_row_q;
    case (op_q3)
      OP_DECAY: begin
        y_q      <= decay_i;
        places_q <= bias_q3 ? NEVER : decay_shift_i;
      end
      OP_STEP_HIGH: begin
        y_q      <= step_i;
        places_q <= step_shift_i + to_bias;
      end
      OP_STEP_LOW: begin
        y_q      <= step_i;
        places_q <= step_shift_i + LOW_WORD + to_bias;
      end
      OP_MOMENTUM_HIGH: begin
        y_q      <= momentum_i;
        places_q <= {ShiftBits{1'b0}};
      end
      default: begin
        y_q      <= momentum_i;
        places_q <= LOW_WORD;
      end
    endcase
    if (!committing_q) begin
      y_q      <= ONE;
      places_q <= bias_q3 ? bias_shift_q : shift_q;
    end
    if (rst_i) begin
      valid_q4    <= 1'b0;
      all_done_q4 <= 1'b0;
    end
  end

  // ---- Cycle 5: the operation, with the data ---------------------------------------------------
  // n places to the right are some threes to the right and up to two places to the left.
  localparam THREES_BITS = 4 + 2;
  localparam [(1<<ShiftBits)*THREES_BITS-1:0] THREES = threes(1'b0);
  function [(1<<ShiftBits)*THREES_BITS-1:0] threes(input unused);
    integer places;
    reg [3:0] to_right;
    reg [1:0] to_left;
    begin
      to_right = 4'd0;
      to_left  = 2'd0;
      for (places = 0; places < 1 << ShiftBits; places = places + 1) begin
        threes[places*THREES_BITS+:THREES_BITS] = {to_right, to_left};
        if (to_left != 2'd0) to_left = to_left - 2'd1;
        else if (to_right != 4'd15) begin  // 45 places leave nothing, as more do
          to_right = to_right + 4'd1;
          to_left  = 2'd2;
        end
      end
    end
  endfunction
  wire [3:0] right;
  wire [1:0] left;
  assign {right, left} = THREES[places_q*THREES_BITS+:THREES_BITS];
  wire [WordBits-1:0] input_value =
      empty ? {WordBits{1'b0}} : listed ? list_value_i : input_value_i;
  wire [WordBits-1:0] y = !committing_q && !bias_q4 ? input_value : y_q;
  wire [YBits-1:0] y_wide = {{(YBits - WordBits) {y[WordBits-1]}}, y};
  wire [WidthBits:0] group = {{(WidthBits + 1 - GroupBits) {1'b0}}, delta_row_o};
  wire [WidthBits:0] lanes_left = n_out_i - (group << LANE_BITS);
  integer n;
  always @(posedge clk_i) begin
    op_valid_o    <= valid_q4;
    op_row_o      <= row_addr_o;
    op_y_o        <= y_wide << left;
    op_shift_o    <= right;
    image_done_o  <= all_done_q4 && !committing_q;
    op_count_o    <= !committing_q;
    op_subtract_o <= committing_q && op_q4 < OP_MOMENTUM_HIGH;
    op_first_o    <= !committing_q || op_q4 == OP_DECAY || op_q4 == OP_MOMENTUM_HIGH;
    op_base_o     <= !committing_q ? BASE_V : op_q4 == OP_DECAY ? BASE_W : BASE_ZERO;
    op_last_o     <= !committing_q || op_q4 == OP_STEP_LOW || op_q4 == OP_LAST;
    op_to_v_o     <= !committing_q || op_q4 == OP_LAST;
    op_x_o        <= !committing_q ? X_DELTA
        : op_q4 == OP_DECAY ? X_W_HIGH
        : op_q4 == OP_STEP_HIGH || op_q4 == OP_MOMENTUM_HIGH ? X_V_HIGH : X_V_LOW;
    for (n = 0; n < Lanes; n = n + 1) op_lanes_o[n] <= lanes_left > n[WidthBits:0];
    if (rst_i) begin
      op_valid_o   <= 1'b0;
      image_done_o <= 1'b0;
    end
  end

  // ---- Biases to their memory ------------------------------------------------------------------
  reg [1:0] wait_q;  // for the row
  reg [LANE_BITS-1:0] lane_q;
  reg [WidthBits:0] left_q;  // biases of the layer
  wire lane_last = lane_q == {LANE_BITS{1'b1}};
  wire copied = left_q == {{WidthBits{1'b0}}, 1'b1};
  wire [Lanes*WordBits-1:0] lows, highs;
  assign {lows, highs} = weight_planes_i;
  reg [WordBits-1:0] high_q, low_q;
  reg copy_q;
  always @(posedge clk_i) begin
    wait_q       <= state_q == ST_READ ? wait_q + 2'd1 : 2'd0;
    copy_q       <= state_q == ST_COPY;
    high_q       <= highs[lane_q*WordBits+:WordBits];
    low_q        <= lows[lane_q*WordBits+:WordBits];
    bias_write_o <= copy_q;
    bias_data_o  <= {high_q - {{(WordBits - 1) {1'b0}}, low_q[WordBits-1]}, low_q};
    if (bias_write_o) bias_addr_o <= bias_addr_o + {{(NeuronBits - 1) {1'b0}}, 1'b1};
    lane_q <= state_q == ST_COPY ? lane_q + {{(LANE_BITS - 1) {1'b0}}, 1'b1} : {LANE_BITS{1'b0}};
    if (state_q == ST_COPY) left_q <= left_q - {{WidthBits{1'b0}}, 1'b1};
    if (state_q == ST_START) begin
      left_q      <= n_out_i;
      bias_addr_o <= neuron_base_i;
    end
    if (rst_i) begin
      copy_q       <= 1'b0;
      bias_write_o <= 1'b0;
    end
  end

  wire layer_last = {1'b0, table_layer_o} == layer_count_i - {{LayerBits{1'b0}}, 1'b1};
  wire pending = valid_q != 2'd0 || valid_q3 || valid_q4 || lanes_busy_i;
  always @(posedge clk_i) begin
    case (state_q)
      ST_IDLE: begin
        if (image_start_i) state_q <= ST_START;
        if (commit_start_i) begin
          state_q       <= ST_LOAD;
          committing_q  <= 1'b1;
          table_layer_o <= {LayerBits{1'b0}};
        end
      end
      ST_LOAD: state_q <= ST_START;
      ST_START: if (table_valid_i) state_q <= ST_ROWS;
      ST_ROWS: if (all_done) state_q <= ST_DRAIN;
      ST_DRAIN:
      if (committing_q) begin
        if (!pending) state_q <= ST_READ;
      end else if (image_done_o) state_q <= ST_IDLE;
      ST_READ: if (wait_q == 2'd2) state_q <= ST_COPY;
      ST_COPY:
      if (copied) begin
        state_q       <= layer_last ? ST_IDLE : ST_LOAD;
        committing_q  <= !layer_last;
        table_layer_o <= table_layer_o + {{(LayerBits - 1) {1'b0}}, 1'b1};
      end else if (lane_last) state_q <= ST_READ;
      default: state_q <= ST_IDLE;
    endcase
    if (rst_i) begin
      state_q      <= ST_IDLE;
      committing_q <= 1'b0;
    end
  end
endmodule
`default_nettype wire
