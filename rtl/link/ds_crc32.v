// ds_crc32: CRC-32 of IEEE 802.3 (reflected), four bits a cycle.
// Purpose     crc_o is the check sum of the bytes since clear_i. Over a message and its own check
//             sum (least significant byte first) it is the constant RESIDUE of the users. With
//             drain_i no byte is taken but one given: crc_o[7:0], and the next one follows it.
// Latency     2 cycles from a byte to its sum.   Throughput  1 byte in 2 cycles.
// Format      crc_o as zlib's crc32 gives it, while ready_o is high.
// Reset       as clear_i.   Golden  none (zlib).
`default_nettype none

module ds_crc32 (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        clear_i,  // wins over valid_i, and over a byte under way

    input  wire        valid_i,
    output wire        ready_o,
    input  wire [7:0]  data_i,
    input  wire        drain_i,

    output wire [31:0] crc_o
);
  localparam [31:0] POLYNOMIAL = 32'hEDB88320;
  localparam [31:0] START = 32'hFFFFFFFF;

  reg  [31:0] crc_q;
  reg  [3:0]  rest_q;    // upper half of the byte under way
  reg         second_q;  // it is its turn
  reg         drain_q;   // no byte but zeros

  wire        drain = second_q ? drain_q : drain_i;
  wire [3:0]  half = second_q ? rest_q : data_i[3:0];
  // The lowest four bits of POLYNOMIAL are 0, so no bit depends on the one before. It has nowhere
  // four ones in a row, so a bit of the sum takes one cell.
  wire [3:0]  feedback = drain ? 4'd0 : crc_q[3:0] ^ half;

  assign ready_o = !second_q;
  assign crc_o = ~crc_q;

  always @(posedge clk_i) begin
    if (second_q || valid_i) begin
      crc_q <= {4'd0, crc_q[31:4]} ^ (feedback[0] ? POLYNOMIAL >> 3 : 32'd0)
          ^ (feedback[1] ? POLYNOMIAL >> 2 : 32'd0) ^ (feedback[2] ? POLYNOMIAL >> 1 : 32'd0)
          ^ (feedback[3] ? POLYNOMIAL : 32'd0);
      rest_q   <= data_i[7:4];
      drain_q  <= drain_i;
      second_q <= !second_q;
    end
    if (clear_i || rst_i) begin
      crc_q    <= START;
      second_q <= 1'b0;
    end
  end
endmodule

`default_nettype wire
