// ds_crc32: CRC-32 of IEEE 802.3 (reflected), two bits a cycle.
// Purpose     crc_o is the check sum of the bytes since clear_i. Over a message and its own check
//             sum (least significant byte first) it is the constant RESIDUE of the users. With
//             drain_i no byte is taken but one given: crc_o[7:0], and the next one follows it.
// Latency     4 cycles from a byte to its sum.   Throughput  1 byte in 4 cycles.
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
  localparam [1:0] LAST_PAIR = 2'd3;

  reg  [31:0] crc_q;
  reg  [5:0]  bits_q;   // of the byte under way, the next pair lowest
  reg  [1:0]  pair_q;   // 0: none under way
  reg         drain_q;  // no byte but zeros

  wire        first = pair_q == 2'd0;
  wire        step = !first || valid_i;
  wire        drain = first ? drain_i : drain_q;
  wire [1:0]  pair = first ? data_i[1:0] : bits_q[1:0];
  // The lowest bit of POLYNOMIAL is 0, so the second bit does not depend on the first.
  wire [1:0]  feedback = drain ? 2'd0 : crc_q[1:0] ^ pair;

  assign ready_o = first;
  assign crc_o = ~crc_q;

  always @(posedge clk_i) begin
    if (step) begin
      crc_q <= {2'd0, crc_q[31:2]} ^ (feedback[0] ? POLYNOMIAL >> 1 : 32'd0)
          ^ (feedback[1] ? POLYNOMIAL : 32'd0);
      bits_q  <= first ? data_i[7:2] : {2'd0, bits_q[5:2]};
      drain_q <= drain;
      pair_q  <= pair_q == LAST_PAIR ? 2'd0 : pair_q + 2'd1;
    end
    if (clear_i || rst_i) begin
      crc_q  <= START;
      pair_q <= 2'd0;
    end
  end
endmodule

`default_nettype wire
