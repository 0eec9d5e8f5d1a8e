// ds_mac_array: LANES multipliers on one weight row, for all passes.
// Purpose     forward: accumulators += a * row (axpy); backward: dot product of row and delta.
// Latency     forward 4 cycles from a group's last row to its accumulators, 2 to capture_o;
//             backward 4 + log2(Lanes) cycles from the last row of a sum to sum_valid_o.
// Throughput  1 row/cycle.
// Format      operands signed 16 bit; accumulators exact, signed AccBits; sums exact, SumBits.
// Reset       the valid flags.   Golden  golden/fixed/network.ts, the two inner loops, exact.
`default_nettype none
module ds_mac_array #(
    parameter Lanes    = 4,
    parameter WordBits = 16,  // [bits] of a weight, an activation and a delta mantissa
    parameter AccBits  = 42,  // [bits]
    parameter SumBits  = 40   // [bits]
) (
    input  wire                       clk_i,
    input  wire                       rst_i,

    input  wire                       row_valid_i,
    input  wire                       row_backward_i,
    input  wire                       row_first_i,  // of a group (forward) or a sum (backward)
    input  wire                       row_last_i,
    input  wire [ Lanes*WordBits-1:0] row_weights_i,
    input  wire [       WordBits-1:0] row_activation_i,  // forward
    input  wire [ Lanes*WordBits-1:0] row_deltas_i,      // backward

    output wire                       capture_o,  // in 2 cycles, for one cycle, a finished group
    output wire [  Lanes*AccBits-1:0] accumulators_o,

    output reg                        sum_valid_o,
    output reg signed [  SumBits-1:0] sum_o
);
  localparam PRODUCT_BITS = 2 * WordBits;
  localparam LEVELS = $clog2(Lanes);
  localparam TREE_BITS = PRODUCT_BITS + LEVELS;
  localparam MUL_LATENCY = 3;
  localparam FLAG_BITS = MUL_LATENCY + LEVELS;

  // Flags beside the multipliers and the tree; bit i is i + 1 cycles old.
  reg [MUL_LATENCY-1:0] forward_q;
  reg [FLAG_BITS-1:0] backward_q, first_q, last_q;
  always @(posedge clk_i) begin
    forward_q  <= {forward_q[MUL_LATENCY-2:0], row_valid_i && !row_backward_i};
    backward_q <= {backward_q[FLAG_BITS-2:0], row_valid_i && row_backward_i};
    first_q    <= {first_q[FLAG_BITS-2:0], row_first_i};
    last_q     <= {last_q[FLAG_BITS-2:0], row_last_i};
    if (rst_i) begin
      forward_q  <= {MUL_LATENCY{1'b0}};
      backward_q <= {FLAG_BITS{1'b0}};
    end
  end
  wire product_forward = forward_q[MUL_LATENCY-1];
  wire product_first = first_q[MUL_LATENCY-1];
  assign capture_o = forward_q[MUL_LATENCY-2] && last_q[MUL_LATENCY-2];

  // Nodes of the adder tree: the products first, then each level, the root last.
  wire [(2*Lanes-1)*TREE_BITS-1:0] tree;
  genvar i;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      wire [WordBits-1:0] operand =
          row_backward_i ? row_deltas_i[i*WordBits+:WordBits] : row_activation_i;
      wire [PRODUCT_BITS-1:0] product;
      ds_mul #(
          .AWidth (WordBits),
          .ASigned(1),
          .BWidth (WordBits),
          .BSigned(1)
      ) u_mul (
          .clk_i(clk_i),
          .a_i  (row_weights_i[i*WordBits+:WordBits]),
          .b_i  (operand),
          .p_o  (product)
      );

      // The choice behind the sum, not before it, shares the sum's look-up table.
      reg [AccBits-1:0] acc_q;
      wire [AccBits-1:0] extended = {
        {(AccBits - PRODUCT_BITS) {product[PRODUCT_BITS-1]}}, product
      };
      always @(posedge clk_i)
        if (product_forward) acc_q <= product_first ? extended : acc_q + extended;
      assign accumulators_o[i*AccBits+:AccBits] = acc_q;
      assign tree[i*TREE_BITS+:TREE_BITS] = {{LEVELS{product[PRODUCT_BITS-1]}}, product};
    end
    for (i = 0; i < Lanes - 1; i = i + 1) begin : g_node
      reg [TREE_BITS-1:0] node_q;
      always @(posedge clk_i)
        node_q <= tree[2*i*TREE_BITS+:TREE_BITS] + tree[(2*i+1)*TREE_BITS+:TREE_BITS];
      assign tree[(Lanes+i)*TREE_BITS+:TREE_BITS] = node_q;
    end
  endgenerate

  // The accumulation over the groups of one sum.
  wire root_valid = backward_q[FLAG_BITS-1];
  wire [TREE_BITS-1:0] root = tree[(2*Lanes-2)*TREE_BITS+:TREE_BITS];
  wire [SumBits-1:0] root_extended = {{(SumBits - TREE_BITS) {root[TREE_BITS-1]}}, root};
  always @(posedge clk_i) begin
    sum_valid_o <= root_valid && last_q[FLAG_BITS-1];
    if (root_valid) sum_o <= first_q[FLAG_BITS-1] ? root_extended : sum_o + root_extended;
    if (rst_i) sum_valid_o <= 1'b0;
  end
endmodule
`default_nettype wire
