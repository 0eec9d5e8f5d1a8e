// fv_crc: CRC-32 again, one bit after the other, most significant bit first: the textbook's shift
// register, which ds_crc32 turns round and takes four bits at a time.
`default_nettype none

module fv_crc #(
    parameter Bits = 8
) (
    input  wire [31:0] crc_i,   // bit 31 leaves first
    input  wire [Bits-1:0] data_i,  // bit 0 comes first
    output wire [31:0] crc_o
);
  localparam [31:0] POLYNOMIAL = 32'h04C11DB7;
  wire [31:0] stage[0:Bits];
  assign stage[0] = crc_i;
  assign crc_o = stage[Bits];
  genvar i;
  generate
    for (i = 0; i < Bits; i = i + 1) begin : g_bit
      wire feedback = stage[i][31] ^ data_i[i];
      assign stage[i+1] = {stage[i][30:0], 1'b0} ^ (feedback ? POLYNOMIAL : 32'd0);
    end
  endgenerate
endmodule

`default_nettype wire
