// ds_output_error: a - y of an output neuron for a one-hot y, from t with its exponent.
// Purpose     +-t where a is on y's side, +-(1 - t) otherwise: a well-classified image keeps the
//             relative error of its output error.
// Latency     1 cycle.   Throughput  1 neuron/cycle.
// Format      tail, complement as ds_sigmoid_unit; error = mantissa * 2^(-15 + exponent).
// Reset       none.   Golden  golden/fixed/network.ts#outputElement, exact.
`default_nettype none
module ds_output_error #(
    parameter TailBits     = 16,  // [bits]; the mantissa is as wide, signed
    parameter ExponentBits = 6    // [bits]
) (
    input  wire                           clk_i,

    input  wire                           is_target_i,  // y = 1
    input  wire                           negative_i,   // z < 0
    input  wire        [    TailBits-1:0] tail_i,
    input  wire        [ExponentBits-1:0] tail_exponent_i,
    input  wire        [      TailBits:0] complement_i,

    output reg  signed [    TailBits-1:0] error_mantissa_o,
    output reg         [ExponentBits-1:0] error_exponent_o  // to be subtracted
);
  localparam [TailBits-1:0] LARGEST = (1 << (TailBits - 1)) - 1;
  wire is_small = is_target_i != negative_i;
  wire [TailBits:0] source = is_small ? {1'b0, tail_i} : complement_i;
  wire [TailBits:0] rounded = source + {{TailBits{1'b0}}, 1'b1};
  wire [TailBits-1:0] half = rounded[TailBits:1];
  wire [TailBits-1:0] magnitude = half > LARGEST ? LARGEST : half;
  always @(posedge clk_i) begin
    error_mantissa_o <= is_target_i ? -magnitude : magnitude;
    error_exponent_o <= is_small ? tail_exponent_i : {ExponentBits{1'b0}};
  end
  wire unused = &{1'b0, rounded[0]};
endmodule
`default_nettype wire
