// ds_mul: pipelined multiplier, the same latency on every family.
// Purpose     the only multiplier of the project; vendor versions instantiate the hard block.
// Latency     3 cycles (operands, product, output).   Throughput  1 product/cycle, no stall.
// Format      opaque integers, exact: Q of the product = sum of the operands' Q.
//             Each operand is signed or unsigned; the product is signed when either is.
// Reset       none: data only.   Golden  the integer product itself.
`default_nettype none

module ds_mul #(
    parameter AWidth  = 16,  // [bits]
    parameter ASigned = 1,   // 1: a_i is two's complement
    parameter BWidth  = 16,  // [bits]
    parameter BSigned = 1    // 1: b_i is two's complement
) (
    input wire clk_i,

    input wire [AWidth-1:0] a_i,
    input wire [BWidth-1:0] b_i,

    output wire [AWidth+BWidth-1:0] p_o
);
  localparam PWidth = AWidth + BWidth;

  reg [AWidth-1:0] a_q;
  reg [BWidth-1:0] b_q;
  reg [PWidth-1:0] p_q2, p_q3;

  // The low PWidth bits of a product do not depend on signedness once both operands are extended.
  wire a_sign = (ASigned != 0) && a_q[AWidth-1];
  wire b_sign = (BSigned != 0) && b_q[BWidth-1];
  wire signed [PWidth-1:0] a_wide = {{BWidth{a_sign}}, a_q};
  wire signed [PWidth-1:0] b_wide = {{AWidth{b_sign}}, b_q};

  always @(posedge clk_i) begin
    a_q  <= a_i;
    b_q  <= b_i;
    p_q2 <= a_wide * b_wide;
    p_q3 <= p_q2;
  end

  assign p_o = p_q3;
endmodule

`default_nettype wire
