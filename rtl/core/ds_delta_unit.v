// ds_delta_unit: delta of a layer as 16 bit mantissas with one shared exponent.
// Purpose     product = mantissa * slope, exact, each with its own exponent; when the layer is
//             complete, every product is shifted to the largest exponent and rounded once.
// Latency     7 cycles from the last element to collected_o; 7 from align_i to the first delta.
// Throughput  1 element/cycle in, 1 delta/cycle out.
// Format      element mantissa * 2^exponent, slope * 2^-slope exponent; delta signed DeltaBits,
//             delta * 2^(shared exponent + the caller's base).
// Reset       the counters and valid flags.   Golden  golden/fixed/network.ts#blockNormalise.
`default_nettype none
module ds_delta_unit #(
    parameter DeltaBits         = 16,  // [bits] of an element's mantissa and of delta
    parameter SlopeBits         = 16,  // [bits]
    parameter SlopeExponentBits = 6,   // [bits]
    parameter ExponentBits      = 8,   // [bits], signed
    parameter MaxWidth          = 256, // [neurons]
    parameter IndexBits         = 8    // [bits], log2(MaxWidth)
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           start_i,  // forget the last layer
    input  wire        [     IndexBits:0] start_count_i,

    input  wire                           element_valid_i,
    input  wire signed [   DeltaBits-1:0] element_mantissa_i,
    input  wire signed [ExponentBits-1:0] element_exponent_i,
    input  wire        [   SlopeBits-1:0] element_slope_i,
    input  wire [  SlopeExponentBits-1:0] element_slope_exponent_i,

    output reg                            collected_o,  // the two below are final
    output reg  signed [ExponentBits-1:0] shared_exponent_o,
    output reg                            nonzero_o,    // some element is not zero

    input  wire                           align_i,  // once, when collected_o
    output reg                            delta_valid_o,
    output reg                            delta_last_o,
    output reg         [   IndexBits-1:0] delta_index_o,
    output reg  signed [   DeltaBits-1:0] delta_mantissa_o,
    output reg                            delta_zeroed_o,    // was not zero and became zero
    output reg                            delta_saturated_o
);
  localparam PRODUCT_BITS = DeltaBits + SlopeBits;
  localparam LENGTH_BITS = $clog2(PRODUCT_BITS);
  localparam [IndexBits:0] ONE = 1;
  localparam [IndexBits-1:0] ONE_INDEX = 1;

  // Cycles 1 to 3: the product, and its exponent beside it.
  wire [PRODUCT_BITS-1:0] product;
  ds_mul #(
      .AWidth (DeltaBits),
      .ASigned(1),
      .BWidth (SlopeBits),
      .BSigned(0)
  ) u_mul (
      .clk_i(clk_i),
      .a_i  (element_mantissa_i),
      .b_i  (element_slope_i),
      .p_o  (product)
  );
  wire [ExponentBits-1:0] slope_exponent = {
    {(ExponentBits - SlopeExponentBits) {1'b0}}, element_slope_exponent_i
  };
  reg [ExponentBits-1:0] exponent_q, exponent_q2, exponent_q3;
  reg [4:0] valid_q;  // bit i is i + 1 cycles old
  always @(posedge clk_i) begin
    exponent_q  <= element_exponent_i - slope_exponent;
    exponent_q2 <= exponent_q;
    exponent_q3 <= exponent_q2;
    valid_q     <= {valid_q[3:0], element_valid_i};
    if (rst_i) valid_q <= 5'd0;
  end

  // Cycle 4: size of the product. Cycle 5: its exponent as a 16 bit mantissa. Cycle 6: the largest.
  wire [LENGTH_BITS-1:0] length;
  ds_bit_length #(
      .InBits (PRODUCT_BITS),
      .OutBits(LENGTH_BITS)
  ) u_length (
      .x_i     (product),
      .length_o(length)
  );
  localparam MAGNITUDE_BITS = DeltaBits - 1;
  localparam [LENGTH_BITS-1:0] FREE = MAGNITUDE_BITS[LENGTH_BITS-1:0];
  reg [LENGTH_BITS-1:0] excess_q4;
  reg nonzero_q4, nonzero_q5;
  reg signed [ExponentBits-1:0] exponent_q4, needed_q5;
  reg [IndexBits:0] stored_q, compared_q, count_q;
  always @(posedge clk_i) begin
    excess_q4   <= length > FREE ? length - FREE : {LENGTH_BITS{1'b0}};
    nonzero_q4  <= product != {PRODUCT_BITS{1'b0}};
    exponent_q4 <= exponent_q3;
    needed_q5   <= exponent_q4 + $signed({{(ExponentBits - LENGTH_BITS) {1'b0}}, excess_q4});
    nonzero_q5  <= nonzero_q4;
    if (valid_q[2]) stored_q <= stored_q + ONE;
    if (valid_q[4]) begin
      compared_q <= compared_q + ONE;
      if (nonzero_q5) begin
        nonzero_o <= 1'b1;
        if (!nonzero_o || needed_q5 > shared_exponent_o) shared_exponent_o <= needed_q5;
      end
    end
    collected_o <= compared_q == count_q && !start_i;
    if (start_i) begin
      count_q    <= start_count_i;
      stored_q   <= {(IndexBits + 1) {1'b0}};
      compared_q <= {(IndexBits + 1) {1'b0}};
      nonzero_o  <= 1'b0;
    end
    if (rst_i) begin
      count_q     <= ONE;
      stored_q    <= {(IndexBits + 1) {1'b0}};
      compared_q  <= {(IndexBits + 1) {1'b0}};
      nonzero_o   <= 1'b0;
      collected_o <= 1'b0;
    end
  end

  // Alignment. Cycle 0: address. Cycle 2: element. Cycle 3: shift. Cycles 4 and 5: rounding.
  reg [IndexBits:0] left_q;
  reg [IndexBits-1:0] index_q;
  wire [PRODUCT_BITS-1:0] stored_product;
  wire [ExponentBits-1:0] stored_exponent;
  ds_ram #(
      .Width(PRODUCT_BITS + ExponentBits),
      .Depth(MaxWidth)
  ) u_elements (
      .clk_i  (clk_i),
      .we_i   (valid_q[2]),
      .waddr_i(stored_q[IndexBits-1:0]),
      .wdata_i({exponent_q3, product}),
      .raddr_i(index_q),
      .rdata_o({stored_exponent, stored_product})
  );

  // A product of 32 bits is gone after 32 places, so a distance is cut to ShiftBits.
  localparam SHIFT_BITS = LENGTH_BITS + 1;
  localparam [SHIFT_BITS-1:0] FAR = PRODUCT_BITS[SHIFT_BITS-1:0];
  wire [ExponentBits-1:0] distance = shared_exponent_o - stored_exponent;
  reg [SHIFT_BITS-1:0] shift_q3;
  reg [PRODUCT_BITS-1:0] product_q3;
  wire signed [DeltaBits:0] rounded;
  ds_round_shift #(
      .InBits   (PRODUCT_BITS),
      .ShiftBits(SHIFT_BITS),
      .OutBits  (DeltaBits + 1)
  ) u_round (
      .clk_i  (clk_i),
      .x_i    (product_q3),
      .shift_i(shift_q3),
      .y_o    (rounded)
  );

  reg [4:0] align_valid_q, align_last_q;
  reg [2:0] align_nonzero_q;  // from cycle 3
  reg [IndexBits-1:0] delta_index_q;
  wire active = left_q != {(IndexBits + 1) {1'b0}};
  wire too_large = !rounded[DeltaBits] && rounded[DeltaBits-1];
  localparam [DeltaBits-1:0] LARGEST = (1 << (DeltaBits - 1)) - 1;
  always @(posedge clk_i) begin
    if (active) begin
      left_q  <= left_q - ONE;
      index_q <= index_q + ONE_INDEX;
    end
    if (align_i) begin
      left_q  <= count_q;
      index_q <= {IndexBits{1'b0}};
    end
    align_valid_q <= {align_valid_q[3:0], active};
    align_last_q  <= {align_last_q[3:0], left_q == ONE};

    product_q3      <= stored_product;
    shift_q3        <= distance > {{(ExponentBits - SHIFT_BITS) {1'b0}}, FAR} ? FAR
        : distance[SHIFT_BITS-1:0];
    align_nonzero_q <= {align_nonzero_q[1:0], stored_product != {PRODUCT_BITS{1'b0}}};

    delta_valid_o     <= align_valid_q[4];
    delta_last_o      <= align_valid_q[4] && align_last_q[4];
    delta_mantissa_o  <= too_large ? LARGEST : rounded[DeltaBits-1:0];
    delta_zeroed_o    <= align_nonzero_q[2] && rounded == {(DeltaBits + 1) {1'b0}};
    delta_saturated_o <= too_large;
    delta_index_o     <= delta_index_q;
    if (align_valid_q[4]) delta_index_q <= delta_index_q + ONE_INDEX;
    if (align_i) delta_index_q <= {IndexBits{1'b0}};
    if (rst_i) begin
      left_q        <= {(IndexBits + 1) {1'b0}};
      align_valid_q <= 5'd0;
      delta_valid_o <= 1'b0;
      delta_last_o  <= 1'b0;
    end
  end
endmodule
`default_nettype wire
