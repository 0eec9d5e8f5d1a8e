// Bench of the cells that fpga/simulation.ts writes as expressions: gates_under_test comes from a
// small netlist in cells.test.ts, in the order of `expected` below.
`default_nettype none

// iCE40: E gates reset too. ECP5 (LSR_OVER_CE): reset comes first.
module reference_register #(
    parameter ENABLED = 0,
    parameter RESET = 0,
    parameter VALUE = 0,
    parameter RESET_FIRST = 0
) (
    input  wire clk,
    input  wire d,
    input  wire enable,
    input  wire reset,
    output reg  q
);
  wire load = ENABLED ? enable : 1'b1;
  wire clear = RESET ? reset : 1'b0;
  always @(posedge clk) begin
    if (clear && (load || RESET_FIRST)) q <= VALUE;
    else if (load) q <= d;
  end
endmodule

module gates_bench (
    input wire clk
);
  localparam COUNT = 24;
  reg [8:0] in;
  wire [COUNT-1:0] out;
  wire [COUNT-1:0] expected;
  gates_under_test dut (.clk(clk), .in(in), .out(out));

  function lut(input [15:0] init, input a, input b, input c, input d);
    lut = init[{d, c, b, a}];
  endfunction
  assign expected[0] = lut(16'hcafe, in[0], in[1], in[2], in[3]);
  assign expected[1] = lut(16'h1234, in[3], in[2], in[1], in[0]);
  assign expected[2] = lut(16'h8001, in[4], 1'b1, in[5], 1'b0);
  assign expected[3] = {1'b0, in[0]} + {1'b0, in[1]} + {1'b0, in[2]} > 2'd1;
  reference_register #(0, 0, 0, 0) u_4 (clk, in[0], in[1], in[2], expected[4]);
  reference_register #(1, 0, 0, 0) u_5 (clk, in[0], in[1], in[2], expected[5]);
  reference_register #(0, 1, 0, 0) u_6 (clk, in[0], in[1], in[2], expected[6]);
  reference_register #(0, 1, 1, 0) u_7 (clk, in[0], in[1], in[2], expected[7]);
  reference_register #(1, 1, 0, 0) u_8 (clk, in[0], in[1], in[2], expected[8]);
  reference_register #(1, 1, 1, 0) u_9 (clk, in[0], in[1], in[2], expected[9]);
  assign expected[10] = lut(16'hbeef, in[0], in[1], in[2], in[3]);
  assign expected[11] = in[6] ? in[0] : in[1];
  assign expected[12] = in[6] ? in[3] : in[2];
  reference_register #(0, 1, 0, 1) u_13 (clk, in[0], in[1], in[2], expected[13]);
  reference_register #(1, 1, 0, 1) u_14 (clk, in[0], in[1], in[2], expected[14]);
  reference_register #(1, 1, 1, 1) u_15 (clk, in[0], !in[1], in[2], expected[15]);
  reference_register #(1, 0, 0, 1) u_16 (clk, in[0], in[1], in[2], expected[16]);
  // Two bits of an adder (A + B + carry), then two LUTs of which none has a carry.
  wire [2:0] sum = {1'b0, in[2], in[0]} + {1'b0, in[3], in[1]} + {2'd0, in[4]};
  assign {expected[19], expected[18], expected[17]} = sum;
  assign expected[20] = lut(16'h5a3c, in[0], in[1], in[2], in[3]);
  assign expected[21] = lut(16'h0ff1, in[4], in[5], in[6], in[7]);
  // Behind an uninjected half, the carry is that of a LUT that passes it, else 0.
  assign expected[22] = expected[21] && expected[20] && in[8];
  assign expected[23] = in[8];

  integer cycle = 0, checks = 0, i;
  integer errors[0:COUNT-1];
  initial for (i = 0; i < COUNT; i = i + 1) errors[i] = 0;
  always @(negedge clk) in = $random;
  always @(posedge clk) begin
    // Until then each register has been loaded.
    for (i = 0; i < COUNT; i = i + 1) begin
      if (cycle > 100 && out[i] !== expected[i]) errors[i] = errors[i] + 1;
    end
    if (cycle > 100) checks = checks + 1;
    cycle = cycle + 1;
    if (cycle == 5000) begin
      for (i = 0; i < COUNT; i = i + 1) $display("RESULT gate-%0d %0d %0d", i, checks, errors[i]);
      $finish;
    end
  end
endmodule
`default_nettype wire
