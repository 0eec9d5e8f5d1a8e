// ds_crc32: CRC-32 of IEEE 802.3 (reflected), one byte at a time.
// Purpose     crc_o is the check sum of the bytes since clear_i. Over a message and its own check
//             sum (least significant byte first) it is the constant RESIDUE of the users.
// Latency     1 cycle.   Throughput  1 byte/cycle.
// Format      crc_o as zlib's crc32 gives it.
// Reset       as clear_i.   Golden  none (zlib).
`default_nettype none

module ds_crc32 (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        clear_i,  // wins over valid_i

    input  wire        valid_i,
    input  wire [7:0]  data_i,

    output wire [31:0] crc_o
);
  localparam [31:0] POLYNOMIAL = 32'hEDB88320;
  localparam [31:0] START = 32'hFFFFFFFF;

  reg [31:0] crc_q;
  reg [31:0] crc_d;
  integer bit_index;

  assign crc_o = ~crc_q;

  always @* begin
    crc_d = crc_q ^ {24'd0, data_i};
    for (bit_index = 0; bit_index < 8; bit_index = bit_index + 1) begin
      crc_d = {1'b0, crc_d[31:1]} ^ (crc_d[0] ? POLYNOMIAL : 32'd0);
    end
  end

  always @(posedge clk_i) begin
    if (valid_i) crc_q <= crc_d;
    if (clear_i || rst_i) crc_q <= START;
  end
endmodule

`default_nettype wire
