// ds_output_error: a - y of an output neuron for a one-hot y, from t with its exponent.
// Purpose     +-t where a is on y's side, +-(1 - t) otherwise: a well-classified image keeps the
//             relative error of its output error.
// Latency     3 cycles; the tail's exponent comes with the error.
// Throughput  1 neuron in Interval cycles.
// Format      tail, complement as ds_sigmoid_unit; error = mantissa * 2^(-15 + exponent).
// Reset       none.   Golden  golden/fixed/network.ts#outputElement, exact.
`default_nettype none
module ds_output_error #(
    parameter TailBits     = 16,  // [bits]; the mantissa is as wide, signed
    parameter ExponentBits = 6,   // [bits]
    parameter Interval     = 1    // [cycles] from one neuron to the next, at least
) (
    input  wire                           clk_i,

    input  wire                           valid_i,      // a cycle after this group
    input  wire                           is_target_i,  // y = 1
    input  wire                           negative_i,   // z < 0
    input  wire        [    TailBits-1:0] tail_i,
    input  wire        [    TailBits-1:0] complement_i,

    input  wire        [ExponentBits-1:0] tail_exponent_i,
    output wire signed [    TailBits-1:0] error_mantissa_o,
    output wire        [ExponentBits-1:0] error_exponent_o  // to be subtracted
);
  wire is_small = is_target_i != negative_i;
  reg is_target_q, is_small_q;
  reg [TailBits-1:0] source_q;

  // Half the source, rounded, but no more than the largest mantissa; -x as ~(x - 1).
  localparam CODE_BITS = TailBits - 1;
  wire [CODE_BITS-1:0] half = source_q[TailBits-1:1];
  wire round_up = source_q[0] && half != {CODE_BITS{1'b1}};
  wire [TailBits-1:0] sum =
      {1'b0, half} + {TailBits{is_target_q}} + {{CODE_BITS{1'b0}}, round_up};
  always @(posedge clk_i) begin
    is_small_q  <= is_small;
    is_target_q <= is_target_i;
    source_q    <= is_small ? tail_i : complement_i;
  end
  wire small_late;
  ds_delay #(
      .Width   (1 + TailBits),
      .Cycles  (2),
      .Interval(Interval),
      .Held    (0)
  ) u_error (
      .clk_i  (clk_i),
      .valid_i({1'b0, valid_i}),
      .word_i ({is_small_q, sum ^ {TailBits{is_target_q}}}),
      .word_o ({small_late, error_mantissa_o})
  );
  assign error_exponent_o = tail_exponent_i & {ExponentBits{small_late}};
endmodule
`default_nettype wire
