// ds_delta_unit: delta of a layer as 16 bit mantissas with one shared exponent.
// Purpose     element = the upper CodeBits of mantissa * slope, with its own exponent; when the
//             layer is complete, every element is shifted to the largest exponent and rounded
//             once. Meanwhile the multiplier scales delta for the sum over the batch.
// Latency     5 cycles from the last element to collected_o, 2 for a given one; 4 from align_i to
//             the first delta; scaled_o 3 after delta_valid_o.
// Throughput  1 element/cycle in, 1 delta in Interval cycles out, which stays as long.
// Format      element mantissa * 2^exponent, slope * 2^-slope exponent; delta signed DeltaBits,
//             delta * 2^(shared exponent + the caller's base), for which an element's exponent
//             counts DeltaBits - 3 more than it says; a given element is delta itself.
// Reset       the flags.   Golden  golden/fixed/network.ts#blockNormalise.
`default_nettype none
module ds_delta_unit #(
    parameter DeltaBits         = 16,  // [bits] of an element's mantissa and of delta
    parameter SlopeBits         = 16,  // [bits]
    parameter SlopeExponentBits = 6,   // [bits]
    parameter ExponentBits      = 8,   // [bits], signed
    parameter CodeBits          = 20,  // [bits] of an element, DeltaBits + 4
    parameter MaxWidth          = 256, // [neurons]
    parameter IndexBits         = 8,   // [bits], log2(MaxWidth)
    parameter Interval          = 1    // [cycles] from one delta to the next, 1 or 2
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           start_i,  // forget the last layer
    input  wire                           start_zero_i,     // no element comes, all are zero
    input  wire        [     IndexBits:0] width_i,          // while elements or delta come

    input  wire                           element_valid_i,  // Interval + 1 after start_i, or later
    input  wire signed [   DeltaBits-1:0] element_mantissa_i,  // 0 from align_i to start_i, as
    input  wire        [   SlopeBits-1:0] element_slope_i,     // is this
    input  wire signed [ExponentBits-1:0] element_exponent_i,
    input  wire [  SlopeExponentBits-1:0] element_slope_exponent_i,
    input  wire                           given_i,          // from a cycle before the first one
    input  wire                           given_valid_i,
    input  wire        [   DeltaBits-1:0] given_mantissa_i,
    output wire        [   IndexBits-1:0] element_index_o,  // of the element to come

    output wire                           collected_o,  // the two below are final
    output reg  signed [ExponentBits-1:0] shared_exponent_o,
    output reg                            nonzero_o,    // some element is not zero

    input  wire                           align_i,  // once, when collected_o
    input  wire        [   SlopeBits-1:0] scale_i,  // of delta, 0 from start_i to align_i
    output reg                            delta_valid_o,
    output wire                           delta_last_o,
    output wire                           delta_step_o,        // to the next one
    output reg  signed [   DeltaBits-1:0] delta_mantissa_o,
    output wire                           delta_zeroed_o,    // was not zero and became zero
    output reg                            delta_saturated_o,
    output wire [DeltaBits+SlopeBits-1:0] scaled_o           // delta * scale
);
  localparam PRODUCT_BITS = DeltaBits + SlopeBits;
  localparam SLOPE_PAD = ExponentBits - SlopeExponentBits;
  localparam [IndexBits:0] ONE = 1;

  // Cycles 1 to 3: the product, and its exponent beside it.
  wire [PRODUCT_BITS-1:0] product;
  assign scaled_o = product;
  ds_mul #(
      .AWidth (DeltaBits),
      .ASigned(1),
      .BWidth (SlopeBits),
      .BSigned(0)
  ) u_mul (
      .clk_i(clk_i),
      .a_i  (element_mantissa_i | delta_mantissa_o),
      .b_i  (element_slope_i | scale_i),
      .p_o  (product)
  );
  reg [ExponentBits-1:0] exponent_q, exponent_q2, exponent_q3;
  reg [SlopeExponentBits-1:0] slope_exponent_q;
  reg [2:0] valid_q;  // bit i is i + 1 cycles old
  always @(posedge clk_i) begin
    exponent_q       <= element_exponent_i;
    slope_exponent_q <= element_slope_exponent_i;
    exponent_q2      <= exponent_q - {{SLOPE_PAD{1'b0}}, slope_exponent_q};
    exponent_q3      <= exponent_q2;
    if (given_i) exponent_q3 <= {ExponentBits{1'b0}};
    valid_q <= {valid_q[1:0], element_valid_i};
    if (rst_i) valid_q <= 3'd0;
  end

  // Cycle 4: store it; the exponent at which it fits a mantissa: a product of two full operands is
  // at most 3 places longer than the shortest. Cycle 5: the largest of these exponents.
  localparam GIVEN_PAD = CodeBits - DeltaBits - 1;
  wire [CodeBits-1:0] code = given_i
      ? {{GIVEN_PAD{given_mantissa_i[DeltaBits-1]}}, given_mantissa_i, 1'b0}
      : product[PRODUCT_BITS-1-:CodeBits];
  wire [2:0] length = code[CodeBits-2-:3] ^ {3{code[CodeBits-1]}};
  wire [1:0] excess = {
    length[2] || length[1], length[2] || (length[0] && !length[1])
  };
  wire code_nonzero = code != {CodeBits{1'b0}};
  wire store = valid_q[2] || given_valid_i;
  reg signed [ExponentBits-1:0] needed_q;
  reg compare_q, at_end_q;
  reg zero_q, aligning_q;
  reg [IndexBits:0] index_q;
  wire at_end = index_q == width_i;
  wire step;  // to the next element to align
  assign element_index_o = index_q[IndexBits-1:0];
  assign collected_o = at_end_q || zero_q;
  always @(posedge clk_i) begin
    if (store || step) index_q <= index_q + ONE;
    needed_q  <= exponent_q3 + {{(ExponentBits - 2) {1'b0}}, excess};
    compare_q <= store && code_nonzero;
    at_end_q  <= at_end && !start_i;
    if (compare_q) begin
      nonzero_o <= 1'b1;
      if (!nonzero_o || needed_q > shared_exponent_o) shared_exponent_o <= needed_q;
    end
    if (start_i) begin
      zero_q    <= start_zero_i;
      nonzero_o <= 1'b0;
    end
    if (start_i || align_i) index_q <= {(IndexBits + 1) {1'b0}};
    if (at_end) aligning_q <= 1'b0;
    if (align_i) aligning_q <= 1'b1;
    if (rst_i) begin
      zero_q     <= 1'b0;
      at_end_q   <= 1'b0;
      nonzero_o  <= 1'b0;
      aligning_q <= 1'b0;
      index_q    <= {(IndexBits + 1) {1'b0}};
    end
  end

  // Alignment. Cycle 0: address.
  wire active = aligning_q && !at_end;
  reg second_q;
  wire first = active && !(Interval == 2 && second_q);
  assign step = active && (Interval == 1 || second_q);
  wire stored_nonzero;
  wire signed [CodeBits-1:0] stored_code;
  wire [ExponentBits-1:0] stored_exponent;
  ds_ram #(
      .Width  (1 + ExponentBits + CodeBits),
      .Depth  (MaxWidth),
      .Latency(1)
  ) u_elements (
      .clk_i  (clk_i),
      .we_i   (store),
      .waddr_i(index_q[IndexBits-1:0]),
      .wdata_i({code_nonzero, exponent_q3, code}),
      .raddr_i(index_q[IndexBits-1:0]),
      .rdata_o({stored_nonzero, stored_exponent, stored_code})
  );

  // Cycle 1: shift by 16, 8, 4 and 2. Nothing is left of a code 32 places further right.
  wire [ExponentBits-1:0] distance = shared_exponent_o - stored_exponent;
  wire far = distance[ExponentBits-1:5] != {(ExponentBits - 5) {1'b0}};
  wire signed [CodeBits-1:0] by_16 = distance[4] ? stored_code >>> 16 : stored_code;
  wire signed [CodeBits-1:0] by_8 = distance[3] ? by_16 >>> 8 : by_16;
  wire signed [CodeBits-1:0] by_4 = distance[2] ? by_8 >>> 4 : by_8;
  reg [1:0] align_valid_q;
  wire present = align_valid_q[0] || (Interval == 2 && align_valid_q[1]);
  wire [DeltaBits+1:0] by_2 = distance[1] ? by_4[DeltaBits+3:2] : by_4[DeltaBits+1:0];
  reg [DeltaBits+1:0] by_2_q2;
  reg left_q2;

  // Cycle 2: shift by 1; round, unless that would carry out of the mantissa.
  wire [DeltaBits:0] by_1 = left_q2 ? by_2_q2[DeltaBits+1:1] : by_2_q2[DeltaBits:0];
  wire full = by_1[DeltaBits:1] == {1'b0, {(DeltaBits - 1) {1'b1}}};
  wire [DeltaBits-1:0] aligned = by_1[DeltaBits:1] + {{(DeltaBits - 1) {1'b0}}, by_1[0] && !full};
  reg nonzero_q2, nonzero_q3;
  assign delta_zeroed_o = nonzero_q3 && delta_mantissa_o == {DeltaBits{1'b0}};
  assign delta_step_o = Interval == 1 ? delta_valid_o : out_q;
  assign delta_last_o = delta_valid_o && !align_valid_q[2-Interval];
  reg out_q;  // delta_valid_o was, one cycle ago
  always @(posedge clk_i) begin
    second_q          <= active && !second_q;
    align_valid_q     <= {align_valid_q[0], first};
    delta_valid_o     <= align_valid_q[1];
    out_q             <= delta_valid_o;
    by_2_q2           <= by_2;
    left_q2           <= distance[0];
    nonzero_q2        <= stored_nonzero && nonzero_o;
    if (!present || !nonzero_o || far) by_2_q2 <= {(DeltaBits + 2) {1'b0}};
    delta_mantissa_o  <= aligned;
    delta_saturated_o <= by_1[0] && full;
    nonzero_q3        <= nonzero_q2;
    if (rst_i) begin
      second_q      <= 1'b0;
      align_valid_q <= 2'd0;
      delta_valid_o <= 1'b0;
      out_q         <= 1'b0;
    end
  end
endmodule
`default_nettype wire
