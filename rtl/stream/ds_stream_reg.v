// ds_stream_reg: one-deep register on a valid/ready stream.
// Purpose     cut the forward path (valid, data); ready stays combinational.
// Latency     1 cycle.   Throughput  1 word/cycle while out_ready_i is high.
// Format      opaque.
// Reset       valid only.   Golden  none.
`default_nettype none

module ds_stream_reg #(
    parameter Width = 8  // [bits]
) (
    input  wire             clk_i,
    input  wire             rst_i,

    input  wire             in_valid_i,
    output wire             in_ready_o,
    input  wire [Width-1:0] in_data_i,

    output reg              out_valid_o,
    input  wire             out_ready_i,
    output reg  [Width-1:0] out_data_o
);
  assign in_ready_o = out_ready_i || !out_valid_o;

  always @(posedge clk_i) begin
    if (in_ready_o) begin
      out_valid_o <= in_valid_i;
      out_data_o  <= in_data_i;
    end
    if (rst_i) out_valid_o <= 1'b0;
  end
endmodule

`default_nettype wire
