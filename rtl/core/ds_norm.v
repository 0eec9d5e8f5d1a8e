// ds_norm: sum of squares and counts of one layer and image.
// Purpose     |delta|^2, exact, and what was lost on the way: zeroed and saturated elements.
// Latency     4 cycles from the last delta to done_o.   Throughput  1 delta/cycle.
// Format      delta signed DeltaBits; sum of squares unsigned SquareBits, exact.
// Reset       the valid flags.   Golden  golden/fixed/network.ts#blockNormalise.
`default_nettype none
module ds_norm #(
    parameter DeltaBits  = 16,  // [bits]
    parameter SquareBits = 40,  // [bits]
    parameter CountBits  = 16   // [bits]
) (
    input  wire                  clk_i,
    input  wire                  rst_i,

    input  wire                  start_i,  // clears the three results

    input  wire                  delta_valid_i,
    input  wire                  delta_last_i,
    input  wire [ DeltaBits-1:0] delta_mantissa_i,
    input  wire                  delta_zeroed_i,
    input  wire                  delta_saturated_i,

    output reg                   done_o,  // the results stay until start_i
    output reg  [SquareBits-1:0] sum_squares_o,
    output reg  [ CountBits-1:0] zeroed_o,
    output reg  [ CountBits-1:0] saturated_o
);
  wire [2*DeltaBits-1:0] square;
  ds_mul #(
      .AWidth (DeltaBits),
      .ASigned(1),
      .BWidth (DeltaBits),
      .BSigned(1)
  ) u_square (
      .clk_i(clk_i),
      .a_i  (delta_mantissa_i),
      .b_i  (delta_mantissa_i),
      .p_o  (square)
  );

  reg [2:0] valid_q, last_q;  // bit i is i + 1 cycles old
  always @(posedge clk_i) begin
    valid_q <= {valid_q[1:0], delta_valid_i};
    last_q  <= {last_q[1:0], delta_last_i};
    done_o  <= last_q[2];
    if (valid_q[2])
      sum_squares_o <= sum_squares_o + {{(SquareBits - 2 * DeltaBits) {1'b0}}, square};
    if (delta_valid_i) begin
      zeroed_o    <= zeroed_o + {{(CountBits - 1) {1'b0}}, delta_zeroed_i};
      saturated_o <= saturated_o + {{(CountBits - 1) {1'b0}}, delta_saturated_i};
    end
    if (start_i) begin
      sum_squares_o <= {SquareBits{1'b0}};
      zeroed_o      <= {CountBits{1'b0}};
      saturated_o   <= {CountBits{1'b0}};
    end
    if (rst_i) begin
      valid_q <= 3'd0;
      last_q  <= 3'd0;
      done_o  <= 1'b0;
    end
  end
endmodule
`default_nettype wire
