// fv_byte_sum: stands for ds_crc32 where a proof follows the bytes: the same ports and cycles, but the
// sum is the last four bytes, with those four before them on top and so on.
`default_nettype none

module ds_crc32 (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        clear_i,

    input  wire        valid_i,
    output wire        ready_o,
    input  wire [7:0]  data_i,
    input  wire        drain_i,

    output wire [31:0] crc_o
);
  reg [31:0] sum_q;
  reg second_q;
  assign ready_o = !second_q;
  assign crc_o = sum_q;
  always @(posedge clk_i) begin
    if (valid_i && !second_q) sum_q <= {drain_i ? 8'd0 : sum_q[7:0] ^ data_i, sum_q[31:8]};
    second_q <= valid_i && !second_q;
    if (clear_i || rst_i) begin
      sum_q    <= 32'd0;
      second_q <= 1'b0;
    end
  end
endmodule

`default_nettype wire
